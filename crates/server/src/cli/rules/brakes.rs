//! Questions about what brakes a whole market: circuit breakers and sidecars.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use clap::Args;
use exodus_domain::{
    CircuitBreaker, FutureSituation, HALT, IndexLevel, IndexSituation, Market, REOPENING_AUCTION, SIDECAR,
    session_hours,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::question::{BadCase, Question, word};

/// A market at one instant of its day.
#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Brakes {
    /// Trade date
    #[arg(long)]
    date: NaiveDate,
    /// kospi or kosdaq, each by its own index; konex has no brake
    #[arg(long, value_parser = word::<Market>)]
    market: Market,
    /// Korean time: HH:MM:SS
    #[arg(long)]
    time: NaiveTime,
    /// The index at the close before, in points: 5584.87
    #[arg(long)]
    previous_close: IndexLevel,
    /// The index now
    #[arg(long)]
    index: IndexLevel,
    /// Seconds for which it has been there; 60, which is long enough, if left out
    #[arg(long)]
    lasting: Option<u32>,
    /// The circuit breaker set off last on that day: level_1 or level_2
    #[arg(long, value_parser = word::<CircuitBreaker>)]
    last_step: Option<CircuitBreaker>,
    /// The index when it was
    #[arg(long)]
    last_index: Option<IndexLevel>,
    /// The KOSPI 200 or KOSDAQ 150 future now, for a sidecar
    #[arg(long)]
    future: Option<IndexLevel>,
    /// The future at its close before
    #[arg(long)]
    future_previous_close: Option<IndexLevel>,
    /// The KOSDAQ 150 index now, for a sidecar on kosdaq
    #[arg(long)]
    underlying: Option<IndexLevel>,
    /// The KOSDAQ 150 index at its close before
    #[arg(long)]
    underlying_previous_close: Option<IndexLevel>,
    /// True if there was a sidecar on that day
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    had_sidecar: Option<bool>,
}

impl Question for Brakes {
    const ASKED: &'static [&'static str] = &["date", "market", "time", "previous_close", "index"];
    const ANSWERED: &'static [&'static str] =
        &["circuit_breaker", "halted_until", "reopens_at", "sidecar", "program_orders_held", "held_until"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let hours = session_hours(self.date)
            .ok_or_else(|| BadCase::new("date", format!("there is no session on {}", self.date)))?;
        if !(hours.open..hours.close).contains(&self.time) {
            let reason =
                format!("the session lasts from {} to {}: no brake is set off outside", hours.open, hours.close);
            return Err(BadCase::new("time", reason));
        }
        let (since_open, to_close) = (self.time - hours.open, hours.close - self.time);
        let index = IndexSituation {
            date: self.date,
            market: self.market,
            previous_close: self.previous_close,
            index: self.index,
            lasting: self.lasting(),
            since_open,
            to_close,
            last_step: both(("last_step", self.last_step), ("last_index", self.last_index))?,
        };
        let (step, halted_until, reopens_at) = match index.circuit_breaker() {
            None => (Value::Null, Value::Null, Value::Null),
            Some(step @ CircuitBreaker::Level3) => (json!(step.as_str()), json!(hours.close), Value::Null),
            Some(step) => {
                let end = self.time + HALT;
                (json!(step.as_str()), json!(end), json!(end + REOPENING_AUCTION))
            }
        };
        let sidecar = self.future_situation(since_open, to_close)?.and_then(|situation| situation.sidecar());
        let held = sidecar.map(|side| (side.as_str(), format!("program {}s", side.as_str()), self.time + SIDECAR));
        let (side, orders, until) = match held {
            Some((side, orders, until)) => (json!(side), json!(orders), json!(until)),
            None => (Value::Null, Value::Null, Value::Null),
        };
        Ok(vec![step, halted_until, reopens_at, side, orders, until])
    }
}

impl Brakes {
    fn lasting(&self) -> TimeDelta {
        TimeDelta::seconds(self.lasting.unwrap_or(60).into())
    }

    /// The future of the market, if it was named.
    fn future_situation(&self, since_open: TimeDelta, to_close: TimeDelta) -> Result<Option<FutureSituation>, BadCase> {
        let future = both(("future", self.future), ("future_previous_close", self.future_previous_close))?;
        let underlying =
            both(("underlying", self.underlying), ("underlying_previous_close", self.underlying_previous_close))?;
        let Some((now, before)) = future else { return Ok(None) };
        if self.market == Market::Kosdaq && underlying.is_none() {
            return Err(BadCase::new("underlying", "a sidecar on kosdaq looks at the KOSDAQ 150 index too: name it"));
        }
        Ok(Some(FutureSituation {
            market: self.market,
            future_change_bp: now.change_bp(before),
            index_change_bp: underlying.map_or(0, |(now, before)| now.change_bp(before)),
            lasting: self.lasting(),
            since_open,
            to_close,
            had_one: self.had_sidecar.unwrap_or(false),
        }))
    }
}

/// Two columns that mean something together only.
fn both<A, B>(
    (first_name, first): (&'static str, Option<A>),
    (second_name, second): (&'static str, Option<B>),
) -> Result<Option<(A, B)>, BadCase> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(BadCase::new(second_name, format!("it belongs to {first_name}: name both"))),
        (None, Some(_)) => Err(BadCase::new(first_name, format!("it belongs to {second_name}: name both"))),
    }
}
