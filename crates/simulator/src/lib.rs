//! A Korean exchange in memory, and the demo market.
//!
//! Nothing here reads a clock or draws unseeded chance: time is passed in, so that every run repeats byte for byte.

mod auction;
mod bars;
mod board;
mod book;
mod demo;
mod exchange;
mod interruption;
mod others;

pub use bars::{BarFill, BarMarket};
pub use board::{Board, BoardEvent, BoardHours, BoardRefusal, StyledOrder};
pub use demo::{DemoMarket, DemoTrade, mix};
pub use exchange::{Exchange, Execution, IssueRules, SimOrder, SimReject};
pub use interruption::{Interruption, ViTerms};
pub use others::{Depth, auction_book, book_around};
