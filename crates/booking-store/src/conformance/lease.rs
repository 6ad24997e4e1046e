//! `lease` and `release`.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Desk, samples::*};
use crate::{Lease, RoomChange};

/// The lease from a minute on, for ten minutes.
async fn take(store: &Desk, holder: &str, from: i64) -> Option<Lease> {
    let ttl = TimeDelta::minutes(10);
    store
        .lease(&school(), holder, minute(from), ttl)
        .await
        .unwrap()
}

/// The lease is taken until `now + ttl`, and nobody else gets it before that.
pub async fn a_lease_is_held_by_one_at_a_time(store: Desk) {
    let lease = take(&store, "a", 0).await.unwrap();
    assert_eq!(lease.school, school());
    assert_eq!(lease.holder, "a");
    assert_eq!(lease.expires, minute(10));
    assert_eq!(take(&store, "b", 0).await, None);
    assert_eq!(take(&store, "b", 9).await, None);
    assert!(take(&store, "b", 10).await.is_some());
    assert_eq!(take(&store, "a", 11).await, None);
}

/// The holder renews the lease, with the same token.
pub async fn renewing_a_lease_keeps_its_token(store: Desk) {
    let first = take(&store, "a", 0).await.unwrap();
    let second = take(&store, "a", 5).await.unwrap();
    assert_eq!(second.token, first.token);
    assert_eq!(second.expires, minute(15));
    assert_eq!(take(&store, "b", 12).await, None);
    // Whoever still has the first can commit with it.
    let changes = next_change(&store, &school()).await;
    store.commit(&school(), &first, &changes).await.unwrap();
}

/// The token grows whenever the lease passes to another holder.
pub async fn an_expired_lease_passes_on_with_a_higher_token(store: Desk) {
    let mut token = 0;
    for (holder, from) in [("a", 0), ("b", 10), ("a", 20), ("c", 100)] {
        let lease = take(&store, holder, from).await.unwrap();
        assert!(lease.token > token);
        assert_eq!(lease.holder, holder);
        token = lease.token;
    }
}

/// A lease that expired and that nobody took still commits.
pub async fn an_expired_lease_that_nobody_took_still_commits(store: Desk) {
    let past: DateTime<Utc> = minute(-1_000_000);
    let lease = store
        .lease(&school(), "a", past, TimeDelta::seconds(1))
        .await
        .unwrap()
        .unwrap();
    let mut changes = next_change(&store, &school()).await;
    changes.rooms = vec![RoomChange::Put(room("hall"))];
    store.commit(&school(), &lease, &changes).await.unwrap();
}

/// A lease that was released and that nobody took still commits.
pub async fn a_released_lease_that_nobody_took_still_commits(store: Desk) {
    let lease = take(&store, "a", 0).await.unwrap();
    store.release(&lease).await.unwrap();
    let changes = next_change(&store, &school()).await;
    store.commit(&school(), &lease, &changes).await.unwrap();
}

/// A lease that expired and that nobody took is still its holder's to renew.
pub async fn an_expired_lease_that_nobody_took_is_renewed(store: Desk) {
    let first = take(&store, "a", 0).await.unwrap();
    let second = take(&store, "a", 60).await.unwrap();
    assert_eq!(second.token, first.token);
    assert_eq!(second.expires, minute(70));
}

/// After a release the next holder need not wait.
pub async fn a_released_lease_passes_on_at_once_with_a_higher_token(store: Desk) {
    let first = take(&store, "a", 0).await.unwrap();
    store.release(&first).await.unwrap();
    let second = take(&store, "b", 0).await.unwrap();
    assert!(second.token > first.token);
    store.release(&second).await.unwrap();
    let third = take(&store, "b", 0).await.unwrap();
    assert!(third.token > second.token);
}

/// A lease that has passed on is left alone.
pub async fn a_lease_that_has_passed_on_is_not_released(store: Desk) {
    let old = take(&store, "a", 0).await.unwrap();
    let new = take(&store, "b", 10).await.unwrap();
    store.release(&old).await.unwrap();
    assert_eq!(take(&store, "a", 11).await, None);
    let changes = next_change(&store, &school()).await;
    store.commit(&school(), &new, &changes).await.unwrap();
}

/// Releasing twice, or what was never taken, is harmless.
pub async fn releasing_twice_is_harmless(store: Desk) {
    let invented = Lease {
        school: school(),
        holder: "a".to_owned(),
        token: 7,
        expires: minute(10),
    };
    store.release(&invented).await.unwrap();
    let lease = take(&store, "a", 0).await.unwrap();
    store.release(&invented).await.unwrap();
    assert_eq!(take(&store, "b", 0).await, None);
    store.release(&lease).await.unwrap();
    store.release(&lease).await.unwrap();
    let next = take(&store, "b", 0).await.unwrap();
    store.release(&lease).await.unwrap();
    assert_eq!(take(&store, "a", 0).await, None);
    assert_eq!(take(&store, "b", 0).await.unwrap().token, next.token);
}

/// Each school has a lease of its own.
pub async fn each_school_has_a_lease_of_its_own(store: Desk) {
    let first = take(&store, "a", 0).await.unwrap();
    let ttl = TimeDelta::minutes(10);
    let other = store
        .lease(&other_school(), "b", minute(0), ttl)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(other.school, other_school());
    store.release(&other).await.unwrap();
    assert_eq!(take(&store, "b", 0).await, None);
    assert_eq!(take(&store, "a", 1).await.unwrap().token, first.token);
}

/// Of many who ask for the lease at once one gets it.
pub async fn of_many_who_ask_at_once_one_gets_the_lease(store: Desk) {
    let mut token = 0;
    for round in 0..4 {
        let asked: Vec<_> = (0..16)
            .map(|number| {
                let store = store.clone();
                let holder = format!("worker {round}-{number}");
                tokio::spawn(async move { take(&store, &holder, 10 * round).await })
            })
            .collect();
        let mut held = Vec::new();
        for one in asked {
            held.extend(one.await.unwrap());
        }
        assert_eq!(held.len(), 1, "{held:?}");
        assert!(held[0].token > token);
        token = held[0].token;
    }
}
