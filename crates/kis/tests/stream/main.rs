//! The stream and the feed on real sockets, against a broker that the test plays.

mod broker;
mod feed;
mod session;
