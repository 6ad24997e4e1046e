//! What the pages have in common: texts in their places, and colours that can be read.

use crate::messages::turns_direction;

/// A text as it stands in an element or in a quoted attribute. What XML cannot hold is replaced, and marks that turn the
/// reading direction are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => escaped.push(' '),
            turning if turns_direction(turning) => {}
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push(char::REPLACEMENT_CHARACTER);
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
pub(crate) mod contrast {
    //! How well a text can be read on a colour, from the style sheets themselves.

    /// The colours of every declaration of a property, as red, green and blue.
    pub(crate) fn colours(style: &str, property: &str) -> Vec<[f64; 3]> {
        style
            .split([';', '{', '}'])
            .filter_map(|declaration| declaration.trim().strip_prefix(property)?.strip_prefix(':'))
            .flat_map(|value| value.split('#').skip(1))
            .map(|rest| {
                let hex: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
                let wide = hex.len() / 3;
                [0, 1, 2].map(|part| {
                    let digits = hex[part * wide..(part + 1) * wide].repeat(3 - wide);
                    f64::from(u8::from_str_radix(&digits, 16).unwrap())
                })
            })
            .collect()
    }

    /// The contrast as WCAG 2 defines it.
    pub(crate) fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let [red, green, blue] = colour.map(|part| {
                let part = part / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_place() {
        assert_eq!(
            escaped("a<b> & \"c\" 'd'\n\u{0} \u{202e}e\u{2028}\u{200f}"),
            "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; \u{fffd} e "
        );
    }
}
