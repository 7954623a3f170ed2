//! `exodus backtest report`.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use exodus_store::backtests;

use crate::backtests::export::Export;
use crate::backtests::report::Language;
use crate::bootstrap::open_existing_store;
use crate::cli::print;
use crate::config::Config;
use crate::http::problem::Problem;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Number of the backtest
    id: i64,
    /// html: one document that opens from disk; csv: every figure; json: everything
    #[arg(long, value_enum, default_value = "html")]
    format: Format,
    /// Language of the html document
    #[arg(long, value_enum, default_value = "ko")]
    language: Language,
    /// The file to write
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Html,
    Csv,
    Json,
}

pub(super) async fn run(Arguments { id, format, language, out }: Arguments, config: &Config) -> anyhow::Result<()> {
    let store = open_existing_store(config).await?;
    let unknown = || anyhow!("there is no backtest {id} here: its number is in the address of its page");
    let user_id = backtests::find(&store, id).await?.ok_or_else(unknown)?.request.user_id;
    let told = |problem: Problem| anyhow!("{}", problem.detail());
    let export = Export::read(&store, user_id, id).await.map_err(told)?;
    let bytes = match format {
        Format::Html => export.html(language).map(String::into_bytes),
        Format::Csv => export.csv().and_then(|file| file.bytes()),
        Format::Json => export.json(),
    };
    let bytes = bytes.map_err(told)?;
    tokio::fs::write(&out, bytes).await.with_context(|| format!("{} cannot be written", out.display()))?;
    print(&format!("Written to {}", out.display()))
}
