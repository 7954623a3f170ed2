//! A seed from its beginning to its end: faults, then quiet, then what must be true.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    BrokerOrder, BrokerOrderId, CommissionTerms, OrderFields, OrderType, Price, Qty, RowEnd, RowFacts, Side, Won,
    kst_date, previous_session,
};
use exodus_kis::{Credentials, Live};
use exodus_kis_emulator::world::{AccountTerms, Setup, World};
use exodus_store::accounts::{AccountEnv, KeyHints, NewBrokerAccount};
use exodus_store::users::{NewUser, Role};
use exodus_store::{MemoryKv, Store, accounts, orders, users};

use crate::chance::Chance;
use crate::ledger::{Ledger, Screen};
use crate::market;
use crate::node::{Node, Surroundings};
use crate::people::{Findings, People};
use crate::plan::Plan;
use crate::process::{Process, wait_for_databases};
use crate::time::WorldTime;
use crate::troubles::{self, Trouble};
use crate::world::{ACCOUNT, SharedWorld, SimWorld};

/// The shortened day: it begins in the middle of a session, or just before the end of one.
const START: &str = "2026-11-20T10:00:00+09:00";
const LATE_START: &str = "2026-11-20T15:12:00+09:00";
/// Every so many-th seed sees the end of the day.
const LATE_EVERY: u64 = 10;
const FAULTS: TimeDelta = TimeDelta::minutes(8);
/// It ends within a minute: strategies decide at its close, and what they order then is not at rest yet.
const QUIET: TimeDelta = TimeDelta::seconds(15 * 60 + 30);
/// So long that two lists after the close agree (safety R5).
const LATE_QUIET: TimeDelta = TimeDelta::seconds(28 * 60 + 30);
/// Time moves at most so far at once.
const STEP: TimeDelta = TimeDelta::seconds(1);
/// Databases that are open beside those of workers: of the people, and of the ledger.
const WATCHERS: usize = 2;
const CASH: Won = Won(100_000_000);

/// What became of a seed.
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What was found wrong; empty if nothing.
    pub breaches: Vec<String>,
    /// What happened.
    pub story: Vec<String>,
    /// Hash of what happened.
    pub trace: String,
    /// Requests that moved money.
    pub requests: usize,
    /// How long each order was UNKNOWN that ever was, in seconds.
    pub unknown_seconds: Vec<i64>,
    /// From each halt of the account to the last new order on the wire before it was lifted, in milliseconds.
    pub kill_millis: Vec<i64>,
}

/// The user and the account of a world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) user_id: i64,
    pub(crate) account_id: i64,
}

/// A migrated database with a user and an account, to begin every seed from.
pub struct Template {
    folder: tempfile::TempDir,
    owner: Owner,
}

fn scratch() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}

impl Template {
    /// Makes it. Crashes at places of the order path work from then on.
    ///
    /// # Errors
    /// What the database or the file system says.
    pub fn make() -> anyhow::Result<Self> {
        exodus_domain::testing::on_reach(troubles::on_reach);
        let folder = scratch()?;
        let start: DateTime<Utc> = START.parse()?;
        let process = Process::new(Arc::default(), start)?;
        let owner = process.block_on(fill(&folder.path().join("exodus.db"), start)).context("a runtime")??;
        process.kill();
        wait_for_databases(0);
        Ok(Self { folder, owner })
    }
}

async fn fill(path: &Path, start: DateTime<Utc>) -> anyhow::Result<Owner> {
    let store = Store::connect_alone(path).await?;
    store.migrate_up().await?;
    let new = NewUser { email: "kim@example.com".into(), hashed_password: "x".into(), full_name: "Kim".into() };
    let user = users::create(&store, &new, Role::User, start).await?;
    let account = NewBrokerAccount {
        user_id: user.id,
        name: "sim".into(),
        env: AccountEnv::Paper,
        number_hint: "******01-01".into(),
        number_fingerprint: "sim".into(),
        keys: KeyHints { app_key: "0000".into(), hts_id: "s".into(), saved_at: start },
    };
    let tx = store.begin().await?;
    let account = accounts::add(&tx, &account, start).await?;
    tx.commit().await?;
    let yesterday = previous_session(kst_date(start)).context("a session before")?;
    let numbers = orders_of(start - TimeDelta::days(1))?;
    orders::record_list(&store, account.id, yesterday, &numbers, &[], start - TimeDelta::hours(12)).await?;
    store.close().await?;
    Ok(Owner { user_id: user.id, account_id: account.id })
}

/// What somebody ordered on the session before, and cancelled: numbers of orders begin anew each day (safety B3).
fn orders_of(at: DateTime<Utc>) -> anyhow::Result<Vec<BrokerOrder>> {
    let symbol = market::ISSUES[0].0.parse().map_err(|_| anyhow::anyhow!("a code"))?;
    let (order_type, price, quantity) = (OrderType::Limit, Some(Price(60_000)), Qty(1));
    let fields = OrderFields { symbol, side: Side::Buy, order_type, quantity, price };
    let facts =
        RowFacts { order_qty: quantity, cum_qty: Qty::ZERO, cum_amount: Won::ZERO, end: Some(RowEnd::Cancelled) };
    let row = |number: u32| BrokerOrder {
        id: BrokerOrderId(format!("91252-{number:010}")),
        fields: fields.clone(),
        facts,
        accepted_at: at,
        original: None,
        is_foreign: false,
    };
    Ok((1..=60).map(row).collect())
}

/// Everything that a seed is made of.
struct Seed {
    seed: u64,
    database: PathBuf,
    around: Surroundings,
    time: Arc<WorldTime>,
    nodes: Vec<Node>,
    starts: u32,
    people: People,
    chance: Chance,
    plan: Plan,
    /// When a worker is to be started again.
    restarts: Vec<DateTime<Utc>>,
    /// What happens to processes, the next last.
    troubles: Vec<(DateTime<Utc>, Trouble)>,
    _folder: tempfile::TempDir,
}

/// Runs a seed.
///
/// # Errors
/// What keeps the simulation itself from running.
pub fn run(template: &Template, seed: u64) -> anyhow::Result<Outcome> {
    let is_late = seed % LATE_EVERY == LATE_EVERY - 1;
    let (start, quiet) = if is_late { (LATE_START, LATE_QUIET) } else { (START, QUIET) };
    let start: DateTime<Utc> = start.parse()?;
    let mut seed = Seed::begin(template, seed, start, start + FAULTS + quiet)?;
    seed.live_until(start + FAULTS)?;
    seed.calm();
    seed.around.world.with(|world| {
        world.tell("quiet");
        world.is_quiet = true;
    });
    seed.live_until(start + FAULTS + quiet)?;
    seed.end()
}

impl Seed {
    fn begin(template: &Template, seed: u64, start: DateTime<Utc>, end: DateTime<Utc>) -> anyhow::Result<Self> {
        let folder = scratch()?;
        let database = folder.path().join("exodus.db");
        std::fs::copy(template.folder.path().join("exodus.db"), &database)?;
        let source = market::write(folder.path(), seed, start, end + TimeDelta::minutes(5))?;
        let mut market = World::open(&Setup { seed, market: source, state: None }, start)?;
        let terms = AccountTerms {
            number: ACCOUNT.into(),
            holder: "Kim".into(),
            hts_id: "kim".into(),
            branch: "91252".into(),
            cash: CASH,
            commission: CommissionTerms::default(),
        };
        market.open_account(&terms, start).map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let issues = market.instruments().to_vec();
        let time = WorldTime::new(start);
        let plan = Plan::of(seed);
        let mut world = SimWorld::new(market, Arc::clone(&time), seed, plan.clone());
        world.tell(&format!("seed {seed}: {plan:?}"));
        world.pass();
        let world = SharedWorld::new(world);
        let people = People::begin(&database, world.clone(), template.owner, seed, start, start + FAULTS)?;
        people.store_issues(&issues)?;
        if plan.strategy {
            people.trade()?;
        }
        let troubles = troubles::schedule(&plan, seed, start, start + FAULTS);
        let ledger = Arc::new(Ledger::open(&database, template.owner.account_id)?);
        let key = Credentials::<Live>::new("sim".into(), "sim".into()).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let around = Surroundings {
            world,
            bus: Arc::new(Screen::new(Arc::clone(&ledger))),
            kv: Arc::new(MemoryKv::new()),
            ledger,
            key: key.fingerprint(),
            window: Arc::default(),
            tokens: Arc::default(),
        };
        let chance = Chance::of(seed, "nodes");
        let mut seed = Self {
            seed,
            database,
            around,
            time,
            nodes: Vec::new(),
            starts: 0,
            people,
            chance,
            plan,
            restarts: Vec::new(),
            troubles,
            _folder: folder,
        };
        for _ in 0..if seed.plan.two_workers { 2 } else { 1 } {
            seed.start_node()?;
        }
        Ok(seed)
    }

    fn start_node(&mut self) -> anyhow::Result<()> {
        self.starts += 1;
        let name = format!("w{}", self.starts);
        let is_alone = !self.plan.two_workers && self.chance.percent(50);
        self.around.world.with(|world| world.tell(&format!("{name} starts, alone: {is_alone}")));
        let node = Node::start(&name, &self.database, &self.around, is_alone)?;
        node.run(self.time.now());
        self.nodes.push(node);
        Ok(())
    }

    /// Lets the world live until `end`.
    fn live_until(&mut self, end: DateTime<Utc>) -> anyhow::Result<()> {
        loop {
            let now = self.time.now();
            self.settle()?;
            if now >= end {
                return Ok(());
            }
            let market_at = self.around.world.with(|world| world.market.next_at());
            let trouble_at = self.troubles.last().map(|(at, _)| *at);
            let next = [
                self.time.next_at(),
                Some(market_at),
                self.people.next_at(),
                self.restarts.first().copied(),
                trouble_at,
            ];
            let next = next.into_iter().flatten().min().unwrap_or(end);
            let next = next.max(now + TimeDelta::milliseconds(1)).min(now + STEP).min(end);
            self.time.turn_to(next);
        }
    }

    /// No process is in trouble any more.
    fn calm(&mut self) {
        self.troubles.clear();
        troubles::kill_at_point(0);
        for node in &mut self.nodes {
            node.paused_until = None;
            node.clock.set_ahead(TimeDelta::zero());
        }
    }

    /// Lets everybody do what they have to do now, until nobody has anything to do.
    fn settle(&mut self) -> anyhow::Result<()> {
        let now = self.time.now();
        self.around.world.with(|world| world.pass());
        self.people.act()?;
        while let Some((_, trouble)) = self.troubles.pop_if(|(at, _)| *at <= now) {
            self.befall(trouble, now);
        }
        while self.restarts.first().is_some_and(|at| *at <= now) {
            self.restarts.remove(0);
            self.start_node()?;
        }
        for _ in 0..2 {
            let mut place = 0;
            while place < self.nodes.len() {
                self.run_node(place, now);
                if self.nodes[place].process.is_alive() {
                    place += 1;
                } else {
                    // At once: what it left open in the database keeps the others waiting.
                    self.bury(now);
                }
            }
        }
        for (name, span) in self.around.world.with(|world| std::mem::take(&mut world.stops)) {
            if let Some(node) = self.nodes.iter_mut().find(|node| node.name == name) {
                node.paused_until = Some(now + span);
            }
        }
        self.bury(now);
        Ok(())
    }

    fn befall(&mut self, trouble: Trouble, now: DateTime<Utc>) {
        self.around.world.with(|world| world.tell(&format!("trouble: {trouble:?}")));
        match trouble {
            Trouble::KillAtPoint(nth) => troubles::kill_at_point(nth),
            Trouble::LoseToken => self.around.world.with(SimWorld::revoke_token),
            Trouble::Kill | Trouble::Pause(_) | Trouble::Clock(_) => {
                let last = i64::try_from(self.nodes.len()).unwrap_or(1) - 1;
                let place = usize::try_from(self.chance.between(0, last.max(0))).unwrap_or_default();
                let Some(node) = self.nodes.get_mut(place) else { return };
                match trouble {
                    Trouble::Pause(span) => node.paused_until = Some(now + span),
                    Trouble::Clock(ahead) => node.clock.set_ahead(ahead),
                    _ => node.die(),
                }
            }
        }
    }

    fn run_node(&mut self, place: usize, now: DateTime<Utc>) {
        let node = &mut self.nodes[place];
        if node.paused_until.is_some_and(|until| now < until) || !node.process.is_alive() {
            return;
        }
        let was_paused = node.paused_until.take().is_some();
        node.stopped.store(was_paused, Ordering::Relaxed);
        node.run(now);
        node.stopped.store(false, Ordering::Relaxed);
    }

    /// Removes the dead, and has others started in their place.
    fn bury(&mut self, now: DateTime<Utc>) {
        let all = std::mem::take(&mut self.nodes);
        let (living, dead): (Vec<Node>, Vec<Node>) = all.into_iter().partition(|node| node.process.is_alive());
        self.nodes = living;
        for node in dead {
            self.around.world.with(|world| world.tell(&format!("{} is dead", node.name)));
            node.end();
            // The database finishes what it was told before the process died.
            wait_for_databases(self.nodes.len() + WATCHERS);
            self.restarts.push(now + self.chance.seconds(0, 20));
        }
        self.restarts.sort_unstable();
    }

    fn end(mut self) -> anyhow::Result<Outcome> {
        let Findings { mut breaches, unknown_seconds, kill_millis } =
            self.people.check(&self.around.world, &self.around.bus.shown())?;
        if self.nodes.is_empty() {
            breaches.push("no worker lives at the end".to_owned());
        }
        self.nodes.drain(..).for_each(Node::end);
        let (story, trace, requests) =
            self.around.world.with(|world| (world.story().to_vec(), world.trace(), world.wire.len()));
        self.people.end();
        drop(self.around);
        wait_for_databases(0);
        Ok(Outcome { seed: self.seed, breaches, story, trace, requests, unknown_seconds, kill_millis })
    }
}
