//! What a live account's decisions rest on beside its books: what the session tells, and what the engine counts.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    AccountLimits, Bar, Halt, HardCaps, KillState, LimitName, OrderFields, OrderState, Price, Qty, Side, Symbol, Won,
    kst_date,
};
use serde::{Deserialize, Serialize};

use super::distinct::Ordered;
use super::{Engine, Issue, Order};
use crate::portfolio::PositionIndex;
use crate::risk::{Disabled, DisabledBy, LiveFacts, OrderPace, OwnOpposite, Restriction, RiskLimits};

/// Orders that the median of RK14 is taken of.
const HABIT: usize = 20;
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// How the account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// True if its money is real.
    pub is_real_money: bool,
    /// Why it may not trade yet; `None` if it is ready.
    pub not_ready: Option<String>,
    /// How far our clock is ahead of the exchange's, in milliseconds; `None` before they were compared.
    pub clock_offset_ms: Option<i64>,
    /// The strictest switch that is pulled on it, its user or everything.
    pub halt: Option<Halt>,
    /// True while the circuit breaker towards its broker is open.
    pub circuit_open: bool,
    /// True for simulated money.
    pub is_armed: bool,
}

/// How a strategy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrategyStanding {
    /// The switch that is pulled on it.
    pub halt: Option<Halt>,
    /// Why it was stopped; `None` if it was not, or was enabled again.
    pub disabled: Option<Disabled>,
    /// Its fills on `date` since it was enabled.
    pub fills: i64,
    /// The trading day that `fills` is of.
    pub date: Option<NaiveDate>,
    /// Refusals by the broker in a row since it was enabled.
    pub refusals: i64,
    /// True while its orders of real money are let out.
    pub is_armed: bool,
    /// True on its first live day, when less passes (SE51).
    pub is_first_day: bool,
}

/// An order as RK09, RK14 and RK18 remember it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastOrder {
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// The strategy that wanted it; `None` for a person.
    pub strategy_id: Option<i64>,
    /// What it was worth; `None` where that is not known any more.
    pub notional: Option<Won>,
}

/// The trading day of an account as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayStanding {
    /// Date in Korea.
    pub date: NaiveDate,
    /// Equity at its beginning.
    pub opening_equity: Won,
    /// True once the loss limit was reached.
    pub is_loss_reached: bool,
}

/// What is seen of an issue beside its price.
#[derive(Clone, Debug, Default)]
struct Seen {
    quote_at: Option<DateTime<Utc>>,
    arrived_at: Option<DateTime<Utc>>,
    best_bid: Option<Price>,
    best_ask: Option<Price>,
    average_volume: Option<(NaiveDate, Qty)>,
    restriction: Option<Restriction>,
    external_buys: Qty,
    external_sells: Qty,
    /// Shares that the broker lets out less than our books would.
    withheld: Qty,
}

/// The facts of a live account: told by its session, counted by its engine.
#[derive(Clone, Debug)]
pub struct Live {
    limits: AccountLimits,
    caps: HardCaps,
    standing: Standing,
    strategies: HashMap<i64, StrategyStanding>,
    issues: HashMap<Symbol, Seen>,
    /// Orders of the day and the last [`HABIT`], oldest first.
    past: VecDeque<PastOrder>,
    day: Option<DayStanding>,
    /// Cash that the broker lets out less than our books would.
    withheld: Won,
    pub(super) ordered: Ordered,
}

impl Live {
    /// The facts of an account of which nothing was seen yet; `past` are its last orders, oldest first.
    pub fn new(limits: AccountLimits, caps: HardCaps, standing: Standing, past: Vec<PastOrder>) -> Self {
        Self {
            limits,
            caps,
            standing,
            strategies: HashMap::new(),
            issues: HashMap::new(),
            past: past.into(),
            day: None,
            withheld: Won::ZERO,
            ordered: Ordered::default(),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &AccountLimits {
        &self.limits
    }

    /// How the account stands, to be changed.
    pub fn standing_mut(&mut self) -> &mut Standing {
        &mut self.standing
    }

    /// How the account stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// How a strategy stands, to be changed.
    pub fn strategy_mut(&mut self, id: i64) -> &mut StrategyStanding {
        self.strategies.entry(id).or_default()
    }

    /// The strategies that are over a limit of RK19 at `now` and not stopped yet, with the reason.
    pub fn to_disable(&self, now: DateTime<Utc>) -> Vec<(i64, Disabled)> {
        let running = self.strategies.iter().filter(|(_, standing)| standing.disabled.is_none());
        let over = running.filter_map(|(id, standing)| Some((*id, self.over_limit(standing, now)?)));
        let mut over: Vec<_> = over.collect();
        over.sort_by_key(|(id, _)| *id);
        over
    }

    fn over_limit(&self, standing: &StrategyStanding, now: DateTime<Utc>) -> Option<Disabled> {
        let fills = if standing.date == Some(kst_date(now)) { standing.fills } else { 0 };
        let counts = [
            (DisabledBy::Fills, LimitName::MaxFillsPerDay, fills),
            (DisabledBy::Refusals, LimitName::MaxRefusalsInARow, standing.refusals),
        ];
        counts.into_iter().find_map(|(by, name, observed)| {
            let limit = self.limits.get(name);
            (observed >= limit).then_some(Disabled { by, limit, observed })
        })
    }

    /// The orders that are remembered, oldest first.
    pub fn past(&self) -> impl DoubleEndedIterator<Item = &PastOrder> {
        self.past.iter()
    }

    /// The trading day, as it was stored.
    pub fn set_day(&mut self, day: DayStanding) {
        self.day = Some(day);
    }

    /// The trading day, if it was told.
    pub fn day(&self) -> Option<&DayStanding> {
        self.day.as_ref()
    }

    /// Notes a quote by its exchange time and its arrival.
    pub fn saw_quote(&mut self, symbol: Symbol, quote_at: DateTime<Utc>, arrived_at: DateTime<Utc>) {
        let seen = self.issues.entry(symbol).or_default();
        seen.quote_at = Some(quote_at);
        seen.arrived_at = Some(arrived_at);
    }

    /// Notes the best prices of a book.
    pub fn saw_book(&mut self, symbol: Symbol, best_bid: Option<Price>, best_ask: Option<Price>) {
        let seen = self.issues.entry(symbol).or_default();
        (seen.best_bid, seen.best_ask) = (best_bid, best_ask);
    }

    /// Notes how many shares are traded on an average day, as of `date`.
    pub fn set_average_volume(&mut self, symbol: Symbol, date: NaiveDate, volume: Qty) {
        self.issues.entry(symbol).or_default().average_volume = Some((date, volume));
    }

    /// How many shares of an issue are traded on an average day, if it was told.
    pub fn average_volume(&self, symbol: Symbol) -> Option<Qty> {
        self.issues.get(&symbol)?.average_volume.map(|(_, volume)| volume)
    }

    /// True if the average volume of an issue as of `date` was told.
    pub fn knows_volume(&self, symbol: Symbol, date: NaiveDate) -> bool {
        self.issues.get(&symbol).and_then(|seen| seen.average_volume).is_some_and(|(of, _)| of == date)
    }

    /// Notes which issues are not to be traded, in place of those before.
    pub fn restrict(&mut self, restricted: impl IntoIterator<Item = (Symbol, Restriction)>) {
        self.issues.values_mut().for_each(|seen| seen.restriction = None);
        for (symbol, restriction) in restricted {
            self.issues.entry(symbol).or_default().restriction = Some(restriction);
        }
    }

    /// Notes what others have open on the account, in place of what was told before.
    pub fn set_external(&mut self, open: impl IntoIterator<Item = (Symbol, Side, Qty)>) {
        for seen in self.issues.values_mut() {
            (seen.external_buys, seen.external_sells) = (Qty::ZERO, Qty::ZERO);
        }
        for (symbol, side, quantity) in open {
            let seen = self.issues.entry(symbol).or_default();
            match side {
                Side::Buy => seen.external_buys += quantity,
                Side::Sell => seen.external_sells += quantity,
            }
        }
    }

    fn remember(&mut self, order: PastOrder) {
        let today = kst_date(order.at);
        while self.past.len() >= HABIT
            && self.past.front().is_some_and(|oldest| kst_date(oldest.at) != today && oldest.at + MINUTE <= order.at)
        {
            self.past.pop_front();
        }
        self.past.push_back(order);
    }

    /// Takes out what is remembered of an order that is decided on again.
    pub(super) fn forget(&mut self, order: &Order) -> Option<PastOrder> {
        let is_its = |past: &PastOrder| {
            let of = (past.symbol, past.side, past.strategy_id);
            of == (order.fields.symbol, order.fields.side, order.strategy_id)
        };
        let place = self.past.iter().rposition(is_its)?;
        self.past.remove(place)
    }

    /// Puts it back: with the time of its new decision, or where it was if that was no.
    pub(super) fn remember_again(&mut self, first: Option<PastOrder>, decided_at: Option<DateTime<Utc>>) {
        let Some(first) = first else { return };
        let order = PastOrder { at: decided_at.unwrap_or(first.at), ..first };
        let place = self.past.partition_point(|past| past.at <= order.at);
        self.past.insert(place, order);
    }

    fn count_fill(&mut self, strategy_id: i64, at: DateTime<Utc>) {
        let (standing, today) = (self.strategy_mut(strategy_id), Some(kst_date(at)));
        standing.fills = if standing.date == today { standing.fills + 1 } else { 1 };
        standing.date = today;
    }

    fn count_answer(&mut self, strategy_id: i64, state: OrderState) {
        let standing = self.strategy_mut(strategy_id);
        match state {
            OrderState::Rejected => standing.refusals += 1,
            state if state.is_open_at_broker() || state == OrderState::Filled => standing.refusals = 0,
            _ => {}
        }
    }

    /// Orders of the day and of the last minute.
    fn pace(&self, symbol: Option<Symbol>, at: DateTime<Utc>) -> OrderPace {
        let today = kst_date(at);
        let frees_ms = |oldest: DateTime<Utc>| (oldest + MINUTE - at).num_milliseconds();
        let mut pace = OrderPace {
            day_ends_ms: (Bar::day_start(today) + TimeDelta::days(1) - at).num_milliseconds(),
            ..OrderPace::default()
        };
        for order in self.past.iter().rev() {
            pace.today += i64::from(kst_date(order.at) == today);
            if order.at + MINUTE <= at {
                continue;
            }
            pace.in_minute += 1;
            pace.minute_frees_ms = frees_ms(order.at);
            if Some(order.symbol) == symbol {
                pace.of_symbol_in_minute += 1;
                pace.symbol_frees_ms = frees_ms(order.at);
            }
        }
        pace
    }

    /// How many orders a strategy made on the day of `at`.
    fn orders_of(&self, strategy_id: i64, at: DateTime<Utc>) -> i64 {
        let today = kst_date(at);
        let of_day = self.past.iter().rev().take_while(|order| kst_date(order.at) == today);
        count(of_day.filter(|order| order.strategy_id == Some(strategy_id)).count())
    }

    /// The median worth of the last orders, once there are enough.
    fn median_notional(&self) -> Option<Won> {
        let mut worths: Vec<i64> = self.past.iter().rev().filter_map(|order| order.notional).map(|won| won.0).collect();
        worths.truncate(HABIT);
        if worths.len() < HABIT {
            return None;
        }
        worths.sort_unstable();
        let (low, high) = (worths[HABIT / 2 - 1], worths[HABIT / 2]);
        Some(Won(low + (high - low) / 2))
    }

    fn since_same(&self, strategy_id: Option<i64>, symbol: Symbol, side: Side, at: DateTime<Utc>) -> Option<i64> {
        let strategy_id = Some(strategy_id?);
        let same =
            |order: &&PastOrder| order.strategy_id == strategy_id && order.symbol == symbol && order.side == side;
        self.past.iter().rev().find(same).map(|order| (at - order.at).num_milliseconds())
    }
}

impl Engine {
    /// Makes decisions from now on rest on the facts of a live account, and denies what they do not allow.
    pub fn go_live(&mut self, live: Live) {
        self.gate.set_limits(RiskLimits::of(&live.limits, &live.caps));
        self.live = Some(Box::new(live));
    }

    /// The facts of a live account; `None` in a backtest.
    pub fn live(&self) -> Option<&Live> {
        self.live.as_deref()
    }

    /// The same, to be changed.
    pub fn live_mut(&mut self) -> Option<&mut Live> {
        self.live.as_deref_mut()
    }

    /// Other limits, for the next decision. Nothing changes where no account is live.
    pub fn set_limits(&mut self, limits: AccountLimits, caps: HardCaps) {
        if let Some(live) = &mut self.live {
            self.gate.set_limits(RiskLimits::of(&limits, &caps));
            (live.limits, live.caps) = (limits, caps);
        }
    }

    /// Notes what the broker lets out of the cash, as it said at a moment at which our books were as they are now. Where
    /// that is less than ours, the difference stays withheld until it is told anew.
    pub fn note_orderable(&mut self, orderable: Won) {
        let own = self.portfolio.buying_power();
        if let Some(live) = &mut self.live {
            live.withheld = (own - orderable).max(Won::ZERO);
        }
    }

    /// Notes how many shares the broker lets be sold, as it said at a moment at which our books were as they are now. Where
    /// that is less than ours, the difference stays withheld until it is told anew; of what it leaves out, nothing is (RK22).
    pub fn note_sellable(&mut self, told: &BTreeMap<Symbol, Qty>) {
        let own: Vec<(Symbol, Qty)> = (0..self.issues.len())
            .map(|place| (self.issues[place].rules.symbol, self.unsold(PositionIndex(place))))
            .collect();
        let Some(live) = &mut self.live else { return };
        for (symbol, own) in own {
            let seen = live.issues.entry(symbol).or_default();
            let told = told.get(&symbol).copied().unwrap_or(own);
            seen.withheld = (own - seen.external_sells - told).max(Qty::ZERO);
        }
    }

    /// Shares held less those of open and doubtful sells.
    fn unsold(&self, index: PositionIndex) -> Qty {
        let sells = self.issues[index.0].open.iter().filter(|order| order.fields.side == Side::Sell);
        self.portfolio.holding_at(index).quantity - sells.map(Order::open_quantity).sum()
    }

    /// Shares of an issue that may be sold, by our books and by the broker's word.
    pub(super) fn sellable(&self, index: PositionIndex) -> Qty {
        let seen = self.live.as_ref().and_then(|live| live.issues.get(&self.issues[index.0].rules.symbol));
        let own = self.unsold(index);
        seen.map_or(own, |seen| (own - seen.withheld).max(Qty::ZERO.min(own)))
    }

    /// Cash that new buys may use, by our books and by the broker's word.
    pub(super) fn buying_power(&self) -> Won {
        let own = self.portfolio.buying_power();
        self.live.as_ref().map_or(own, |live| own - live.withheld)
    }

    /// The loss since the beginning of the day at last prices; `None` if it is not known.
    pub fn daily_loss(&self) -> Option<Won> {
        let opening = self.live.as_ref()?.day?.opening_equity;
        self.portfolio.equity().map(|equity| opening - equity)
    }

    /// The limit of RK20 once it is reached and was not before, with the loss; `None` otherwise.
    pub fn loss_just_reached(&self) -> Option<(Won, Won)> {
        let (live, loss) = (self.live.as_ref()?, self.daily_loss()?);
        let day = live.day.filter(|day| !day.is_loss_reached)?;
        let limit = crate::risk::loss_limit(&live.limits, day.opening_equity);
        (loss >= limit).then_some((limit, loss))
    }

    /// Remembers an order that was decided.
    pub(super) fn remember_order(
        &mut self,
        strategy_id: Option<i64>,
        fields: &OrderFields,
        price: Price,
        at: DateTime<Utc>,
    ) {
        if let Some(live) = &mut self.live {
            let notional = Some(price * fields.quantity);
            live.saw_order(fields.symbol, fields.side, fields.quantity, kst_date(at));
            live.remember(PastOrder { at, symbol: fields.symbol, side: fields.side, strategy_id, notional });
        }
    }

    /// Counts what an update of an order says of its strategy.
    pub(super) fn count_update(
        &mut self,
        strategy_id: Option<i64>,
        filled: bool,
        state: OrderState,
        is_new_state: bool,
        at: DateTime<Utc>,
    ) {
        if let (Some(live), Some(id)) = (&mut self.live, strategy_id) {
            if filled {
                live.count_fill(id, at);
            }
            if is_new_state {
                live.count_answer(id, state);
            }
        }
    }

    /// The facts for a decision of `strategy_id`, or of a person, on an order of `side`.
    pub(super) fn facts(
        &self,
        index: Option<PositionIndex>,
        side: Side,
        strategy_id: Option<i64>,
        at: DateTime<Utc>,
    ) -> Option<Box<LiveFacts>> {
        let live = self.live.as_deref()?;
        let issue = index.map(|index| &self.issues[index.0]);
        let symbol = issue.map(|issue| issue.rules.symbol);
        let seen = symbol.and_then(|symbol| live.issues.get(&symbol)).cloned().unwrap_or_default();
        let strategy = strategy_id.and_then(|id| live.strategies.get(&id));
        let halts = [live.standing.halt.as_ref(), strategy.and_then(|strategy| strategy.halt.as_ref())];
        let age = |instant: Option<DateTime<Utc>>| instant.map(|instant| (at - instant).num_milliseconds());
        let open = |issue: &Issue| issue.open.iter().filter(|order| !order.state.is_ended()).count();
        let tombstones = issue.map(|issue| not_found(issue, Side::Buy)).unwrap_or_default();
        let day = live.day.filter(|day| day.date == kst_date(at));
        Some(Box::new(LiveFacts {
            limits: live.limits,
            order_cap: live.caps.order_notional(),
            is_real_money: live.standing.is_real_money,
            not_ready: live.standing.not_ready.clone(),
            clock_offset_ms: live.standing.clock_offset_ms,
            halt: strictest(halts),
            circuit_open: live.standing.circuit_open,
            is_armed: live.standing.is_armed || strategy.is_some_and(|strategy| strategy.is_armed),
            first_day_orders: strategy.filter(|one| one.is_first_day).and(strategy_id).map(|id| live.orders_of(id, at)),
            restriction: seen.restriction,
            same_before_ms: symbol.and_then(|symbol| live.since_same(strategy_id, symbol, side, at)),
            quote_age_ms: age(seen.quote_at),
            arrival_age_ms: age(seen.arrived_at),
            best_opposite: match side {
                Side::Buy => seen.best_ask,
                Side::Sell => seen.best_bid,
            },
            average_volume: seen.average_volume.map(|(_, volume)| volume),
            median_notional: live.median_notional(),
            confirmed: None,
            doubtful_buys: tombstones + seen.external_buys,
            gross: self.gross(live),
            open_orders: count(self.issues.iter().map(open).sum()),
            open_of_symbol: count(issue.map_or(0, open)),
            pace: live.pace(symbol, at),
            disabled: strategy.and_then(|strategy| strategy.disabled.or_else(|| live.over_limit(strategy, at))),
            opening_equity: day.map(|day| day.opening_equity),
            loss: day.and_then(|_| self.daily_loss()),
            is_loss_reached: day.is_some_and(|day| day.is_loss_reached),
            external_sells: seen.external_sells,
            own_opposite: issue.and_then(|issue| own_opposite(issue, side)),
        }))
    }

    /// What all positions may become worth by what is open; `None` while one of them has no price.
    fn gross(&self, live: &Live) -> Option<Won> {
        let mut gross = self.portfolio.stock_value()?;
        for (place, issue) in self.issues.iter().enumerate() {
            let last = self.portfolio.position(PositionIndex(place)).last_price;
            for order in issue.open.iter().filter(|order| order.fields.side == Side::Buy) {
                gross += order.fields.price.or(last).unwrap_or(order.valued_at) * order.open_quantity();
            }
            let external = live.issues.get(&issue.rules.symbol).map_or(Qty::ZERO, |seen| seen.external_buys);
            let doubtful = not_found(issue, Side::Buy) + external;
            if doubtful.is_positive() {
                gross += last? * doubtful;
            }
        }
        Some(gross)
    }
}

/// Shares of orders that the broker seems never to have had. They may still come to light (safety M8).
fn not_found(issue: &Issue, side: Side) -> Qty {
    let lost = |order: &&Order| order.state == OrderState::NotFound && order.fields.side == side;
    issue.ended.iter().filter(lost).map(|order| order.fields.quantity - order.done.quantity).sum()
}

/// The open orders that an order of `side` could trade with.
fn own_opposite(issue: &Issue, side: Side) -> Option<OwnOpposite> {
    let opposite: Vec<&Order> = issue.open.iter().filter(|order| order.fields.side != side).collect();
    let prices: Option<Vec<Price>> = opposite.iter().map(|order| order.fields.price).collect();
    let best = prices.and_then(|prices| match side {
        Side::Buy => prices.into_iter().min(),
        Side::Sell => prices.into_iter().max(),
    });
    (!opposite.is_empty()).then(|| OwnOpposite { orders: count(opposite.len()), best })
}

fn strictest(halts: [Option<&Halt>; 2]) -> Option<Halt> {
    let pulled = halts.into_iter().flatten().filter(|halt| halt.state != KillState::Active);
    // Of two that are pulled as far, the wider one, which comes first.
    pulled.rev().max_by_key(|halt| halt.state).cloned()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
