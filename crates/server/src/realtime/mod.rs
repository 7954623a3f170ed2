//! The WebSocket: what changes is told, and nobody has to ask.

mod connection;
pub(crate) mod hub;
pub(crate) mod message;
mod outbox;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::bootstrap::App;
use crate::http::origin;
use crate::http::problem::{Answer, Problem};

/// A connection needs little: messages of clients are short, and events are small.
const READ_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER: usize = 16 * 1024;
const LONGEST_MESSAGE: usize = 16 * 1024;

/// Opens the WebSocket at `/api/v1/ws`.
pub(crate) async fn connect(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    origin::refuse_strangers(&headers, &app.cors_origins)?;
    let upgrade = upgrade.map_err(|_| {
        Problem::new(StatusCode::UPGRADE_REQUIRED, "NOT_A_WEBSOCKET", "This path only speaks WebSocket.")
    })?;
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(64 * WRITE_BUFFER)
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| connection::run(app, socket)))
}
