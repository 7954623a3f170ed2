//! Rebalances: a ranking decides for all its issues together, and what it decides is brought about in orders.
//!
//! Sells come before buys. A buy that the cash does not pay yet waits until an order of the strategy has ended, and is
//! tried again then: the proceeds of its sales pay for it, and what the market orders before it did not use.

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Fundamentals, Side, Won, kst_date};

use super::decide::{Decision, Ground, Seat};
use super::{BarClose, Command, Engine, Watcher};
use crate::portfolio::PositionIndex;
use crate::ranking::{Member, Move, Ranking, Standing};
use crate::strategies::Stance;

impl Engine {
    /// Has the rankings whose issues have just closed decide, where that is due.
    pub(super) fn rebalance(&mut self, close: &BarClose, out: &mut Vec<Command>) {
        let mut shown = std::mem::take(&mut self.ranked);
        let start = close.closed_at - close.interval.duration();
        let date = kst_date(start);
        let mut ids: Vec<i64> = shown.iter().map(|seat| self.seated(*seat).strategy_id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let Some(running) = self.strategies.get_mut(&id) else { continue };
            let Some(ranking) = &mut running.ranking else { continue };
            let is_due = ranking.is_due(start, !running.has_ordered);
            ranking.saw(start);
            if is_due {
                let own: Vec<Seat> =
                    shown.iter().copied().filter(|seat| self.seated(*seat).strategy_id == id).collect();
                self.bring_to_target(id, &own, date, close.at, out);
            }
        }
        shown.clear();
        // Its memory serves the next bars.
        self.ranked = shown;
    }

    /// Ranks the issues on `seats`, sells what is not to be held, and buys what is.
    fn bring_to_target(&mut self, id: i64, seats: &[Seat], date: NaiveDate, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let Some(ranking) = self.strategies.get(&id).and_then(|running| running.ranking.as_ref()) else { return };
        let member = |seat: &Seat| {
            let watcher = self.seated(*seat);
            Some(Member {
                symbol: self.issues[seat.index.0].rules.symbol,
                rule: &watcher.rule,
                close: self.portfolio.position(seat.index).last_price?,
                facts: Fundamentals::on(&watcher.facts, date),
            })
        };
        let Some(members) = seats.iter().map(member).collect::<Option<Vec<_>>>() else { return };
        let standings = ranking.standings(&members, self.held_elsewhere(id, seats));
        let equity = self.portfolio.equity();
        let mut buys = Vec::new();
        let mut sells = Vec::new();
        for (seat, standing) in seats.iter().zip(&standings) {
            match self.to_target(*seat, standing, ranking, equity) {
                Some(decision) if decision.side == Side::Buy => buys.push((standing.rank, decision)),
                decision => sells.extend(decision),
            }
        }
        buys.sort_by_key(|(rank, _)| *rank);
        for decision in &sells {
            self.decide(decision, at, out);
        }
        if let Some(running) = self.strategies.get_mut(&id) {
            running.waiting = buys.into_iter().map(|(_, decision)| decision).collect();
        }
        self.place_waiting(id, at, out);
    }

    /// What is to be bought or sold of an issue, if anything; nothing while an order of the strategy is on its way.
    fn to_target(&self, seat: Seat, standing: &Standing, ranking: &Ranking, equity: Option<Won>) -> Option<Decision> {
        let watcher = self.seated(seat);
        let position = self.portfolio.position(seat.index);
        let held = position.holding.quantity;
        if watcher.stance(&self.issues[seat.index.0].open, held) == Stance::Pending {
            return None;
        }
        let (own, price) = (watcher.own_part(held), position.last_price?);
        let decision = |side, quantity, step| {
            let said = self.gives_reasons.then(|| Box::new(ranking.explain(standing, step)));
            Some(Decision { seat, side, price, ground: Ground::Rank { quantity, said } })
        };
        if !standing.is_chosen {
            return if own.is_positive() { decision(Side::Sell, Some(own), Move::Leave) } else { None };
        }
        let rank = standing.rank.unwrap_or(u32::MAX);
        let target = watcher.size.shares(equity?, price, watcher.measured(), rank);
        if !own.is_positive() {
            return decision(Side::Buy, target, Move::Enter);
        }
        let target = target.filter(|target| !watcher.size.is_near(own, *target))?;
        let (side, difference) = if target > own { (Side::Buy, target - own) } else { (Side::Sell, own - target) };
        decision(side, Some(difference), Move::Adjust)
    }

    /// Orders what waits, as far as the cash pays for all of it, or for what it can where nothing more is to come.
    pub(super) fn place_waiting(&mut self, id: i64, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let Some(running) = self.strategies.get_mut(&id).filter(|running| !running.waiting.is_empty()) else { return };
        let mut waiting = std::mem::take(&mut running.waiting);
        while let Some(mut decision) = waiting.pop_front() {
            // Watchers move up when a strategy of the same issue is removed.
            let watchers = &self.issues[decision.seat.index.0].watchers;
            let Some(place) = watchers.iter().position(|watcher| watcher.strategy_id == id) else { continue };
            decision.seat.watcher = place;
            if self.has_open_order(id) && !self.fits(&decision, at) {
                waiting.push_front(decision);
                break;
            }
            self.decide(&decision, at, out);
        }
        if let Some(running) = self.strategies.get_mut(&id) {
            running.waiting = waiting;
        }
    }

    /// Forgets what waits to be bought of an issue.
    pub(super) fn forget_waiting(&mut self, index: PositionIndex) {
        for running in self.strategies.values_mut() {
            running.waiting.retain(|decision| decision.seat.index != index);
        }
    }

    fn has_open_order(&self, id: i64) -> bool {
        self.issues.iter().flat_map(|issue| &issue.open).any(|order| order.strategy_id == Some(id))
    }

    /// Issues that the strategy holds and that have no bar at this close.
    fn held_elsewhere(&self, id: i64, seats: &[Seat]) -> usize {
        let is_held = |place: usize, watcher: &Watcher| {
            let held = self.portfolio.holding_at(PositionIndex(place)).quantity;
            watcher.strategy_id == id && watcher.own_part(held).is_positive()
        };
        let held = self.issues.iter().enumerate().filter(|(place, issue)| {
            issue.watchers.iter().any(|watcher| is_held(*place, watcher))
                && !seats.iter().any(|seat| seat.index.0 == *place)
        });
        held.count()
    }

    fn seated(&self, seat: Seat) -> &Watcher {
        &self.issues[seat.index.0].watchers[seat.watcher]
    }
}

/// What a rebalance decided to buy and cash does not pay yet, best rank first.
pub(super) type Waiting = VecDeque<Decision>;
