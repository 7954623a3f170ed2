//! One installation on one database, the broker beside it, and the people who trade on it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Instrument, InstrumentKind, Market};
use exodus_store::accounts::{self, AccountBroker, AccountStatus};
use exodus_store::{Durability, Store, StoreUrl, instruments};
use tempfile::TempDir;

use crate::emulator::{Emulator, ISSUES};
use crate::person::Person;
use crate::process::Process;
use crate::story::{self, Wish};

/// People, each with an account: an order in doubt blocks an issue of one of them only.
pub(crate) const PEOPLE: usize = 4;
/// Turns of a person in which a place must be reached.
const TURNS: usize = 3;
/// Between two turns, by the machine: what happens behind the answers needs time as well.
const BETWEEN_TURNS: Duration = Duration::from_secs(3);
/// Between two looks at processes or tables.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long an account may take until it is READY, by the machine, before the test gives up on it.
const READY_WAIT: Duration = Duration::from_secs(60);

/// Everything of one installation.
pub(crate) struct Rig {
    pub(crate) emulator: Emulator,
    pub(crate) store: Store,
    pub(crate) people: Vec<Person>,
    /// Stretches in which an account was not READY, so that nothing may have been sent (safety I14).
    pub(crate) unready: Vec<Unready>,
    processes: Vec<Process>,
    variables: Vec<(&'static str, String)>,
    acts: u32,
    /// Since when nobody may trade, if a process was started of which nobody has seen that it is READY.
    started_at: Option<DateTime<Utc>>,
    folder: TempDir,
}

/// A stretch between the start of a process and READY.
pub(crate) struct Unready {
    pub(crate) account_no: String,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// How a return went.
#[derive(Clone, Debug)]
pub(crate) enum Return {
    /// Every account was READY so long after the start.
    Ready(TimeDelta),
    /// Nobody who trades was away.
    Undisturbed,
    /// These were not, in words.
    Not(String),
}

impl Rig {
    /// Starts everything, on SQLite if `servers` names no others, with as many workers as asked for there.
    pub(crate) async fn start(servers: &[(&'static str, String)], factor: u32, workers: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let emulator = Emulator::start(folder.path(), factor, PEOPLE).await;
        let data = folder.path().join("data");
        let mut variables = vec![
            ("EXODUS_DATA_DIR", data.display().to_string()),
            ("EXODUS_LISTEN", "127.0.0.1:0".to_owned()),
            ("EXODUS_LOG", "warn".to_owned()),
            ("EXODUS_RATE_LIMIT", "100000".to_owned()),
            ("EXODUS_KIS_PAPER", emulator.paper.clone()),
            ("EXODUS_KIS_LIVE", emulator.live.clone()),
            ("EXODUS_CLOCK", "emulator".to_owned()),
            // Every blow is a crash, and they come faster than any account may crash (F08).
            ("EXODUS_CRASH_LOOP_STARTS", "0".to_owned()),
            ("EXODUS_TEST_STRIKE", folder.path().join("strike").display().to_string()),
        ];
        variables.extend(servers.iter().cloned());
        let commands: Vec<Option<&'static str>> = match servers {
            [] => vec![None],
            _ => std::iter::once(Some("serve")).chain(std::iter::repeat_n(Some("worker"), workers)).collect(),
        };
        let database = servers.iter().find(|(name, _)| *name == "DATABASE_URL");
        let url = database
            .map_or_else(|| StoreUrl::Sqlite(data.join("exodus.sqlite")), |(_, url)| StoreUrl::Postgres(url.clone()));
        let start = |command: Option<&'static str>| {
            tokio::task::block_in_place(|| Process::start(folder.path(), command, &variables))
        };
        let processes: Vec<Process> = commands.into_iter().map(|one| start(one).expect("nobody kills it")).collect();
        // The private PostgreSQL of tests runs without fsync only where a test asks for it; this store only reads.
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("the database answers");
        let listed: Vec<Instrument> = ISSUES
            .iter()
            .map(|(code, _)| Instrument::new(code.parse().expect("a code"), Market::Kospi, InstrumentKind::Stock))
            .collect();
        instruments::upsert(&store, &listed, emulator.now()).await.expect("the issues are stored");
        let mut people = Vec::new();
        for (number, account) in emulator.accounts().await.iter().enumerate() {
            people.push(Person::arrive(&processes[0].url, &format!("person{number}"), account).await);
        }
        let mut rig = Self {
            emulator,
            store,
            people,
            unready: Vec::new(),
            processes,
            variables,
            acts: 0,
            started_at: None,
            folder,
        };
        match rig.until_ready(rig.emulator.now()).await {
            Return::Ready(_) | Return::Undisturbed => rig,
            Return::Not(why) => panic!("the accounts did not become READY: {why}"),
        }
    }

    /// Where the API answers.
    fn server(&self) -> String {
        self.processes[0].url.clone()
    }

    /// What people were told of their orders.
    pub(crate) fn told(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for (words, many) in self.people.iter().flat_map(|person| &person.told) {
            *all.entry(words.clone()).or_default() += many;
        }
        all
    }

    /// The logs, to be looked at when something went wrong.
    pub(crate) fn keep(self) -> PathBuf {
        let Self { folder, processes, .. } = self;
        drop(processes);
        folder.keep()
    }

    /// Has the process that reaches a place next be struck: `kill K07`, `stop K09`.
    pub(crate) fn aim(&self, what: &str) {
        std::fs::write(self.strike(), what).expect("the aim is written");
    }

    /// Takes the aim back.
    pub(crate) fn spare(&self) {
        drop(std::fs::remove_file(self.strike()));
    }

    /// Waits until somebody was struck. False if nobody was in so long.
    pub(crate) async fn until_struck(&self, within: Duration) -> bool {
        let taken = async {
            while self.strike().exists() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(within, taken).await.is_ok()
    }

    fn strike(&self) -> PathBuf {
        self.folder.path().join("strike")
    }

    /// Lets a person act until a process is struck. False if none was.
    pub(crate) async fn act_until_struck(&mut self, who: usize, wish: Wish) -> bool {
        let server = self.server();
        let Self { emulator, people, processes, acts, .. } = self;
        let acting = async {
            for _ in 0..TURNS {
                *acts += 1;
                story::turn(emulator, &server, &mut people[who], *acts, wish).await;
                tokio::time::sleep(BETWEEN_TURNS).await;
            }
        };
        tokio::select! {
            () = struck(processes) => true,
            () = acting => false,
        }
    }

    /// Lets everybody act at the same time for so long.
    pub(crate) async fn act_for(&mut self, time: Duration) {
        let server = self.server();
        let Self { emulator, people, acts, .. } = self;
        let base = *acts;
        *acts += 1_000;
        let everybody = people.iter_mut().zip(1_u32..).map(|(person, number)| {
            let (emulator, server) = (&*emulator, server.as_str());
            async move {
                for turn in 0.. {
                    story::turn(emulator, server, person, base + turn * 7 + number, Wish::Trade).await;
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        });
        // Whoever acts never ends by itself.
        drop(tokio::time::timeout(time, futures::future::join_all(everybody)).await);
    }

    /// SIGKILL to the `n`-th process.
    pub(crate) fn kill(&mut self, n: usize) {
        let n = n % self.processes.len();
        self.processes[n].kill();
    }

    /// SIGKILL to every process that trades.
    pub(crate) fn kill_workers(&mut self) {
        self.processes.iter_mut().filter(|process| process.command() != Some("serve")).for_each(Process::kill);
    }

    /// Lets processes that are stopped go on.
    pub(crate) fn go_on(&self) {
        self.processes.iter().filter(|process| process.is_stopped()).for_each(|process| process.signal("CONT"));
    }

    /// Has the disk be full for every process, or have room again.
    pub(crate) fn let_write(&self, may_write: bool) {
        self.processes.iter().for_each(|process| process.let_write(may_write));
    }

    /// Starts what is dead.
    pub(crate) fn start_dead(&mut self) {
        while let Some(dead) = self.processes.iter_mut().position(Process::is_dead) {
            let (command, now) = (self.processes[dead].command(), self.emulator.now());
            let (folder, variables) = (self.folder.path(), &self.variables);
            let started = tokio::task::block_in_place(|| Process::start(folder, command, variables));
            // A place that is passed at the start may kill it: then it is started once more.
            if let Some(process) = started {
                if process.command() != Some("serve") {
                    self.started_at = Some(now);
                }
                self.processes[dead] = process;
            }
        }
    }

    /// Starts what is dead, and waits until every account is READY.
    pub(crate) async fn come_back(&mut self) -> Return {
        self.start_dead();
        match self.started_at.take() {
            None => Return::Undisturbed,
            Some(since) => self.until_ready(since).await,
        }
    }

    /// Waits until each account was taken up after `since`.
    pub(crate) async fn until_ready(&mut self, since: DateTime<Utc>) -> Return {
        let deadline = tokio::time::Instant::now() + READY_WAIT;
        let mut ready: Vec<(String, DateTime<Utc>)> = Vec::new();
        loop {
            let mut waiting = Vec::new();
            let known = accounts::list(&self.store).await.unwrap_or_default();
            for person in &self.people {
                if ready.iter().any(|(account_no, _)| *account_no == person.account_no) {
                    continue;
                }
                let account = known.iter().find(|one| one.id == person.account_id && one.broker == AccountBroker::Kis);
                match account.map(|account| (account.status, account.checked_at)) {
                    Some((AccountStatus::Ready, Some(at))) if at > since => {
                        ready.push((person.account_no.clone(), at));
                    }
                    told => waiting.push(format!("{}: {told:?}", person.account_no)),
                }
            }
            if waiting.is_empty() {
                let last = ready.iter().map(|(_, at)| *at).max().unwrap_or(since);
                let stretches = ready.into_iter().map(|(account_no, to)| Unready { account_no, from: since, to });
                self.unready.extend(stretches);
                return Return::Ready(last - since);
            }
            if tokio::time::Instant::now() > deadline {
                return Return::Not(waiting.join(", "));
            }
            tokio::time::sleep(LOOK_EVERY).await;
            if self.processes.iter_mut().any(Process::is_dead) {
                return Return::Not("it was killed again".to_owned());
            }
        }
    }
}

/// Ends when a process is dead or stopped.
async fn struck(processes: &mut [Process]) {
    loop {
        if processes.iter_mut().any(|process| process.is_dead() || process.is_stopped()) {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
