//! The world: a market, the broker behind the API with its true book, and everything that ever went over the wire.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{BrokerOrder, BrokerOrderId, OrderFields, OrderStyle, OrderType, Price, Qty, Side, Symbol, Won};
use exodus_kis_emulator::world::{
    Balance, Change, Happening, NewOrder, OrderAction, OrderKey, OrderRow, OrderVenue, Origin, Refusal, World,
};
use exodus_store::invariants::{BookOrder, Request, RequestKind, TrueBalance};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use crate::chance::Chance;
use crate::plan::Plan;
use crate::time::WorldTime;

/// How far back lists can lag.
const LONGEST_LAG: TimeDelta = TimeDelta::seconds(700);

/// The number of the account at the broker.
pub(crate) const ACCOUNT: &str = "5000000101";

/// The world, shared by all processes.
#[derive(Clone)]
pub(crate) struct SharedWorld(Arc<Mutex<SimWorld>>);

impl SharedWorld {
    pub(crate) fn new(world: SimWorld) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// Looks at the world, or changes it. Nobody waits meanwhile.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut SimWorld) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What stood at some time.
struct Stood {
    at: DateTime<Utc>,
    rows: Vec<OrderRow>,
    balance: Option<Balance>,
}

pub(crate) struct SimWorld {
    pub(crate) market: World,
    pub(crate) time: Arc<WorldTime>,
    pub(crate) plan: Plan,
    pub(crate) chance: Chance,
    /// True once nothing goes wrong any more.
    pub(crate) is_quiet: bool,
    pub(crate) wire: Vec<Request>,
    /// When calls reached the broker.
    pub(crate) calls: Vec<DateTime<Utc>>,
    /// Requests on their way: when they reach the broker, and their places in `wire`.
    pub(crate) delayed: Vec<(DateTime<Utc>, usize)>,
    /// True once somebody else traded on the account.
    pub(crate) has_externals: bool,
    /// Processes to be stopped, and for how long.
    pub(crate) stops: Vec<(String, TimeDelta)>,
    /// True if the owner is to pull a kill switch now.
    pub(crate) wants_halt: bool,
    /// Tokens are numbered; the newest is good unless it was revoked.
    tokens: usize,
    is_revoked: bool,
    /// When tokens were issued.
    pub(crate) token_issues: Vec<DateTime<Utc>>,
    /// Orders that lists do not show yet, and until when.
    hidden: Vec<(BrokerOrderId, DateTime<Utc>)>,
    past: VecDeque<Stood>,
    pub(crate) hints: broadcast::Sender<BrokerOrderId>,
    story: Vec<String>,
    trace: Sha256,
}

impl SimWorld {
    pub(crate) fn new(market: World, time: Arc<WorldTime>, seed: u64, plan: Plan) -> Self {
        let (hints, _) = broadcast::channel(1_024);
        Self {
            market,
            time,
            plan,
            chance: Chance::of(seed, "faults"),
            is_quiet: false,
            wire: Vec::new(),
            calls: Vec::new(),
            delayed: Vec::new(),
            has_externals: false,
            stops: Vec::new(),
            wants_halt: false,
            tokens: 0,
            is_revoked: false,
            token_issues: Vec::new(),
            hidden: Vec::new(),
            past: VecDeque::new(),
            hints,
            story: Vec::new(),
            trace: Sha256::new(),
        }
    }

    /// Tells the story, and makes it part of the trace.
    pub(crate) fn tell(&mut self, what: &str) {
        let line = format!("{} {what}", self.time.now().with_timezone(&exodus_domain::KST).format("%H:%M:%S%.3f"));
        self.trace.update(&line);
        self.story.push(line);
    }

    pub(crate) fn story(&self) -> &[String] {
        &self.story
    }

    /// The hash of everything that was told.
    pub(crate) fn trace(&self) -> String {
        hex::encode(self.trace.clone().finalize())
    }

    /// True if a fault of so many in a thousand happens now.
    pub(crate) fn fault(&mut self, permille: i64) -> bool {
        permille > 0 && !self.is_quiet && self.chance.permille(permille)
    }

    /// Issues a token; the one before it ends.
    pub(crate) fn issue_token(&mut self) -> String {
        self.tokens += 1;
        self.is_revoked = false;
        self.token_issues.push(self.time.now());
        self.tell(&format!("token {}", self.tokens));
        format!("token-{}", self.tokens)
    }

    pub(crate) fn revoke_token(&mut self) {
        self.tell("the broker revokes the token");
        self.is_revoked = true;
    }

    pub(crate) fn is_good_token(&self, token: &str) -> bool {
        !self.is_revoked && token == format!("token-{}", self.tokens)
    }

    /// Has lists show an order minutes later than those after it.
    pub(crate) fn hide(&mut self, id: BrokerOrderId) {
        let until = self.time.now() + self.chance.seconds(170, 420);
        self.tell(&format!("fault: lists lack {} for long", id.0));
        self.hidden.push((id, until));
    }

    /// Lets the market come to the present; notices go out.
    pub(crate) fn pass(&mut self) {
        let now = self.time.now();
        while let Some(place) = self.delayed.iter().position(|(at, _)| *at <= now) {
            let (_, request) = self.delayed.remove(place);
            self.tell("a request arrives late");
            // Nobody waits for the answer.
            let _ = self.arrive(request);
        }
        for happening in self.market.advance(now) {
            if let Happening::Notice(notice) = happening {
                let id = id_of(&notice.key);
                self.tell(&format!("broker: {:?} {} {}", notice.kind, id.0, notice.quantity));
                self.hint(id);
            }
        }
        self.remember(now);
    }

    fn hint(&mut self, id: BrokerOrderId) {
        if self.fault(self.plan.notice_lost) {
            return;
        }
        if self.fault(self.plan.notice_garbage) {
            let _ = self.hints.send(BrokerOrderId("91252-0000099999".to_owned()));
        }
        let times = if self.fault(self.plan.notice_repeated) { 3 } else { 1 };
        for _ in 0..times {
            // Nobody may be listening.
            let _ = self.hints.send(id.clone());
        }
    }

    fn remember(&mut self, now: DateTime<Utc>) {
        let date = exodus_domain::kst_date(now);
        let rows: Vec<OrderRow> = self.market.orders(ACCOUNT, date, date).into_iter().cloned().collect();
        if self.past.back().is_some_and(|stood| stood.rows == rows) {
            return;
        }
        let balance = self.market.balance(ACCOUNT, now).ok();
        self.past.push_back(Stood { at: now, rows, balance });
        while self.past.len() > 2 && self.past.get(1).is_some_and(|stood| stood.at < now - LONGEST_LAG) {
            self.past.pop_front();
        }
    }

    fn stood(&self, at: DateTime<Utc>) -> Option<&Stood> {
        self.past.iter().rev().find(|stood| stood.at <= at)
    }

    /// The rows of a day as they stood so long ago.
    pub(crate) fn rows(&self, date: NaiveDate, lag: TimeDelta) -> Vec<OrderRow> {
        let now = self.time.now();
        let rows = self.stood(now - lag).map(|stood| stood.rows.clone()).unwrap_or_default();
        let is_hidden = |id: &BrokerOrderId| {
            !self.is_quiet && self.hidden.iter().any(|(hidden, until)| hidden == id && now < *until)
        };
        rows.into_iter().filter(|row| row.key.date == date && !is_hidden(&id_of(&row.key))).collect()
    }

    /// The balance as it stood so long ago.
    pub(crate) fn balance(&mut self, lag: TimeDelta) -> Option<Balance> {
        let now = self.time.now();
        if lag.is_zero() {
            return self.market.balance(ACCOUNT, now).ok();
        }
        self.stood(now - lag)?.balance.clone()
    }

    /// A request of the wire reaches the broker.
    pub(crate) fn arrive(&mut self, request: usize) -> Result<BrokerOrderId, Refusal> {
        let kind = self.wire[request].kind.clone();
        let done = match &kind {
            RequestKind::New(fields) => self.place(fields, Origin::Api),
            RequestKind::Cancel(id) => self.cancel(id),
        };
        if let (Ok(id), RequestKind::New(_)) = (&done, &kind) {
            self.wire[request].made.push(id.clone());
        }
        done
    }

    /// An order reaches the broker.
    pub(crate) fn place(&mut self, fields: &OrderFields, origin: Origin) -> Result<BrokerOrderId, Refusal> {
        let order = new_order(fields, self.plan.routes);
        let placed = self.market.place(ACCOUNT, order, origin, self.time.now());
        self.pass();
        placed.map(|key| id_of(&key))
    }

    /// A cancel reaches the broker.
    pub(crate) fn cancel(&mut self, id: &BrokerOrderId) -> Result<BrokerOrderId, Refusal> {
        let original = id.0.rsplit('-').next().and_then(|number| number.parse().ok()).ok_or(Refusal::UnknownOrder)?;
        let change = Change { branch: String::new(), original, quantity: None };
        let cancelled = self.market.cancel(ACCOUNT, change, self.time.now());
        self.pass();
        cancelled.map(|key| id_of(&key))
    }

    /// The true book of the day.
    pub(crate) fn book(&self, account_id: i64) -> Vec<BookOrder> {
        let date = exodus_domain::kst_date(self.time.now());
        let rows = self.market.orders(ACCOUNT, date, date).into_iter().filter(|row| row.action == OrderAction::New);
        let book = rows.map(|row| {
            let id = id_of(&row.key);
            let BrokerOrder { fields, facts, .. } = crate::broker::row_of(row);
            let costs = row.costs.commission + row.costs.tax;
            let cash_flow = if row.side == Side::Buy { Won::ZERO - row.amount - costs } else { row.amount - costs };
            let request = self.wire.iter().position(|request| request.made.contains(&id));
            BookOrder { account_id, trade_date: row.key.date, id, fields, facts, cash_flow, request }
        });
        book.collect()
    }

    /// What the account truly has.
    pub(crate) fn true_balance(&mut self, account_id: i64) -> Option<TrueBalance> {
        let balance = self.balance(TimeDelta::zero())?;
        let holdings = balance.rows.iter().map(|row| (row.symbol, row.quantity.0)).collect();
        Some(TrueBalance { account_id, cash: balance.cash.d2, holdings })
    }

    pub(crate) fn price(&self, symbol: Symbol) -> Price {
        self.market.quote(symbol).map_or(Price::ZERO, |quote| quote.price)
    }

    pub(crate) fn held(&mut self, symbol: Symbol) -> Qty {
        let now = self.time.now();
        self.market.sellable(ACCOUNT, symbol, now).map_or(Qty::ZERO, |row| row.sellable)
    }
}

/// The name of an order as lists have it.
pub(crate) fn id_of(key: &OrderKey) -> BrokerOrderId {
    BrokerOrderId(format!("{}-{}", key.branch, key.odno()))
}

fn new_order(fields: &OrderFields, routes: bool) -> NewOrder {
    let (style, code) = match fields.order_type {
        OrderType::Limit => (OrderStyle::Limit, "00"),
        OrderType::Market => (OrderStyle::Market, "01"),
    };
    NewOrder {
        symbol: fields.symbol,
        side: fields.side,
        style,
        code: code.to_owned(),
        only_in: None,
        quantity: fields.quantity,
        price: fields.price,
        stop: None,
        venue: if routes { OrderVenue::Sor } else { OrderVenue::Krx },
    }
}
