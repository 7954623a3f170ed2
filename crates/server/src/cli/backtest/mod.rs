//! `exodus backtest`: the same runner on the same history as the page and the API.

mod plan;
mod report;
mod run;
mod sweep;
mod table;
mod verify;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;

pub(super) use plan::parameter;

/// Steps of a progress bar.
const STEPS: u64 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run one backtest and print its figures
    Run(Box<run::Arguments>),
    /// Search through parameters and print the best trials
    Sweep(Box<sweep::Arguments>),
    /// Run a stored backtest again and compare; fails if anything differs
    Verify(verify::Arguments),
    /// Write the report of a stored backtest into a file
    Report(report::Arguments),
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    match command {
        Command::Run(arguments) => run::run(*arguments, config).await,
        Command::Sweep(arguments) => sweep::run(*arguments, config).await,
        Command::Verify(arguments) => verify::run(arguments, config).await,
        Command::Report(arguments) => report::run(arguments, config).await,
    }
}

/// A bar that shows how much is done on a terminal; elsewhere it draws nothing.
fn progress_bar() -> anyhow::Result<ProgressBar> {
    Ok(ProgressBar::new(STEPS).with_style(ProgressStyle::with_template("{wide_bar} {percent} %, {eta}")?))
}

/// Moves a bar to `fraction` of its length.
fn show(bar: &ProgressBar, fraction: f64) {
    bar.set_position((fraction * STEPS as f64) as u64);
}
