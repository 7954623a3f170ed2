//! An issue: what the rules and the screens need to know of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::states::IssueStates;
use crate::symbol::{InstrumentKind, Market, Symbol};

/// An issue as the product knows it. Made by [`Instrument::new`], so that a new field breaks no caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Instrument {
    /// Short code.
    pub symbol: Symbol,
    /// Korean name; the code where no name is known.
    pub name_ko: String,
    /// English name; the code where no name is known.
    pub name_en: String,
    /// Market division.
    pub market: Market,
    /// Kind of issue.
    pub kind: InstrumentKind,
    /// First day of trading; `None` where no symbol master told it.
    pub listed_on: Option<NaiveDate>,
    /// Day on which the issue left the market; `None` while it is listed, and where the day is not known
    /// ([`IssueState::Delisted`](crate::IssueState::Delisted) tells which).
    pub delisted_on: Option<NaiveDate>,
    /// How many times the market's price limit applies, in hundredths: 100 for everything but leveraged and inverse
    /// ETF and ETN, 200 for a "2X" one. Below 100 the rule does not apply the multiple.
    pub limit_multiple: u32,
    /// What is said of the issue today: halted, under administration and so on.
    pub states: IssueStates,
    /// True for the fictional issuers of the demo market.
    pub is_demo: bool,
}

impl Instrument {
    /// An issue of which only code, market and kind are known: named by its code, in no special state, not fictional.
    pub fn new(symbol: Symbol, market: Market, kind: InstrumentKind) -> Self {
        Self {
            symbol,
            name_ko: symbol.to_string(),
            name_en: symbol.to_string(),
            market,
            kind,
            listed_on: None,
            delisted_on: None,
            limit_multiple: 100,
            states: IssueStates::default(),
            is_demo: false,
        }
    }

    /// The same issue with its names.
    pub fn named(self, name_ko: impl Into<String>, name_en: impl Into<String>) -> Self {
        Self { name_ko: name_ko.into(), name_en: name_en.into(), ..self }
    }
}
