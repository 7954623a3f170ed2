//! The world behind the emulated API: a market, an exchange and the accounts of a broker, told the time by its caller.

mod happening;
mod market;
mod orders;
mod refusal;

pub use happening::{Happening, MarketEvent, NoticeKind, OrderNotice};
pub use market::{BookView, DayQuote, IndexCode, IndexDay, IndexView, SideCount, Tick};
pub use orders::{Amend, Change, NewOrder, OrderAction, OrderKey, OrderRow, OrderVenue, Origin};
pub use refusal::Refusal;
