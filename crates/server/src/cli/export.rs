//! `exodus export bars`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use exodus_domain::{Clock, Interval, Symbol, kst_date};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::export::{self, ExportFormat, ExportRequest, Written};
use exodus_store::prices::Wanted;
use futures::TryStreamExt;
use tokio::io::AsyncWriteExt;

use super::import::BarLength;
use super::print;
use crate::bootstrap::open_existing_store;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write bars to a file, or as plain rows into the database of this installation
    Bars(Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Issues, separated by commas, or `all`
    #[arg(long, value_delimiter = ',', required = true)]
    symbols: Vec<String>,
    /// Length of the bars
    #[arg(long, value_enum, default_value = "1d")]
    interval: BarLength,
    /// First day
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Which prices; without it adjusted ones where there are any
    #[arg(long, value_enum)]
    prices: Option<Prices>,
    /// Adjust as of this date; without it as of today
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// Format of the file, or `table`
    #[arg(long, value_enum)]
    format: Format,
    /// The file; it must not exist yet. A table needs none
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Prices {
    Raw,
    Adjusted,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Csv,
    Parquet,
    /// A database with the table market_data(symbol, timestamp, open, high, low, close, volume, interval)
    Sqlite,
    /// The same table, and a column that names the basis of the prices, in the database of this installation: rows of
    /// these issues, this length and these days are replaced
    Table,
}

pub(super) async fn run(Command::Bars(arguments): Command, config: &Config) -> anyhow::Result<()> {
    let wanted = match (arguments.prices, arguments.as_of) {
        (Some(Prices::Raw), Some(_)) => bail!("--as-of has no meaning for raw prices: leave it out"),
        (Some(Prices::Raw), None) => Wanted::Raw,
        (_, Some(_)) => Wanted::AsOf,
        (Some(Prices::Adjusted), None) => Wanted::Adjusted,
        (None, None) => Wanted::Best,
    };
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && to < from
    {
        bail!("--to {to} lies before --from {from}");
    }
    if let Some(out) = &arguments.out
        && out.exists()
    {
        bail!("{} is there already: name a new file, or delete it first", out.display());
    }
    let store = open_existing_store(config).await?;
    let interval = Interval::from(arguments.interval);
    let request = ExportRequest {
        symbols: symbols(&store, &arguments.symbols, interval).await?,
        interval,
        from: arguments.from,
        to: arguments.to,
        wanted,
        as_of: arguments.as_of.unwrap_or_else(|| kst_date(SystemClock.now())),
    };
    let issues = request.symbols.len();
    let out = match (arguments.format, arguments.out) {
        (Format::Table, None) => {
            let Written { rows, replaced } = export::to_table(&store, &request).await?;
            return print(&format!("{issues} issues in market_data: {rows} rows, {replaced} before"));
        }
        (Format::Table, Some(_)) => bail!("a table goes into the database of this installation: leave out --out"),
        (_, None) => bail!("--out is missing: name the file to write"),
        (Format::Csv, Some(out)) => write(&store, request, ExportFormat::Csv, out).await?,
        (Format::Parquet, Some(out)) => write(&store, request, ExportFormat::Parquet, out).await?,
        (Format::Sqlite, Some(out)) => export::to_sqlite(&store, &request, &out).await.map(|_| out)?,
    };
    let bytes = std::fs::metadata(&out)?.len();
    print(&format!("{issues} issues in {}, {bytes} bytes", out.display()))
}

async fn symbols(store: &Store, texts: &[String], interval: Interval) -> anyhow::Result<Vec<Symbol>> {
    if texts == ["all"] {
        return Ok(export::symbols(store, interval).await?);
    }
    let mut symbols: Vec<Symbol> = texts.iter().map(|text| text.trim().parse()).collect::<Result<_, _>>()?;
    symbols.sort_unstable();
    symbols.dedup();
    Ok(symbols)
}

/// Writes the file, and gives its name back.
async fn write(store: &Store, request: ExportRequest, format: ExportFormat, out: PathBuf) -> anyhow::Result<PathBuf> {
    let failed = || format!("{} could not be written", out.display());
    let mut file = tokio::fs::File::create_new(&out).await.with_context(failed)?;
    let mut pieces = std::pin::pin!(export::stream(store.clone(), request, format));
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).await.with_context(failed)?;
    }
    file.flush().await.with_context(failed)?;
    Ok(out)
}
