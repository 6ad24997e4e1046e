//! The suite that every store passes: one case for each sentence of [`BookingStore`](crate::BookingStore) and
//! [`BookingDesk`], under the sentence's name.
//!
//! A backend's tests supply a fresh, empty store and take the whole suite with
//! [`booking_store_conformance!`](crate::booking_store_conformance). Take it once per configuration that matters.
//!
//! ```
//! mod in_memory {
//!     use booking_store::MemoryStore;
//!
//!     async fn fresh_store() -> MemoryStore {
//!         MemoryStore::new()
//!     }
//!
//!     booking_store::booking_store_conformance!(fresh_store);
//! }
//! ```
//!
//! A booking product that implements only `BookingStore` takes `booking_store_conformance!(store: fresh_store)`. For
//! its tests it also implements the part of `BookingDesk` that these cases seed and check with:
//! [`book`](BookingDesk::book), [`cancel`](BookingDesk::cancel) and [`bookings`](BookingDesk::bookings). The cases for
//! the desk alone are `booking_store_conformance!(desk: fresh_store)`.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a case panics where the store breaks its sentence"
)]

mod archive;
mod bookings;
mod commit;
mod journal;
mod lease;
mod links;
mod outbox;
mod refused;
mod samples;
mod snapshot;

use std::sync::Arc;

pub use self::{
    archive::*, bookings::*, commit::*, journal::*, lease::*, links::*, outbox::*, refused::*,
    snapshot::*,
};
use crate::BookingDesk;

/// The store under test, shared by the tasks of a case.
pub type Desk = Arc<dyn BookingDesk>;

/// What a backend's `fresh_store` returns: an empty store, alone or with something that must live as long as it, such
/// as a temporary folder.
pub trait FreshStore {
    /// What must live as long as the store.
    type Keep;

    /// The store and what it needs.
    fn into_parts(self) -> (Desk, Self::Keep);
}

impl<S: BookingDesk + 'static> FreshStore for S {
    type Keep = ();

    fn into_parts(self) -> (Desk, ()) {
        (Arc::new(self), ())
    }
}

impl<S: BookingDesk + 'static, K> FreshStore for (S, K) {
    type Keep = K;

    fn into_parts(self) -> (Desk, K) {
        (Arc::new(self.0), self.1)
    }
}

/// Makes each case of the suite a `#[tokio::test]` of its own.
///
/// The argument is an async function without parameters that returns a [`FreshStore`](crate::conformance::FreshStore).
/// `store:` and `desk:` before it choose half of the suite. The caller depends on `tokio` with `macros` and
/// `rt-multi-thread`.
#[macro_export]
macro_rules! booking_store_conformance {
    (store: $fresh_store:expr) => {
        $crate::__booking_store_cases! { $fresh_store;
            a_school_that_was_never_written_to_is_empty
            a_snapshot_holds_everything_in_order
            a_snapshot_holds_the_bookings_that_end_after_the_moment
            a_snapshot_knows_of_past_bookings
            a_snapshot_is_of_one_moment
            texts_survive_byte_for_byte
            times_survive
            documents_survive
            schools_are_kept_apart

            a_commit_writes_everything_together
            a_commit_without_changes_writes_its_journal_row
            a_commit_returns_the_revision_after_it
            the_revision_grows_by_one_for_each_kind_of_change_that_counts
            removals_restores_notices_and_journal_rows_do_not_count
            bookings_do_not_count
            repeating_a_change_returns_its_revision_and_writes_nothing
            a_change_can_be_repeated_after_the_lease_has_passed_on
            putting_a_room_adds_or_replaces_it
            putting_a_timeslot_adds_or_replaces_it
            removing_a_room_that_is_not_there_is_left_at_that
            removing_a_timeslot_that_is_not_there_is_left_at_that
            putting_an_exception_adds_or_replaces_it
            removing_an_exception_removes_only_that_one
            acknowledging_a_week_keeps_it_until_it_is_withdrawn
            matching_and_timetable_stay_where_a_change_does_not_name_them
            changes_of_one_list_take_effect_in_their_order
            thousands_of_rows_are_one_change
            of_two_commits_from_the_same_revision_one_wins
            of_two_commits_of_the_same_removal_one_wins
            the_same_change_at_the_same_time_is_written_once

            a_stale_revision_writes_nothing
            a_revision_from_the_future_writes_nothing
            a_lease_that_passed_on_writes_nothing
            a_lease_that_was_never_given_writes_nothing
            a_lease_of_another_school_writes_nothing
            a_removal_of_a_booking_that_is_gone_writes_nothing
            a_removal_of_a_booking_in_another_room_writes_nothing
            a_removal_of_a_booking_at_another_time_writes_nothing
            a_removal_of_a_booking_of_another_version_writes_nothing
            a_removal_of_a_booking_that_came_again_writes_nothing
            removing_a_booking_twice_writes_nothing
            a_removal_of_a_room_with_a_booking_writes_nothing
            a_restore_into_a_room_that_is_gone_writes_nothing
            a_restore_of_a_booking_that_was_never_removed_writes_nothing
            a_restore_of_a_booking_that_is_in_use_again_writes_nothing
            a_restore_where_another_booking_stands_writes_nothing
            a_restore_into_a_part_bookable_room_has_others_beside_it
            restoring_a_booking_twice_writes_nothing
            a_booking_cannot_be_removed_and_restored_at_once
            the_id_of_a_different_run_writes_nothing
            a_notice_of_another_school_writes_nothing
            a_notice_that_was_queued_before_writes_nothing

            each_side_stands_in_at_most_one_room_link
            clearing_a_room_removes_its_link
            a_timeslot_can_stand_for_several_periods
            linking_a_timeslot_again_changes_nothing
            clearing_a_timeslot_removes_all_its_links
            removing_a_room_removes_its_link
            removing_a_timeslot_removes_its_links
            clearing_what_is_not_linked_is_left_at_that

            a_lease_is_held_by_one_at_a_time
            renewing_a_lease_keeps_its_token
            an_expired_lease_passes_on_with_a_higher_token
            an_expired_lease_that_nobody_took_still_commits
            a_released_lease_that_nobody_took_still_commits
            an_expired_lease_that_nobody_took_is_renewed
            a_released_lease_passes_on_at_once_with_a_higher_token
            a_lease_that_has_passed_on_is_not_released
            releasing_twice_is_harmless
            each_school_has_a_lease_of_its_own
            of_many_who_ask_at_once_one_gets_the_lease

            the_journal_is_newest_first
            the_journal_is_filtered_by_kind
            the_journal_is_cut_to_the_limit
            runs_survive_in_full
            the_snapshot_names_the_newest_run

            a_removed_booking_goes_to_the_archive_with_run_and_causes
            the_archive_is_in_order_of_run_and_booking
            a_restore_brings_the_booking_back_with_the_next_version
            a_restored_booking_is_no_longer_in_the_archive
            a_booking_comes_back_from_its_newest_removal
            a_restored_booking_can_be_removed_again

            messages_are_listed_in_the_order_they_were_queued
            messages_are_handed_out_oldest_first_over_all_schools
            messages_of_one_school_are_handed_out_alone
            at_most_as_many_messages_as_asked_for_are_handed_out
            a_claimed_message_is_kept_from_others_for_its_minutes
            a_holder_gets_its_own_messages_again
            claims_are_counted
            a_sent_message_stays_visible_and_is_not_handed_out
            a_failed_message_stays_visible_with_its_reason
            a_message_to_try_again_is_handed_out_at_once
            a_message_that_was_put_off_is_handed_out_from_its_time
            the_last_error_and_the_next_attempt_are_kept
            a_failed_message_can_be_queued_again
            a_message_that_was_sent_is_not_queued_again
            a_settled_message_is_left_as_it_is
            settling_a_message_that_is_not_there_is_harmless
            of_many_who_claim_at_once_one_gets_each_message
        }
    };
    (desk: $fresh_store:expr) => {
        $crate::__booking_store_cases! { $fresh_store;
            a_booking_is_added_or_replaced
            a_booking_of_an_unknown_room_is_refused
            clashes_and_hidden_rooms_are_no_reason_to_refuse
            the_version_grows_with_every_change_of_a_booking
            booking_the_same_again_changes_nothing
            a_booking_that_comes_again_has_a_version_of_its_own
            cancelling_says_whether_the_booking_was_there
            all_bookings_are_listed_by_id
            an_import_adds_changes_and_leaves_alone
            an_import_raises_the_revision_for_rooms_and_timeslots
            an_import_of_bookings_does_not_raise_the_revision
            an_imported_room_keeps_its_origin
            an_import_ignores_versions
            an_import_with_an_unknown_room_imports_nothing
            a_booking_may_name_a_room_of_the_same_import
            the_later_of_two_rows_with_one_id_counts
            a_removed_booking_that_comes_again_stays_removed
            a_removed_booking_at_another_time_is_new
            a_restored_booking_is_imported_as_ever
            a_large_import_is_one_import
            imports_of_schools_are_kept_apart
        }
    };
    ($fresh_store:expr) => {
        $crate::booking_store_conformance!(store: $fresh_store);
        $crate::booking_store_conformance!(desk: $fresh_store);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __booking_store_cases {
    ($fresh_store:expr; $($case:ident)*) => {$(
        #[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            let (store, _keep) = $crate::conformance::FreshStore::into_parts($fresh_store().await);
            $crate::conformance::$case(store).await;
        }
    )*};
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_case_is_in_the_macro() {
        let written: BTreeSet<&str> = [
            include_str!("conformance/archive.rs"),
            include_str!("conformance/bookings.rs"),
            include_str!("conformance/commit.rs"),
            include_str!("conformance/journal.rs"),
            include_str!("conformance/lease.rs"),
            include_str!("conformance/links.rs"),
            include_str!("conformance/outbox.rs"),
            include_str!("conformance/refused.rs"),
            include_str!("conformance/snapshot.rs"),
        ]
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
        .collect();
        let (_, lists) = include_str!("conformance.rs")
            .split_once("macro_rules! booking_store_conformance")
            .unwrap();
        let (lists, _) = lists
            .split_once("macro_rules! __booking_store_cases")
            .unwrap();
        let listed: BTreeSet<&str> = lists
            .lines()
            .map(str::trim)
            .filter(|line| {
                !line.is_empty() && line.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            })
            .collect();
        assert_eq!(written, listed);
    }
}
