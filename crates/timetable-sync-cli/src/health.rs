//! Whether all is well, for a monitor on the same computer.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use timetable_sync::Nightly;
use tokio::net::TcpListener;

use crate::exit::{Exit, Failure, Outcome};

/// Listens on this address, which must be one of this computer alone: nobody has to sign in, and the answer names the
/// school and what went wrong.
pub(crate) async fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    if !address.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "--health answers on this computer only, so its address is 127.0.0.1 or [::1], not {}",
            address.ip()
        )));
    }
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(Exit::Failed, error).context(format!("cannot listen on {address}"))
    })
}

/// Answers until it is dropped.
pub(crate) async fn serve(listener: TcpListener, nightly: Arc<Nightly>) {
    let router = Router::new()
        .route("/health", get(health))
        .with_state(nightly);
    // Never fails: it goes on after errors of single connections.
    let _ = axum::serve(listener, router).await;
}

/// 200 where all is well, else 503; the document says why.
async fn health(State(nightly): State<Arc<Nightly>>) -> Response {
    match nightly.health().await {
        Ok(health) if health.healthy => Json(health).into_response(),
        Ok(health) => (StatusCode::SERVICE_UNAVAILABLE, Json(health)).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the outbox cannot be read");
            let document = json!({"healthy": false, "error": "the booking store failed"});
            (StatusCode::SERVICE_UNAVAILABLE, Json(document)).into_response()
        }
    }
}
