//! Questions about what a trade costs and when it is settled.

use chrono::NaiveDate;
use clap::Args;
use exodus_domain::{
    CashLedger, CommissionPlan, CommissionSchedule, InstrumentKind, Market, Qty, Rounding, RoundingMode, RoundingUnit,
    Side, TradingVenue, Won, contract_note, settlement_date,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::prices::{kind_or_stock, positive};
use super::question::{BadCase, Question, word};

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Costs {
    /// Trade date; taxes are those of the settlement date
    #[arg(long)]
    date: NaiveDate,
    /// kospi, kosdaq or konex
    #[arg(long, value_parser = word::<Market>)]
    market: Market,
    /// stock, etf or etn; stock if left out
    #[arg(long, value_parser = word::<InstrumentKind>)]
    kind: Option<InstrumentKind>,
    /// buy or sell
    #[arg(long, value_parser = word::<Side>)]
    side: Side,
    /// Won a share
    #[arg(long, allow_negative_numbers = true)]
    price: i64,
    /// Shares
    #[arg(long, allow_negative_numbers = true)]
    quantity: i64,
    /// krx or nxt; krx if left out
    #[arg(long, value_parser = word::<TradingVenue>)]
    venue: Option<TradingVenue>,
    /// Price list: bankis, kis_paper or fee_waiver; bankis if left out
    #[arg(long, value_parser = word::<CommissionPlan>)]
    plan: Option<CommissionPlan>,
    /// A rate of your own in parts per billion: 140527 is 0.0140527 %
    #[arg(long)]
    rate_ppb: Option<i64>,
    /// Least commission of an order in won
    #[arg(long)]
    minimum: Option<i64>,
    /// Commission in units of 1 or 10 won; 1 if left out
    #[arg(long)]
    unit: Option<RoundingUnit>,
    /// Commission rounded by floor or nearest; floor if left out
    #[arg(long, value_parser = word::<RoundingMode>)]
    mode: Option<RoundingMode>,
}

impl Question for Costs {
    const ASKED: &'static [&'static str] = &["date", "market", "side", "price", "quantity"];
    const ANSWERED: &'static [&'static str] =
        &["settles_on", "amount", "commission", "transaction_tax", "rural_tax", "cash_flow"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let price = positive("price", self.price)?;
        if self.quantity < 1 {
            return Err(BadCase::new("quantity", format!("{} shares: it must be at least one", self.quantity)));
        }
        let amount = price.checked_mul(Qty(self.quantity));
        let amount = amount.ok_or_else(|| BadCase::new("quantity", "price times quantity is no possible amount"))?;
        let kind = kind_or_stock(self.kind);
        let note = contract_note(&self.schedule(kind)?, self.side, self.market, kind, self.date, amount);
        Ok(vec![
            json!(note.settles_on),
            json!(amount),
            json!(note.commission),
            json!(note.tax.transaction),
            json!(note.tax.rural),
            json!(note.cash_flow),
        ])
    }
}

impl Costs {
    fn schedule(&self, kind: InstrumentKind) -> Result<CommissionSchedule, BadCase> {
        let plan = self.plan.unwrap_or(CommissionPlan::Bankis);
        let listed = plan.schedule(kind, self.venue.unwrap_or(TradingVenue::Krx));
        let schedule = CommissionSchedule {
            rate_ppb: self.rate_ppb.unwrap_or(listed.rate_ppb),
            minimum: self.minimum.map_or(listed.minimum, Won),
            rounding: Rounding {
                unit: self.unit.unwrap_or(listed.rounding.unit),
                mode: self.mode.unwrap_or(listed.rounding.mode),
            },
        };
        if !(0..=1_000_000_000).contains(&schedule.rate_ppb) {
            return Err(BadCase::new("rate_ppb", "a rate is 0 to 1,000,000,000 parts per billion"));
        }
        if schedule.minimum < Won::ZERO {
            return Err(BadCase::new("minimum", "a minimum is not below zero"));
        }
        Ok(schedule)
    }
}

#[derive(Debug, Args, Deserialize)]
pub(in crate::cli) struct Settle {
    /// Trade date
    #[arg(long)]
    date: NaiveDate,
    /// Settled cash before the trade, in won; then the answer tells the cash of the trade date
    #[arg(long, allow_negative_numbers = true)]
    cash: Option<i64>,
    /// What the trade brings, below zero for a buy
    #[arg(long, allow_negative_numbers = true)]
    cash_flow: Option<i64>,
}

impl Question for Settle {
    const ASKED: &'static [&'static str] = &["date"];
    const ANSWERED: &'static [&'static str] = &["settles_on", "d", "d1", "d2", "withdrawable", "orderable"];

    fn answer(&self) -> Result<Vec<Value>, BadCase> {
        let beyond = || BadCase::new("date", "the calendar does not reach its settlement");
        let settles_on = settlement_date(self.date).ok_or_else(beyond)?;
        let mut answers = vec![json!(settles_on)];
        match self.cash {
            None => answers.resize(Self::ANSWERED.len(), Value::Null),
            Some(cash) => {
                let (cash, flow) = (Won(cash), Won(self.cash_flow.unwrap_or_default()));
                let total = cash.checked_add(flow);
                let total =
                    total.ok_or_else(|| BadCase::new("cash_flow", "cash and cash flow are no possible amount"))?;
                let now = CashLedger::with_trades(total, [(self.date, flow)]).on(self.date);
                answers.extend([now.d, now.d1, now.d2, now.withdrawable, now.orderable].map(|won| json!(won)));
            }
        }
        Ok(answers)
    }
}
