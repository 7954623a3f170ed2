//! The days of a preview, and their bars as a backtest has them.

use chrono::{Days, Months, NaiveDate};
use exodus_backtest::FillModel;
use exodus_domain::{CommissionTerms, Interval, Symbol, Won, kst_date, previous_session};
use exodus_store::{Store, bars};
use exodus_trading::Strategy;

use super::answer::split;
use super::dto::PreviewRequest;
use crate::backtests::request::FIRST_DAY;
use crate::backtests::run::{Plan, PlannedStrategy, Run, RunError, load};
use crate::http::problem::Answer;
use crate::http::validate::Checks;

/// What a preview starts with, in won.
const CAPITAL: Won = Won(10_000_000);
/// Most bars of a preview; the newest are kept.
const MOST_BARS: usize = 5_000;
/// Days that are looked at for minutes at most.
const MOST_DAYS_OF_MINUTES: Days = Days::new(31);
/// Months of daily bars where nobody says how many.
const USUAL_MONTHS: Months = Months::new(24);
/// Sessions of minute bars where nobody says how many.
const USUAL_SESSIONS: usize = 5;

/// Where and when to look.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) symbol: Symbol,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Place {
    /// What is asked for; `None` without a symbol.
    ///
    /// # Errors
    /// 422 naming `symbol`, `from` or `to`.
    pub(super) fn of(request: &PreviewRequest) -> Answer<Option<Self>> {
        let mut checks = Checks::default();
        let (from, to) = (request.from, request.to);
        for (field, date) in [("from", from), ("to", to)] {
            let in_reach = date.is_none_or(|date| (FIRST_DAY..=LAST_DAY).contains(&date));
            checks.require(in_reach, field, format!("must be {FIRST_DAY} to {LAST_DAY}"));
        }
        let reversed = from.zip(to).is_some_and(|(from, to)| to < from);
        checks.require(!reversed, "to", "must not be before from");
        let symbol = request.symbol.as_deref().map(str::parse::<Symbol>).transpose();
        if let Err(error) = &symbol {
            checks.refuse("symbol", error.to_string());
        }
        checks.finish()?;
        Ok(symbol.ok().flatten().map(|symbol| Self { symbol, from, to }))
    }
}

/// Far inside what can be computed with.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2199, 12, 31).expect("31 December exists in every year");

/// What there is to run a strategy on.
pub(super) enum Found {
    /// Its bars; `is_cut` if there were more than a preview looks at.
    Bars { run: Box<Run>, is_cut: bool },
    /// No bars of the strategy's interval are stored at all.
    Nothing,
    /// There are bars from the first to the second day, and none in the days asked for.
    Elsewhere(NaiveDate, NaiveDate),
}

/// Loads the bars of `place`, with warm-up in front of the first day.
pub(super) async fn find(
    store: &Store,
    place: Place,
    strategy: &Strategy,
    commission: CommissionTerms,
    today: NaiveDate,
) -> Result<Found, RunError> {
    let interval = strategy.interval();
    let Some(known) = bars::preferred(store, place.symbol, interval).await? else { return Ok(Found::Nothing) };
    let (first, last) = (kst_date(known.first), kst_date(known.last));
    let to = place.to.map_or(last, |to| to.min(last)).min(today);
    let from = place.from.unwrap_or_else(|| usual_start(interval, to));
    let of_minutes = to.checked_sub_days(MOST_DAYS_OF_MINUTES).filter(|_| interval != Interval::Day1);
    let earliest = of_minutes.unwrap_or(FIRST_DAY);
    let is_long = from < earliest;
    let mut plan = Plan {
        strategies: vec![PlannedStrategy { number: 1, strategy: strategy.clone(), symbols: vec![place.symbol] }],
        universe: None,
        from: from.max(earliest),
        to,
        today,
        capital: CAPITAL,
        commission,
        fill: FillModel::default(),
        benchmark: None,
    };
    if plan.from > plan.to || plan.to < first {
        return Ok(Found::Elsewhere(first, last));
    }
    let run = load(store, &plan).await?;
    let (_, within) = split(&run);
    let Some(too_many) = within.len().checked_sub(MOST_BARS).filter(|too_many| *too_many > 0) else {
        let is_empty = within.is_empty();
        let bars = Found::Bars { run: Box::new(run), is_cut: is_long };
        return Ok(if is_empty { Found::Elsewhere(first, last) } else { bars });
    };
    // Whole days, and warm-up in front of the first of them as for any other.
    plan.from = within[too_many - 1].trade_date().succ_opt().unwrap_or(to).min(to);
    Ok(Found::Bars { run: Box::new(load(store, &plan).await?), is_cut: true })
}

/// The first day where nobody says which.
fn usual_start(interval: Interval, to: NaiveDate) -> NaiveDate {
    if interval == Interval::Day1 {
        return to.checked_sub_months(USUAL_MONTHS).unwrap_or(FIRST_DAY);
    }
    let mut start = to;
    for _ in 1..USUAL_SESSIONS {
        start = previous_session(start).unwrap_or(start);
    }
    start
}
