//! `exodus emulator`: the KIS OpenAPI on this machine, for this product and for any other client of it.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use exodus_domain::{Clock as _, Won};
use exodus_kis_emulator::clock::{ClockMode, EmulatorClock};
use exodus_kis_emulator::world::MarketSource;
use exodus_kis_emulator::{Addresses, Emulator, EmulatorConfig, Environment, FaultScript, Limits, Ports, read_tls};

use super::print;
use super::run::end_signal;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port of REST, control API and page of the real environment
    #[arg(long, value_name = "PORT", default_value_t = 9443)]
    rest_port: u16,
    /// WebSocket port of the real environment
    #[arg(long, value_name = "PORT", default_value_t = 21000)]
    ws_port: u16,
    /// Port of REST, control API and page of the mock environment
    #[arg(long, value_name = "PORT", default_value_t = 29443, conflicts_with = "mock")]
    mock_rest_port: u16,
    /// WebSocket port of the mock environment
    #[arg(long, value_name = "PORT", default_value_t = 31000, conflicts_with = "mock")]
    mock_ws_port: u16,
    /// Serve the mock environment only, on --rest-port and --ws-port
    #[arg(long)]
    mock: bool,
    /// How time passes: real, stepped by the control API, or xN for N times as fast
    #[arg(long, value_name = "CLOCK", default_value = "real")]
    clock: ClockWord,
    /// When the emulated time begins, such as 2026-10-01T08:20:00+09:00; needs --clock stepped or xN
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    start: Option<DateTime<Utc>>,
    /// Accounts in each environment
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1000))]
    accounts: u16,
    /// Cash of each account in won
    #[arg(long, value_name = "WON", default_value_t = 100_000_000, value_parser = clap::value_parser!(i64).range(0..=1_000_000_000_000))]
    cash: i64,
    /// Imported bars that make the market instead of the fictional issues
    #[arg(long, value_name = "FILE", num_args = 1..)]
    bars: Vec<PathBuf>,
    /// A scripted tape that makes the market; bars are its history
    #[arg(long, value_name = "FILE")]
    tape: Option<PathBuf>,
    /// Faults from the start (TOML)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Folder in which accounts, orders and tokens survive a restart
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Decides keys, market and chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// PEM certificate for REST over TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM key of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Frames and notices in the widths before the changes of 2025 and 2026: 46, 59 and 23 fields
    #[arg(long)]
    legacy_frames: bool,
    /// Calls a second of each key, instead of the broker's limits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rate_limit: Option<u32>,
    /// Drop the connection of a client that sends no user-agent of its own
    #[arg(long)]
    require_user_agent: bool,
    /// A new access token ends the one before
    #[arg(long)]
    one_token: bool,
}

/// `real`, `stepped`, `x20`.
#[derive(Clone, Copy, Debug)]
enum ClockWord {
    Real,
    Stepped,
    Scaled(u32),
}

impl FromStr for ClockWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let factor = text.strip_prefix('x').and_then(|factor| factor.parse().ok());
        match (text, factor) {
            ("real", _) => Ok(Self::Real),
            ("stepped", _) => Ok(Self::Stepped),
            (_, Some(factor @ 1..=10_000)) => Ok(Self::Scaled(factor)),
            _ => Err("say real, stepped, or x1 to x10000".to_owned()),
        }
    }
}

fn start_time(text: &str) -> Result<DateTime<Utc>, String> {
    text.parse().map_err(|_| "write date, time and offset, such as 2026-10-01T08:20:00+09:00".to_owned())
}

/// Serves until a signal asks to end.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config()?;
    let ended = end_signal()?;
    let emulator = Emulator::start(config).await?;
    print(&told(&emulator))?;
    ended.await;
    emulator.stop().await?;
    Ok(())
}

impl Arguments {
    fn config(self) -> anyhow::Result<EmulatorConfig> {
        let clock = self.clock()?;
        let ports = Ports { rest: self.rest_port, ws: self.ws_port };
        let mock_ports = Ports { rest: self.mock_rest_port, ws: self.mock_ws_port };
        let (real, mock) = if self.mock { (None, Some(ports)) } else { (Some(ports), Some(mock_ports)) };
        let faults = match &self.faults {
            None => FaultScript::default(),
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
                FaultScript::parse(&text).with_context(|| path.display().to_string())?
            }
        };
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(read_tls(certificate, key)?),
            _ => None,
        };
        Ok(EmulatorConfig {
            real,
            mock,
            clock,
            accounts: usize::from(self.accounts),
            cash: Won(self.cash),
            market: match (self.tape, self.bars) {
                (Some(tape), bars) => MarketSource::Tape { tape, bars },
                (None, bars) if bars.is_empty() => MarketSource::Demo,
                (None, bars) => MarketSource::Bars(bars),
            },
            faults,
            state: self.state,
            seed: self.seed,
            tls,
            legacy_frames: self.legacy_frames,
            limits: self.rate_limit.map_or_else(Limits::default, Limits::all),
            require_user_agent: self.require_user_agent,
            previous_token_lives: !self.one_token,
            ..EmulatorConfig::default()
        })
    }

    fn clock(&self) -> anyhow::Result<ClockMode> {
        let start = self.start.unwrap_or_else(|| EmulatorClock::real().now());
        match self.clock {
            ClockWord::Real if self.start.is_some() => {
                bail!("--start needs a clock that is not the machine's: add --clock stepped or --clock x1")
            }
            ClockWord::Real => Ok(ClockMode::Real),
            ClockWord::Stepped => Ok(ClockMode::Stepped { start }),
            ClockWord::Scaled(factor) => Ok(ClockMode::Scaled { start, factor }),
        }
    }
}

/// Where it is served, and the credentials of every account.
fn told(emulator: &Emulator) -> String {
    let mut text = "KIS emulator: a simulation. No broker is connected, and these keys open nothing else.\n".to_owned();
    for (environment, addresses) in [(Environment::Real, emulator.real), (Environment::Mock, emulator.mock)] {
        let Some(Addresses { rest, ws }) = addresses else { continue };
        let scheme = if emulator.is_tls() { "https" } else { "http" };
        let name = environment.as_str();
        text += &format!("\n{name}: REST {scheme}://{rest}  WebSocket ws://{ws}  page {scheme}://{rest}/emulator/\n");
        for one in emulator.accounts().iter().filter(|one| one.environment == environment) {
            text += &format!("  account {}  HTS id {}\n", one.account_no, one.hts_id);
            text += &format!("    app key    {}\n", one.app_key);
            text += &format!("    app secret {}\n", one.app_secret);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_named_by_words() {
        assert!(matches!("real".parse(), Ok(ClockWord::Real)));
        assert!(matches!("x20".parse(), Ok(ClockWord::Scaled(20))));
        for wrong in ["x0", "20", "fast", "x"] {
            assert!(wrong.parse::<ClockWord>().is_err(), "{wrong}");
        }
    }
}
