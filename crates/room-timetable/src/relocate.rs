//! Rooms where bookings could go that have lost theirs.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::NaiveDate;

use crate::{
    clash::Booking,
    ids::{BookingId, RoomId},
    interval::Interval,
    timetable::RoomState,
};

/// How many rooms a booking is offered unless the caller says otherwise.
pub const OFFERS: usize = 3;

/// What relocation needs to know of a room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoomInfo {
    /// Which room.
    pub id: RoomId,
    /// The name to show.
    pub name: String,
    /// Bookings are only offered rooms of the category that they had.
    pub category: String,
    /// The building, where it is known.
    pub building: Option<String>,
    /// Whether it may be offered at all. Hidden rooms may not, nor those of which only a part can be booked, since
    /// nobody knows whether the part that is left is enough, nor those whose lessons are not known.
    pub bookable: bool,
}

/// A booking that has lost its room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Displaced {
    /// Which booking.
    pub id: BookingId,
    /// The room that it had.
    pub room: RoomId,
    /// When, school-local; it may span days.
    pub interval: Interval,
    /// The series that it belongs to, where it does.
    pub series: Option<String>,
}

/// A room that is free instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Offer {
    /// Which room.
    pub room: RoomId,
    /// Its name.
    pub name: String,
    /// For a booking of a series that lost its room on several dates: for how many of them this room is offered.
    pub series: Option<SeriesFit>,
}

/// For how many of the lost dates of a series a room is offered. Shown as `fits 9 of 10 dates`. A date on which the
/// series lost its room more than once fits where the room is offered for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeriesFit {
    /// Dates for which the room is offered.
    pub fits: usize,
    /// Dates on which the series lost its room.
    pub dates: usize,
}

impl fmt::Display for SeriesFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fits {} of {} dates", self.fits, self.dates)
    }
}

/// Finds rooms for bookings that have lost theirs: at most `limit` for each, best first, none where there is none.
///
/// A room is offered only where all of this holds:
///
/// - it is [`bookable`](RoomInfo::bookable), another room than the one lost, and of the same category;
/// - `state` says that it is [`Free`](RoomState::Free) for the whole time, so neither doubtful nor unknown;
/// - no booking of `kept` overlaps that time there;
/// - it is offered to no other booking for an overlapping time.
///
/// Best are: for a series, the rooms that fit most of its dates; then those in the same building; then those whose names
/// are nearest, where Lab 2 is nearer to Lab 3 than to Lab 5, and nearer to both than to the Library.
///
/// Where bookings want the same rooms at one time, every booking gets a first offer before any gets a second. In each
/// round those come first that have the fewest rooms left, then the earliest, then by id. So one that has a single
/// choice keeps it. It is a greedy choice: in rare cases another division of the rooms would serve one booking more.
///
/// The order of what is passed plays no part.
///
/// ```
/// use chrono::NaiveDate;
/// use room_timetable::*;
///
/// let nine_to_ten = |day| {
///     let date = NaiveDate::from_ymd_opt(2031, 9, day).unwrap();
///     Interval::new(date.and_hms_opt(9, 0, 0).unwrap(), date.and_hms_opt(10, 0, 0).unwrap()).unwrap()
/// };
/// let room = |name: &str, category: &str| RoomInfo {
///     id: name.into(),
///     name: name.into(),
///     category: category.into(),
///     building: None,
///     bookable: true,
/// };
/// let rooms = [room("Lab 1", "Labs"), room("Lab 2", "Labs"), room("Lab 5", "Labs"), room("Hall", "Halls")];
/// let lost = [8, 15].map(|day| Displaced {
///     id: format!("club-{day}").into(),
///     room: "Lab 1".into(),
///     interval: nine_to_ten(day),
///     series: Some("club".into()),
/// });
/// // Somebody has Lab 2 on the 15th.
/// let kept = [Booking { id: "exam".into(), room: "Lab 2".into(), interval: nine_to_ten(15) }];
///
/// let offers = relocate(&lost, &rooms, &kept, OFFERS, |_, _| RoomState::Free);
///
/// let words = |booking: &str| -> Vec<String> {
///     let offers = &offers[&booking.into()];
///     offers.iter().map(|offer| format!("{} {}", offer.name, offer.series.unwrap())).collect()
/// };
/// assert_eq!(words("club-8"), ["Lab 5 fits 2 of 2 dates", "Lab 2 fits 1 of 2 dates"]);
/// assert_eq!(words("club-15"), ["Lab 5 fits 2 of 2 dates"]);
/// let offers = relocate(&lost, &rooms, &kept, OFFERS, |_, _| RoomState::Unknown);
/// assert!(offers.values().all(Vec::is_empty));
/// ```
pub fn relocate(
    displaced: &[Displaced],
    rooms: &[RoomInfo],
    kept: &[Booking],
    limit: usize,
    state: impl Fn(&RoomId, Interval) -> RoomState,
) -> BTreeMap<BookingId, Vec<Offer>> {
    let rooms = Rooms::new(rooms, kept);
    let mut wants = wants(displaced, &rooms, &state);
    let beside = overlapping(&wants);
    for _ in 0..limit {
        // Those with the fewest rooms left, and then by their order.
        let mut queue: BTreeSet<(usize, usize)> = (wants.iter().enumerate())
            .filter(|(_, want)| !want.open.is_empty())
            .map(|(index, want)| (want.open.len(), index))
            .collect();
        if queue.is_empty() {
            break;
        }
        while let Some((_, index)) = queue.pop_first() {
            let Some(choice) = wants[index].offer_best() else {
                continue;
            };
            for &other in &beside[index] {
                let before = wants[other].open.len();
                let is_taken = wants[other].open.remove(choice);
                if is_taken && queue.remove(&(before, other)) && before > 1 {
                    queue.insert((before - 1, other));
                }
            }
        }
    }
    let series = Series::of(&wants);
    wants
        .iter()
        .map(|want| (want.lost.id.clone(), series.offers(want, &rooms)))
        .collect()
}

/// The rooms, in order of their ids, with the bookings that stay there.
struct Rooms<'a> {
    rooms: BTreeMap<&'a RoomId, &'a RoomInfo>,
    kept: BTreeMap<&'a RoomId, Vec<Interval>>,
}

impl<'a> Rooms<'a> {
    fn new(rooms: &'a [RoomInfo], kept: &'a [Booking]) -> Self {
        let mut by_room: BTreeMap<&RoomId, Vec<Interval>> = BTreeMap::new();
        for booking in kept {
            by_room
                .entry(&booking.room)
                .or_default()
                .push(booking.interval);
        }
        Self {
            rooms: rooms.iter().map(|room| (&room.id, room)).collect(),
            kept: by_room,
        }
    }

    fn is_kept_free(&self, room: &RoomId, interval: Interval) -> bool {
        let mut kept = self.kept.get(room).into_iter().flatten();
        !kept.any(|kept| kept.overlaps(interval))
    }
}

/// A booking and its way to offers.
struct Want<'a> {
    lost: &'a Displaced,
    /// How each room ranks that was open at first.
    ranks: BTreeMap<&'a RoomId, Rank<'a>>,
    /// The rooms that can still be offered.
    open: BTreeSet<&'a RoomId>,
    offered: Vec<&'a RoomId>,
}

impl<'a> Want<'a> {
    fn offer_best(&mut self) -> Option<&'a RoomId> {
        let open = self.open.iter().copied();
        let best = open.min_by_key(|room| self.ranks.get(room))?;
        self.open.remove(best);
        self.offered.push(best);
        Some(best)
    }
}

/// The lower, the better.
type Rank<'a> = (Reverse<usize>, bool, Nearness, &'a str, &'a RoomId);

/// The bookings by start, end and id, each with the rooms that are free for it.
fn wants<'a>(
    displaced: &'a [Displaced],
    rooms: &Rooms<'a>,
    state: &impl Fn(&RoomId, Interval) -> RoomState,
) -> Vec<Want<'a>> {
    let mut wants: Vec<Want<'a>> = displaced
        .iter()
        .map(|lost| {
            let open = rooms.rooms.get(&lost.room).into_iter().flat_map(|had| {
                rooms.rooms.values().filter(|room| {
                    room.bookable
                        && room.id != lost.room
                        && room.category == had.category
                        && rooms.is_kept_free(&room.id, lost.interval)
                        && state(&room.id, lost.interval) == RoomState::Free
                })
            });
            Want {
                lost,
                ranks: BTreeMap::new(),
                open: open.map(|room| &room.id).collect(),
                offered: Vec::new(),
            }
        })
        .collect();
    wants.sort_by(|a, b| (a.lost.interval, &a.lost.id).cmp(&(b.lost.interval, &b.lost.id)));

    let mut fits: BTreeMap<(&str, &RoomId), usize> = BTreeMap::new();
    for want in &wants {
        for room in &want.open {
            if let Some(series) = &want.lost.series {
                *fits.entry((series, room)).or_default() += 1;
            }
        }
    }
    for want in &mut wants {
        let Some(had) = rooms.rooms.get(&want.lost.room) else {
            continue;
        };
        let open = want.open.iter().filter_map(|id| rooms.rooms.get(id));
        want.ranks = open
            .map(|room| {
                let series = want.lost.series.as_deref();
                let fits = series.and_then(|series| fits.get(&(series, &room.id)));
                let rank = (
                    Reverse(fits.copied().unwrap_or_default()),
                    !same_building(had, room),
                    Nearness::of(&had.name, &room.name),
                    room.name.as_str(),
                    &room.id,
                );
                (&room.id, rank)
            })
            .collect();
    }
    wants
}

/// For each booking, the others at overlapping times.
fn overlapping(wants: &[Want<'_>]) -> Vec<Vec<usize>> {
    let mut beside = vec![Vec::new(); wants.len()];
    for (index, want) in wants.iter().enumerate() {
        let interval = want.lost.interval;
        let later = wants.iter().enumerate().skip(index + 1);
        for (other, _) in later
            .take_while(|(_, other)| other.lost.interval.start() < interval.end())
            .filter(|(_, other)| other.lost.interval.overlaps(interval))
        {
            beside[index].push(other);
            beside[other].push(index);
        }
    }
    beside
}

/// How many bookings begin on a date.
type Bookings = BTreeMap<NaiveDate, usize>;

/// What each series lost, and what it is offered.
struct Series<'a> {
    /// How many bookings there are on each of its dates.
    dates: BTreeMap<&'a str, Bookings>,
    fits: BTreeMap<(&'a str, &'a RoomId), Bookings>,
}

impl<'a> Series<'a> {
    fn of(wants: &[Want<'a>]) -> Self {
        let mut dates: BTreeMap<&str, Bookings> = BTreeMap::new();
        let mut fits: BTreeMap<(&str, &RoomId), Bookings> = BTreeMap::new();
        for want in wants {
            let Some(series) = want.lost.series.as_deref() else {
                continue;
            };
            let date = want.lost.interval.start().date();
            *dates.entry(series).or_default().entry(date).or_default() += 1;
            for room in &want.offered {
                let fits = fits.entry((series, *room)).or_default();
                *fits.entry(date).or_default() += 1;
            }
        }
        Self { dates, fits }
    }

    /// The offers of a booking, best first by what came of it.
    fn offers(&self, want: &Want<'a>, rooms: &Rooms<'a>) -> Vec<Offer> {
        let series = want.lost.series.as_deref();
        let fit = |room: &'a RoomId| {
            let fits = self.fits.get(&(series?, room))?;
            let dates = self.dates.get(series?)?;
            let whole = fits
                .iter()
                .filter(|(date, fits)| dates.get(date) == Some(fits));
            (dates.len() > 1).then_some(SeriesFit {
                fits: whole.count(),
                dates: dates.len(),
            })
        };
        let mut offered: Vec<_> = want
            .offered
            .iter()
            .filter_map(|room| {
                let (_, building, nearness, name, id) = want.ranks.get(room)?;
                let fits = fit(room).map(|fit| fit.fits);
                let rank = (Reverse(fits), building, nearness, name, id);
                Some((rank, *rooms.rooms.get(room)?))
            })
            .collect();
        offered.sort_by_key(|(rank, _)| *rank);
        offered
            .into_iter()
            .map(|(_, room)| Offer {
                room: room.id.clone(),
                name: room.name.clone(),
                series: fit(&room.id),
            })
            .collect()
    }
}

fn same_building(a: &RoomInfo, b: &RoomInfo) -> bool {
    match (&a.building, &b.building) {
        (Some(a), Some(b)) => a.trim().to_lowercase() == b.trim().to_lowercase(),
        _ => false,
    }
}

/// How near two room names are: the letters that differ before the number, then how far the numbers are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nearness {
    letters: usize,
    number: u64,
}

impl Nearness {
    fn of(a: &str, b: &str) -> Self {
        let ((a_letters, a_number), (b_letters, b_number)) = (parts(a), parts(b));
        Self {
            letters: strsim::levenshtein(&a_letters, &b_letters),
            number: match (a_number, b_number) {
                (Some(a), Some(b)) => a.abs_diff(b),
                (None, None) => 0,
                _ => u64::MAX,
            },
        }
    }
}

/// A name's letters without case and spaces, and the number at its end.
fn parts(name: &str) -> (String, Option<u64>) {
    let name: String = name
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[letters.len()..].parse().ok();
    (letters.to_owned(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_where_the_letters_agree() {
        let mut names = ["Library", "lab  5", "Lab 03", "Lab", "Lad 2", "LAB10"];
        names.sort_by_key(|name| Nearness::of("Lab 2", name));
        assert_eq!(
            names,
            ["Lab 03", "lab  5", "LAB10", "Lab", "Lad 2", "Library"]
        );
    }

    #[test]
    fn a_number_without_end_is_no_number() {
        assert_eq!(parts("Lab 99999999999999999999").1, None);
        assert_eq!(parts("42"), (String::new(), Some(42)));
    }
}
