//! Texts of users, made fit for one line of a letter or a header.

/// The text on one line: without control characters, line breaks of any kind and marks that turn the reading direction,
/// and with single spaces. User texts go through here before they come near a subject, an address or a template.
pub(crate) fn one_line(text: &str) -> String {
    let is_break =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words = text.split(is_break).map(|word| word.replace(turns, ""));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
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
            ("Zoë Ångmere", "Zoë Ångmere"),
            ("\r\n", ""),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }
}
