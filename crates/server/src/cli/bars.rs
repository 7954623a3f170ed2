//! Bars of a file, for questions that need no installation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use exodus_domain::{Bar, Clock, Interval, KST, Symbol, kst_date};
use exodus_live::SystemClock;
use exodus_store::import::{self, ImportError, ImportFile, IndicesFile};
use exodus_store::indices::{MarketIndex, UNITS_PER_POINT};
use exodus_trading::EvaluationMode;

use super::import::BarLength;
use crate::bootstrap::StartError;
use crate::config::Config;
use crate::market_rules::MarketRules;

/// The bars to ask about.
#[derive(Debug, Args)]
pub(super) struct BarsArguments {
    /// File with the columns symbol, date, open, high, low, close, volume, CSV or Parquet, as `exodus import bars` reads
    /// it; prices are taken as they are
    #[arg(long, value_name = "FILE")]
    bars: PathBuf,
    /// The issue; may be left out where the file has one only
    #[arg(long)]
    symbol: Option<Symbol>,
    /// Length of the bars
    #[arg(long, value_enum, default_value = "1d")]
    interval: BarLength,
}

/// Whose values to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// What the indicators are meant to be, as backtests and accounts here use them
    Exodus,
    /// What the broker's official backtester gives, defects included
    Official,
}

impl From<Mode> for EvaluationMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Exodus => Self::Exodus,
            Mode::Official => Self::Official,
        }
    }
}

/// The bars of one issue.
pub(super) struct FileBars {
    pub(super) symbol: Symbol,
    pub(super) interval: Interval,
    /// Oldest first, halted ones included.
    pub(super) bars: Vec<Bar>,
    /// Rows of the file that cannot be right, and were left out.
    pub(super) rows_set_aside: u64,
}

impl BarsArguments {
    pub(super) fn interval(&self) -> Interval {
        self.interval.into()
    }

    /// Reads the file.
    pub(super) fn read(&self) -> anyhow::Result<FileBars> {
        let (file_name, interval) = (self.bars.display().to_string(), self.interval());
        let config = Config::from_env().map_err(StartError::from)?;
        MarketRules::read(&config).and_then(MarketRules::install)?;
        // Nobody says whether the prices are adjusted, so that what adjusting leaves behind has to pass.
        let file = |strict| ImportFile {
            path: self.bars.clone(),
            file_name: file_name.clone(),
            interval,
            adjusted: true,
            strict,
        };
        let read =
            |strict| import::read_bars(&file(strict), SystemClock.now()).map_err(|error| named(&self.bars, error));
        let mut read_file = read(false)?;
        if read_file.issues.is_empty() {
            // Strictly read, a file is refused with the sentence for its first wrong row.
            read_file = read(true)?;
        }
        let read = read_file;
        let codes: Vec<String> = read.issues.iter().take(10).map(|(symbol, _)| symbol.to_string()).collect();
        let issues = read.issues.len();
        let found = match (self.symbol, &codes[..]) {
            (None, [_]) => read.issues.into_iter().next(),
            (None, _) => {
                bail!("{file_name} has {issues} issues: choose one with --symbol, such as {}", codes.join(", "))
            }
            (Some(wanted), _) => read.issues.into_iter().find(|(symbol, _)| *symbol == wanted),
        };
        let (symbol, bars) =
            found.ok_or_else(|| anyhow!("{file_name} has no bars of this --symbol: it has {}", codes.join(", ")))?;
        Ok(FileBars { symbol, interval, bars, rows_set_aside: read.report.rows_quarantined() })
    }
}

impl FileBars {
    /// The bars on which something was traded; nothing else is shown to a strategy.
    pub(super) fn traded(&self) -> impl Iterator<Item = &Bar> {
        self.bars.iter().filter(|bar| !bar.is_halted())
    }

    /// Start of a bar as it is shown: the date of a daily one.
    pub(super) fn shown(&self, at: DateTime<Utc>) -> String {
        match self.interval {
            Interval::Day1 => kst_date(at).to_string(),
            _ => at.with_timezone(&KST).to_rfc3339(),
        }
    }
}

/// Levels of KOSPI by date, in points, or of the only index of the file.
pub(super) fn index_levels(path: &Path) -> anyhow::Result<BTreeMap<NaiveDate, f64>> {
    let file = |strict| IndicesFile { path: path.to_owned(), file_name: path.display().to_string(), strict };
    let read = |strict| import::read_indices(&file(strict), SystemClock.now()).map_err(|error| named(path, error));
    let mut indices = read(false)?.indices;
    if indices.is_empty() {
        indices = read(true)?.indices;
    }
    let closes = match (indices.remove(&MarketIndex::Kospi), indices.len()) {
        (Some(closes), _) => closes,
        (None, 1) => indices.into_values().flatten().collect(),
        (None, _) => bail!("{} has several indices and none is KOSPI: leave one in it", path.display()),
    };
    Ok(closes.into_iter().map(|close| (close.date, close.close as f64 / UNITS_PER_POINT as f64)).collect())
}

fn named(path: &Path, error: ImportError) -> anyhow::Error {
    match error {
        ImportError::Io(cause) => anyhow!("{} cannot be read: {cause}", path.display()),
        error => error.into(),
    }
}
