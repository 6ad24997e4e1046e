//! The clock, which is passed in.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Tells the time. The command line passes the machine's clock, a test its own.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
