use std::borrow::Cow;

/// How many characters of an unexpected answer an error may show.
const SHOWN: usize = 80;

/// How many bytes of an answer are looked at to describe it.
pub(crate) const LOOKED_AT: usize = 64 * 1024;

const REDACTED: &str = "[redacted]";

/// What is shorter is no secret. Taking it out of an error document would take the words out, too, by which it is
/// known.
const SHORTEST: usize = 4;

/// Removes a secret from what a server sent before any of it is shown, in case the server echoes it.
#[derive(Default)]
pub(crate) struct Redaction {
    /// Lower-case ASCII; longest first.
    secrets: Vec<String>,
}

impl Redaction {
    /// Looks for each secret as written, without the braces around it, and percent-encoded.
    pub(crate) fn of<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        let mut redaction = Self::default();
        for secret in secrets {
            redaction.add(secret);
        }
        redaction
    }

    /// Looks for another secret, too.
    pub(crate) fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        let inner = secret.trim_start_matches('{').trim_end_matches('}');
        let encoded: String = url::form_urlencoded::byte_serialize(inner.as_bytes()).collect();
        self.secrets.extend(
            [secret, inner, &encoded]
                .into_iter()
                .filter(|secret| secret.len() >= SHORTEST)
                .map(str::to_ascii_lowercase),
        );
        self.secrets
            .sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.secrets.dedup();
    }

    /// The text without the secret, whatever its case.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for secret in &self.secrets {
            // ASCII lower case keeps every byte offset.
            let lower = text.to_ascii_lowercase();
            if !lower.contains(secret.as_str()) {
                continue;
            }
            let mut clean = String::with_capacity(text.len());
            let mut end = 0;
            for (start, found) in lower.match_indices(secret.as_str()) {
                clean.push_str(&text[end..start]);
                clean.push_str(REDACTED);
                end = start + found.len();
            }
            clean.push_str(&text[end..]);
            text = Cow::Owned(clean);
        }
        text
    }

    /// Removes the secret in place.
    pub(crate) fn clean(&self, text: &mut String) {
        if let Cow::Owned(clean) = self.apply(text) {
            *text = clean;
        }
    }

    /// The text without the secret, and without its middle where it is long.
    pub(crate) fn brief(&self, text: &str) -> String {
        let clean = self.apply(text);
        let length = clean.chars().count();
        if length <= 4 * SHOWN {
            return clean.into_owned();
        }
        let (first, last) = (2 * SHOWN, length - 2 * SHOWN);
        let ends = |(place, character)| (place < first || place >= last).then_some(character);
        let mut brief: String = clean.chars().enumerate().filter_map(ends).collect();
        let middle = brief.char_indices().nth(first).map_or(0, |(at, _)| at);
        brief.insert(middle, '\u{2026}');
        brief
    }

    /// The first printable characters on one line, without the secret.
    pub(crate) fn excerpt(&self, text: &str) -> String {
        let clean = self.apply(text);
        let mut line = String::new();
        let mut shown = 0;
        for character in clean.trim_start().chars() {
            if shown == SHOWN {
                break;
            }
            if character.is_whitespace() {
                if line.ends_with(' ') {
                    continue;
                }
                line.push(' ');
            } else if character.is_control() || character == char::REPLACEMENT_CHARACTER {
                continue;
            } else {
                line.push(character);
            }
            shown += 1;
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_removed_in_any_form() {
        let redaction = Redaction::of(["{0A1B-Secret}"]);
        for text in [
            "key={0A1B-Secret}",
            "key=0a1b-SECRET",
            "key=%7B0A1B-Secret%7D",
            "0A1B-Secret0A1B-Secret",
        ] {
            let clean = redaction.apply(text).to_ascii_lowercase();
            assert!(
                !clean.contains("0a1b") && !clean.contains("secret"),
                "{clean}"
            );
        }
        let redaction = Redaction::of(["a b&c"]);
        assert_eq!(redaction.apply("k=a+b%26c"), "k=[redacted]");
    }

    #[test]
    fn no_key_leaves_the_text_alone() {
        assert_eq!(Redaction::default().apply("as is"), "as is");
        for none in ["", "{}", "i", "{as}"] {
            assert_eq!(Redaction::of([none]).apply("as {} is"), "as {} is");
        }
    }

    #[test]
    fn a_brief_text_has_both_ends_of_a_long_one() {
        let redaction = Redaction::of(["0123456789abcdef"]);
        assert_eq!(redaction.brief("a.b[1]"), "a.b[1]");
        let long = format!("{}0123456789abcdef{}", "é".repeat(155), "z".repeat(300));
        let brief = redaction.brief(&long);
        assert_eq!(brief.chars().count(), 321);
        assert!(brief.starts_with('é') && brief.ends_with('z') && brief.contains("[reda\u{2026}"));
        assert!(!brief.contains('0'));
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        let redaction = Redaction::default();
        assert_eq!(redaction.excerpt("\n a \t\r\n b\u{0}\u{7}c \n"), "a bc");
        assert_eq!(redaction.excerpt(&"é".repeat(500)).chars().count(), 80);
    }

    #[test]
    fn a_key_across_the_end_of_the_excerpt_does_not_show() {
        let text = format!("{}0123456789abcdef", "x".repeat(75));
        assert!(
            !Redaction::of(["0123456789abcdef"])
                .excerpt(&text)
                .contains("0123")
        );
    }
}
