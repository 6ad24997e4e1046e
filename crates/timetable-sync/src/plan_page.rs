//! A plan as a page for people.

use std::fmt::Write;

use booking_store::AreaRecord;
use chrono::NaiveDateTime;
use isams_client::DataArea;
use room_timetable::Interval;

use crate::{
    markup::escaped,
    plan_groups::{PersonKey, RemovalGroup, RemovalGroups},
    report::{Alternative, RemovalReport, Report, Status, local_time},
    words,
};

/// Every text on a colour of it has a contrast of at least 4.5 to 1.
const STYLE: &str = include_str!("plan_page.css");

/// What a plan says, for those who have to decide on it or are asked about it.
#[derive(Clone, Copy, Debug)]
pub struct PlanPage<'r> {
    /// The plan's report, or that of a run.
    pub report: &'r Report,
    /// The school as people call it.
    pub school: &'r str,
    /// When the plan was made, school-local.
    pub made: NaiveDateTime,
    /// How a person releases the plan where the guard holds it: a command, or the name of a page.
    pub release: Option<&'r str>,
}

impl PlanPage<'_> {
    /// One page without script, with nothing from elsewhere, to be read on a screen or printed.
    ///
    /// It holds what is removed by person, with causes and free rooms; the guard's verdict and how to release the plan;
    /// what else changes; rows that cannot be used, and warnings. Nothing is told by colour alone, and every text of
    /// the feed or of a booking is escaped.
    pub fn html(&self) -> String {
        let title = escaped(&format!("Timetable plan, {}", self.school));
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
             <p class=\"made\">Made <time datetime=\"{}\">{}</time>, school time.</p>\n",
            local_time(self.made),
            self.made.format("%a %-d %b %Y %H:%M"),
        );
        if self.report.rehearsal {
            page.push_str(
                "<p class=\"made\"><strong>A rehearsal</strong>, as if the timetables in development were published. It \
                 cannot be applied.</p>\n",
            );
        }
        self.verdict(&mut page);
        self.removals(&mut page);
        self.changes(&mut page);
        list(&mut page, "warnings", "Warnings", &self.report.warnings);
        self.skipped(&mut page);
        self.areas(&mut page);
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    // Writing to a String cannot fail, so what it returns is of no interest.
    fn verdict(&self, page: &mut String) {
        let report = self.report;
        let (class, mark, headline) = match report.status {
            Status::Planned => (
                "ready",
                "\u{2713}",
                "Ready: a sync would do this. Nothing was written.",
            ),
            Status::Applied => ("ready", "\u{2713}", "Applied: this was done."),
            Status::Unchanged => (
                "ready",
                "\u{2713}",
                "Nothing to change: nothing was written, and nobody gets a message.",
            ),
            Status::Held => (
                "held",
                "!",
                "Held: a person must look first. No booking was removed.",
            ),
            Status::AwaitingMatch => (
                "held",
                "!",
                "Waiting for matching: nothing takes effect before the rooms are matched.",
            ),
        };
        let _ = writeln!(
            page,
            "<section class=\"verdict {class}\" aria-labelledby=\"verdict\">\n\
             <h2 id=\"verdict\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span> {headline}</h2>"
        );
        if !report.held_because.is_empty() {
            page.push_str("<p>The guard holds it, because:</p>\n<ul>\n");
            for reason in &report.held_because {
                let _ = writeln!(page, "<li>{}</li>", escaped(reason));
            }
            page.push_str("</ul>\n");
            if report.releasable {
                page.push_str("<p>To release exactly this plan, once it is found to be right");
                if !report.accept.is_empty() {
                    let areas = report.accept.join(", ");
                    let _ = write!(page, ", accepting {}", escaped(&areas));
                }
                match self.release {
                    Some(how) => {
                        let _ = writeln!(page, ":</p>\n<pre><code>{}</code></pre>", escaped(how));
                    }
                    None => page.push_str(", confirm its fingerprint.</p>\n"),
                }
            } else if report.refused.is_none() {
                page.push_str(
                    "<p>This cannot be released. Sync again when iSAMS answers completely.</p>\n",
                );
            }
        }
        let _ = writeln!(
            page,
            "<p>Fingerprint: <code>{}</code></p>\n</section>",
            escaped(&report.fingerprint)
        );
    }

    fn removals(&self, page: &mut String) {
        let report = self.report;
        let bookings = words::bookings(report.removals.len());
        let heading = match report.status {
            Status::Applied | Status::Unchanged => format!("Removed: {bookings}"),
            Status::Planned => format!("Would be removed: {bookings}"),
            Status::Held => format!("Withheld: {bookings} would be removed"),
            Status::AwaitingMatch => {
                format!("By the matches so far, {bookings} would be removed")
            }
        };
        let _ = writeln!(
            page,
            "<section class=\"removals\" aria-labelledby=\"removals\">\n<h2 id=\"removals\">{heading}</h2>"
        );
        if report.removals.is_empty() {
            page.push_str("<p>No booking has to go.</p>\n</section>\n");
            return;
        }
        let groups = RemovalGroups::of(&report.removals);
        let absorbed = report
            .removals
            .iter()
            .filter(|removal| removal.absorbed)
            .count();
        let mut said = format!("They belong to {}.", people(groups.person.len()));
        said.push_str(&own_lessons(absorbed));
        let told = match (report.status, report.notices) {
            (_, 0) => String::new(),
            (Status::Applied, count) => format!(" {} will get a message.", people(count)),
            (_, count) => format!(" {} would get a message.", people(count)),
        };
        let _ = writeln!(page, "<p>{said}{told}</p>");
        for (number, group) in groups.person.iter().enumerate() {
            person(page, number + 1, group);
        }
        page.push_str("</section>\n");
        summary(page, "by-room", "The same by room", "Room", &groups.room);
        summary(
            page,
            "by-cause",
            "The same by cause",
            "Cause",
            &groups.cause,
        );
    }

    fn changes(&self, page: &mut String) {
        let report = self.report;
        let kinds = [
            ("Rooms", report.rooms),
            ("Timeslots", report.timeslots),
            ("Weekly lessons", report.lessons),
            ("Terms", report.terms),
            ("Allocated weeks", report.allocations),
        ];
        page.push_str(
            "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">What else changes</h2>\n",
        );
        if kinds.iter().all(|(_, counts)| counts.is_zero()) {
            page.push_str("<p>No change to rooms, timeslots, lessons, terms or weeks.</p>\n");
        } else {
            table(page, &["", "Added", "Changed", "Removed"]);
            for (kind, counts) in kinds {
                let _ = writeln!(
                    page,
                    "<tr><th scope=\"row\">{kind}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>\
                     <td class=\"number\">{}</td></tr>",
                    counts.added, counts.changed, counts.removed
                );
            }
            page.push_str("</tbody>\n</table>\n");
        }
        page.push_str("</section>\n");
    }

    fn skipped(&self, page: &mut String) {
        let report = self.report;
        if report.skipped.is_empty() && report.without_room == 0 {
            return;
        }
        page.push_str(
            "<section aria-labelledby=\"skipped\">\n<h2 id=\"skipped\">Rows that cannot be used</h2>\n",
        );
        if !report.skipped.is_empty() {
            table(page, &["Data area", "Row", "Reason"]);
            for row in &report.skipped {
                let _ = writeln!(
                    page,
                    "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escaped(&row.area),
                    escaped(&row.source_id),
                    escaped(&row.reason)
                );
            }
            page.push_str("</tbody>\n</table>\n");
        }
        match report.without_room {
            0 => {}
            1 => page.push_str("<p>1 row has no room and stands in no calendar.</p>\n"),
            rows => {
                let _ = writeln!(
                    page,
                    "<p>{rows} rows have no room and stand in no calendar.</p>"
                );
            }
        }
        page.push_str("</section>\n");
    }

    fn areas(&self, page: &mut String) {
        page.push_str("<section aria-labelledby=\"areas\">\n<h2 id=\"areas\">What arrived</h2>\n");
        table(page, &["Data area", "State", "Rows"]);
        for AreaRecord {
            area, state, rows, ..
        } in &self.report.areas
        {
            let known = area.parse::<DataArea>();
            let label = known.map_or(area.as_str(), |known| known.label());
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td>{}</td><td class=\"number\">{rows}</td></tr>",
                escaped(label),
                escaped(state)
            );
        }
        page.push_str("</tbody>\n</table>\n</section>\n");
    }
}

/// The bookings of one person.
fn person(page: &mut String, number: usize, group: &RemovalGroup<'_, PersonKey>) {
    let _ = writeln!(
        page,
        "<section class=\"person\" aria-labelledby=\"person-{number}\">\n<h3 id=\"person-{number}\">{}</h3>",
        escaped(&group.text)
    );
    table(page, &["When", "Room", "Booking", "Because", "Free then"]);
    for removal in &group.removals {
        let _ = writeln!(
            page,
            "<tr><td><time datetime=\"{}\">{}</time></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            local_time(removal.start),
            escaped(&when(removal)),
            escaped(&removal.room_name),
            escaped(&title(removal)),
            escaped(&removal.because),
            free(removal)
        );
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

fn summary<Key: std::fmt::Display>(
    page: &mut String,
    id: &str,
    heading: &str,
    of: &str,
    groups: &[RemovalGroup<'_, Key>],
) {
    let _ = writeln!(
        page,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>"
    );
    table(page, &[of, "Bookings", "Own lessons", "People"]);
    for group in groups {
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td></tr>",
            escaped(&group.key.to_string()),
            group.count,
            group.absorbed,
            group.people
        );
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

fn table(page: &mut String, headings: &[&str]) {
    let headings: String = headings
        .iter()
        .map(|heading| format!("<th scope=\"col\">{heading}</th>"))
        .collect();
    let _ = writeln!(page, "<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>");
}

fn list(page: &mut String, id: &str, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let items: String = lines
        .iter()
        .map(|line| format!("<li>{}</li>\n", escaped(line)))
        .collect();
    let _ = writeln!(
        page,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>\n<ul>\n{items}</ul>\n</section>"
    );
}

fn when(removal: &RemovalReport) -> String {
    Interval::new(removal.start, removal.end)
        .map_or_else(|_| local_time(removal.start), words::span)
}

fn title(removal: &RemovalReport) -> String {
    match removal.title.as_deref().map(str::trim) {
        Some(title) if !title.is_empty() => title.to_owned(),
        _ => format!("booking {}", removal.booking),
    }
}

/// Where the booking could go, as markup.
fn free(removal: &RemovalReport) -> String {
    if removal.absorbed {
        return "The owner's own lesson: the room is kept".to_owned();
    }
    if removal.alternatives.is_empty() {
        return "No room is known to be free".to_owned();
    }
    let rooms: String = removal
        .alternatives
        .iter()
        .map(|Alternative { name, series, .. }| match series {
            Some(series) => format!("<li>{} ({series})</li>", escaped(name)),
            None => format!("<li>{}</li>", escaped(name)),
        })
        .collect();
    format!("<ul class=\"free\">{rooms}</ul>")
}

fn own_lessons(absorbed: usize) -> String {
    match absorbed {
        0 => String::new(),
        1 => " 1 booking is taken by the owner's own lesson: the owner keeps the room, and it does not count for the \
              guard."
            .to_owned(),
        many => format!(
            " {many} bookings are taken by their owners' own lessons: the owners keep the rooms, and these do not count \
             for the guard."
        ),
    }
}

fn people(count: usize) -> String {
    if count == 1 {
        "1 person".to_owned()
    } else {
        format!("{count} people")
    }
}

#[cfg(test)]
mod tests {
    use super::{STYLE, own_lessons};
    use crate::markup::contrast::{colours, contrast};

    #[test]
    fn own_lessons_are_counted_in_sentences() {
        assert_eq!(own_lessons(0), "");
        assert_eq!(
            own_lessons(1),
            " 1 booking is taken by the owner's own lesson: the owner keeps the room, and it does not count for the guard."
        );
        assert!(own_lessons(2).starts_with(" 2 bookings are taken by their owners' own lessons:"));
    }

    #[test]
    fn texts_can_be_read_on_every_colour() {
        let (texts, mut backgrounds) = (colours(STYLE, "color"), colours(STYLE, "background"));
        assert!(texts.len() >= 2 && backgrounds.len() >= 4);
        backgrounds.push([255.0; 3]);
        for text in &texts {
            for background in &backgrounds {
                let contrast = contrast(*text, *background);
                assert!(contrast >= 4.5, "{text:?} on {background:?}: {contrast}");
            }
        }
    }
}
