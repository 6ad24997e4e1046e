//! Staff. Every name is put together from two lists and belongs to nobody.

use std::collections::BTreeSet;

use super::rng::Rng;
use super::spec::Spec;

#[derive(Clone, Debug)]
pub(super) struct StaffMember {
    pub(super) id: u32,
    pub(super) user_code: String,
    pub(super) user_name: String,
    /// As sent: some are blank, some a single space.
    pub(super) title: Option<&'static str>,
    pub(super) forename: String,
    pub(super) surname: String,
    /// As sent, in whatever case somebody typed it.
    pub(super) email: Option<String>,
    pub(super) teaching: bool,
    pub(super) division: usize,
    pub(super) leaving: Option<&'static str>,
}

impl StaffMember {
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.forename.trim(), self.surname)
    }

    pub(super) fn initials(&self) -> String {
        self.forename
            .chars()
            .chain(self.surname.chars().take(2))
            .filter(|c| c.is_ascii_uppercase())
            .take(2)
            .collect()
    }
}

const FORENAMES: [&str; 36] = [
    "Ada", "Basil", "Cora", "Dermot", "Edda", "Fergus", "Greta", "Hugo", "Ines", "Jasper", "Kezia",
    "Lorcan", "Mabel", "Ned", "Odette", "Perran", "Quill", "Rhona", "Silas", "Tamsin", "Una",
    "Vernon", "Wilma", "Xanthe", "Yorick", "Zoë", "André", "Bryony", "Caspian", "Delphi", "Ewan",
    "Fennel", "Gwenna", "Hester", "Idris", "Juno",
];
const FIRST_HALVES: [&str; 22] = [
    "Amber", "Bracken", "Clover", "Dapple", "Ember", "Fern", "Gorse", "Hollow", "Ivy", "Juniper",
    "Kestrel", "Larch", "Moss", "Nettle", "Otter", "Plover", "Quarry", "Rowan", "Sorrel",
    "Thistle", "Willow", "Yarrow",
];
const SECOND_HALVES: [&str; 16] = [
    "by", "combe", "dale", "fold", "garth", "ham", "ley", "mere", "ness", "shaw", "stead",
    "thorpe", "wick", "worth", "yard", "beck",
];
const TITLES: [Option<&str>; 6] = [
    Some("Mr"),
    Some("Ms"),
    Some("Mrs"),
    Some("Dr"),
    None,
    Some(" "),
];

/// `count` members of staff, the last few of them not teaching; `division_of` says where the n-th
/// works.
pub(super) fn staff(
    spec: &Spec,
    count: usize,
    division_of: impl Fn(usize) -> usize,
) -> Vec<StaffMember> {
    let mut rng = Rng::new(spec.seed, "people");
    let mut user_names = BTreeSet::new();
    let mut staff = Vec::with_capacity(count + 4);
    for (index, id) in (0..count + 4).zip(101 + spec.base..) {
        let forename = rng.pick(&FORENAMES).copied().unwrap_or("Ada");
        let surname = format!(
            "{}{}",
            rng.pick(&FIRST_HALVES).copied().unwrap_or("Fern"),
            rng.pick(&SECOND_HALVES).copied().unwrap_or("ley")
        );
        let first = forename
            .chars()
            .next()
            .filter(char::is_ascii)
            .unwrap_or('x')
            .to_ascii_lowercase();
        let stem = format!("{first}.{}", surname.to_ascii_lowercase());
        let user_name = (1..)
            .map(|n: usize| {
                if n == 1 {
                    stem.clone()
                } else {
                    format!("{stem}{n}")
                }
            })
            .find(|name| user_names.insert(name.clone()))
            .unwrap_or(stem);
        let email = typed(&mut rng, &format!("{user_name}@{}", spec.domain));
        let mut member = StaffMember {
            id,
            user_code: String::new(),
            user_name,
            title: rng.pick(&TITLES).copied().flatten(),
            forename: forename.to_owned(),
            surname,
            email: Some(email),
            teaching: index < count,
            division: division_of(index),
            leaving: None,
        };
        member.user_code = format!("{}{id:06}{}", spec.prefix, member.initials());
        staff.push(member);
    }
    awkward(spec, &mut staff, count);
    staff
}

/// Most type an address in lower case, not all.
fn typed(rng: &mut Rng, email: &str) -> String {
    match rng.below(6) {
        0 => email.to_ascii_uppercase(),
        1 => email
            .split_inclusive('.')
            .enumerate()
            .map(|(n, part)| match part.split_at_checked(1) {
                Some((head, tail)) if n < 2 => head.to_ascii_uppercase() + tail,
                _ => part.to_owned(),
            })
            .collect(),
        _ => email.to_owned(),
    }
}

fn awkward(spec: &Spec, staff: &mut [StaffMember], teaching: usize) {
    if let [.., office, reception, left, unnamed] = staff {
        office.email = Some(format!("office@{}", spec.domain));
        reception.email = Some(format!("Office@{}", spec.domain));
        left.leaving = Some("2031-07-31T00:00:00");
        unnamed.email = None;
        unnamed.title = Some(" ");
    }
    if let Some(member) = staff.get_mut(teaching / 2) {
        member.forename.push(' ');
        member.email = None;
    }
    if let Some(member) = staff.get_mut(teaching.saturating_sub(2)) {
        member.email = Some(" ".to_owned());
    }
}
