//! The numbered migrations. One that was released is never changed.

use booking_store::StoreError;
use sqlx::{
    SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::error::migrate_error;

const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "store", include_str!("../migrations/0001_store.sql")),
    (
        2,
        "holidays",
        include_str!("../migrations/0002_holidays.sql"),
    ),
    (
        3,
        "restored",
        include_str!("../migrations/0003_restored.sql"),
    ),
    (
        4,
        "messages",
        include_str!("../migrations/0004_messages.sql"),
    ),
    (5, "history", include_str!("../migrations/0005_history.sql")),
];

/// Brings the tables up to date. The connection is in a write transaction, so that two programs that open a new file
/// at the same moment take turns.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.map(|(version, description, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, description.into(), kind, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.into());
    // A booking product may keep its own migrations under the usual name.
    migrator.dangerous_set_table_name("sync_migrations");
    // `run` is the same for whatever gives a connection, and the compiler cannot see that its future is `Send`.
    migrator
        .run_direct(None, connection, false)
        .await
        .map_err(migrate_error)
}
