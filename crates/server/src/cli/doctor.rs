//! `exodus doctor`: looks at everything that must be right before the first start, and changes nothing.

use anyhow::bail;
use chrono::TimeDelta;
use exodus_domain::{Clock, kst_date, next_session};
use exodus_live::SystemClock;
use exodus_store::{Kv, RedisKv, audit};

use super::print;
use crate::bootstrap::{DataFolder, open_existing_store};
use crate::config::{Config, Servers};
use crate::market_rules::MarketRules;
use crate::secret::Keys;

pub(super) async fn examine() -> anyhow::Result<()> {
    let mut report = Report::default();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => bail!("{error}"),
    };
    report.line("settings", Ok("every setting is known and can be used".to_owned()))?;
    let folder = DataFolder::prepare(&config).map(|()| format!("{} can be written", config.data_dir.display()));
    report.line("data folder", folder.map_err(|error| error.to_string()))?;
    if config.secret.is_some() || config.data_dir.join("secret").exists() {
        let secret = Keys::load(config.secret.as_ref(), config.previous_secret.as_ref(), &config.data_dir)
            .map(|_| "strong enough".to_owned());
        report.line("secret", secret.map_err(|error| error.to_string()))?;
    } else {
        report.line("secret", Ok("will be made at the first start".to_owned()))?;
    }
    report.line("database", database(&config).await)?;
    if let Some(servers) = &config.servers {
        report.line("redis", redis(servers).await)?;
    }
    report.line("port", port(&config).await)?;
    report.line("market rules", market_rules(&config))?;
    report.line("calendar", calendar())?;
    report.finish()
}

async fn database(config: &Config) -> Result<String, String> {
    let store = open_existing_store(config).await.map_err(|error| error.to_string())?;
    store.check_whole().await.map_err(|error| error.to_string())?;
    let check = audit::verify(&store, None).await.map_err(|error| error.to_string())?;
    match check.broken_at {
        None => Ok(format!("answers; {} audit entries are intact", check.intact)),
        Some(seq) => Err(format!("the audit log was changed at entry {seq}: restore a backup and find out who did it")),
    }
}

async fn redis(servers: &Servers) -> Result<String, String> {
    let kv = RedisKv::connect(servers.redis(), &servers.redis_prefix).await.map_err(|error| error.to_string())?;
    kv.get("doctor").await.map(|_| "answers".to_owned()).map_err(|error| error.to_string())
}

async fn port(config: &Config) -> Result<String, String> {
    match tokio::net::TcpListener::bind(config.listen).await {
        Ok(_) => Ok(format!("{} is free", config.listen)),
        Err(error) => Err(format!("{} cannot be used: {error}; is exodus running already?", config.listen)),
    }
}

fn market_rules(config: &Config) -> Result<String, String> {
    let rules = MarketRules::read(config).map_err(|error| error.to_string())?;
    let found = format!("{}, {}", rules.version(), rules.describe());
    rules.install().map(|()| found).map_err(|error| error.to_string())
}

fn calendar() -> Result<String, String> {
    let today = kst_date(SystemClock.now());
    match next_session(today + TimeDelta::days(31)) {
        Some(_) => Ok("knows the sessions of the coming weeks".to_owned()),
        None => Err("the KRX calendar of this version ends soon: install a newer version".to_owned()),
    }
}

#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn line(&mut self, part: &str, found: Result<String, String>) -> anyhow::Result<()> {
        let (mark, text) = match found {
            Ok(text) => ("ok  ", text),
            Err(text) => {
                self.problems += 1;
                ("FAIL", text)
            }
        };
        print(&format!("{mark}  {part:12} {text}"))
    }

    fn finish(self) -> anyhow::Result<()> {
        match self.problems {
            0 => Ok(()),
            1 => bail!("one thing needs mending, see above"),
            many => bail!("{many} things need mending, see above"),
        }
    }
}
