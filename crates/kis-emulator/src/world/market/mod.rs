//! What everybody sees of the market: prices, books, ticks, bars and indices.

mod views;

pub use views::{BookView, DayQuote, IndexCode, IndexDay, IndexView, SideCount, Tick};
