//! Cells that a spreadsheet shows as the text they are. One that begins like a formula would be worked out, and a name
//! could then fetch or run something on the computer of who opens the file.

/// The text as a cell: one that looks like a formula begins with an apostrophe, which spreadsheets take as the sign of a
/// text.
pub(crate) fn cell(text: &str) -> String {
    if is_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of a cell that [`cell`] may have written, or a person.
pub(crate) fn text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Whether a text would be worked out; those with apostrophes before it keep them.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_texts_and_every_text_comes_back() {
        for (given, written) in [
            (
                "=HYPERLINK(\"http://x.example\")",
                "'=HYPERLINK(\"http://x.example\")",
            ),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("Lab 1", "Lab 1"),
            ("'t Hooft", "'t Hooft"),
            ("O'Neill", "O'Neill"),
            ("'", "'"),
            ("", ""),
        ] {
            assert_eq!(cell(given), written);
            assert_eq!(text(written), given);
        }
    }
}
