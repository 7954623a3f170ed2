//! The people of the world: the owner who orders by hand, presses switches, and trades on a phone beside the product.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Instrument, KillScope, KillState, OrderFields, OrderState, OrderType, Price, Qty, Side, Won};
use exodus_kis_emulator::world::Origin;
use exodus_store::invariants::{self, Evidence, RequestKind};
use exodus_store::requests::{NewRequest, RequestAction};
use exodus_store::strategies::StrategyFields;
use exodus_store::{Store, instruments, kill_switches, orders, requests, strategies, trading_days};

use crate::chance::Chance;
use crate::market::ISSUES;
use crate::process::Process;
use crate::run::Owner;
use crate::world::SharedWorld;

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Order,
    Cancel,
    /// Pulls a kill switch.
    Press,
    /// Clears it.
    Clear,
    /// Orders on a phone what the product ordered a moment ago.
    Twin,
    /// Orders something else on a phone.
    External,
}

pub(crate) struct People {
    process: Process,
    pub(crate) store: Store,
    world: SharedWorld,
    owner: Owner,
    chance: Chance,
    /// What is done when, the next last.
    deeds: Vec<(DateTime<Utc>, Deed)>,
    /// Switches that are pulled.
    pulled: Vec<(KillScope, i64)>,
    /// From when to when everything of the account was halted.
    halts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// When the faults end.
    end: DateTime<Utc>,
    /// What the day began with.
    day_base: Option<Won>,
    /// What was found wrong on the way.
    wrong: Vec<String>,
}

/// What is found at the end.
pub(crate) struct Findings {
    /// What is wrong.
    pub(crate) breaches: Vec<String>,
    /// How long each order was UNKNOWN that ever was, in seconds.
    pub(crate) unknown_seconds: Vec<i64>,
    /// From each halt of the account to the last new order on the wire before it was lifted, in milliseconds.
    pub(crate) kill_millis: Vec<i64>,
}

impl People {
    pub(crate) fn begin(
        database: &Path,
        world: SharedWorld,
        owner: Owner,
        seed: u64,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let process = Process::new(Arc::new(true.into()), start)?;
        let store = process.block_on(Store::connect_alone(database)).context("a runtime")??;
        let mut chance = Chance::of(seed, "people");
        let mut deeds = Vec::new();
        let mut at = start + TimeDelta::seconds(10);
        while at < end {
            deeds.push((at, if chance.percent(65) { Deed::Order } else { Deed::Cancel }));
            at += chance.seconds(2, 30);
        }
        let plan = world.with(|world| world.plan.clone());
        let seconds = (end - start).num_seconds() - 10;
        for (times, deed) in [(plan.twins, Deed::Twin), (plan.externals, Deed::External), (plan.kills, Deed::Press)] {
            for _ in 0..times {
                let at = start + chance.seconds(20, seconds);
                deeds.push((at, deed));
                if matches!(deed, Deed::Press) {
                    deeds.push(((at + chance.seconds(5, 90)).min(end), Deed::Clear));
                }
            }
        }
        deeds.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let (pulled, halts, wrong) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { process, store, world, owner, chance, deeds, pulled, halts, end, day_base: None, wrong })
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.with(|world| world.time.now())
    }

    fn ask<T>(&self, work: impl Future<Output = T>) -> anyhow::Result<T> {
        self.process.block_on(work).context("a runtime")
    }

    pub(crate) fn store_issues(&self, issues: &[Instrument]) -> anyhow::Result<()> {
        Ok(self.ask(instruments::upsert(&self.store, issues, self.now()))??)
    }

    /// Lets a strategy trade every issue, which decides on each minute.
    pub(crate) fn trade(&self) -> anyhow::Result<()> {
        let Owner { user_id, account_id } = self.owner;
        let fields = StrategyFields {
            name: "fast".into(),
            description: String::new(),
            strategy_type: "momentum".into(),
            parameters: serde_json::json!({
                "interval": "1m", "lookback": 1, "entry_threshold_percent": 0.0, "exit_threshold_percent": 0.0,
                "position_size_percent": 1.0,
            }),
            symbols: ISSUES.map(|(symbol, ..)| symbol.parse().expect("a code")).to_vec(),
        };
        let now = self.now();
        let made = self.ask(strategies::create(&self.store, user_id, &fields, now))??;
        self.ask(strategies::activate_on(&self.store, user_id, made.id, 1, account_id, now))??;
        Ok(())
    }

    pub(crate) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.deeds.last().map(|(at, _)| *at)
    }

    /// Does what is due.
    pub(crate) fn act(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        if self.world.with(|world| std::mem::take(&mut world.wants_halt)) {
            self.press()?;
            let at = now + self.chance.seconds(5, 90);
            self.deeds.push((at.min(self.end), Deed::Clear));
            self.deeds.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        }
        self.look_at_the_day()?;
        while let Some((_, deed)) = self.deeds.pop_if(|(at, _)| *at <= now) {
            match deed {
                Deed::Order => self.order()?,
                Deed::Cancel => self.cancel()?,
                Deed::Press => self.press()?,
                Deed::Clear => self.clear()?,
                Deed::Twin => self.twin(),
                Deed::External => self.external(),
            }
        }
        Ok(())
    }

    /// What the day began with must stay what it was (RK20).
    fn look_at_the_day(&mut self) -> anyhow::Result<()> {
        let date = exodus_domain::kst_date(self.now());
        let day = self.ask(trading_days::find(&self.store, self.owner.account_id, date))??;
        if let Some(day) = day {
            let first = *self.day_base.get_or_insert(day.opening_equity);
            if first != day.opening_equity && self.wrong.is_empty() {
                self.wrong.push(format!("I25: the day began with {first}, and now with {}", day.opening_equity));
            }
        }
        Ok(())
    }

    fn fields(&mut self) -> OrderFields {
        let chance = &mut self.chance;
        let (symbol, _, tick) = *chance.pick(&ISSUES);
        let symbol = symbol.parse().expect("a code");
        let (price, held) = self.world.with(|world| (world.price(symbol), world.held(symbol)));
        let is_sell = held.is_positive() && chance.percent(50);
        // The account has the limits of a newcomer: a million won an order.
        let most = 700_000 / price.0.max(1);
        let most = if is_sell { held.0.min(most) } else { most };
        let quantity = Qty(chance.between(1, most.max(1)));
        let limit = Price(price.0 + tick * chance.between(-3, 3));
        let order_type = if chance.percent(70) { OrderType::Limit } else { OrderType::Market };
        OrderFields {
            symbol,
            side: if is_sell { Side::Sell } else { Side::Buy },
            order_type,
            quantity,
            price: (order_type == OrderType::Limit).then_some(limit),
        }
    }

    fn order(&mut self) -> anyhow::Result<()> {
        let fields = self.fields();
        self.submit(RequestAction::Place { fields, confirmed: None })
    }

    fn cancel(&mut self) -> anyhow::Result<()> {
        let open = self.ask(orders::open(&self.store, self.owner.account_id))??;
        if open.is_empty() {
            return Ok(());
        }
        let order_id = self.chance.pick(&open).id;
        self.submit(RequestAction::Cancel { order_id })
    }

    fn submit(&self, action: RequestAction) -> anyhow::Result<()> {
        self.world.with(|world| world.tell(&format!("asked: {action:?}")));
        let Owner { user_id, account_id } = self.owner;
        let body_hash = format!("{action:?}");
        let new = NewRequest { user_id, account_id, action, idempotency_key: None, body_hash };
        self.ask(requests::submit(&self.store, &new, self.now()))??;
        Ok(())
    }

    fn press(&mut self) -> anyhow::Result<()> {
        let Owner { user_id, account_id } = self.owner;
        let scopes = [(KillScope::Account, account_id), (KillScope::User, user_id), (KillScope::Global, 0)];
        let (scope, id) = *self.chance.pick(&scopes);
        let state = if self.chance.percent(70) { KillState::Halted } else { KillState::ReduceOnly };
        self.pulled.push((scope, id));
        if state == KillState::Halted {
            let now = self.now();
            self.halts.push((now, DateTime::<Utc>::MAX_UTC));
        }
        self.switch(scope, id, state)
    }

    fn clear(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        self.halts.iter_mut().for_each(|(_, until)| *until = now.min(*until));
        for (scope, id) in std::mem::take(&mut self.pulled) {
            self.switch(scope, id, KillState::Active)?;
        }
        Ok(())
    }

    fn switch(&self, scope: KillScope, id: i64, state: KillState) -> anyhow::Result<()> {
        self.world.with(|world| world.tell(&format!("switch: {scope} {id} {state}")));
        let (user, now) = (Some(self.owner.user_id), self.now());
        self.ask(kill_switches::set(&self.store, scope, id, state, "by hand", user, now))??;
        Ok(())
    }

    fn twin(&mut self) {
        let fields = self.world.with(|world| {
            world.wire.iter().rev().find_map(|request| match &request.kind {
                RequestKind::New(fields) => Some(fields.clone()),
                RequestKind::Cancel(_) => None,
            })
        });
        if let Some(fields) = fields {
            self.on_the_phone(&fields);
        }
    }

    fn external(&mut self) {
        let fields = self.fields();
        self.on_the_phone(&fields);
    }

    fn on_the_phone(&self, fields: &OrderFields) {
        self.world.with(|world| {
            world.has_externals = true;
            let placed = world.place(fields, Origin::Other);
            world.tell(&format!("phone: {fields:?} {placed:?}"));
        });
    }

    /// How things stand at the end.
    pub(crate) fn check(&self, world: &SharedWorld, shown: &BTreeMap<i64, OrderState>) -> anyhow::Result<Findings> {
        let Owner { account_id, .. } = self.owner;
        let (requests, book, balances, calls, token_issues) = world.with(|world| {
            let balances: Vec<_> = world.true_balance(account_id).into_iter().collect();
            let book = world.book(account_id);
            (world.wire.clone(), book, balances, world.calls.clone(), world.token_issues.clone())
        });
        let evidence = Evidence {
            requests: &requests,
            book: &book,
            balances: &balances,
            calls: &calls,
            calls_a_second: 18,
            token_issues: &token_issues,
            clock_slack: TimeDelta::zero(),
            is_at_rest: true,
            now: self.now(),
        };
        let breaches = self.ask(invariants::check(&self.store, &evidence))??;
        let date = exodus_domain::kst_date(self.now());
        let all = self.ask(orders::of_day(&self.store, account_id, date))??;
        let stale = all.iter().filter(|order| shown.get(&order.id).is_some_and(|state| *state != order.state));
        let stale = stale.map(|order| {
            let shown = shown.get(&order.id).map_or("nothing", |state| state.as_str());
            format!("I21: screens show order {} as {shown}, it is {}", order.id, order.state)
        });
        let stale: Vec<String> = stale.collect();
        let mut unknown_seconds = Vec::new();
        for order in all.iter().filter(|order| order.claimed_at.is_some()) {
            let log = self.ask(orders::timeline(&self.store, order.id))??;
            let since = log.iter().position(|entry| entry.to == OrderState::Unknown);
            let Some(since) = since else { continue };
            let until = log[since..].iter().find(|entry| entry.to != OrderState::Unknown);
            unknown_seconds.push((until.map_or(self.now(), |entry| entry.at) - log[since].at).num_seconds());
        }
        let kill_millis = self.halts.iter().map(|(from, until)| {
            let new = requests.iter().filter(|request| matches!(request.kind, RequestKind::New(_)));
            let last = new.map(|request| request.at).filter(|at| from < at && at < until).max();
            last.map_or(0, |last| (last - *from).num_milliseconds())
        });
        let kill_millis = kill_millis.collect();
        world.with(|world| {
            for order in &all {
                let number = order.kis_order_id.as_ref().map_or("-", |id| &id.0);
                world.tell(&format!("end: order {} {} {} {number}", order.id, order.state, order.filled_quantity));
            }
        });
        let breaches =
            self.wrong.iter().cloned().chain(stale).chain(breaches.iter().map(ToString::to_string)).collect();
        Ok(Findings { breaches, unknown_seconds, kill_millis })
    }

    pub(crate) fn end(self) {
        self.process.kill();
    }
}
