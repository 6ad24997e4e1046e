//! Texts of users, made fit for one line of a letter or a header.

/// The text on one line: without control characters, line breaks of any kind and marks that turn the reading direction,
/// and with single spaces.
///
/// What people typed goes through here before it comes near a subject, an address, a template or a terminal.
pub fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_whitespace() || c.is_control();
    let words = text
        .split(is_break)
        .map(|word| word.replace(turns_direction, ""));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether a character turns the direction in which others are read, and shows nothing itself.
pub(crate) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_becomes_one() {
        for (text, line) in [
            ("Eve\r\nBcc: x@y.example", "Eve Bcc: x@y.example"),
            ("  two  spaces ", "two spaces"),
            ("a\u{2028}b\u{85}c\u{0}d\te", "a b c d e"),
            ("evil \u{202e}gpj.exe", "evil gpj.exe"),
            ("a\u{200f}b\u{61c}c\u{2066}d\u{200e}", "abcd"),
            ("\u{1b}[31mred \u{9b}0m", "[31mred 0m"),
            ("Zoë Ångmere", "Zoë Ångmere"),
            ("\r\n", ""),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }
}
