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
