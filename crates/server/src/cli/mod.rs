//! The command line.

mod audit;
mod backtest;
mod bars;
mod doctor;
mod emulator;
mod export;
mod import;
mod indicator;
mod issue;
mod kill;
mod rules;
mod run;
mod settings;
mod strategy;
mod user;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::bootstrap::{DataFolder, StartError, open_store};
use crate::config::{Config, LogSetting};
use crate::market_rules::MarketRules;

/// Exit code of a second start on the same data folder (safety §2.1).
const EXIT_LOCKED: u8 = 3;

/// Rule-based trading on the Korean stock market.
///
/// Without a command everything runs in this process: web app, API, worker, SQLite in the data folder, and the demo
/// market.
#[derive(Debug, Parser)]
#[command(name = "exodus", version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the API and the web app alone; needs PostgreSQL and Redis
    Serve,
    /// Run sessions, schedule and jobs alone; needs PostgreSQL and Redis
    Worker,
    /// Bring the tables of the database up to date
    Migrate,
    /// Serve the KIS OpenAPI on this machine, over a simulated exchange, with faults on demand
    Emulator(Box<emulator::Arguments>),
    /// Import history, symbol masters and corporate actions
    #[command(subcommand)]
    Import(import::Command),
    /// Show an issue, or set the states it is in, such as a halt
    Issue(issue::Arguments),
    /// Write history to a file
    #[command(subcommand)]
    Export(export::Command),
    /// Run a backtest on stored history
    #[command(subcommand)]
    Backtest(backtest::Command),
    /// Look at a `.kis.yaml` strategy: check it, show what it means, run it over the bars of a file
    #[command(subcommand)]
    Strategy(strategy::Command),
    /// Print an indicator or a candlestick pattern on the bars of a file
    Indicator(Box<indicator::Arguments>),
    /// Ask the rule book of the market, for one case or for a CSV on standard input
    #[command(subcommand)]
    Rules(rules::Command),
    /// Manage users
    #[command(subcommand)]
    User(user::Command),
    /// Print the OpenAPI document
    Openapi,
    /// Stop all trading at once; holdings are not sold
    Kill(kill::Arguments),
    /// Check that the audit log is what was recorded
    #[command(subcommand)]
    Audit(audit::Command),
    /// Check the installation and say what is wrong
    Doctor,
    /// Show every setting with its source and meaning
    Config,
}

/// Runs the command that this process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(feature = "testing")]
    crate::testing::arm();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::anyhow!("the program could not start: {error}")),
    };
    let outcome = runtime.block_on(execute(cli));
    // What is still blocking, such as a password hash that nobody waits for, must not hold the exit up.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn execute(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Some(Command::Openapi) => return print(&crate::http::openapi().to_pretty_json()?),
        Some(Command::Config) => return settings::show(),
        Some(Command::Doctor) => return doctor::examine().await,
        Some(Command::Rules(command)) => return rules::run(command),
        Some(Command::Strategy(command)) => return strategy::run(command),
        Some(Command::Indicator(arguments)) => return indicator::run(&arguments),
        _ => {}
    }
    let config = Config::from_env().map_err(StartError::from)?;
    start_log(&config.log)?;
    if let Some(Command::Kill(arguments)) = cli.command {
        // Nothing else that may be wrong keeps anybody from stopping.
        return kill::run(arguments, &config).await;
    }
    put_market_rules_in_force(&config)?;
    match cli.command {
        None => run::everything(&config).await,
        Some(Command::Serve) => run::serve(&config).await,
        Some(Command::Worker) => run::worker(&config).await,
        Some(Command::Migrate) => migrate(&config).await,
        Some(Command::Emulator(arguments)) => emulator::run(*arguments).await,
        Some(Command::Import(command)) => import::run(command, &config).await,
        Some(Command::Issue(arguments)) => issue::run(arguments, &config).await,
        Some(Command::Export(command)) => export::run(command, &config).await,
        Some(Command::Backtest(command)) => backtest::run(command, &config).await,
        Some(Command::User(command)) => user::run(command, &config).await,
        Some(Command::Audit(command)) => audit::run(command, &config).await,
        Some(
            Command::Kill(_)
            | Command::Openapi
            | Command::Config
            | Command::Doctor
            | Command::Rules(_)
            | Command::Strategy(_)
            | Command::Indicator(_),
        ) => Ok(()),
    }
}

/// Before anything asks for a date.
fn put_market_rules_in_force(config: &Config) -> Result<(), StartError> {
    Ok(MarketRules::read(config).and_then(MarketRules::install)?)
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let _folder = DataFolder::claim(config)?;
    let store = open_store(config).await?;
    store.migrate_up().await?;
    print("The tables are up to date.")
}

/// One sentence that names the mend, and an exit code that is not zero.
fn fail(error: &anyhow::Error) -> ExitCode {
    // Nothing can be done about a closed stderr.
    drop(writeln!(std::io::stderr(), "exodus: {}", sentence(error)));
    match error.downcast_ref() {
        Some(StartError::Locked(_)) => ExitCode::from(EXIT_LOCKED),
        _ => ExitCode::FAILURE,
    }
}

/// The error with its causes, each told once: many errors repeat their cause in their own sentence.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told {
        told if told.contains(&cause) => told,
        told if told.is_empty() => cause,
        told => format!("{told}: {cause}"),
    })
}

/// Prints a line, or says that nobody reads it.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

fn start_log(setting: &LogSetting) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&setting.filter)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = if setting.json { builder.json().try_init() } else { builder.with_target(false).try_init() };
    started.map_err(|error| anyhow::anyhow!("the log could not start: {error}"))
}
