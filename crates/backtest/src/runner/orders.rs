//! What becomes of an order between the decision and the market.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, CompactBar, Fill, Interval, OrderCosts, OrderFields, OrderState, OrderType, Price, PriceLimits, Qty, Side,
    Signal, Won, base_price, ceil_to_tick, floor_to_tick, from_kst, session_hours,
};
use exodus_simulator::{BarFill, BarMarket};
use exodus_trading::{ClientRef, EngineEvent, TradedIssue, largest_quantity};

use super::Runner;
use crate::day::Day;
use crate::error::BacktestError;
use crate::fills::FillTiming;
use crate::manifest::Note;
use crate::result::{BacktestTrade, Decision};

/// An order that waits for its bar.
pub(super) struct Pending {
    pub(super) track: usize,
    pub(super) strategy_id: i64,
    pub(super) client_ref: ClientRef,
    pub(super) fields: OrderFields,
    /// The close it was decided on.
    pub(super) decided_on: Price,
    /// Why, if that is asked for.
    pub(super) said: Option<Box<Said>>,
    /// Bars of its issue that it still lets pass.
    pub(super) delay: u32,
    /// The session it ends with.
    pub(super) last_date: NaiveDate,
}

/// What a strategy said that an order was made of.
pub(super) struct Said {
    /// Start of the bar at whose close it was decided.
    pub(super) decided_in: DateTime<Utc>,
    pub(super) signal: Signal,
}

/// Bars as what orders meet, by track.
pub(super) type Markets = Vec<(usize, BarMarket)>;

/// That every order waiting for bars of one time has met them. Only [`Runner::execute`] makes one.
pub(crate) struct OrdersMet(());

impl Runner<'_> {
    /// Lets every waiting order meet its bar of the next time, sells first, and looks into the bars for exits. `time` is
    /// the start of the bars.
    pub(super) fn execute(&mut self, date: NaiveDate, time: DateTime<Utc>) -> Result<OrdersMet, BacktestError> {
        if self.pending.is_empty() && self.commands.is_empty() && !self.has_price_exits {
            return Ok(OrdersMet(()));
        }
        // The bars that were met, as markets that the orders of an issue share: few, so they are searched through.
        let mut markets = std::mem::take(&mut self.markets);
        // Orders for the closing auction come after everything else in the bar, others before it.
        let exits_come_first = self.spec.fill.timing == FillTiming::ClosingAuction;
        if exits_come_first {
            self.exit_within_bars(date, time, &mut markets)?;
        }
        let mut waiting = std::mem::take(&mut self.pending);
        waiting.sort_by_key(|order| order.fields.side == Side::Buy);
        for order in waiting.drain(..) {
            self.meet(order, &mut markets, date)?;
        }
        // Their memory serves the next session.
        if self.pending.is_empty() {
            self.pending = waiting;
        }
        self.meet_followers(date, time, &mut markets)?;
        if !exits_come_first {
            self.exit_within_bars(date, time, &mut markets)?;
            self.meet_followers(date, time, &mut markets)?;
        }
        markets.clear();
        self.markets = markets;
        self.entered_on_the_way.clear();
        Ok(OrdersMet(()))
    }

    /// Lets the orders that fills led to meet the bars of those fills: buys that a rebalance made wait for the proceeds of
    /// its sales. They were decided at the close before, as the sales were.
    fn meet_followers(
        &mut self,
        date: NaiveDate,
        time: DateTime<Utc>,
        markets: &mut Markets,
    ) -> Result<(), BacktestError> {
        while !self.commands.is_empty() {
            let first = self.pending.len();
            self.take_orders(date, time)?;
            for order in self.pending.split_off(first) {
                // The sale has let pass whatever is to pass.
                self.meet(Pending { delay: 0, ..order }, markets, date)?;
            }
        }
        Ok(())
    }

    /// Lets an order meet the next bar of its issue, if that is of the next time.
    fn meet(&mut self, mut order: Pending, markets: &mut Markets, date: NaiveDate) -> Result<(), BacktestError> {
        if date > order.last_date {
            self.notes.insert(Note::OrdersUnfilled);
            return self.end_unfilled(&order, OrderState::Expired);
        }
        let Some(bar) = self.timeline.bar(order.track).filter(|bar| self.is_met_by(bar, date)) else {
            self.pending.push(order);
            return Ok(());
        };
        let bar = bar.bar();
        if self.lets_pass(&mut order, date) {
            self.pending.push(order);
            return Ok(());
        }
        let market = self.market_of(order.track, markets, bar, date);
        self.fill(&order, market, &bar, date)
    }

    /// The market that the orders of an issue share at one time.
    pub(super) fn market_of<'m>(
        &self,
        track: usize,
        markets: &'m mut Markets,
        bar: Bar,
        date: NaiveDate,
    ) -> &'m mut BarMarket {
        let place = markets.iter().position(|(known, _)| *known == track).unwrap_or_else(|| {
            markets.push((track, self.market(track, bar, date)));
            markets.len() - 1
        });
        &mut markets[place].1
    }

    /// True if orders meet this bar: in the closing auction only a bar that ends after the auction has begun, and has a
    /// trade of it unless it is the only bar of the day.
    fn is_met_by(&self, bar: &CompactBar, date: NaiveDate) -> bool {
        if self.spec.fill.timing != FillTiming::ClosingAuction || self.interval == Interval::Day1 {
            return true;
        }
        let auction = session_hours(date).map(|hours| from_kst(date, hours.continuous_close));
        auction.is_none_or(|begin| bar.open_time() + self.interval.duration() > begin) && !bar.is_halted()
    }

    fn market(&self, track: usize, bar: Bar, date: NaiveDate) -> BarMarket {
        let limits = || self.limits(track, date);
        match self.spec.fill.timing {
            FillTiming::ClosingAuction => BarMarket::closing_auction(bar, limits, self.spec.fill.volume_share_bp),
            FillTiming::NextOpen | FillTiming::LimitWithinBar => {
                BarMarket::new(bar, limits, self.spec.fill.volume_share_bp)
            }
        }
    }

    fn fill(
        &mut self,
        order: &Pending,
        market: &mut BarMarket,
        bar: &Bar,
        date: NaiveDate,
    ) -> Result<(), BacktestError> {
        let fields = self.at_the_market(order, date);
        let Some(BarFill { quantity: offered, price }) = market.execute(&fields) else {
            self.notes.insert(Note::OrdersUnfilled);
            return self.end_unfilled(order, OrderState::Expired);
        };
        if offered < fields.quantity {
            self.notes.insert(Note::OrdersCutToVolume);
        }
        let issue = &self.issues[order.track];
        let limits = || self.limits(order.track, date);
        let price = self.spec.fill.slippage.worsen(price, fields.side, issue, date, limits);
        let price = match (fields.price, fields.side) {
            (Some(limit), Side::Buy) => price.min(limit),
            (Some(limit), Side::Sell) => price.max(limit),
            (None, _) => price,
        };
        let quantity = match fields.side {
            Side::Buy => self.payable(order.track, price, offered),
            Side::Sell => Some(offered),
        };
        if quantity != Some(offered) {
            self.notes.insert(Note::OrdersCutToCash);
        }
        match quantity {
            Some(quantity) => {
                if fields.side == Side::Buy && fields.price.is_some() && price < bar.open {
                    self.entered_on_the_way.push((order.track, order.strategy_id));
                }
                self.book(order, quantity, price, bar, self.executed_at(bar, date), date)
            }
            None => self.end_unfilled(order, OrderState::Cancelled),
        }
    }

    /// The order as it goes to the market: strategies want market orders, and the model may make limit orders of them.
    fn at_the_market(&self, order: &Pending, date: NaiveDate) -> OrderFields {
        if self.spec.fill.timing != FillTiming::LimitWithinBar {
            return order.fields.clone();
        }
        let TradedIssue { market, kind, adjusted, .. } = self.issues[order.track];
        let limit = match order.fields.side {
            _ if adjusted => order.decided_on,
            Side::Buy => floor_to_tick(market, kind, date, order.decided_on),
            Side::Sell => ceil_to_tick(market, kind, date, order.decided_on),
        };
        OrderFields { order_type: OrderType::Limit, price: Some(limit), ..order.fields.clone() }
    }

    /// The most of `quantity` shares at `price` that cash pays, commission included.
    fn payable(&self, track: usize, price: Price, quantity: Qty) -> Option<Qty> {
        let cash = self.engine.portfolio().cash();
        let commission = |amount| self.issues[track].commission.commission(amount).0 * self.stress.cost_factor;
        largest_quantity(Qty(1), quantity, |shares| {
            let amount = price.checked_mul(shares);
            amount.and_then(|amount| amount.checked_add(Won(commission(amount)))).is_some_and(|cost| cost <= cash)
        })
    }

    pub(super) fn book(
        &mut self,
        order: &Pending,
        quantity: Qty,
        price: Price,
        bar: &Bar,
        executed_at: DateTime<Utc>,
        date: NaiveDate,
    ) -> Result<(), BacktestError> {
        let symbol = self.issues[order.track].symbol;
        let side = order.fields.side;
        let amount = price * quantity;
        let costs = self.costs(order.track, side, date, amount);
        let fill = Fill { side, quantity, amount, commission: costs.commission, tax: costs.tax };
        let state = if quantity == order.fields.quantity { OrderState::Filled } else { OrderState::Cancelled };

        let index = self.indices[order.track];
        let cost_before = self.engine.portfolio().holding_at(index).cost;
        self.update(order.client_ref, state, quantity, amount, costs)?;
        let cost_after = self.engine.portfolio().holding_at(index).cost;
        let realized = fill.cash_flow() + cost_after - cost_before;

        self.tally.add(&fill, realized);
        self.pay(date, fill.cash_flow());
        self.orders.ended(order.fields.quantity, quantity);
        if let (Some(decisions), Some(said)) = (&mut self.decisions, &order.said) {
            decisions.push(Decision {
                trade: self.trades.len(),
                filled_in: bar.open_time,
                decided_in: said.decided_in,
                signal: said.signal.clone(),
            });
        }
        self.trades.push(BacktestTrade {
            strategy_id: Some(order.strategy_id),
            symbol,
            side,
            quantity,
            price,
            commission: costs.commission,
            tax: costs.tax,
            realized_pnl: (side == Side::Sell).then_some(realized),
            executed_at,
        });
        Ok(())
    }

    /// When orders that met `bar` were filled.
    fn executed_at(&self, bar: &Bar, date: NaiveDate) -> DateTime<Utc> {
        let known = match (self.spec.fill.timing, self.interval) {
            (FillTiming::ClosingAuction, _) => session_hours(date).map(|hours| from_kst(date, hours.close)),
            (_, Interval::Day1) => Day::on(date).opening,
            _ => None,
        };
        known.unwrap_or(bar.open_time)
    }

    /// How long after its start a bar is over as far as fills are concerned: in the closing auction of daily bars they
    /// come after everything else in the bar.
    pub(super) fn bar_length(&self) -> TimeDelta {
        match (self.spec.fill.timing, self.interval) {
            (FillTiming::ClosingAuction, Interval::Day1) => TimeDelta::zero(),
            _ => self.interval.duration(),
        }
    }

    pub(super) fn end_unfilled(&mut self, order: &Pending, state: OrderState) -> Result<(), BacktestError> {
        self.orders.ended(order.fields.quantity, Qty::ZERO);
        self.update(order.client_ref, state, Qty::ZERO, Won::ZERO, OrderCosts::default())
    }

    pub(super) fn update(
        &mut self,
        client_ref: ClientRef,
        state: OrderState,
        cum_quantity: Qty,
        cum_amount: Won,
        costs: OrderCosts,
    ) -> Result<(), BacktestError> {
        let event = EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount, costs, at: self.now };
        Ok(self.engine.step(&event, &mut self.commands)?)
    }

    /// The price limits of `date`, from the last close before it; `None` where they mean nothing or are not known.
    pub(super) fn limits(&self, track: usize, date: NaiveDate) -> Option<PriceLimits> {
        let issue = &self.issues[track];
        if issue.adjusted {
            return None;
        }
        let close = self.last_close(track, date, date)?;
        issue.price_limits(date, base_price(issue.market, issue.kind, date, close))
    }
}
