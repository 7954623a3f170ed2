//! The WebSocket.
pub(crate) mod message;
