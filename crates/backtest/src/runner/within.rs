//! Exits within a bar: stops and take-profits of strategies that look at every price.
//!
//! They are orders that lie in wait at levels known before the bar: from the price paid, and from the closes before it. So
//! a bar is held against them as against any other order, and nothing of it is shown to a strategy.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::OrderState;
use exodus_simulator::BarFill;
use exodus_trading::AfterEntry;

use super::Runner;
use super::orders::Markets;
use crate::error::BacktestError;
use crate::manifest::Note;

impl Runner<'_> {
    /// Sells what reaches an exit within its bar of the next time, at the level, or at the open where the bar began beyond it.
    /// Slippage makes it worse, as of any market order.
    pub(super) fn exit_within_bars(
        &mut self,
        date: NaiveDate,
        time: DateTime<Utc>,
        markets: &mut Markets,
    ) -> Result<(), BacktestError> {
        if !self.has_price_exits {
            return Ok(());
        }
        for track in 0..self.issues.len() {
            let index = self.indices[track];
            let is_held = self.engine.portfolio().holding_at(index).quantity.is_positive();
            let Some(bar) = self.timeline.bar(track).filter(|_| is_held).map(|bar| bar.bar()) else { continue };
            let entered = &self.entered_on_the_way;
            let after_entry = |id| match entered.contains(&(track, id)) {
                true => AfterEntry::Low,
                false => AfterEntry::Whole,
            };
            self.engine.exit_within_bar(index, &bar, self.now, after_entry, &mut self.commands);
            let first = self.pending.len();
            self.take_orders(date, time)?;
            for order in self.pending.split_off(first) {
                let market = self.market_of(track, markets, bar, date);
                let fields = &order.fields;
                let Some(BarFill { quantity, price }) =
                    market.execute_at(fields.side, fields.quantity, order.decided_on)
                else {
                    self.notes.insert(Note::OrdersUnfilled);
                    self.end_unfilled(&order, OrderState::Expired)?;
                    continue;
                };
                if quantity < fields.quantity {
                    self.notes.insert(Note::OrdersCutToVolume);
                }
                let limits = || self.limits(track, date);
                let issue = &self.issues[track];
                let price = self.spec.fill.slippage.worsen(price, fields.side, issue, date, limits);
                self.book(&order, quantity, price, &bar, self.now, date)?;
            }
        }
        Ok(())
    }
}
