//! Tables for people.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use crate::output::{Output, Style, printable};

/// An empty table with these headings. On a terminal it keeps to its width.
pub(crate) fn table<'h>(out: Output, headings: impl IntoIterator<Item = &'h str>) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headings.into_iter().map(|heading| {
            let cell = Cell::new(heading);
            if out.colour {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
    if out.colour {
        table.enforce_styling();
    }
    table
}

/// How wide the terminal is: as `COLUMNS` in the environment says, else as standard output has it; `None` where that is
/// no terminal.
pub(crate) fn terminal_width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok();
    said.and_then(|columns| columns.trim().parse().ok())
        .filter(|columns| *columns > 0)
        .or_else(|| Table::new().width())
}

/// A cell in a style, where styles are on.
pub(crate) fn styled(out: Output, content: impl ToString, style: Style) -> Cell {
    let cell = Cell::new(content);
    if !out.colour {
        return cell;
    }
    match style {
        Style::Bold => cell.add_attribute(Attribute::Bold),
        Style::Red => cell.fg(Color::Red),
        Style::Green => cell.fg(Color::Green),
        Style::Yellow => cell.fg(Color::Yellow),
        Style::Cyan => cell.fg(Color::Cyan),
    }
}

/// The table's text, ending in a line break and without blanks at the ends of lines.
///
/// A cell with something that a terminal would obey stands without that, and without a style.
pub(crate) fn text(table: &Table) -> String {
    let mut table = table.clone();
    for row in table.row_iter_mut() {
        let cells = row.cell_iter().map(|cell| {
            let content = cell.content();
            match printable(&content, false) {
                clean if clean == content => cell.clone(),
                clean => Cell::new(clean),
            }
        });
        *row = cells.collect::<Vec<Cell>>().into();
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    text
}
