//! KIS OpenAPI on localhost, REST and stream, over a simulated exchange, with faults on demand.

pub mod clock;
pub mod world;
