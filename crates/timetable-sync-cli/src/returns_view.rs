//! Removed bookings that can come back after a change of the matches, and the commands that bring them back.

use std::collections::BTreeMap;

use booking_store::RunId;
use room_timetable::RoomId;
use serde_json::{Value, json};
use timetable_sync::{Returnable, local_time};

use crate::{context::Context, exit::Outcome};

/// What could come back before a change, to tell what is new after it.
#[derive(Debug)]
pub(crate) struct Before(Vec<Returnable>);

impl Before {
    pub(crate) async fn read(context: &Context) -> Outcome<Self> {
        offers(context).await.map(Self)
    }

    /// The bookings that can come back now and could not before.
    pub(crate) async fn new_ones(self, context: &Context) -> Outcome<Vec<Returnable>> {
        let now = offers(context).await?;
        let is_new = |offer: &Returnable| !self.0.contains(offer);
        Ok(now.into_iter().filter(is_new).collect())
    }
}

/// The bookings of a room that can come back.
pub(crate) async fn of_room(context: &Context, room: &RoomId) -> Outcome<Vec<Returnable>> {
    let offers = offers(context).await?.into_iter();
    Ok(offers.filter(|offer| offer.booking.room == *room).collect())
}

async fn offers(context: &Context) -> Outcome<Vec<Returnable>> {
    let now = Some(context.now());
    Ok(context.syncer().offers(&context.school, now).await?)
}

/// Adds them to the answer of a command, where there are any.
pub(crate) fn add(document: &mut Value, offers: &[Returnable]) {
    if offers.is_empty() {
        return;
    }
    let offers = offers.iter().map(|offer| {
        let booking = &offer.booking;
        json!({
            "booking": booking.id,
            "run": offer.run.to_string(),
            "room": booking.room,
            "start": local_time(booking.interval.start()),
            "end": local_time(booking.interval.end()),
            "owner_email": booking.owner_email,
            "text": offer.text(),
        })
    });
    document["offers"] = offers.collect();
}

/// The same for people.
pub(crate) fn text(context: &Context, offers: &[Returnable]) -> String {
    let mut runs: BTreeMap<RunId, Vec<&Returnable>> = BTreeMap::new();
    for offer in offers {
        runs.entry(offer.run).or_default().push(offer);
    }
    let mut text = String::new();
    for (run, offers) in runs {
        text += &format!("Run {run} removed bookings that can come back now:\n");
        for offer in offers {
            text += &format!("  - {}\n", offer.text());
        }
        let command = context.command(&["undo", &run.to_string()]);
        text += &format!("To bring them back: {command}\n");
    }
    text
}
