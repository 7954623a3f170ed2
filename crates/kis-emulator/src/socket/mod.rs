//! The broker's WebSocket server (kis-openapi §7): registrations, frames, encrypted notices, PINGPONG.

mod channel;
mod codes;
mod delivery;
mod frames;
mod notices;
mod registrations;
mod request;
mod session;
mod sessions;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::any;
use tokio::net::TcpListener;

use crate::environment::Environment;
use crate::shared::Shared;

use sessions::Sessions;

/// Longest message that a client may send; a registration has some 300 bytes.
const LONGEST_MESSAGE: usize = 64 << 10;

/// One environment's server.
struct Server {
    environment: Environment,
    shared: Arc<Shared>,
    sessions: Mutex<Sessions>,
}

impl Server {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the sockets of one environment until the emulator stops. The three kinds of path that clients use are one and
/// the same (§1.1).
pub(crate) async fn serve(listener: TcpListener, environment: Environment, shared: Arc<Shared>) {
    let stop = shared.stop.clone();
    let server = Arc::new(Server { environment, shared, sessions: Mutex::default() });
    let app = Router::new()
        .route("/", any(open))
        .route("/tryitout", any(open))
        .route("/tryitout/{tr_id}", any(open))
        .with_state(server);
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await {
        tracing::error!(%error, "the WebSocket server of the emulator ended");
    }
}

async fn open(State(server): State<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(LONGEST_MESSAGE).on_upgrade(move |socket| session::run(socket, server))
}
