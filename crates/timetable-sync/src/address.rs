//! What an e-mail address is.

/// The address of `ann@school.example` or `Ann <ann@school.example>`, where there is one.
///
/// An address has one `@` with something on both sides, and no blanks, separators or brackets, so that neither `n/a` nor
/// two addresses in one field count as one. What mail servers accept beyond that is not checked.
pub(crate) fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
        .map_or(text, |(_, address)| address.trim());
    let odd = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, ',' | ';' | ':' | '"' | '\\')
            || matches!(c, '<' | '>' | '(' | ')' | '[' | ']')
    };
    let (local, domain) = bare.split_once('@')?;
    let labels = !domain.contains('@') && domain.split('.').all(|label| !label.is_empty());
    (!local.is_empty() && labels && !bare.contains(odd)).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_with_and_without_a_name() {
        for (text, found) in [
            ("rooms@school.example", Some("rooms@school.example")),
            (
                " Rooms <rooms@school.example> ",
                Some("rooms@school.example"),
            ),
            ("Smith, Ann <a@school.example>", Some("a@school.example")),
            (
                "zoë.o'neil+x@school.example",
                Some("zoë.o'neil+x@school.example"),
            ),
            ("rooms", None),
            ("n/a", None),
            ("@", None),
            ("ann@", None),
            ("@school.example", None),
            ("ann@school..example", None),
            ("ann@school.example.", None),
            ("a@x.example, b@x.example", None),
            ("a@x.example,b", None),
            ("a@x.example;b@x.example", None),
            ("a@b@school.example", None),
            ("a@school.example\r\nX-EVIL:yes", None),
            ("a b@school.example", None),
            ("<a@school.example> or Bo", None),
            ("", None),
        ] {
            assert_eq!(address(text), found, "{text:?}");
        }
    }
}
