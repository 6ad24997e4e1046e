//! The page that a school gets: how to make the key that a sync needs.

use std::{fmt::Write, time::Duration};

use isams_client::DataArea;

use crate::doctor::without;

/// What differs from one product to another in the page for a school.
///
/// ```
/// use timetable_sync::SetupGuide;
///
/// let guide = SetupGuide {
///     integrator: "Example Rooms Ltd".to_owned(),
///     product: "Example Rooms".to_owned(),
///     ip_addresses: vec!["192.0.2.10".to_owned()],
///     ..SetupGuide::default()
/// };
/// let page = guide.markdown();
/// assert!(page.contains("Timetable Manager Datasets - Weeks, Days & Periods"));
/// assert!(page.contains("192.0.2.10"));
/// assert!(guide.html().starts_with("<!doctype html>"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupGuide {
    /// What to enter as the integrator's name.
    pub integrator: String,
    /// What to enter as the name of the integration: the product that books rooms.
    pub product: String,
    /// The addresses that the sync asks from, where the school restricts them; as many as there are.
    pub ip_addresses: Vec<String>,
    /// How often the key is to refresh.
    pub cache: Duration,
}

impl Default for SetupGuide {
    fn default() -> Self {
        Self {
            integrator: "timetable-sync".to_owned(),
            product: "Room Booking".to_owned(),
            ip_addresses: Vec::new(),
            cache: Duration::from_secs(3600),
        }
    }
}

/// A piece of the page. Texts are plain: each form escapes them in its own way.
enum Block {
    Title(String),
    Step(String),
    Text(String),
    List(Vec<String>),
    Table {
        headings: [&'static str; 3],
        rows: Vec<[String; 3]>,
    },
    Code(String),
}

impl SetupGuide {
    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        let mut step = 0;
        for block in self.blocks() {
            // Writing to a String cannot fail.
            let _ = match block {
                Block::Title(text) => writeln!(page, "# {}\n", markdown(&text)),
                Block::Step(text) => {
                    step += 1;
                    writeln!(page, "## {step}. {}\n", markdown(&text))
                }
                Block::Text(text) => writeln!(page, "{}\n", markdown(&text)),
                Block::List(items) => {
                    for item in items {
                        let _ = writeln!(page, "- {}", markdown(&item));
                    }
                    writeln!(page)
                }
                Block::Table { headings, rows } => {
                    let _ = writeln!(page, "| {} |\n|---|---|---|", headings.join(" | "));
                    for row in rows {
                        let _ =
                            writeln!(page, "| {} |", row.map(|cell| markdown(&cell)).join(" | "));
                    }
                    writeln!(page)
                }
                Block::Code(text) => writeln!(page, "```\n{text}\n```\n"),
            };
        }
        page.truncate(page.trim_end().len());
        page.push('\n');
        page
    }

    /// The page as HTML: one file that needs nothing else, and prints well.
    pub fn html(&self) -> String {
        let mut body = String::new();
        let mut step = 0;
        let mut title = String::new();
        for block in self.blocks() {
            // Writing to a String cannot fail.
            let _ = match block {
                Block::Title(text) => {
                    title = html(&text);
                    writeln!(body, "<h1>{title}</h1>")
                }
                Block::Step(text) => {
                    step += 1;
                    writeln!(body, "<h2>{step}. {}</h2>", html(&text))
                }
                Block::Text(text) => writeln!(body, "<p>{}</p>", html(&text)),
                Block::List(items) => {
                    let items: String = items
                        .iter()
                        .map(|item| format!("<li>{}</li>\n", html(item)))
                        .collect();
                    writeln!(body, "<ul>\n{items}</ul>")
                }
                Block::Table { headings, rows } => {
                    let head: String = headings
                        .iter()
                        .map(|heading| format!("<th scope=\"col\">{}</th>", html(heading)))
                        .collect();
                    let rows: String = rows
                        .iter()
                        .map(|row| {
                            let cells: String = row
                                .iter()
                                .map(|cell| format!("<td>{}</td>", html(cell)))
                                .collect();
                            format!("<tr>{cells}</tr>\n")
                        })
                        .collect();
                    writeln!(
                        body,
                        "<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
                    )
                }
                Block::Code(text) => writeln!(body, "<pre>{}</pre>", html(&text)),
            };
        }
        format!(
            "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
        )
    }

    fn blocks(&self) -> Vec<Block> {
        let cache = spoken(self.cache);
        let mut blocks = vec![
            Block::Title(format!("Connecting iSAMS with {}", self.product)),
            Block::Text(format!(
                "Every night {} reads your rooms, term dates, timetable, cover and room closures from iSAMS, so that \
                 nobody can book a room in which a lesson is taught. It only reads: nothing in iSAMS is changed.",
                self.product
            )),
            Block::Text(
                "It takes an administrator of iSAMS about fifteen minutes. iSAMS is nowadays also called IRIS Ed:Gen."
                    .to_owned(),
            ),
            Block::Step("Make a Batch API key".to_owned()),
            Block::Text(
                "Open API Services Manager in iSAMS; some guides call it the API Management module. If you do not have \
                 it, ask iSAMS: it is a module of its own, and they may charge for it. Make one new Batch API key, and \
                 tick the data areas below."
                    .to_owned(),
            ),
            Block::Table {
                headings: ["Data area", "Needed", "Without it"],
                rows: DataArea::ALL
                    .into_iter()
                    .map(|area| {
                        let needed = if area.is_optional() { "optional" } else { "yes" };
                        [
                            area.label().to_owned(),
                            needed.to_owned(),
                            without(area).to_owned(),
                        ]
                    })
                    .collect(),
            },
            Block::Step(format!(
                "Let the key refresh every {}",
                cache.strip_prefix("1 ").unwrap_or(&cache)
            )),
            Block::Text(format!(
                "iSAMS answers from a cache that lasts 24 hours unless it is told otherwise. Set the key's cache to \
                 {cache}, or a change of the timetable may take two nights to arrive."
            )),
            Block::Step("Allow our addresses".to_owned()),
        ];
        if self.ip_addresses.is_empty() {
            blocks.push(Block::Text(
                "If your iSAMS restricts from which IP addresses a key may be used, ask us for ours, and allow them."
                    .to_owned(),
            ));
        } else {
            blocks.push(Block::Text(
                "If your iSAMS restricts from which IP addresses a key may be used, allow these:"
                    .to_owned(),
            ));
            blocks.push(Block::List(self.ip_addresses.clone()));
        }
        blocks.extend([
            Block::Step("Name the integration".to_owned()),
            Block::Text("If iSAMS asks for the properties of the integrator, enter:".to_owned()),
            Block::List(vec![
                format!("Integrator: {}", self.integrator),
                format!("Integration: {}", self.product),
            ]),
            Block::Step("Send us".to_owned()),
            Block::List(vec![
                "the web address at which your staff open iSAMS, such as https://school.isams.cloud".to_owned(),
                "the Batch API key".to_owned(),
                "the client id and the client secret, where iSAMS shows them with the key".to_owned(),
                "your periods with their times, as they are in iSAMS".to_owned(),
            ]),
            Block::Text(
                "Key and secret open your data: send them in a way that others cannot read, and not by plain e-mail."
                    .to_owned(),
            ),
            Block::Text(
                "The times matter, because periods are matched with the times at which rooms are booked, and never by \
                 name. A list as plain as this will do:"
                    .to_owned(),
            ),
            Block::Code(
                "name,start,end\nPeriod 1,08:50,09:45\nPeriod 2,09:45,10:40\nBreak,10:40,11:00".to_owned(),
            ),
            Block::Text(
                "We then look whether the key is right, whether all data areas are there and whether the periods agree, \
                 and tell you what we find before anything happens. If you have booked rooms with us before, no booking \
                 is touched until you have said which of your rooms is which room of iSAMS."
                    .to_owned(),
            ),
        ]);
        blocks
    }
}

/// Readable, printable, and without a colour that carries meaning.
const STYLE: &str = "
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { border-bottom: 1px solid #767676; padding: .4rem .6rem; text-align: left; vertical-align: top; }
pre { background: #f3f3f3; padding: .8rem; overflow-x: auto; }
@media print { main { max-width: none; padding: 0; } tr, pre { break-inside: avoid; } }
";

fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            // A cell, an item and a heading are one line each.
            '\n' | '\r' => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// `1 hour`, `2 hours` or `30 minutes`.
fn spoken(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (number, unit) = if minutes > 0 && minutes.is_multiple_of(60) {
        (minutes / 60, "hour")
    } else {
        (minutes, "minute")
    };
    if number == 1 {
        format!("1 {unit}")
    } else {
        format!("{number} {unit}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guide() -> SetupGuide {
        SetupGuide {
            integrator: "A & B <Ltd>".to_owned(),
            product: "Rooms | \"Now\"".to_owned(),
            ip_addresses: vec!["192.0.2.10".to_owned(), "2001:db8::1".to_owned()],
            cache: Duration::from_secs(7200),
        }
    }

    #[test]
    fn every_area_is_there_with_what_is_lost_without_it() {
        let (markdown, html) = (guide().markdown(), guide().html());
        for area in DataArea::ALL {
            assert!(
                markdown.contains(&format!("| {} |", area.label())),
                "{area}"
            );
            assert!(html.contains(&format!("<td>{}</td>", super::html(area.label()))));
            assert!(html.contains(&super::html(without(area))));
        }
        assert_eq!(markdown.matches("| optional |").count(), 2);
        assert_eq!(html.matches("<td>yes</td>").count(), 12);
    }

    #[test]
    fn names_from_the_settings_are_escaped_in_both_forms() {
        let (markdown, html) = (guide().markdown(), guide().html());
        assert!(markdown.starts_with("# Connecting iSAMS with Rooms \\| \"Now\"\n"));
        assert!(markdown.contains("- Integrator: A & B \\<Ltd>\n"));
        assert!(html.contains("<title>Connecting iSAMS with Rooms | &quot;Now&quot;</title>"));
        assert!(html.contains("<li>Integrator: A &amp; B &lt;Ltd&gt;</li>"));
        assert!(html.contains("<li>2001:db8::1</li>"));
        assert!(markdown.contains("refresh every 2 hours"));
    }

    #[test]
    fn without_addresses_the_page_says_to_ask() {
        let guide = SetupGuide::default();
        assert!(guide.markdown().contains("ask us for ours"));
        assert!(guide.markdown().contains("refresh every hour"));
        assert_eq!(guide.html().matches("<h2>").count(), 5);
    }
}
