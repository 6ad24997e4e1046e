//! The suite in every configuration that matters, and what is SQLite's own.
#![expect(clippy::unwrap_used, reason = "a test panics where something is wrong")]

mod crash;
mod database;
mod sharing;

use booking_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// A new database file with a pool of so many connections, and the folder that it lives in.
async fn in_file(connections: u32) -> (SqliteStore, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("school.db");
    let store = SqliteStore::open_with(path.to_str().unwrap(), connections)
        .await
        .unwrap();
    (store, folder)
}

mod file_with_one_connection {
    booking_store::booking_store_conformance!(async || super::in_file(1).await);
}

mod file_with_several_connections {
    booking_store::booking_store_conformance!(async || super::in_file(5).await);
}

mod in_memory {
    use booking_store_sqlite::SqliteStore;

    async fn fresh_store() -> SqliteStore {
        SqliteStore::open("sqlite::memory:").await.unwrap()
    }

    booking_store::booking_store_conformance!(fresh_store);
}
