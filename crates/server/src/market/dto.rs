//! Bodies of `/market`.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{Brake, Interval, Level, LimitRule, LimitTerms, kst_date};
use exodus_store::import;
use exodus_store::imports::{self, ImportKind, ImportSource};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::problem::AccountProblem;
use crate::backtests::dto::RunStatus;
use crate::http::{kst, words};

/// The last price of an issue, in won.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Quote {
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name.
    pub(crate) name_ko: String,
    /// English name.
    pub(crate) name_en: String,
    /// Last price.
    pub(crate) price: i64,
    /// Distance to the base price of the day.
    pub(crate) change: i64,
    /// The same over the base price.
    pub(crate) change_rate: f64,
    /// Shares traded that day.
    pub(crate) volume: i64,
    /// Highest price allowed that day; null in liquidation trading, which has no limits.
    #[schema(required)]
    pub(crate) upper_limit: Option<i64>,
    /// Lowest price allowed that day; null in liquidation trading.
    #[schema(required)]
    pub(crate) lower_limit: Option<i64>,
    /// What holds trading up; left out while nothing does. Orders sent in a volatility interruption trade at its end.
    #[schema(value_type = Option<words::Brake>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) brake: Option<Brake>,
    /// Exchange time.
    pub(crate) timestamp: DateTime<FixedOffset>,
    /// True for a fictional issuer.
    pub(crate) is_demo: bool,
}

/// One level of an order book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BookLevel {
    /// Price in won.
    pub(crate) price: i64,
    /// Shares.
    pub(crate) quantity: i64,
}

/// The visible order book of an issue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct OrderBook {
    /// Issue.
    pub(crate) symbol: String,
    /// Offers, lowest price first.
    pub(crate) asks: Vec<BookLevel>,
    /// Bids, highest price first.
    pub(crate) bids: Vec<BookLevel>,
    /// Exchange time.
    pub(crate) timestamp: DateTime<FixedOffset>,
    /// True for a fictional issuer.
    pub(crate) is_demo: bool,
}

/// A file on its way into the store.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Import {
    /// Id.
    pub(crate) id: i64,
    /// Who brought it.
    #[schema(value_type = words::ImportSource)]
    pub(crate) source: ImportSource,
    /// What it holds.
    #[schema(value_type = words::ImportKind)]
    pub(crate) kind: ImportKind,
    /// Name of the file.
    pub(crate) file_name: String,
    /// Length of its bars; says nothing of other files.
    #[schema(value_type = words::Interval)]
    pub(crate) interval: Interval,
    /// True if its prices are adjusted.
    pub(crate) adjusted: bool,
    /// True if one row that cannot be right refuses it.
    pub(crate) strict: bool,
    /// How far it is.
    pub(crate) status: RunStatus,
    /// 0 to 1.
    pub(crate) progress: f64,
    /// Rows read.
    pub(crate) rows_read: i64,
    /// Rows that were new.
    pub(crate) rows_added: i64,
    /// Rows that replaced other values.
    pub(crate) rows_changed: i64,
    /// Rows that were there already.
    pub(crate) rows_unchanged: i64,
    /// Rows that cannot be right and were set aside.
    pub(crate) rows_quarantined: i64,
    /// How many of them there are for each reason.
    pub(crate) reasons: BTreeMap<String, u64>,
    /// Issues in the file.
    pub(crate) symbols: i64,
    /// Why it failed: file, row, column, reason. Nothing was imported then.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// The same of a broker that was asked, in words for people; null for files.
    #[schema(required)]
    pub(crate) problem: Option<AccountProblem>,
    /// When it was uploaded or asked for.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it ended.
    #[schema(required)]
    pub(crate) finished_at: Option<DateTime<FixedOffset>>,
}

/// The multipart form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form to readers of the API document; the extractor streams it")]
pub(crate) struct ImportForm {
    /// Bars and levels of indices as `.csv` or `.parquet`, a symbol master as `.csv` or `.mst`, corporate actions and
    /// fundamentals as `.csv`.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What it holds; bars if left out.
    #[schema(value_type = Option<words::ImportKind>)]
    kind: ImportKind,
    /// Length of its bars; daily if left out.
    #[schema(value_type = Option<words::Interval>)]
    interval: Interval,
    /// True if the prices are adjusted for splits and the like.
    #[schema(value_type = Option<bool>, default = false)]
    adjusted: bool,
    /// True if one row that cannot be right refuses the file; without it such rows are set aside.
    #[schema(value_type = Option<bool>, default = false)]
    strict: bool,
}

/// A row that was set aside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuarantinedRow {
    /// Number of the row in its file, from 1; the header does not count.
    row: u64,
    /// What the row calls the issue.
    symbol: String,
    /// Its date or time.
    time: String,
    /// The column that is wrong.
    field: String,
    /// Why, as a word such as `off_grid`.
    reason: String,
    /// Its other cells, separated by commas.
    cells: String,
}

/// Which rows that were set aside.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuarantineFilter {
    /// Only those with this reason.
    pub(crate) reason: Option<String>,
}

impl From<import::QuarantinedRow> for QuarantinedRow {
    fn from(stored: import::QuarantinedRow) -> Self {
        let import::QuarantinedRow { row, symbol, time, field, reason, cells } = stored;
        Self { row, symbol, time, field, reason, cells }
    }
}

/// The market this installation trades on, now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketStatus {
    /// `demo`: the built-in fictional market.
    pub(crate) mode: &'static str,
    /// True for the demo market.
    pub(crate) is_demo: bool,
    /// True if KRX has a session today.
    pub(crate) trading_day: bool,
    /// Whether there is trading now; the demo market trades at any hour.
    #[schema(value_type = words::MarketSession)]
    pub(crate) session: &'static str,
    /// The server's time.
    pub(crate) now: DateTime<FixedOffset>,
    /// The next day with a KRX session after today; null past the end of the calendar.
    #[schema(required)]
    pub(crate) next_session_date: Option<NaiveDate>,
}

impl Quote {
    /// A quote with what belongs to its issue.
    pub(crate) fn new(quote: &exodus_domain::Quote, instrument: &exodus_domain::Instrument) -> Self {
        let base = quote.base_price;
        let change = quote.price.0 - base.0;
        let (date, market, kind) = (kst_date(quote.at), instrument.market, instrument.kind);
        let rule = LimitRule::on(date, market, kind, LimitTerms::of(instrument));
        let limits = rule.limits(market, kind, date, base);
        Self {
            symbol: quote.symbol.to_string(),
            name_ko: instrument.name_ko.clone(),
            name_en: instrument.name_en.clone(),
            price: quote.price.0,
            change,
            change_rate: if base.0 == 0 { 0.0 } else { change as f64 / base.0 as f64 },
            volume: quote.volume.0,
            upper_limit: limits.map(|limits| limits.upper.0),
            lower_limit: limits.map(|limits| limits.lower.0),
            brake: quote.brake,
            timestamp: kst(quote.at),
            is_demo: instrument.is_demo,
        }
    }
}

impl From<&Level> for BookLevel {
    fn from(level: &Level) -> Self {
        Self { price: level.price.0, quantity: level.quantity.0 }
    }
}

impl OrderBook {
    /// A book with what belongs to its issue.
    pub(crate) fn new(book: &exodus_domain::OrderBook, instrument: &exodus_domain::Instrument) -> Self {
        Self {
            symbol: book.symbol.to_string(),
            asks: book.asks.iter().map(BookLevel::from).collect(),
            bids: book.bids.iter().map(BookLevel::from).collect(),
            timestamp: kst(book.at),
            is_demo: instrument.is_demo,
        }
    }
}

impl From<imports::Import> for Import {
    fn from(row: imports::Import) -> Self {
        Self {
            id: row.id,
            source: row.source,
            kind: row.kind,
            file_name: row.file_name,
            interval: row.interval,
            adjusted: row.adjusted,
            strict: row.strict,
            status: row.status.into(),
            progress: row.progress,
            rows_read: row.rows_read,
            rows_added: row.rows_added,
            rows_changed: row.rows_changed,
            rows_unchanged: row.rows_unchanged,
            rows_quarantined: row.rows_quarantined,
            reasons: row.reasons,
            symbols: row.symbols,
            problem: AccountProblem::stored(row.problem.as_ref()),
            error: row.error,
            created_at: kst(row.created_at),
            finished_at: row.finished_at.map(kst),
        }
    }
}
