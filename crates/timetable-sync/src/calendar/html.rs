//! The calendar as a page.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{
    CalendarDay, CalendarEntry, Occupant, RoomCalendar,
    entry::{Clock, Side},
    is_open,
    layout::{Lane, Lines, lanes},
};
use crate::{markup::escaped, report::local_time};

/// Every text on a colour of it has a contrast of at least 4.5 to 1.
const STYLE: &str = include_str!("page.css");

/// What each style means: its classes and the words.
const LEGEND: [(&str, &str); 7] = [
    ("entry lesson", "Lesson"),
    ("entry meeting", "Staff meeting, tutorial or year schedule"),
    (
        "entry cover",
        "<span class=\"kind\"></span>Cover: a lesson that was moved here",
    ),
    ("entry closure", "Closed"),
    ("entry event", "Event"),
    ("entry booking", "Booking"),
    ("entry lesson doubtful", "? Doubtful: may not take place"),
];

/// One page without script, with nothing from elsewhere.
pub(super) fn page(calendar: &RoomCalendar) -> String {
    let title = escaped(&title(calendar));
    let name = escaped(&calendar.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n{}",
        legend()
    );
    if let Some(caveat) = &calendar.caveat {
        let caveat = escaped(&caveat.to_string());
        let _ = writeln!(page, "<p class=\"caveat\"><strong>{caveat}</strong></p>");
    }
    for week in calendar.weeks() {
        self::week(&mut page, &name, week);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn title(calendar: &RoomCalendar) -> String {
    let name = &calendar.name;
    match (calendar.days.first(), calendar.days.last()) {
        (Some(first), Some(last)) if calendar.days.len() > 7 => {
            format!("{name}, {} to {}", long(first.date), long(last.date))
        }
        (Some(first), _) => format!("{name}, week of {}", long(first.date)),
        (None, _) => name.clone(),
    }
}

fn legend() -> String {
    let items: String = LEGEND
        .iter()
        .map(|(classes, words)| format!("<li class=\"{classes}\">{words}</li>\n"))
        .collect();
    format!(
        "<ul class=\"legend\" aria-label=\"Legend\">\n{items}\
         <li class=\"entry unknown\"><span>Hatched: the lessons are not known</span></li>\n</ul>\n"
    )
}

// Writing to a String cannot fail, so what it returns is of no interest.
fn week(page: &mut String, room: &str, days: &[CalendarDay]) {
    let Some(monday) = days.first() else { return };
    let shown: Vec<&CalendarDay> = days.iter().filter(|day| day.is_shown()).collect();
    let lines = Lines::of(&shown);
    let rows: String = lines
        .rows()
        .map(|minutes| format!(" minmax(calc(var(--minute) * {minutes}), auto)"))
        .collect();
    let _ = writeln!(
        page,
        "<section class=\"week\">\n<h2>Week of {}<span class=\"room\">, {room}</span></h2>\n\
         <div class=\"grid\" style=\"--span: {}; grid-template-columns: 3.2rem repeat({}, minmax(0, 1fr)); \
         grid-template-rows: auto{rows}\">",
        long(monday.date),
        lines.span(),
        shown.len(),
    );
    // A screen reader gets the times from the entries.
    let last = lines.rows().count();
    let hours: Vec<(u32, usize)> = lines.hours().filter(|(_, line)| *line < last).collect();
    let _ = writeln!(page, "<ul class=\"hours\" aria-hidden=\"true\">");
    for (hour, line) in &hours {
        let _ = writeln!(page, "<li style=\"--from: {}\">{hour:02}:00</li>", line + 2);
    }
    let _ = writeln!(page, "</ul>\n<ul class=\"lines\" aria-hidden=\"true\">");
    for (_, line) in &hours {
        let _ = writeln!(page, "<li style=\"--from: {}\"></li>", line + 2);
    }
    let _ = writeln!(page, "</ul>");
    for (column, day) in shown.into_iter().enumerate() {
        self::day(page, &lines, column, day);
    }
    page.push_str("</div>\n</section>\n");
}

fn day(page: &mut String, lines: &Lines, column: usize, day: &CalendarDay) {
    let date = day.date;
    let unknown = if day.unknown.is_some() {
        " unknown"
    } else {
        ""
    };
    let note = if day.in_term || day.unknown.is_some() {
        ""
    } else {
        "<span class=\"note\">no term</span>"
    };
    let _ = writeln!(
        page,
        "<section class=\"day{unknown}\" style=\"--column: {}\" aria-labelledby=\"day-{date}\">\n\
         <div class=\"column\" aria-hidden=\"true\"></div>\n<div class=\"head\">\n<h3 id=\"day-{date}\"><time datetime=\"{date}\">{}</time>{note}</h3>",
        column + 2,
        date.format("%a %-d %b"),
    );
    if let Some(why) = day.unknown {
        let why = escaped(&why.to_string());
        let _ = writeln!(
            page,
            "<p class=\"why\"><strong>Not known.</strong> The lessons are not known, because {why}.</p>"
        );
    }
    page.push_str("</div>\n");
    if !day.entries.is_empty() {
        page.push_str("<ol class=\"entries\">\n");
        for (entry, lane) in day.entries.iter().zip(lanes(&day.entries)) {
            self::entry(page, lines.place(date, entry), lane, entry);
        }
        page.push_str("</ol>\n");
    } else if day.unknown.is_none() {
        page.push_str("<p class=\"nothing\">Nothing</p>\n");
    }
    page.push_str("</section>\n");
}

fn entry(page: &mut String, (from, to): (usize, usize), lane: Lane, entry: &CalendarEntry) {
    let occupant = &entry.occupant;
    let (doubtful, mark, doubt) = if occupant.is_doubtful() {
        (" doubtful", "? ", ", doubtful")
    } else {
        ("", "", "")
    };
    let tight = if lane.of > 2 { " tight" } else { "" };
    // What lasts half a day would drag the whole day on to the next sheet.
    let long = if length(entry) >= TimeDelta::hours(4) {
        " long"
    } else {
        ""
    };
    let _ = write!(
        page,
        "<li class=\"entry {}{doubtful}{tight}{long}\" style=\"--from: {}; --to: {}; --lane: {}; --lanes: {}\">\n\
         <p class=\"what\"><span class=\"kind\">{mark}{}{doubt}</span> <span class=\"time\">{}</span></p>\n\
         <p class=\"name\">{}</p>\n",
        occupant.kind(),
        from + 2,
        to + 2,
        lane.lane,
        lane.of,
        escaped(&occupant.heading()),
        times(entry),
        escaped(&occupant.title()),
    );
    let more: Vec<String> = [
        occupant.period().map(escaped),
        occupant.people().as_deref().map(escaped),
        continued(occupant, entry),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !more.is_empty() {
        let _ = writeln!(page, "<p class=\"more\">{}</p>", more.join(" \u{b7} "));
    }
    page.push_str("</li>\n");
}

fn length(entry: &CalendarEntry) -> TimeDelta {
    entry.interval.end() - entry.interval.start()
}

fn times(entry: &CalendarEntry) -> String {
    let (start, end) = (entry.interval.start(), entry.interval.end());
    let whole_day = start.time() == end.time();
    if whole_day {
        return "all day".to_owned();
    }
    format!(
        "<time datetime=\"{}\">{}</time>\u{2013}<wbr/><time datetime=\"{}\">{}</time>",
        local_time(start),
        Clock(start, Side::Start),
        local_time(end),
        Clock(end, Side::End)
    )
}

/// All of the time of what goes over midnight.
fn continued(occupant: &Occupant, entry: &CalendarEntry) -> Option<String> {
    let whole = occupant.interval();
    if whole == entry.interval {
        return None;
    }
    let time = |word, time: NaiveDateTime| {
        (!is_open(time)).then(|| format!("{word} {}", time.format("%a %-d %b %H:%M")))
    };
    let sides = [time("from", whole.start()), time("until", whole.end())];
    Some(sides.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn long(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::STYLE;
    use crate::markup::contrast::{colours, contrast};

    #[test]
    fn texts_can_be_read_on_every_colour() {
        let white = [255.0; 3];
        let texts = colours(STYLE, "color");
        assert!(texts.len() >= 4 && texts.contains(&[f64::from(0x1a); 3]));
        for text in texts {
            assert!(contrast(text, white) >= 4.5, "{text:?}");
        }
        // All texts of entries have the colour of the page's.
        let backgrounds = colours(STYLE, "background");
        assert!(backgrounds.len() >= 9, "{backgrounds:?}");
        for background in backgrounds {
            let contrast = contrast([f64::from(0x1a); 3], background);
            assert!(contrast >= 4.5, "{background:?}: {contrast}");
        }
    }
}
