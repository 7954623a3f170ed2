//! Quotations (kis-openapi §6).

pub(crate) mod book;
pub(crate) mod charts;
pub(crate) mod daily;
pub(crate) mod holidays;
pub(crate) mod indices;
pub(crate) mod info;
pub(crate) mod price;
pub(crate) mod rank;
pub(crate) mod ticks;

use exodus_domain::{Instrument, Symbol, TradingVenue};

use super::Ask;
use super::answer::Reject;
use super::orders::symbol;
use super::text;
use crate::environment::Environment;
use crate::world::{DayQuote, World};

/// The issue that a quotation asks for.
pub(crate) struct Asked {
    pub(crate) symbol: Option<Symbol>,
    pub(crate) venue: TradingVenue,
}

impl Asked {
    /// Market division and code of the query. The mock environment knows `J` only (§6).
    ///
    /// # Errors
    /// OPSQ2001 for a market division that is missing or none.
    pub(crate) fn read(ask: &Ask<'_>) -> Result<Self, Reject> {
        let division = ask.field("FID_COND_MRKT_DIV_CODE");
        let venue = match (division, ask.environment) {
            ("J" | "UN" | "W", Environment::Real) | ("J", Environment::Mock) => TradingVenue::Krx,
            ("NX", Environment::Real) => TradingVenue::Nxt,
            _ => return Err(Reject::input("OPSQ2001", "FID_COND_MRKT_DIV_CODE")),
        };
        let code = ask.field("FID_INPUT_ISCD");
        if code.is_empty() {
            return Err(Reject::input("OPSQ2001", "FID_INPUT_ISCD"));
        }
        Ok(Self { symbol: symbol(code).ok(), venue })
    }

    /// Issue and day of it; `None` for a code that is not listed.
    pub(crate) fn look<T>(&self, ask: &Ask<'_>, see: impl FnOnce(&World, &Instrument, &DayQuote) -> T) -> Option<T> {
        ask.shared.with_world(|world, _| {
            let symbol = self.symbol?;
            Some(see(world, world.instrument(symbol)?, world.quote(symbol)?))
        })
    }
}

/// Change against the base price: number, sign and rate.
pub(crate) struct Change {
    pub(crate) won: String,
    pub(crate) sign: String,
    pub(crate) rate: String,
}

impl Change {
    /// Of a price on the day of a quote.
    pub(crate) fn of(quote: &DayQuote, price: i64) -> Self {
        let base = quote.base_price.0;
        Self {
            won: (price - base).to_string(),
            sign: text::sign(price, base, Some(quote.limits)),
            rate: text::rate2(text::percent(price - base, base)),
        }
    }
}

/// The market that an issue counts as (`rprs_mrkt_kor_name`).
pub(crate) fn market_name(instrument: &Instrument) -> &'static str {
    match instrument.market {
        exodus_domain::Market::Kospi => "KOSPI",
        exodus_domain::Market::Kosdaq => "KOSDAQ",
        exodus_domain::Market::Konex => "KONEX",
    }
}
