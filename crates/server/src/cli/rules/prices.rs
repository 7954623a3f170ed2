//! Questions about prices: ticks, limits and base prices.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use clap::Args;
use exodus_domain::{
    BasePriceEvent, InstrumentKind, LimitRule, LimitTerms, Market, Phase, Price, PriceFactor, PriceLimits,
    ReopeningCause, SessionBase, TradingVenue, after_hours_single_limits, base_price, base_price_after, ceil_to_tick,
    floor_to_tick, is_on_tick, is_valid_print, round_to_tick, tick_down, tick_size, tick_up, timetable,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::question::{BadCase, Question, word};

/// An issue on a day, as far as its prices depend on it.
#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Tick {
    /// Trade date
    #[arg(long)]
    date: NaiveDate,
    /// kospi, kosdaq or konex
    #[arg(long, value_parser = word::<Market>)]
    market: Market,
    /// stock, etf or etn; stock if left out
    #[arg(long, value_parser = word::<InstrumentKind>)]
    kind: Option<InstrumentKind>,
    /// Won
    #[arg(long, allow_negative_numbers = true)]
    price: i64,
}

impl Question for Tick {
    const ASKED: &'static [&'static str] = &["date", "market", "price"];
    const ANSWERED: &'static [&'static str] =
        &["tick", "on_grid", "valid_print", "floor", "nearest", "ceil", "down", "up"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let price = positive("price", self.price)?;
        let (market, kind, date) = (self.market, kind_or_stock(self.kind), self.date);
        let around = [floor_to_tick, round_to_tick, ceil_to_tick, tick_down, tick_up];
        let mut answers = vec![
            json!(tick_size(market, kind, date, price)),
            json!(is_on_tick(market, kind, date, price)),
            json!(is_valid_print(market, kind, date, price)),
        ];
        answers.extend(around.map(|rule| existing(rule(market, kind, date, price))));
        Ok(answers)
    }
}

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Limits {
    /// Trade date
    #[arg(long)]
    date: NaiveDate,
    /// kospi, kosdaq or konex
    #[arg(long, value_parser = word::<Market>)]
    market: Market,
    /// stock, etf or etn; stock if left out
    #[arg(long, value_parser = word::<InstrumentKind>)]
    kind: Option<InstrumentKind>,
    /// Base price in won; on the first session of a new listing the offer price
    #[arg(long, allow_negative_numbers = true)]
    base_price: i64,
    /// First session of a new listing
    #[arg(long)]
    listed_on: Option<NaiveDate>,
    /// Multiple of an ETF or ETN in hundredths: 200 for 2X
    #[arg(long)]
    multiple: Option<u32>,
    /// True in liquidation trading
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    liquidation: Option<bool>,
    /// Phase of the trading day, such as continuous or after_hours_single; any of the regular session if left out
    #[arg(long, value_parser = word::<Phase>)]
    session: Option<Phase>,
    /// Close of the regular session, which the prices of after_hours_single are measured from
    #[arg(long, allow_negative_numbers = true)]
    close: Option<i64>,
}

impl Question for Limits {
    const ASKED: &'static [&'static str] = &["date", "market", "base_price"];
    const ANSWERED: &'static [&'static str] = &["upper", "lower", "rule"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let base = positive("base_price", self.base_price)?;
        let (market, kind, date) = (self.market, kind_or_stock(self.kind), self.date);
        if !is_on_tick(market, kind, date, base) {
            let on_grid = base_price(market, kind, date, base);
            return Err(BadCase::new(
                "base_price",
                format!("{base} is off the tick grid: after such a close it is {on_grid}"),
            ));
        }
        let terms = LimitTerms {
            listed_on: self.listed_on,
            multiple: self.multiple.unwrap_or(LimitTerms::ORDINARY.multiple),
            in_liquidation: self.liquidation.unwrap_or(false),
        };
        let rule = LimitRule::on(date, market, kind, terms);
        // Where an auction makes the base price, the offer price says how far that may go.
        let limits = rule.opening_auction(market, kind, date, base).or_else(|| rule.limits(market, kind, date, base));
        let limits = match self.session {
            Some(Phase::AfterHoursSingle) => Some(self.after_hours(limits)?),
            _ => limits,
        };
        Ok(vec![
            json!(limits.map(|limits| limits.upper)),
            json!(limits.map(|limits| limits.lower)),
            json!(rule.as_str()),
        ])
    }
}

impl Limits {
    /// The prices of the after-hours single-price session, inside the limits of the day.
    fn after_hours(&self, daily: Option<PriceLimits>) -> Result<PriceLimits, BadCase> {
        let date = self.date;
        if !timetable(TradingVenue::Krx, date).iter().any(|window| window.phase == Phase::AfterHoursSingle) {
            return Err(BadCase::new("session", format!("after_hours_single is not held on {date}")));
        }
        let close =
            self.close.ok_or_else(|| BadCase::new("close", "after_hours_single is measured from it: name it"))?;
        let close = positive("close", close)?;
        Ok(after_hours_single_limits(self.market, kind_or_stock(self.kind), date, close, daily))
    }
}

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Base {
    /// Trade date
    #[arg(long)]
    date: NaiveDate,
    /// kospi, kosdaq or konex
    #[arg(long, value_parser = word::<Market>)]
    market: Market,
    /// stock, etf or etn; stock if left out
    #[arg(long, value_parser = word::<InstrumentKind>)]
    kind: Option<InstrumentKind>,
    /// Close before, in won
    #[arg(long, allow_negative_numbers = true)]
    close: i64,
    /// Split or reverse split: the price is multiplied by this ...
    #[arg(long)]
    numerator: Option<i64>,
    /// ... over this
    #[arg(long)]
    denominator: Option<i64>,
    /// New shares: so many existing ones ...
    #[arg(long)]
    existing: Option<NonZeroU32>,
    /// ... bring so many new ones
    #[arg(long)]
    new: Option<NonZeroU32>,
    /// Won paid for a new share; nothing if left out
    #[arg(long)]
    issue_price: Option<i64>,
    /// Distribution of an ETF or ETN, won a share
    #[arg(long)]
    distribution: Option<i64>,
    /// Reopening by auction: capital_reduction, spin_off, merger or long_halt
    #[arg(long, value_parser = word::<ReopeningCause>)]
    cause: Option<ReopeningCause>,
    /// Appraised price for a reopening
    #[arg(long)]
    appraisal: Option<i64>,
}

impl Question for Base {
    const ASKED: &'static [&'static str] = &["date", "market", "close"];
    const ANSWERED: &'static [&'static str] = &["base_price", "auction_upper", "auction_lower"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let close = positive("close", self.close)?;
        let (market, kind, date) = (self.market, kind_or_stock(self.kind), self.date);
        let base = match self.event()? {
            Some(event) => base_price_after(event, market, kind, date, close),
            None => SessionBase::Fixed(base_price(market, kind, date, close)),
        };
        Ok(match base {
            SessionBase::Fixed(base) => vec![json!(base), Value::Null, Value::Null],
            SessionBase::OpeningAuction(within) => vec![Value::Null, json!(within.upper), json!(within.lower)],
        })
    }
}

impl Base {
    /// The one thing that happened, if any.
    fn event(&self) -> Result<Option<BasePriceEvent>, BadCase> {
        let mut events = Vec::new();
        match (self.numerator, self.denominator) {
            (Some(numerator), Some(denominator)) => {
                let factor = PriceFactor::new(numerator, denominator);
                let mend = "a split multiplies by a ratio of two different numbers above zero";
                events.push(BasePriceEvent::Split(factor.ok_or_else(|| BadCase::new("numerator", mend))?));
            }
            (None, None) => {}
            _ => return Err(BadCase::new("denominator", "a ratio has a numerator and a denominator: name both")),
        }
        match (self.existing, self.new) {
            (Some(existing), Some(new)) => {
                let issue_price = Price(self.issue_price.unwrap_or_default());
                events.push(BasePriceEvent::NewShares { existing, new, issue_price });
            }
            (None, None) => {}
            _ => return Err(BadCase::new("new", "new shares come to existing ones: name both numbers")),
        }
        if let Some(won) = self.distribution {
            events.push(BasePriceEvent::Distribution { per_share: positive("distribution", won)? });
        }
        match (self.cause, self.appraisal) {
            (Some(cause), Some(won)) => {
                events.push(BasePriceEvent::Reopening { cause, appraisal: positive("appraisal", won)? });
            }
            (None, None) => {}
            _ => return Err(BadCase::new("appraisal", "a reopening has a cause and an appraised price: name both")),
        }
        match events.as_slice() {
            [] => Ok(None),
            [event] => Ok(Some(*event)),
            _ => Err(BadCase::new("close", "more than one thing happened: ask for one after the other")),
        }
    }
}

pub(super) fn kind_or_stock(kind: Option<InstrumentKind>) -> InstrumentKind {
    kind.unwrap_or(InstrumentKind::Stock)
}

/// A price above zero.
pub(super) fn positive(column: &'static str, won: i64) -> Result<Price, BadCase> {
    if won > 0 {
        Ok(Price(won))
    } else {
        Err(BadCase::new(column, format!("{won} is no price: it must be above zero")))
    }
}

/// A price, or nothing where the grid has none.
fn existing(price: Price) -> Value {
    if price.is_positive() { json!(price) } else { Value::Null }
}
