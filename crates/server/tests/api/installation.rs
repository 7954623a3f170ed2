//! A whole installation in this process, on whichever database a scenario runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exodus_domain::{EventBus, Timer};
use exodus_live::SystemClock;
use exodus_server::bootstrap::{Api, DataFolder, Platform, RunningWorker};
use exodus_server::config::Config;
use exodus_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::http::{Client, PASSWORD};
use crate::postgres::with_servers;

/// How long anything may take that happens in the background.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with its worker and demo market.
pub(crate) struct Installation {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) bus: Arc<dyn EventBus>,
    pub(crate) folder: TempDir,
    /// Where its database is.
    pub(crate) database: String,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    worker: Option<RunningWorker>,
}

/// What is unusual about an installation.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    /// Requests a minute for each user or address.
    pub(crate) rate_limit: u32,
    has_worker: bool,
    /// Where KIS is said to be, as a setting; `None` for the broker itself, whom no test asks.
    kis: Option<&'static str>,
}

impl Setup {
    /// Everything runs, and nobody is held up.
    pub(crate) const NORMAL: Self = Self { rate_limit: 1_000_000, has_worker: true, kis: None };
    /// Nothing answers where KIS is said to be.
    pub(crate) const KIS_OUT_OF_REACH: Self = Self { kis: Some("http://127.0.0.1:1 ws://127.0.0.1:1"), ..Self::NORMAL };
    /// The API alone: what is queued stays queued.
    pub(crate) const WITHOUT_WORKER: Self = Self { has_worker: false, ..Self::NORMAL };
    /// Few requests a minute.
    pub(crate) const SCARCE: Self = Self { rate_limit: 40, ..Self::NORMAL };
}

impl Installation {
    async fn start(setup: Setup, servers: &[(&str, String)]) -> Self {
        Self::start_at(setup, servers, Arc::new(SystemClock)).await
    }

    async fn start_at(setup: Setup, servers: &[(&str, String)], clock: Arc<dyn Timer>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (data_dir, rate_limit) = (folder.path().display().to_string(), setup.rate_limit.to_string());
        let own = [("EXODUS_DATA_DIR", data_dir), ("EXODUS_RATE_LIMIT", rate_limit)];
        let kis = ["EXODUS_KIS_PAPER", "EXODUS_KIS_LIVE"];
        let kis: Vec<_> = setup.kis.iter().flat_map(|place| kis.map(|name| (name, (*place).to_owned()))).collect();
        let variables = own.iter().chain(&kis).chain(servers).map(|(name, value)| ((*name).to_owned(), value.clone()));
        let config = Config::from_variables(&variables.collect::<BTreeMap<_, _>>()).expect("settings");
        let data_folder = DataFolder::claim(&config).expect("the data folder");
        let platform = Platform::open_at(&config, data_folder, clock).await.expect("the platform");
        let api = Api::start(&platform, &config, !setup.has_worker).await.expect("the API");
        let worker = match setup.has_worker {
            true => Some(RunningWorker::start(&platform).await.expect("the worker")),
            false => None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let stop = CancellationToken::new();
        let server = tokio::spawn(api.serve(listener, stop.clone()));
        let bus = Arc::clone(&platform.bus);
        let named = servers.iter().find(|(name, _)| *name == "DATABASE_URL").map(|(_, url)| url.clone());
        let file = || format!("sqlite:{}", folder.path().join("exodus.sqlite").display());
        let database = named.unwrap_or_else(file);
        Self { url, store: platform.store.clone(), bus, folder, database, stop, server, worker }
    }

    async fn end(self) {
        self.stop.cancel();
        self.server.await.expect("the server ends").expect("the server ends well");
        if let Some(worker) = self.worker {
            worker.stop().await;
        }
    }

    /// Somebody who is not logged in.
    pub(crate) fn anyone(&self) -> Client {
        Client::new(&self.url)
    }

    /// The first account.
    pub(crate) async fn admin(&self) -> Client {
        self.anyone().register("admin@example.com").await
    }

    /// The first account, and others of role `user` by these names.
    pub(crate) async fn with_users<const N: usize>(&self, names: [&str; N]) -> (Client, [Client; N]) {
        let admin = self.admin().await;
        let open = json!({ "registration_open": true });
        admin.send(reqwest::Method::PUT, "/admin/settings", Some(&open)).await.ok(200);
        let mut users = Vec::new();
        for name in names {
            users.push(self.anyone().register(&format!("{name}@example.com")).await);
        }
        (admin, users.try_into().unwrap_or_else(|_| unreachable!("as many users as names")))
    }

    /// Logs in once more.
    pub(crate) async fn log_in(&self, email: &str) -> Client {
        let reply = self.anyone().post("/auth/login", &json!({ "email": email, "password": PASSWORD })).await;
        self.anyone().with_session(&reply.ok(200))
    }
}

/// Waits until `probe` finds something.
pub(crate) async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Polls `path` until its `status` is one of an end.
pub(crate) async fn ended(client: &Client, path: &str) -> Value {
    eventually(&format!("the end of {path}"), async || {
        let answer = client.get(path).await.ok(200);
        (!matches!(answer["status"].as_str(), Some("queued" | "running"))).then_some(answer)
    })
    .await
}

/// Runs a scenario on SQLite and what is built in.
pub(crate) async fn on_sqlite(setup: Setup, scenario: impl AsyncFnOnce(&Installation)) {
    let installation = Installation::start(setup, &[]).await;
    scenario(&installation).await;
    installation.end().await;
}

/// Runs a scenario on SQLite by a clock of its own, with these settings beside the usual ones.
pub(crate) async fn on_sqlite_at(
    clock: Arc<dyn Timer>,
    settings: &[(&str, String)],
    scenario: impl AsyncFnOnce(&Installation),
) {
    let installation = Installation::start_at(Setup::NORMAL, settings, clock).await;
    scenario(&installation).await;
    installation.end().await;
}

/// Runs a scenario on a database of its own on the PostgreSQL server of the environment, and on its Redis.
pub(crate) async fn on_postgres(setup: Setup, scenario: impl AsyncFnOnce(&Installation)) {
    with_servers(async |servers| {
        let installation = Installation::start(setup, &servers).await;
        scenario(&installation).await;
        installation.end().await;
    })
    .await;
}

/// Tests that run each scenario on both kinds of installation, with its own [`Setup`] where one is named.
macro_rules! on_each_database {
    ($($scenario:ident $(with $setup:ident)?),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                let setup = crate::installation::setup!($($setup)?);
                crate::installation::on_sqlite(setup, super::$scenario).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                let setup = crate::installation::setup!($($setup)?);
                crate::installation::on_postgres(setup, super::$scenario).await;
            })+
        }
    };
}
pub(crate) use on_each_database;

macro_rules! setup {
    () => {
        crate::installation::Setup::NORMAL
    };
    ($name:ident) => {
        crate::installation::Setup::$name
    };
}
pub(crate) use setup;
