//! Settings: a documented defaults file compiled in, the environment on top, checked at start.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use exodus_domain::HardCaps;
use exodus_kis::{Env, Hosts, Live, Paper};
use exodus_store::StoreUrl;
use exodus_store::operator::OrderPath;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;

use crate::secret::check_strength;

const DEFAULTS: &str = include_str!("defaults.toml");
const PREFIX: &str = "EXODUS_";

/// A setting that the program cannot start with. The sentence says the mend.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ConfigError(String);

/// Everything that can be set, checked.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Folder of the database, the uploads and the generated secret.
    pub data_dir: PathBuf,
    /// PostgreSQL and Redis; `None` for everything in this process.
    pub servers: Option<Servers>,
    /// What to log.
    pub log: LogSetting,
    /// The secret from the environment; `None` if it is kept in the data folder.
    pub secret: Option<SecretString>,
    /// The secret before this one, while what it sealed is sealed anew.
    pub previous_secret: Option<SecretString>,
    /// Where KIS answers for paper accounts.
    pub kis_paper: Hosts<Paper>,
    /// Where KIS answers for live accounts.
    pub kis_live: Hosts<Live>,
    /// Whose time it is.
    pub clock: ClockSetting,
    /// Origins of other web apps that may use the API.
    pub cors_origins: Vec<String>,
    /// Requests a minute for each user or address.
    pub rate_limit: u32,
    /// Requests for missing bars in a second, by all processes together.
    pub backfill_rate: u32,
    /// Seed of the demo market.
    pub demo_seed: u64,
    /// File of amendments to the market rules, which must exist; `None` for the one in the data folder, if there is one.
    pub market_rules: Option<PathBuf>,
    /// True if a strategy needs clean days on paper before it is armed (safety SE50).
    pub arming_paper_days: bool,
    /// What no user may set a limit of the risk gate beyond.
    pub risk_caps: HardCaps,
    /// How orders are made, and when an account stops by itself.
    pub order_path: OrderPath,
}

/// Whose time the program goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSetting {
    /// The machine's.
    Real,
    /// That of the emulator in the place of KIS for paper accounts.
    Emulator,
}

/// The servers of the split mode.
#[derive(Clone, Debug)]
pub struct Servers {
    /// System of record.
    pub database: StoreUrl,
    /// Cache and bus.
    pub redis_url: SecretString,
    /// What every key and channel in Redis starts with. It holds the name of the database, so that two installations
    /// on one Redis do not hear each other.
    pub redis_prefix: String,
}

/// What to log, and how.
#[derive(Clone, Debug)]
pub struct LogSetting {
    /// One JSON object a line instead of text.
    pub json: bool,
    /// Filter in the syntax of `tracing`.
    pub filter: String,
}

/// One setting as `exodus config` shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Key in the defaults file.
    pub key: String,
    /// Environment variable that sets it.
    pub variable: String,
    /// Value in force; secrets masked.
    pub value: String,
    /// True if the environment set it.
    pub from_environment: bool,
    /// What it means.
    pub meaning: String,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// [`ConfigError`] for an unknown `EXODUS_` variable or a value that cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(&environment()?)
    }

    /// Reads settings from `variables`, over the defaults.
    ///
    /// # Errors
    /// [`ConfigError`] for an unknown `EXODUS_` variable or a value that cannot be used.
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let known = merged(variables)?;
        let value = |key: &str| known[key].value.trim();
        let listen = value("listen").parse().map_err(|_| {
            refuse(format!("EXODUS_LISTEN is \"{}\": write address:port, such as 127.0.0.1:8000", value("listen")))
        })?;
        let kis_paper = hosts("EXODUS_KIS_PAPER", value("kis_paper"))?;
        let kis_live = hosts("EXODUS_KIS_LIVE", value("kis_live"))?;
        Ok(Self {
            listen,
            data_dir: data_dir(value("data_dir"), variables)?,
            servers: servers(value("database_url"), value("redis_url"))?,
            log: log_setting(value("log"))?,
            secret: secret(value("secret"))?,
            previous_secret: Some(value("previous_secret")).filter(|text| !text.is_empty()).map(SecretString::from),
            clock: clock(value("clock"), is_emulator(&kis_paper) && is_emulator(&kis_live))?,
            kis_paper,
            kis_live,
            cors_origins: origins(value("cors_origins"))?,
            rate_limit: number("EXODUS_RATE_LIMIT", value("rate_limit"), 1)?,
            backfill_rate: number("EXODUS_BACKFILL_RATE", value("backfill_rate"), 1)?,
            demo_seed: number("EXODUS_DEMO_SEED", value("demo_seed"), 0)?,
            market_rules: Some(value("market_rules")).filter(|path| !path.is_empty()).map(PathBuf::from),
            order_path: OrderPath {
                crash_loop_starts: number("EXODUS_CRASH_LOOP_STARTS", value("crash_loop_starts"), 0)?,
                fingerprint: flag("EXODUS_ORDER_FINGERPRINT", value("order_fingerprint"))?,
            },
            arming_paper_days: flag("EXODUS_ARMING_PAPER_DAYS", value("arming_paper_days"))?,
            risk_caps: value("risk_caps").parse().map_err(|cause| refuse(format!("EXODUS_RISK_CAPS: {cause}")))?,
        })
    }
}

/// Every setting with its value, source and meaning, in the order of the defaults file.
///
/// # Errors
/// [`ConfigError`] for an unknown `EXODUS_` variable.
pub fn describe(variables: &BTreeMap<String, String>) -> Result<Vec<Setting>, ConfigError> {
    let mut known = merged(variables)?;
    Ok(documented()
        .filter_map(|(key, meaning)| {
            let entry = known.remove(key)?;
            Some(Setting {
                key: key.to_owned(),
                variable: variable(key),
                value: masked(key, &entry.value),
                from_environment: entry.from_environment,
                meaning,
            })
        })
        .collect())
}

/// The variables of this process that this program may read.
///
/// # Errors
/// [`ConfigError`] if one of them is not text.
pub fn environment() -> Result<BTreeMap<String, String>, ConfigError> {
    // What tests tell a build for tests is no setting.
    let is_for_tests = |name: &str| cfg!(feature = "testing") && name.starts_with("EXODUS_TEST_");
    let named = |name: &str| name.starts_with(PREFIX) || matches!(name, "DATABASE_URL" | "REDIS_URL" | "HOME");
    let ours = |name: &str| named(name) && !is_for_tests(name);
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok().filter(|name| ours(name))?, value)))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(refuse(format!("{name} is not valid text: set it again"))),
        })
        .collect()
}

struct Entry {
    value: String,
    from_environment: bool,
}

/// Defaults with the environment on top.
fn merged(variables: &BTreeMap<String, String>) -> Result<BTreeMap<String, Entry>, ConfigError> {
    let defaults: toml::Table = DEFAULTS.parse().expect("the compiled-in defaults are TOML, a test reads them");
    let names: Vec<String> = defaults.keys().map(|key| variable(key)).collect();
    let unknown = variables.keys().find(|name| name.starts_with(PREFIX) && !names.contains(name));
    if let Some(name) = unknown {
        let nearest = names.iter().min_by_key(|known| edit_distance(name, known));
        let nearest = nearest.map(String::as_str).unwrap_or_default();
        let question = format!("did you mean {nearest}? `exodus config` lists all");
        return Err(refuse(format!("{name} is no setting of exodus: {question}")));
    }
    let entry = |key: &str, default: toml::Value| {
        let set = variables.get(&variable(key)).filter(|value| !value.trim().is_empty());
        let default = default.as_str().map_or_else(|| default.to_string(), ToOwned::to_owned);
        Entry { value: set.cloned().unwrap_or(default), from_environment: set.is_some() }
    };
    Ok(defaults.into_iter().map(|(key, default)| (key.clone(), entry(&key, default))).collect())
}

/// Keys of the defaults file with the comment above each.
fn documented() -> impl Iterator<Item = (&'static str, String)> {
    let mut comment = Vec::new();
    DEFAULTS.lines().filter_map(move |line| {
        if let Some(text) = line.strip_prefix("# ") {
            comment.push(text);
            return None;
        }
        let (key, _) = line.split_once(" = ")?;
        Some((key, std::mem::take(&mut comment).join(" ")))
    })
}

fn variable(key: &str) -> String {
    match key {
        "database_url" | "redis_url" => key.to_uppercase(),
        _ => format!("{PREFIX}{}", key.to_uppercase()),
    }
}

/// Hides what must not be shown: a secret whole, a password inside an address.
fn masked(key: &str, value: &str) -> String {
    if key.ends_with("secret") && !value.is_empty() {
        return "********".to_owned();
    }
    match (value.split_once("://"), value.rsplit_once('@')) {
        (Some((scheme, _)), Some((credentials, host))) => {
            let user = credentials.trim_start_matches(scheme).trim_start_matches("://");
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:********@{host}")
        }
        _ => value.to_owned(),
    }
}

fn data_dir(text: &str, variables: &BTreeMap<String, String>) -> Result<PathBuf, ConfigError> {
    match (text.strip_prefix("~/"), variables.get("HOME")) {
        (None, _) => Ok(PathBuf::from(text)),
        (Some(rest), Some(home)) => Ok(PathBuf::from(home).join(rest)),
        (Some(_), None) => Err(refuse("there is no home folder: set EXODUS_DATA_DIR to a folder".to_owned())),
    }
}

fn secret(text: &str) -> Result<Option<SecretString>, ConfigError> {
    if text.is_empty() {
        return Ok(None);
    }
    check_strength(text, "EXODUS_SECRET").map_err(|error| refuse(error.to_string()))?;
    Ok(Some(text.into()))
}

fn hosts<E: Env>(name: &str, text: &str) -> Result<Hosts<E>, ConfigError> {
    Hosts::parse(text).map_err(|error| refuse(format!("{name} is \"{text}\": {error}")))
}

/// The broker's time is never any but the machine's: an order at a false time would be a real one.
fn clock(text: &str, all_are_emulators: bool) -> Result<ClockSetting, ConfigError> {
    match text {
        "real" => Ok(ClockSetting::Real),
        "emulator" if all_are_emulators => Ok(ClockSetting::Emulator),
        "emulator" => Err(refuse(
            "EXODUS_CLOCK is \"emulator\", which is for practice alone: set both EXODUS_KIS_PAPER and EXODUS_KIS_LIVE to \
             emulators on this machine, such as http://127.0.0.1:29443 ws://127.0.0.1:31000"
                .to_owned(),
        )),
        _ => Err(refuse(format!("EXODUS_CLOCK is \"{text}\": write real or emulator"))),
    }
}

/// True if neither address is the broker's.
fn is_emulator<E: Env>(hosts: &Hosts<E>) -> bool {
    hosts.rest() != E::REST && hosts.websocket() != E::WEBSOCKET
}

fn servers(database: &str, redis: &str) -> Result<Option<Servers>, ConfigError> {
    match (database.is_empty(), redis.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => {
            let is_postgres = database.starts_with("postgres://") || database.starts_with("postgresql://");
            let url = database.parse::<StoreUrl>().ok().filter(|_| is_postgres);
            let name = database.rsplit('/').next().and_then(|path| path.split('?').next()).unwrap_or_default();
            let redis_prefix = format!("exodus:{name}");
            let database = url.ok_or_else(|| {
                refuse("DATABASE_URL is no PostgreSQL address: write postgres://user:password@host/database".to_owned())
            })?;
            if !redis.starts_with("redis://") && !redis.starts_with("unix://") && !redis.starts_with("redis+unix://") {
                return Err(refuse("REDIS_URL is no Redis address: write redis://host:6379".to_owned()));
            }
            Ok(Some(Servers { database, redis_url: redis.into(), redis_prefix }))
        }
        (false, true) => {
            Err(refuse("DATABASE_URL is set but REDIS_URL is not: set both, or none for SQLite".to_owned()))
        }
        (true, false) => {
            Err(refuse("REDIS_URL is set but DATABASE_URL is not: set both, or none for SQLite".to_owned()))
        }
    }
}

fn log_setting(text: &str) -> Result<LogSetting, ConfigError> {
    let (json, filter) = match text.strip_prefix("json") {
        Some("") => (true, "info"),
        Some(rest) if rest.starts_with(',') => (true, rest.trim_start_matches(',')),
        _ => (false, text),
    };
    match EnvFilter::try_new(filter) {
        Ok(_) => Ok(LogSetting { json, filter: filter.to_owned() }),
        Err(_) => Err(refuse(format!("EXODUS_LOG is \"{text}\": write a level such as info, or json,info"))),
    }
}

fn origins(text: &str) -> Result<Vec<String>, ConfigError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|origin| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            match host {
                Some(host) if !host.is_empty() && !host.contains(['/', '*']) => Ok(origin.to_owned()),
                _ => Err(refuse(format!(
                    "EXODUS_CORS_ORIGINS holds \"{origin}\": write origins such as https://app.example.com, \
                     without path or *"
                ))),
            }
        })
        .collect()
}

fn flag(name: &str, text: &str) -> Result<bool, ConfigError> {
    text.parse().map_err(|_| refuse(format!("{name} is \"{text}\": write true or false")))
}

fn number<T: std::str::FromStr + PartialOrd + From<u8>>(name: &str, text: &str, least: u8) -> Result<T, ConfigError> {
    text.parse()
        .ok()
        .filter(|value| *value >= T::from(least))
        .ok_or_else(|| refuse(format!("{name} is \"{text}\": write a whole number of at least {least}")))
}

fn refuse(sentence: String) -> ConfigError {
    ConfigError(sentence)
}

/// The number of single-character edits between two words (Levenshtein).
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The Redis address for whoever connects.
impl Servers {
    /// The Redis address, password included.
    pub fn redis(&self) -> &str {
        self.redis_url.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let home = ("HOME", "/home/kim");
        pairs.iter().chain([&home]).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        Config::from_variables(&variables(pairs)).expect_err("the settings were accepted").to_string()
    }

    #[test]
    fn the_defaults_alone_are_a_working_configuration() {
        let config = Config::from_variables(&variables(&[])).expect("defaults");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
        assert_eq!(config.data_dir, PathBuf::from("/home/kim/.local/share/exodus"));
        assert!(config.servers.is_none() && config.secret.is_none());
    }

    #[test]
    fn every_setting_is_documented_and_knows_its_source() {
        let settings = describe(&variables(&[("EXODUS_LOG", "debug")])).expect("settings");
        let defaults: toml::Table = DEFAULTS.parse().expect("defaults");
        assert_eq!(settings.len(), defaults.len());
        assert!(settings.iter().all(|s| s.meaning.len() > 10), "{settings:?}");
        let set: Vec<_> = settings.iter().filter(|s| s.from_environment).map(|s| s.key.as_str()).collect();
        assert_eq!(set, ["log"]);
    }

    #[test]
    fn an_unknown_setting_is_refused_with_the_nearest_name() {
        assert!(refusal(&[("EXODUS_LISTNE", "x")]).contains("did you mean EXODUS_LISTEN?"));
        assert!(refusal(&[("EXODUS_DATADIR", "x")]).contains("did you mean EXODUS_DATA_DIR?"));
    }

    #[test]
    fn values_that_cannot_be_used_are_refused_with_the_mend() {
        for (name, value, mend) in [
            ("EXODUS_LISTEN", "8000", "127.0.0.1:8000"),
            ("EXODUS_LOG", "info,=", "write a level"),
            ("EXODUS_RATE_LIMIT", "0", "at least 1"),
            ("EXODUS_BACKFILL_RATE", "0", "at least 1"),
            ("EXODUS_DEMO_SEED", "-1", "whole number"),
            ("EXODUS_ARMING_PAPER_DAYS", "5", "write true or false"),
            ("EXODUS_CORS_ORIGINS", "*", "without path"),
            ("EXODUS_KIS_PAPER", "http://10.0.0.1:1 ws://10.0.0.1:2", "EXODUS_KIS_PAPER"),
            ("EXODUS_KIS_LIVE", "http://example.com ws://example.com", "EXODUS_KIS_LIVE"),
            ("EXODUS_CLOCK", "fast", "write real or emulator"),
            ("EXODUS_CLOCK", "emulator", "EXODUS_KIS_LIVE"),
            ("DATABASE_URL", "postgres://h/d", "REDIS_URL is not"),
            ("REDIS_URL", "redis://h", "DATABASE_URL is not"),
        ] {
            assert!(refusal(&[(name, value)]).contains(mend), "{name}={value}: {}", refusal(&[(name, value)]));
        }
        assert!(refusal(&[("DATABASE_URL", "mysql://h/d"), ("REDIS_URL", "redis://h")]).contains("no PostgreSQL"));
    }

    #[test]
    fn another_time_is_for_emulators_only() {
        let (paper, live) = ("http://127.0.0.1:1 ws://127.0.0.1:2", "http://127.0.0.1:3 ws://127.0.0.1:4");
        let chosen = |paper: &str, live: &str| {
            let set = [("EXODUS_CLOCK", "emulator"), ("EXODUS_KIS_PAPER", paper), ("EXODUS_KIS_LIVE", live)];
            Config::from_variables(&variables(&set)).map(|config| config.clock)
        };
        assert_eq!(chosen(paper, live), Ok(ClockSetting::Emulator));
        for (paper, live) in [
            (paper, ""),
            ("", live),
            (paper, "https://openapi.koreainvestment.com:9443 ws://127.0.0.1:4"),
            ("http://127.0.0.1:1 ws://ops.koreainvestment.com:31000", live),
        ] {
            let refusal = chosen(paper, live).expect_err("the broker was given another time").to_string();
            assert!(refusal.contains("practice alone"), "{refusal}");
        }
        assert_eq!(Config::from_variables(&variables(&[])).map(|config| config.clock), Ok(ClockSetting::Real));
    }

    #[test]
    fn secrets_are_never_shown() {
        let shown = describe(&variables(&[
            ("EXODUS_SECRET", "correct-horse-battery-staple-0123456789"),
            ("EXODUS_PREVIOUS_SECRET", "former-horse-battery-staple-0123456789"),
            ("DATABASE_URL", "postgres://kim:hunter2@db/exodus"),
            ("REDIS_URL", "redis://:hunter2@cache:6379"),
        ]))
        .expect("settings");
        let text = format!("{shown:?}");
        assert!(!text.contains("horse") && !text.contains("hunter2"), "{text}");
        assert!(text.contains("postgres://kim:********@db/exodus"), "{text}");
    }
}
