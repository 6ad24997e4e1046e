//! The rows that a commit and the desk write.

use std::mem;

use booking_store::{
    ExceptionChange, HolidayChange, LinkChange, Matching, Notice, Recipient, Revision, Room,
    RoomChange, SchoolId, StoreError, Timeslot, TimeslotChange, TimetableDocument,
};
use sqlx::SqliteConnection;

use crate::{
    batch::{execute_for, insert},
    error::store_error,
    rows::{self, Columns, EncodedRun, integer, json},
};

pub(super) async fn room_changes(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &[RoomChange],
) -> Result<(), StoreError> {
    for alike in changes.chunk_by(same_kind) {
        let (mut put, mut remove) = (Vec::new(), Vec::new());
        for change in alike {
            match change {
                RoomChange::Put(room) => put.push(room),
                RoomChange::Remove(id) => remove.push(id.as_str()),
            }
        }
        rooms(connection, school, &put).await?;
        let head = "DELETE FROM sync_room_links WHERE school = ";
        execute_for(connection, head, school, "room", &remove).await?;
        let head = "DELETE FROM sync_rooms WHERE school = ";
        execute_for(connection, head, school, "id", &remove).await?;
    }
    Ok(())
}

pub(crate) async fn rooms(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    rooms: &[&Room],
) -> Result<(), StoreError> {
    insert(
        connection,
        "INSERT INTO sync_rooms (school, id, name, category, origin, part_bookable) ",
        rooms,
        |columns, room| {
            columns
                .push_bind(school.as_str().to_owned())
                .push_bind(room.id.as_str().to_owned())
                .push_bind(room.name.clone())
                .push_bind(room.category.clone())
                .push_bind(rows::origin(room.origin))
                .push_bind(room.part_bookable);
        },
        " ON CONFLICT (school, id) DO UPDATE SET name = excluded.name, category = excluded.category, \
         origin = excluded.origin, part_bookable = excluded.part_bookable",
    )
    .await
}

pub(super) async fn timeslot_changes(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &[TimeslotChange],
) -> Result<(), StoreError> {
    for alike in changes.chunk_by(same_kind) {
        let (mut put, mut remove) = (Vec::new(), Vec::new());
        for change in alike {
            match change {
                TimeslotChange::Put(slot) => put.push(slot),
                TimeslotChange::Remove(id) => remove.push(id.as_str()),
            }
        }
        timeslots(connection, school, &put).await?;
        let head = "DELETE FROM sync_timeslot_links WHERE school = ";
        execute_for(connection, head, school, "timeslot", &remove).await?;
        let head = "DELETE FROM sync_timeslots WHERE school = ";
        execute_for(connection, head, school, "id", &remove).await?;
    }
    Ok(())
}

pub(crate) async fn timeslots(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    slots: &[&Timeslot],
) -> Result<(), StoreError> {
    insert(
        connection,
        "INSERT INTO sync_timeslots (school, id, name, days, starts, ends, origin) ",
        slots,
        |columns, slot| {
            columns
                .push_bind(school.as_str().to_owned())
                .push_bind(slot.id.as_str().to_owned())
                .push_bind(slot.name.clone())
                .push_bind(slot.days.to_string())
                .push_bind(slot.times.start().to_string())
                .push_bind(slot.times.end().to_string())
                .push_bind(rows::origin(slot.origin));
        },
        " ON CONFLICT (school, id) DO UPDATE SET name = excluded.name, days = excluded.days, \
         starts = excluded.starts, ends = excluded.ends, origin = excluded.origin",
    )
    .await
}

pub(super) async fn link_changes(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &[LinkChange],
) -> Result<(), StoreError> {
    for alike in changes.chunk_by(same_kind) {
        let (mut rooms, mut timeslots) = (Vec::new(), Vec::new());
        let (mut clear_rooms, mut clear_timeslots) = (Vec::new(), Vec::new());
        for change in alike {
            match change {
                LinkChange::Room(link) => rooms.push(link),
                LinkChange::ClearRoom(room) => clear_rooms.push(room.as_str()),
                LinkChange::Timeslot(link) => timeslots.push(link),
                LinkChange::ClearTimeslot(slot) => clear_timeslots.push(slot.as_str()),
            }
        }
        insert(
            connection,
            // REPLACE deletes the rows that have this room or this source, whichever they are.
            "INSERT OR REPLACE INTO sync_room_links (school, room, source) ",
            &rooms,
            |columns, link| {
                columns
                    .push_bind(school.as_str().to_owned())
                    .push_bind(link.room.as_str().to_owned())
                    .push_bind(link.source.clone());
            },
            "",
        )
        .await?;
        insert(
            connection,
            "INSERT OR IGNORE INTO sync_timeslot_links (school, timeslot, period) ",
            &timeslots,
            |columns, link| {
                columns
                    .push_bind(school.as_str().to_owned())
                    .push_bind(link.timeslot.as_str().to_owned())
                    .push_bind(link.period.as_str().to_owned());
            },
            "",
        )
        .await?;
        let head = "DELETE FROM sync_room_links WHERE school = ";
        execute_for(connection, head, school, "room", &clear_rooms).await?;
        let head = "DELETE FROM sync_timeslot_links WHERE school = ";
        execute_for(connection, head, school, "timeslot", &clear_timeslots).await?;
    }
    Ok(())
}

pub(super) async fn exception_changes(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &[ExceptionChange],
) -> Result<(), StoreError> {
    for alike in changes.chunk_by(same_kind) {
        let (mut put, mut remove) = (Vec::new(), Vec::new());
        for change in alike {
            match change {
                ExceptionChange::Put(exception) => put.push(exception),
                ExceptionChange::Remove(id) => remove.push(id.as_str()),
            }
        }
        insert(
            connection,
            "INSERT OR REPLACE INTO sync_exceptions (school, id, room, starts, ends) ",
            &put,
            |columns, exception| {
                columns
                    .push_bind(school.as_str().to_owned())
                    .push_bind(exception.id.clone())
                    .push_bind(exception.room.as_ref().map(|room| room.as_str().to_owned()))
                    .push_bind(rows::moment(exception.interval.start()))
                    .push_bind(rows::moment(exception.interval.end()));
            },
            "",
        )
        .await?;
        let head = "DELETE FROM sync_exceptions WHERE school = ";
        execute_for(connection, head, school, "id", &remove).await?;
    }
    Ok(())
}

pub(super) async fn holiday_changes(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &[HolidayChange],
) -> Result<(), StoreError> {
    for change in changes {
        let (sql, week) = match change {
            HolidayChange::Acknowledge(week) => (
                "INSERT OR IGNORE INTO sync_holidays (school, year, week) VALUES (?, ?, ?)",
                week,
            ),
            HolidayChange::Withdraw(week) => (
                "DELETE FROM sync_holidays WHERE school = ? AND year = ? AND week = ?",
                week,
            ),
        };
        sqlx::query(sql)
            .bind(school.as_str())
            .bind(week.year)
            .bind(week.week)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
    }
    Ok(())
}

/// Changes of one list take effect in their order, and only neighbours of one kind share a statement.
fn same_kind<T>(one: &T, next: &T) -> bool {
    mem::discriminant(one) == mem::discriminant(next)
}

pub(super) async fn timetable(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    timetable: &TimetableDocument,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO sync_timetables (school, format, content) VALUES (?, ?, ?)",
    )
    .bind(school.as_str())
    .bind(timetable.format)
    .bind(json(&timetable.content)?)
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}

pub(super) async fn notices(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    notices: &[Notice],
) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(position), 0) AS position FROM sync_notices")
        .fetch_one(&mut *connection)
        .await
        .map_err(store_error)?;
    let last = integer(Columns(&row).number("position")?)?;
    let encoded = (last.saturating_add(1)..)
        .zip(notices)
        .map(|(position, notice)| {
            let run = integer(notice.run.0)?;
            let (removed, restored) = (json(&notice.removed)?, json(&notice.restored)?);
            Ok((position, notice, run, removed, restored))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    insert(
        connection,
        "INSERT INTO sync_notices (school, id, position, run, to_name, to_email, subject, body, html, calendar, \
         removed, restored, state, attempts) ",
        &encoded,
        |columns, (position, notice, run, removed, restored)| {
            let (name, email) = match &notice.to {
                Recipient::Owner { name, email } => (name.clone(), Some(email.clone())),
                Recipient::Administrator => (None, None),
            };
            columns
                .push_bind(school.as_str().to_owned())
                .push_bind(notice.id.as_str().to_owned())
                .push_bind(*position)
                .push_bind(*run)
                .push_bind(name)
                .push_bind(email)
                .push_bind(notice.subject.clone())
                .push_bind(notice.text.clone())
                .push_bind(notice.html.clone())
                .push_bind(notice.calendar.clone())
                .push_bind(removed.clone())
                .push_bind(restored.clone())
                .push_bind("queued")
                .push_bind(0_i64);
        },
        "",
    )
    .await
}

/// Writes the matching of a school that has a revision.
pub(super) async fn matching(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    matching: Matching,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sync_schools SET matching = ? WHERE school = ?")
        .bind(rows::matching(matching))
        .bind(school.as_str())
        .execute(connection)
        .await
        .map_err(store_error)?;
    Ok(())
}

pub(crate) async fn next_revision(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    current: Revision,
) -> Result<Revision, StoreError> {
    let revision = Revision(current.0.saturating_add(1));
    sqlx::query(
        "INSERT INTO sync_schools (school, revision, matching) VALUES (?, ?, ?) \
         ON CONFLICT (school) DO UPDATE SET revision = excluded.revision",
    )
    .bind(school.as_str())
    .bind(integer(revision.0)?)
    .bind(rows::matching(Matching::default()))
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(revision)
}

pub(super) async fn run(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    run: &EncodedRun,
    revision: Revision,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sync_runs (school, run, kind, status, started_utc, finished_utc, done_by, judged_at, fingerprint, \
         areas, report, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(school.as_str())
    .bind(run.run)
    .bind(run.kind.as_str())
    .bind(run.status.as_str())
    .bind(run.started_utc.as_str())
    .bind(run.finished_utc.as_deref())
    .bind(run.by.as_deref())
    .bind(run.judged_at.as_str())
    .bind(run.fingerprint.as_deref())
    .bind(run.areas.as_str())
    .bind(run.report.as_str())
    .bind(integer(revision.0)?)
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}
