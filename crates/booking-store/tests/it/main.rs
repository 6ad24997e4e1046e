//! The suite, for the store in memory.

use booking_store::MemoryStore;

async fn fresh_store() -> MemoryStore {
    MemoryStore::new()
}

booking_store::booking_store_conformance!(fresh_store);
