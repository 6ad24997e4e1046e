//! What hands a message over.

use std::fmt::Debug;

use async_trait::async_trait;
use booking_store::{Delivery, Notice};

/// Hands messages over to wherever people read them.
///
/// A message can be handed over twice: the process may be killed, or the store fail, after the message was handed over
/// and before that was recorded. Its [id](Notice::id) is the same then, and whatever goes out should carry it.
#[async_trait]
pub trait Notifier: Send + Sync + Debug {
    /// Hands one message over and says what came of it.
    ///
    /// [`Delivery::Failed`] is for what will never be accepted, such as an address that does not exist, and
    /// [`Delivery::TryAgain`] for everything else, without a time unless the other side named one: then
    /// [`send_due`](crate::send_due) works the time out. The reasons are shown to administrators, so no secret may be
    /// in them. It must come to an end well within [`CLAIM_MINUTES`](booking_store::CLAIM_MINUTES) minutes.
    async fn deliver(&self, notice: &Notice) -> Delivery;
}
