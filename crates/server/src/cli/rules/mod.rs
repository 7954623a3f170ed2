//! `exodus rules`: the rule book asked about one case, or about every row of a CSV on standard input.
//!
//! The same functions decide here, in the risk gate, on the paper exchange and in a backtest, so that anybody can hold
//! them against a broker's statement. It needs no data folder and no settings; an operator's amendments count, if there
//! are any.

mod brakes;
mod prices;
mod question;
mod timetable;
mod trades;

use anyhow::Context;
use clap::Subcommand;

use self::question::Asked;
use crate::bootstrap::StartError;
use crate::config::Config;
use crate::market_rules::MarketRules;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Tick size at a price, and the valid prices around it
    Tick(Asked<prices::Tick>),
    /// Price limits that follow from a base price
    Limits(Asked<prices::Limits>),
    /// Base price that follows from a close and what happened after it
    Base(Asked<prices::Base>),
    /// Commission, taxes and cash flow of an order
    Costs(Asked<trades::Costs>),
    /// Settlement date, and cash as it stands after a trade
    Settle(Asked<trades::Settle>),
    /// Timetable of a date, or why there is no session
    Session(Asked<timetable::Session>),
    /// Whether a venue takes an order of a type at a time
    Order(Asked<timetable::Order>),
    /// Circuit breaker or sidecar that an index or a future sets off, and what is halted until when
    Brakes(Asked<brakes::Brakes>),
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    let config = Config::from_env().map_err(StartError::from)?;
    MarketRules::read(&config).and_then(MarketRules::install).context("the rules were not asked")?;
    match command {
        Command::Tick(asked) => asked.answer(),
        Command::Limits(asked) => asked.answer(),
        Command::Base(asked) => asked.answer(),
        Command::Costs(asked) => asked.answer(),
        Command::Settle(asked) => asked.answer(),
        Command::Session(asked) => asked.answer(),
        Command::Order(asked) => asked.answer(),
        Command::Brakes(asked) => asked.answer(),
    }
}
