//! Rooms where bookings could go that have lost theirs.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    rc::Rc,
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
                let is_taken = wants[other].open.remove(&choice);
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

/// The rooms, in order of their ids; each is known by its place here.
struct Rooms<'a> {
    rooms: Vec<Candidate<'a>>,
    places: HashMap<&'a RoomId, usize>,
}

/// A room with what is compared of it.
struct Candidate<'a> {
    info: &'a RoomInfo,
    building: Option<String>,
    name: Parts,
    /// The times of the bookings that stay there, in order and apart.
    kept: Vec<Interval>,
}

impl<'a> Rooms<'a> {
    fn new(rooms: &'a [RoomInfo], kept: &[Booking]) -> Self {
        let by_id: BTreeMap<&RoomId, &RoomInfo> =
            rooms.iter().map(|room| (&room.id, room)).collect();
        let places: HashMap<&RoomId, usize> = by_id.keys().copied().zip(0..).collect();
        let mut taken = vec![Vec::new(); places.len()];
        for booking in kept {
            if let Some(&place) = places.get(&booking.room) {
                taken[place].push(booking.interval);
            }
        }
        let candidates = by_id.values().zip(taken);
        Self {
            rooms: candidates
                .map(|(info, taken)| Candidate {
                    info,
                    building: info.building.as_deref().map(|it| it.trim().to_lowercase()),
                    name: Parts::of(&info.name),
                    kept: Interval::union(taken),
                })
                .collect(),
            places,
        }
    }

    fn place(&self, room: &RoomId) -> Option<usize> {
        self.places.get(room).copied()
    }

    /// The places of the rooms that could stand in for this one, were they free.
    fn like(&self, had: usize) -> impl Iterator<Item = usize> {
        let category = &self.rooms[had].info.category;
        let rooms = self.rooms.iter().enumerate();
        rooms
            .filter(move |(place, room)| {
                room.info.bookable && *place != had && room.info.category == *category
            })
            .map(|(place, _)| place)
    }

    /// For each room that could stand in for this one how many are better, fits apart.
    fn nearness(&self, had: usize) -> Rc<[usize]> {
        let mut order: Vec<usize> = self.like(had).collect();
        order.sort_by_cached_key(|&place| {
            let (had, room) = (&self.rooms[had], &self.rooms[place]);
            let same_building = had.building.is_some() && had.building == room.building;
            let nearness = Nearness::between(&had.name, &room.name);
            // Places are in the order of ids.
            (!same_building, nearness, room.info.name.as_str(), place)
        });
        let mut better = vec![usize::MAX; self.rooms.len()];
        for (before, place) in order.into_iter().enumerate() {
            better[place] = before;
        }
        better.into()
    }
}

impl Candidate<'_> {
    fn is_kept_free(&self, interval: Interval) -> bool {
        let next = self
            .kept
            .partition_point(|kept| kept.end() <= interval.start());
        self.kept
            .get(next)
            .is_none_or(|kept| !kept.overlaps(interval))
    }
}

/// A booking and its way to offers. Rooms are places in [`Rooms`].
struct Want<'a> {
    lost: &'a Displaced,
    nearness: Rc<[usize]>,
    /// For each room to how many bookings of the series it was open at first, where it is one.
    fits: Option<Rc<[usize]>>,
    /// The rooms that can still be offered.
    open: BTreeSet<usize>,
    offered: Vec<usize>,
}

impl Want<'_> {
    fn offer_best(&mut self) -> Option<usize> {
        let best = self.open.iter().copied().min_by_key(|&room| {
            let fits = self.fits.as_ref().map(|fits| fits[room]);
            (Reverse(fits), self.nearness[room])
        })?;
        self.open.remove(&best);
        self.offered.push(best);
        Some(best)
    }
}

/// The bookings by start, end and id, each with the rooms that are free for it.
fn wants<'a>(
    displaced: &'a [Displaced],
    rooms: &Rooms<'_>,
    state: &impl Fn(&RoomId, Interval) -> RoomState,
) -> Vec<Want<'a>> {
    let mut nearness: HashMap<usize, Rc<[usize]>> = HashMap::new();
    let mut wants: Vec<Want<'a>> = displaced
        .iter()
        .map(|lost| {
            let had = rooms.place(&lost.room);
            let like = had.into_iter().flat_map(|had| rooms.like(had));
            let open = like.filter(|&place| {
                let room = &rooms.rooms[place];
                room.is_kept_free(lost.interval)
                    && state(&room.info.id, lost.interval) == RoomState::Free
            });
            let near = had.map(|had| {
                let near = nearness.entry(had);
                Rc::clone(near.or_insert_with(|| rooms.nearness(had)))
            });
            Want {
                lost,
                nearness: near.unwrap_or_default(),
                fits: None,
                open: open.collect(),
                offered: Vec::new(),
            }
        })
        .collect();
    wants.sort_by(|a, b| (a.lost.interval, &a.lost.id).cmp(&(b.lost.interval, &b.lost.id)));

    let mut fits: HashMap<&str, Vec<usize>> = HashMap::new();
    for want in &wants {
        if let Some(series) = want.lost.series.as_deref() {
            let fits = fits.entry(series);
            let fits = fits.or_insert_with(|| vec![0; rooms.rooms.len()]);
            for &room in &want.open {
                fits[room] += 1;
            }
        }
    }
    let fits: HashMap<&str, Rc<[usize]>> = fits
        .into_iter()
        .map(|(series, fits)| (series, fits.into()))
        .collect();
    for want in &mut wants {
        let series = want.lost.series.as_deref();
        want.fits = series.and_then(|series| fits.get(series).cloned());
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
    fits: BTreeMap<(&'a str, usize), Bookings>,
}

impl<'a> Series<'a> {
    fn of(wants: &[Want<'a>]) -> Self {
        let mut dates: BTreeMap<&str, Bookings> = BTreeMap::new();
        let mut fits: BTreeMap<(&str, usize), Bookings> = BTreeMap::new();
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
    fn offers(&self, want: &Want<'a>, rooms: &Rooms<'_>) -> Vec<Offer> {
        let series = want.lost.series.as_deref();
        let fit = |room: usize| {
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
        let mut offered = want.offered.clone();
        offered.sort_by_key(|&room| {
            let fits = fit(room).map(|fit| fit.fits);
            (Reverse(fits), want.nearness[room])
        });
        offered
            .into_iter()
            .map(|place| {
                let room = rooms.rooms[place].info;
                Offer {
                    room: room.id.clone(),
                    name: room.name.clone(),
                    series: fit(place),
                }
            })
            .collect()
    }
}

/// How near two room names are: the letters that differ before the number, then how far the numbers are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nearness {
    letters: usize,
    number: u64,
}

/// A name's letters without case and spaces, and the number at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    letters: String,
    number: Option<u64>,
}

impl Nearness {
    fn between(a: &Parts, b: &Parts) -> Self {
        Self {
            letters: strsim::levenshtein(&a.letters, &b.letters),
            number: match (a.number, b.number) {
                (Some(a), Some(b)) => a.abs_diff(b),
                (None, None) => 0,
                _ => u64::MAX,
            },
        }
    }
}

impl Parts {
    fn of(name: &str) -> Self {
        let name: String = name
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
        Self {
            number: name[letters.len()..].parse().ok(),
            letters: letters.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_where_the_letters_agree() {
        let mut names = ["Library", "lab  5", "Lab 03", "Lab", "Lad 2", "LAB10"];
        let lab = Parts::of("Lab 2");
        names.sort_by_key(|name| Nearness::between(&lab, &Parts::of(name)));
        assert_eq!(
            names,
            ["Lab 03", "lab  5", "LAB10", "Lab", "Lad 2", "Library"]
        );
    }

    #[test]
    fn a_number_without_end_is_no_number() {
        assert_eq!(Parts::of("Lab 99999999999999999999").number, None);
        let (letters, number) = (String::new(), Some(42));
        assert_eq!(Parts::of("42"), Parts { letters, number });
    }
}
