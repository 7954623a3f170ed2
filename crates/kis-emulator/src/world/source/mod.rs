//! Where the prices of others come from: what they trade on a day, one trade after the other, and the history before.

mod bars;
mod csv_files;
mod demo;
mod tape;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, Instrument, Interval, Level, Price, Qty, Side, Symbol};

use super::setup::{MarketSource, Setup, WorldError};
use bars::Bars;
use demo::Demo;
use tape::Tape;

/// A trade between others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    pub(super) at: DateTime<Utc>,
    pub(super) price: Price,
    pub(super) quantity: Qty,
    pub(super) taker: Side,
    /// Best bid and best ask after it, where the source tells them.
    pub(super) quote: Option<(Price, Price)>,
}

/// What others do with an issue on a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// What they trade in the opening auction.
    pub(super) opening: Option<Level>,
    /// What they trade in the closing auction.
    pub(super) closing: Option<Level>,
    /// What they trade else, oldest first.
    pub(super) prints: Vec<Print>,
}

/// A source of prices.
pub(super) enum Source {
    Demo(Demo),
    Bars(Bars),
    Tape(Tape),
}

impl Source {
    pub(super) fn open(setup: &Setup) -> Result<Self, WorldError> {
        let source = match &setup.market {
            MarketSource::Demo => Self::Demo(Demo::new(setup.seed)),
            MarketSource::Bars(files) => Self::Bars(Bars::read(files)?),
            MarketSource::Tape { tape, bars } => Self::Tape(Tape::read(tape, bars)?),
        };
        if source.instruments().is_empty() { Err(WorldError::EmptyMarket) } else { Ok(source) }
    }

    pub(super) fn instruments(&self) -> &[Instrument] {
        match self {
            Self::Demo(demo) => demo.instruments(),
            Self::Bars(bars) => bars.instruments(),
            Self::Tape(tape) => tape.instruments(),
        }
    }

    /// What others do on a session.
    pub(super) fn script(&self, symbol: Symbol, date: NaiveDate) -> Script {
        match self {
            Self::Demo(demo) => demo.script(symbol, date),
            Self::Bars(bars) => bars.script(symbol, date),
            Self::Tape(tape) => tape.script(symbol, date),
        }
    }

    /// Daily bars of the regular session, and bars of its minutes, that open from `from` to before `to`, oldest first.
    pub(super) fn bars(&self, symbol: Symbol, interval: Interval, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Bar> {
        match self {
            Self::Demo(demo) => demo.bars(symbol, interval, from, to),
            Self::Bars(bars) => bars.history(symbol, interval, from, to),
            Self::Tape(tape) => tape.history(symbol, interval, from, to),
        }
    }

    /// The first price of an issue that the source knows: where one without history begins.
    pub(super) fn first_price(&self, symbol: Symbol) -> Option<Price> {
        match self {
            Self::Demo(_) => None,
            Self::Bars(bars) => bars.first_price(symbol),
            Self::Tape(tape) => tape.first_price(symbol),
        }
    }
}

/// A name of the market for the state on disk, so that it is not taken for another's.
pub(super) fn name_of(setup: &Setup) -> String {
    let files = |files: &[PathBuf]| files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" ");
    match &setup.market {
        MarketSource::Demo => format!("demo {}", setup.seed),
        MarketSource::Bars(bars) => format!("bars {} {}", setup.seed, files(bars)),
        MarketSource::Tape { tape, bars } => format!("tape {} {} {}", setup.seed, tape.display(), files(bars)),
    }
}
