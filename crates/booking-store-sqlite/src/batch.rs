//! Many rows in one statement.

use booking_store::{SchoolId, StoreError};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated, sqlite::SqliteRow};

use crate::error::store_error;

/// Rows a statement. With at most 14 columns that stays well below SQLite's limit of 32,766 bound values.
pub(crate) const BATCH: usize = 500;

/// Binds the columns of one row.
pub(crate) type Binder<'q> = Separated<'q, Sqlite, &'static str>;

/// Runs `head VALUES (..), (..) tail` over all rows. Rows of one statement take effect in their order.
pub(crate) async fn insert<T: Sync>(
    connection: &mut SqliteConnection,
    head: &'static str,
    rows: &[T],
    bind: impl Fn(&mut Binder<'_>, &T) + Send,
    tail: &'static str,
) -> Result<(), StoreError> {
    for batch in rows.chunks(BATCH) {
        let mut query = QueryBuilder::new(head);
        query.push_values(batch, |mut columns, row| bind(&mut columns, row));
        query.push(tail);
        query
            .build()
            // The text differs with the number of rows, so it would only crowd the statement cache.
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
    }
    Ok(())
}

/// Runs `head`, the school and `AND key IN (..)` over all keys; `head` ends in `WHERE school = `.
pub(crate) async fn execute_for(
    connection: &mut SqliteConnection,
    head: &'static str,
    school: &SchoolId,
    key: &'static str,
    keys: &[&str],
) -> Result<(), StoreError> {
    for batch in keys.chunks(BATCH) {
        query_for(head, school, key, batch)
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
    }
    Ok(())
}

/// The rows that [`execute_for`] would touch, in no order.
pub(crate) async fn select_for(
    connection: &mut SqliteConnection,
    head: &'static str,
    school: &SchoolId,
    key: &'static str,
    keys: &[&str],
) -> Result<Vec<SqliteRow>, StoreError> {
    let mut rows = Vec::new();
    for batch in keys.chunks(BATCH) {
        let mut found = query_for(head, school, key, batch)
            .build()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await
            .map_err(store_error)?;
        rows.append(&mut found);
    }
    Ok(rows)
}

/// The rows whose key is one of these, over all schools, in no order; `head` ends in `WHERE key`.
pub(crate) async fn select_in(
    connection: &mut SqliteConnection,
    head: &'static str,
    keys: &[&str],
) -> Result<Vec<SqliteRow>, StoreError> {
    let mut rows = Vec::new();
    for batch in keys.chunks(BATCH) {
        let mut query = QueryBuilder::new(head);
        push_list(&mut query, batch);
        let mut found = query
            .build()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await
            .map_err(store_error)?;
        rows.append(&mut found);
    }
    Ok(rows)
}

fn query_for(
    head: &'static str,
    school: &SchoolId,
    key: &'static str,
    keys: &[&str],
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(head);
    query.push_bind(school.as_str().to_owned());
    query.push(" AND ").push(key);
    push_list(&mut query, keys);
    query
}

pub(crate) fn push_list(query: &mut QueryBuilder<Sqlite>, keys: &[&str]) {
    query.push(" IN (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind((*key).to_owned());
    }
    query.push(")");
}
