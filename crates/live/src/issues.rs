//! What the rules need to know of the issues an account trades.

use std::collections::HashMap;

use exodus_domain::{CommissionPlan, Instrument, LimitTerms, OrderCosts, Symbol, TradingVenue, order_costs};
use exodus_store::orders::Order;
use exodus_store::{Store, instruments};
use exodus_trading::{TradedIssue, TradingHours};

use crate::LiveError;

/// The issues met so far. What an instrument is does not change while it trades.
pub(crate) struct Issues {
    store: Store,
    known: HashMap<Symbol, TradedIssue>,
}

impl Issues {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, known: HashMap::new() }
    }

    /// The rules of an issue; `None` if the store does not list it.
    pub(crate) async fn find(&mut self, symbol: Symbol) -> Result<Option<TradedIssue>, LiveError> {
        if let Some(issue) = self.known.get(&symbol) {
            return Ok(Some(*issue));
        }
        let found = instruments::find_many(&self.store, &[symbol]).await?;
        let issue = found.first().map(traded_issue);
        self.known.extend(issue.map(|issue| (symbol, issue)));
        Ok(issue)
    }

    /// The rules of an issue that an order or a holding names.
    pub(crate) async fn get(&mut self, symbol: Symbol) -> Result<TradedIssue, LiveError> {
        self.find(symbol).await?.ok_or(LiveError::UnknownIssue(symbol))
    }
}

fn traded_issue(instrument: &Instrument) -> TradedIssue {
    let Instrument { symbol, market, kind, is_demo, states, .. } = *instrument;
    TradedIssue {
        symbol,
        market,
        kind,
        hours: if is_demo { TradingHours::Always } else { TradingHours::Krx },
        adjusted: false,
        states,
        limit_terms: LimitTerms::of(instrument),
        commission: CommissionPlan::Bankis.schedule(kind, TradingVenue::Krx),
    }
}

/// What an order costs in all once it has traded `cum_amount`.
pub(crate) fn costs_at(order: &Order, issue: &TradedIssue, cum_amount: exodus_domain::Won) -> OrderCosts {
    let TradedIssue { market, kind, commission, .. } = issue;
    order_costs(commission, order.fields.side, *market, *kind, order.trade_date, cum_amount)
}
