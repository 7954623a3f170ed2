//! What is done to a running installation, and what came of it.

use std::collections::BTreeSet;
use std::fmt;
use std::process::Command;
use std::time::Duration;

use chrono::TimeDelta;
use exodus_domain::testing::Point;
use serde_json::json;

use crate::check::{Books, Finding};
use crate::report::Row;
use crate::rig::{PEOPLE, Return, Rig};
use crate::story::{self, Wish};

/// Kill points of safety §2.3 and §4.
const POINTS: [Point; 24] = [
    Point::K01,
    Point::K02,
    Point::K03,
    Point::K04,
    Point::K05,
    Point::K06,
    Point::K07,
    Point::K08,
    Point::K09,
    Point::K10,
    Point::K11,
    Point::K12,
    Point::K13,
    Point::K14,
    Point::K15,
    Point::K16,
    Point::K17,
    Point::K18,
    Point::K19,
    Point::K20,
    Point::K21,
    Point::K22,
    Point::K23,
    Point::K24,
];
/// Where a process that is stopped for a minute does the most harm: around the claim and the write (F37).
const STOPS: [Point; 5] = [Point::K06, Point::K08, Point::K09, Point::K11, Point::K13];
/// How long a stopped process stands still (F37), by the product's clock.
const STOPPED: TimeDelta = TimeDelta::seconds(60);
/// After the last blow everything must settle in so long (safety I18), by the product's clock.
const SETTLES_IN: TimeDelta = TimeDelta::minutes(15);
/// The longest wait for a random blow.
const LOAD: Duration = Duration::from_secs(5);
/// How long a worker may take to come to its first lease, by the machine.
const START: Duration = Duration::from_secs(20);
/// Kills of a loop of crashes (F08): each soon after a start.
const LOOP: u32 = 4;

/// A blow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    /// SIGKILL as a place is reached.
    At(Point),
    /// SIGSTOP as a place is reached, and on after a minute.
    Stop(Point),
    /// SIGKILL at any moment under load.
    Random,
    /// One SIGKILL after the other, each soon after the start.
    Loop,
    /// A server that the product stands on is gone for two seconds under load.
    Server(&'static str),
    /// The disk of the SQLite file is full for two seconds under load (F14).
    Disk,
}

/// What can be killed beside the product, as `scripts/services.sh` calls it.
const SERVERS: [&str; 2] = ["postgres", "redis"];
/// How long a server is gone.
const GONE: Duration = Duration::from_secs(2);

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// Blows of each kind.
    pub(crate) rounds: u32,
    /// How many times as fast as the machine time goes by.
    pub(crate) factor: u32,
}

impl fmt::Display for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(point) => write!(f, "{point}"),
            Self::Stop(point) => write!(f, "stop {point}"),
            Self::Random => write!(f, "random"),
            Self::Loop => write!(f, "loop"),
            Self::Server(name) => write!(f, "{name}"),
            Self::Disk => write!(f, "disk"),
        }
    }
}

impl Blow {
    pub(crate) fn all() -> Vec<Self> {
        let at = POINTS.into_iter().map(Self::At).chain(STOPS.into_iter().map(Self::Stop));
        at.chain([Self::Random, Self::Loop]).chain(SERVERS.map(Self::Server)).chain([Self::Disk]).collect()
    }

    /// True if it is about SQLite, or about both databases.
    pub(crate) fn is_for_sqlite(self) -> bool {
        !matches!(self, Self::Server(_))
    }

    /// True if it is about PostgreSQL, or about both databases.
    pub(crate) fn is_for_postgres(self) -> bool {
        self != Self::Disk
    }

    /// True if no process of ours ends by it.
    fn spares_processes(self) -> bool {
        matches!(self, Self::Server(_) | Self::Disk)
    }

    /// Rounds of this blow on an installation of its own, which is then left alone until it has settled.
    pub(crate) async fn run(self, servers: &[(&'static str, String)], database: &'static str, figures: Figures) -> Row {
        // A second worker stands by where one is stopped: it takes the account over meanwhile.
        let workers = if matches!(self, Self::Stop(_)) { 2 } else { 1 };
        let mut rig = Rig::start(servers, figures.factor, workers).await;
        let mut row = Row::new(self.to_string(), database, figures.rounds);
        for round in 0..figures.rounds {
            if !self.strike(&mut rig, round as usize % PEOPLE, figures).await {
                rig.spare();
                // A place that two rounds do not lead to is not on this way.
                if row.blows == 0 && round >= 1 {
                    row.rounds = round + 1;
                    break;
                }
                continue;
            }
            row.blows += 1;
            let back =
                if self.spares_processes() { rig.until_ready(rig.emulator.now()).await } else { rig.come_back().await };
            match back {
                // Who was not started anew shows only at the next look at the balance that it is READY.
                Return::Ready(time) if !self.spares_processes() => row.ready.push(time),
                Return::Ready(_) | Return::Undisturbed => {}
                Return::Not(why) => row.not_ready.push(why),
            }
            row.findings.extend(always(&rig).await);
        }
        rig.spare();
        rig.emulator.set_faults(&json!({ "faults": [] })).await;
        settle(&rig, &mut row).await;
        if !row.is_good() {
            row.logs = Some(rig.keep());
        }
        row
    }

    /// One blow while somebody acts; false if the place was not reached.
    async fn strike(self, rig: &mut Rig, who: usize, figures: Figures) -> bool {
        match self {
            // Nobody acts: it is passed when a worker starts.
            Self::At(Point::K23) => {
                rig.kill_workers();
                rig.aim("kill K23");
                rig.start_dead();
                rig.until_struck(START).await
            }
            Self::At(point) => {
                let account = rig.people[who].account_no[..8].to_owned();
                rig.emulator.set_faults(&story::faults_for(point, &account, figures.factor)).await;
                rig.aim(&format!("kill {point}"));
                let is_struck = rig.act_until_struck(who, Wish::reaching(point)).await;
                rig.emulator.set_faults(&json!({ "faults": [] })).await;
                is_struck
            }
            Self::Stop(point) => {
                rig.aim(&format!("stop {point}"));
                let is_struck = rig.act_until_struck(who, Wish::Trade).await;
                if is_struck {
                    let stopped = STOPPED.to_std().unwrap_or_default() / figures.factor;
                    tokio::time::sleep(stopped).await;
                    rig.go_on();
                }
                is_struck
            }
            Self::Random => {
                rig.act_for(LOAD.mul_f64(rand::random())).await;
                rig.kill(rand::random::<u32>() as usize);
                true
            }
            Self::Loop => {
                rig.act_for(LOAD.mul_f64(rand::random())).await;
                for _ in 1..LOOP {
                    rig.kill_workers();
                    rig.start_dead();
                    tokio::time::sleep(Duration::from_secs(1).mul_f64(rand::random())).await;
                }
                rig.kill_workers();
                true
            }
            Self::Server(name) => {
                rig.act_for(LOAD.mul_f64(rand::random())).await;
                services("services_kill", name);
                rig.act_for(GONE).await;
                services("services_revive", name);
                true
            }
            Self::Disk => {
                rig.act_for(LOAD.mul_f64(rand::random())).await;
                rig.let_write(false);
                rig.act_for(GONE).await;
                rig.let_write(true);
                true
            }
        }
    }
}

/// Runs a function of `scripts/services.sh` on the servers that this test was given.
fn services(function: &str, name: &str) {
    let folder = std::env::var("EXODUS_CRASH_SERVICES").expect("run it by `make crash`, which starts servers");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services.sh");
    let command = format!(". {script}; {function} {folder} {name}");
    let done = tokio::task::block_in_place(|| Command::new("bash").args(["-c", &command]).status());
    assert!(done.expect("bash runs").success(), "{command}");
}

/// What is wrong right now, while orders may be under way.
async fn always(rig: &Rig) -> BTreeSet<Finding> {
    // Rows are read before the broker is: an order that is claimed and sent in between would look unwritten. It is
    // written by the next look.
    let first = Books::read(rig).await.expect("the store is read").always(&rig.unready);
    if first.is_empty() {
        return first;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = Books::read(rig).await.expect("the store is read").always(&rig.unready);
    first.intersection(&second).cloned().collect()
}

/// Waits until the books are equal, and writes down what is not when the time is over.
async fn settle(rig: &Rig, row: &mut Row) {
    let begun = rig.emulator.now();
    loop {
        let books = Books::read(rig).await.expect("the store is read");
        let wrong = books.at_rest();
        let passed = rig.emulator.now() - begun;
        if wrong.is_empty() || passed > SETTLES_IN {
            row.settled = wrong.is_empty().then_some(passed);
            row.findings.extend(wrong);
            row.findings.extend(always(rig).await);
            row.longest_doubt = books.longest_doubt;
            let (orders, cut) = books.counts();
            row.orders = orders;
            let states: Vec<_> = books.states.iter().map(|(state, many)| format!("{many} {state}")).collect();
            let told: Vec<_> = rig.told().into_iter().map(|(words, many)| format!("{many} {words}")).collect();
            let (states, told) = (states.join(", "), told.join(", "));
            row.states = format!("{states}; {orders} at the broker, {cut} requests cut off; people were told {told}");
            row.held.clone_from(&books.held);
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
