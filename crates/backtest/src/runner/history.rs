//! What happens to issues and their holders without an order: corporate actions, and the end of a listing.

use chrono::NaiveDate;
use exodus_domain::{
    ActionKind, Adjustment, Bar, BasePriceEvent, CompactBar, CorporateAction, Fill, OrderCosts, OrderState, Price, Qty,
    SessionBase, Side, Symbol, Won, add_sessions, base_price_after, is_session, next_session,
};
use exodus_trading::{TimedRestatement, TradedIssue};
use serde::{Deserialize, Serialize};

use super::Runner;
use crate::day::Day;
use crate::error::BacktestError;
use crate::manifest::Note;
use crate::result::BacktestTrade;
use crate::spec::{BacktestSpec, StrategySpec};

/// Sessions without a trade after which an issue that leaves the market counts as worth nothing: so long a halt is one
/// whose end needs an auction for a new price (Enforcement Rules §2(3)). Liquidation trading takes the last seven
/// sessions, and mergers halt an issue for about fifteen.
const LONG_HALT: u32 = 30;

/// A corporate action that met a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedAction {
    /// Issue.
    pub symbol: Symbol,
    /// First date on which the new base price held.
    pub ex_date: NaiveDate,
    /// What it was.
    pub kind: ActionKind,
    /// Upper part of what it did to the price.
    pub numerator: i64,
    /// Lower part.
    pub denominator: i64,
    /// Shares held before it.
    pub shares_before: Qty,
    /// Shares held from the ex-date on.
    pub shares_after: Qty,
    /// Won paid out, taxes off.
    pub cash: Won,
    /// What the payment gained over the cost of what it was paid for.
    pub realized_pnl: Won,
}

/// What is to happen to the issues of a run, and what has.
#[derive(Default)]
pub(super) struct Events {
    /// Actions of each track, oldest first.
    actions: Vec<Vec<CorporateAction>>,
    /// Ex-dates and ends of listings to come, the next one last.
    ahead: Vec<(NaiveDate, Event)>,
    pub(super) applied: Vec<AppliedAction>,
    pub(super) restatements: Vec<TimedRestatement>,
}

/// In the order in which they happen on one date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// An action of a track, by its place there.
    Action(usize, usize),
    /// The end of a track's listing.
    Delisting(usize),
}

impl Events {
    pub(super) fn new(spec: &BacktestSpec, issues: &[TradedIssue]) -> Self {
        let mut actions = vec![Vec::new(); issues.len()];
        let mut ahead = Vec::new();
        let track_of = |symbol| issues.binary_search_by_key(&symbol, |issue| issue.symbol).ok();
        for action in &spec.actions {
            if let Some(track) = track_of(action.symbol) {
                actions[track].push(*action);
            }
        }
        for (track, own) in actions.iter_mut().enumerate() {
            own.sort_by_key(|action| action.ex_date);
            // What happened up to the first day has no holder here; the warm-up bars are adjusted for it.
            let later = own.iter().enumerate().filter(|(_, action)| action.ex_date > spec.from);
            ahead.extend(later.map(|(place, action)| (action.ex_date, Event::Action(track, place))));
        }
        for delisting in &spec.delistings {
            ahead.extend(track_of(delisting.symbol).map(|track| (delisting.date, Event::Delisting(track))));
        }
        ahead.retain(|(date, _)| *date <= spec.to);
        ahead.sort_by(|left, right| right.cmp(left));
        Self { actions, ahead, ..Self::default() }
    }

    /// The actions of a track, oldest first.
    pub(super) fn of_track(&self, track: usize) -> &[CorporateAction] {
        &self.actions[track]
    }

    /// The next event, if it is due on `date`.
    fn due(&mut self, date: NaiveDate) -> Option<Event> {
        self.ahead.pop_if(|(due, _)| *due <= date).map(|(_, event)| event)
    }

    /// The session of the next event.
    fn next_session(&self) -> Option<NaiveDate> {
        let (date, _) = *self.ahead.last()?;
        if is_session(date) { Some(date) } else { next_session(date) }
    }
}

impl Runner<'_> {
    /// Everything that happens before the first bar of a date, from the last bars on.
    pub(super) fn open_date(&mut self, date: NaiveDate) -> Result<(), BacktestError> {
        if self.events.ahead.is_empty() {
            return Ok(());
        }
        while let Some(session) = self.events.next_session().filter(|session| *session < date) {
            self.hold_session(session)?;
        }
        self.happen(date)
    }

    /// What is still to happen after the last bar, as long as an issue is held that will leave the market.
    pub(super) fn outlive_the_bars(&mut self) -> Result<(), BacktestError> {
        while let Some(session) = self.events.next_session().filter(|session| *session <= self.spec.to) {
            if !self.holds_what_will_leave() {
                break;
            }
            self.hold_session(session)?;
        }
        Ok(())
    }

    /// A session without bars; it counts as one if something is traded.
    fn hold_session(&mut self, session: NaiveDate) -> Result<(), BacktestError> {
        let trades = self.trades.len();
        self.happen(session)?;
        if self.trades.len() > trades {
            self.close_session(session);
        }
        Ok(())
    }

    fn happen(&mut self, date: NaiveDate) -> Result<(), BacktestError> {
        while let Some(event) = self.events.due(date) {
            match event {
                Event::Action(track, place) => {
                    let action = self.events.actions[track][place];
                    self.apply(track, &action, date)?;
                }
                Event::Delisting(track) => self.delist(track, date)?,
            }
        }
        Ok(())
    }

    fn holds_what_will_leave(&self) -> bool {
        let portfolio = self.engine.portfolio();
        self.events.ahead.iter().any(|(_, event)| match event {
            Event::Delisting(track) => portfolio.holding(self.issues[*track].symbol).quantity.is_positive(),
            Event::Action(..) => false,
        })
    }

    /// The bars of a track that have passed, as they could be compared on `date`.
    pub(super) fn adjusted_past(&self, track: usize, date: NaiveDate) -> Vec<Bar> {
        let adjustment = Adjustment::as_of(date, self.events.of_track(track));
        self.timeline.past(track).iter().map(|bar| adjustment.apply(&bar.bar())).collect()
    }

    /// The last close of a track before `date`, in the prices of `priced_on`: the base price, where an action lies between.
    pub(super) fn last_close(&self, track: usize, date: NaiveDate, priced_on: NaiveDate) -> Option<Price> {
        let day_start = Bar::day_start(date).timestamp_millis();
        let bar = self.timeline.past(track).iter().rev().find(|bar| bar.open_ms() < day_start)?;
        let actions = self.events.of_track(track);
        if actions.is_empty() {
            return Some(bar.close());
        }
        let since = bar.trade_date();
        let between = actions.iter().filter(|action| since < action.ex_date && action.ex_date <= priced_on);
        Some(between.fold(bar.close(), |close, action| self.base_after(track, action, close)))
    }

    /// The base price of an ex-date after `close`: cut to the won, then up to the grid.
    fn base_after(&self, track: usize, action: &CorporateAction, close: Price) -> Price {
        let TradedIssue { market, kind, .. } = self.issues[track];
        match base_price_after(BasePriceEvent::Split(action.factor), market, kind, action.ex_date, close) {
            SessionBase::Fixed(base) => base,
            SessionBase::OpeningAuction(_) => close,
        }
    }

    /// A corporate action: on the holding, on orders, and on what the strategies have seen.
    fn apply(&mut self, track: usize, action: &CorporateAction, date: NaiveDate) -> Result<(), BacktestError> {
        let day_before = action.ex_date.pred_opt().unwrap_or(action.ex_date);
        // An issue without any bar so far has neither holders nor orders, and has shown nothing.
        let Some(close) = self.last_close(track, date, day_before) else { return Ok(()) };
        let (symbol, at) = (self.issues[track].symbol, Bar::day_start(date));
        let before = self.engine.portfolio().holding(symbol).quantity;
        let restated = self.engine.restate(action, close, self.base_after(track, action, close), at)?;
        if before.is_positive() {
            self.pay(date, restated.cash);
            self.events.restatements.push(TimedRestatement { at, restated });
            self.events.applied.push(AppliedAction {
                symbol,
                ex_date: action.ex_date,
                kind: action.kind,
                numerator: action.factor.numerator(),
                denominator: action.factor.denominator(),
                shares_before: before,
                shares_after: restated.holding.quantity,
                cash: restated.cash,
                realized_pnl: restated.realized,
            });
        }
        self.restate_orders(track, action)?;
        let (spec, past) = (self.spec, self.adjusted_past(track, date));
        for StrategySpec { id, strategy, .. } in spec.strategies.iter().filter(|one| one.issues.contains(&symbol)) {
            self.engine.relearn(*id, strategy, symbol, &past)?;
        }
        Ok(())
    }

    /// Orders that were decided on before an ex-date go to the market in the shares and prices of that date.
    fn restate_orders(&mut self, track: usize, action: &CorporateAction) -> Result<(), BacktestError> {
        for mut order in std::mem::take(&mut self.pending) {
            if order.track == track {
                order.fields.quantity = action.restated_quantity(order.fields.quantity);
                order.decided_on = self.base_after(track, action, order.decided_on);
                if !order.fields.quantity.is_positive() {
                    self.end_unfilled(&order, OrderState::Cancelled)?;
                    continue;
                }
            }
            self.pending.push(order);
        }
        Ok(())
    }

    /// The end of a listing (상장폐지): what is held of the issue counts as sold at its last close, or is lost if it had not
    /// traded for so long that this close says nothing.
    fn delist(&mut self, track: usize, date: NaiveDate) -> Result<(), BacktestError> {
        let (gone, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|order| order.track == track);
        self.pending = others;
        gone.iter().try_for_each(|order| self.end_unfilled(order, OrderState::Cancelled))?;

        let symbol = self.issues[track].symbol;
        let quantity = self.engine.portfolio().holding(symbol).quantity;
        let traded = self.timeline.past(track).iter().rev().find(|bar| !bar.is_halted()).map(CompactBar::trade_date);
        let Some(traded) = traded.filter(|_| quantity.is_positive()) else { return Ok(()) };
        let is_worthless = add_sessions(traded, LONG_HALT).is_some_and(|limit| limit < date);
        let close = self.last_close(track, date, date).filter(|_| !is_worthless);
        let (price, costs) = match close {
            Some(close) => (close, self.costs(track, Side::Sell, date, close * quantity)),
            None => (Price::ZERO, OrderCosts::default()),
        };
        self.notes.insert(if is_worthless { Note::DelistedWithoutValue } else { Note::DelistedAtLastClose });
        let (amount, OrderCosts { commission, tax }) = (price * quantity, costs);
        let fill = Fill { side: Side::Sell, quantity, amount, commission, tax };
        let realized = self.engine.book_unordered(symbol, &fill)?;
        self.tally.add(&fill, realized);
        self.pay(date, fill.cash_flow());
        self.trades.push(BacktestTrade {
            strategy_id: None,
            symbol,
            side: Side::Sell,
            quantity,
            price,
            commission,
            tax,
            realized_pnl: Some(realized),
            executed_at: Day::on(date).opening.unwrap_or_else(|| Bar::day_start(date)),
        });
        Ok(())
    }
}
