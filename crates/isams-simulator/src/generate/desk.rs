//! The booking desk: places bookings where the timetable is, or is not, in the way.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::School;
use super::existing::{Booking, Existing, LocalRoom, LocalRooms, Owner};
use super::occupancy::{Occupancy, Placed};
use super::republish::Move;
use super::rng::Rng;

/// First and last day in which to look for a place.
pub(super) type Window = (NaiveDate, NaiveDate);

pub(super) struct Desk<'a> {
    school: &'a School,
    /// The timetable of the day `first`.
    now: Occupancy<'a>,
    /// The timetable of the day `republished`.
    later: Occupancy<'a>,
    rng: Rng,
    rooms: LocalRooms,
    bookings: Vec<Booking>,
}

/// How often to draw before a place is given up; none is in the fixtures.
const TRIES: usize = 20_000;

impl<'a> Desk<'a> {
    pub(super) fn new(first: &'a School, later: &'a School, rooms: LocalRooms) -> Self {
        Self {
            school: first,
            now: Occupancy::of(first),
            later: Occupancy::of(later),
            rng: Rng::new(first.spec.seed, "bookings"),
            rooms,
            bookings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Existing {
        Existing {
            rooms: self.rooms,
            bookings: self.bookings,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bookings.len()
    }

    /// Books without looking at the timetable; the room is a local id.
    pub(super) fn book(
        &mut self,
        room: &str,
        (start, end): (NaiveDateTime, NaiveDateTime),
        owner: &Owner,
        title: &str,
        series: Option<&'static str>,
    ) {
        let (room, owner, title) = (room.to_owned(), owner.clone(), title.to_owned());
        self.bookings.push(Booking {
            room,
            start,
            end,
            owner,
            title,
            series,
        });
    }

    /// Books over something that is on the timetable on both days and that the owner does not
    /// teach.
    ///
    /// `span` makes the booking's times from the lesson's, or refuses the lesson.
    pub(super) fn over_lesson(
        &mut self,
        window: Window,
        owner: &Owner,
        title: &str,
        span: impl Fn(&Placed<'_>, &Self, u32) -> Option<(NaiveDateTime, NaiveDateTime)>,
    ) {
        for _ in 0..TRIES {
            let Some((room, id)) = self.matched_room() else {
                return;
            };
            let date = self.date(window);
            let lessons = self.now.on(id, date);
            let Some(lesson) = self.rng.pick(&lessons) else {
                continue;
            };
            let Some((start, end)) = span(lesson, self, id) else {
                continue;
            };
            let own = owner.code.as_deref();
            let hit = self.now.during(id, start, end);
            let taught = hit
                .iter()
                .any(|placed| placed.teachers.iter().any(|&teacher| Some(teacher) == own));
            if !taught
                && !self.later.during(id, start, end).is_empty()
                && self.is_unbooked(&room.id, start, end)
            {
                return self.book(&room.id, (start, end), owner, title, None);
            }
        }
    }

    /// Books a teacher's own lesson, and nothing but it, in the teacher's name.
    pub(super) fn over_own_lesson(&mut self, window: Window, title: &str) {
        for _ in 0..TRIES {
            let Some((room, id)) = self.matched_room() else {
                return;
            };
            let date = self.date(window);
            let lessons = self.now.on(id, date);
            let Some(lesson) = self.rng.pick(&lessons) else {
                continue;
            };
            let (start, end) = (lesson.start, lesson.end);
            let alone = self.now.during(id, start, end).len() == 1
                && self.later.during(id, start, end).len() == 1;
            let staff = &self.school.teaching.staff;
            let Some(owner) = staff
                .iter()
                .find(|member| lesson.teachers.first() == Some(&member.user_code.as_str()))
                .and_then(Owner::of_staff)
            else {
                continue;
            };
            if alone && self.is_unbooked(&room.id, start, end) {
                return self.book(&room.id, (start, end), &owner, title, None);
            }
        }
    }

    /// Books the period into which a lesson will move, on a date after `window.0`.
    pub(super) fn over_moved_lesson(
        &mut self,
        window: Window,
        to: Move,
        owner: &Owner,
        title: &str,
    ) -> bool {
        let Some(room) = self
            .rooms
            .0
            .iter()
            .find(|room| room.isams == Some(to.room))
            .map(|room| room.id.clone())
        else {
            return false;
        };
        let Some(period) = self
            .school
            .weeks
            .iter()
            .flat_map(|week| &week.days)
            .flat_map(|day| &day.periods)
            .find(|period| period.id == to.period)
        else {
            return false;
        };
        for _ in 0..TRIES {
            let date = self.date(window);
            let (start, end) = (date.and_time(period.start), date.and_time(period.end));
            let will_clash = self.later.during(to.room, start, end);
            let taught = will_clash.iter().any(|placed| {
                placed
                    .teachers
                    .iter()
                    .any(|&code| Some(code) == owner.code.as_deref())
            });
            if !will_clash.is_empty()
                && !taught
                && self.now.during(to.room, start, end).is_empty()
                && self.is_unbooked(&room, start, end)
            {
                self.book(&room, (start, end), owner, title, None);
                return true;
            }
        }
        false
    }

    /// Books from the end of one lesson to the start of the next, touching both.
    pub(super) fn between_lessons(
        &mut self,
        window: Window,
        gap: (NaiveTime, NaiveTime),
        owner: &Owner,
        title: &str,
    ) {
        for _ in 0..TRIES {
            let Some((room, id)) = self.matched_room() else {
                return;
            };
            let date = self.date(window);
            let (start, end) = (date.and_time(gap.0), date.and_time(gap.1));
            let lessons = self.now.on(id, date);
            let touches = lessons.iter().any(|lesson| lesson.end == start)
                && lessons.iter().any(|lesson| lesson.start == end);
            if touches && self.is_free(id, start, end) && self.is_unbooked(&room.id, start, end) {
                return self.book(&room.id, (start, end), owner, title, None);
            }
        }
    }

    /// Books a free period, or the early evening, on a day of term.
    pub(super) fn in_free_slot(&mut self, window: Window, owner: &Owner, title: &str) {
        for _ in 0..TRIES {
            let Some((room, id)) = self.matched_room() else {
                return;
            };
            let date = self.date(window);
            let periods: Vec<_> = self.now.periods(date).collect();
            let Some(period) = self.rng.pick(&periods) else {
                continue;
            };
            let (start, end) = if self.rng.percent(20) {
                (evening(date, 17), evening(date, 18))
            } else {
                (date.and_time(period.start), date.and_time(period.end))
            };
            if self.is_free(id, start, end) && self.is_unbooked(&room.id, start, end) {
                return self.book(&room.id, (start, end), owner, title, None);
            }
        }
    }

    /// Six weekly bookings from the end of a day's last lesson; the second and the fifth start
    /// earlier and clash.
    pub(super) fn weekly_after_lessons(
        &mut self,
        first: Window,
        (end_of_lessons, early, end): (NaiveTime, NaiveTime, NaiveTime),
        owner: &Owner,
        title: &str,
        series: &'static str,
    ) {
        for _ in 0..TRIES {
            let Some((room, id)) = self.matched_room() else {
                return;
            };
            let date = self.date(first);
            let own = owner.code.as_deref();
            let ends = |lesson: &Placed<'_>| {
                lesson.end == date.and_time(end_of_lessons)
                    && !lesson.teachers.iter().any(|&code| Some(code) == own)
            };
            let weeks: Vec<_> = (0..6).map(|week| date + Days::new(7 * week)).collect();
            if !self.now.on(id, date).iter().any(ends)
                || weeks.iter().any(|&date| {
                    !self.is_unbooked(&room.id, date.and_time(early), date.and_time(end))
                })
            {
                continue;
            }
            for (index, date) in weeks.into_iter().enumerate() {
                let start = if index == 1 || index == 4 {
                    early
                } else {
                    end_of_lessons
                };
                self.book(
                    &room.id,
                    (date.and_time(start), date.and_time(end)),
                    owner,
                    title,
                    Some(series),
                );
            }
            return;
        }
    }

    /// Everything on the timetable of `first` in the span.
    pub(super) fn causes(&self, room: u32, start: NaiveDateTime, end: NaiveDateTime) -> usize {
        self.now.during(room, start, end).len()
    }

    fn matched_room(&mut self) -> Option<(LocalRoom, u32)> {
        (0..TRIES).find_map(|_| {
            let room = self.rng.pick(&self.rooms.0)?;
            Some((room.clone(), room.isams?))
        })
    }

    fn date(&mut self, (from, to): Window) -> NaiveDate {
        let days = usize::try_from((to - from).num_days() + 1).unwrap_or(1);
        from + Days::new(u64::try_from(self.rng.below(days)).unwrap_or(0))
    }

    fn is_free(&self, room: u32, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        self.now.during(room, start, end).is_empty()
            && self.later.during(room, start, end).is_empty()
    }

    fn is_unbooked(&self, room: &str, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        !self
            .bookings
            .iter()
            .any(|booking| booking.room == room && booking.start < end && start < booking.end)
    }
}

fn evening(date: NaiveDate, hour: u32) -> NaiveDateTime {
    date.and_time(NaiveTime::from_hms_opt(hour, 15, 0).unwrap_or_default())
}
