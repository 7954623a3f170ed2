//! Contract notes worked out by hand, equal to the won.
//!
//! The rates are in the working column of each note, so that they can be checked with a pocket calculator: both sides
//! of every change of the taxes on every market, every plan and every way to round.

use chrono::NaiveDate;
use exodus_domain::{
    CommissionPlan, CommissionSchedule, ContractNote, InstrumentKind, Market, Price, Qty, Rounding, RoundingMode,
    RoundingUnit, SaleTax, Side, TradingVenue, Won, contract_note, is_on_tick,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    note: u32,
    trade_date: NaiveDate,
    settles_on: NaiveDate,
    market: Market,
    kind: InstrumentKind,
    venue: TradingVenue,
    plan: CommissionPlan,
    minimum: Won,
    unit: RoundingUnit,
    mode: RoundingMode,
    side: Side,
    quantity: Qty,
    price: Price,
    commission: Won,
    transaction_tax: Won,
    rural_tax: Won,
    cash_flow: Won,
    working: String,
}

#[test]
fn every_note_equals_the_one_worked_out_by_hand() {
    let mut notes = csv::Reader::from_reader(include_bytes!("contract_notes.csv").as_slice());
    let mut count = 0;
    for row in notes.deserialize() {
        let row: Row = row.expect("a note");
        let expected = ContractNote {
            settles_on: Some(row.settles_on),
            commission: row.commission,
            tax: SaleTax { transaction: row.transaction_tax, rural: row.rural_tax },
            cash_flow: row.cash_flow,
        };
        let rounding = Rounding { unit: row.unit, mode: row.mode };
        let schedule = CommissionSchedule { minimum: row.minimum, rounding, ..row.plan.schedule(row.kind, row.venue) };
        let amount = row.price * row.quantity;
        let found = contract_note(&schedule, row.side, row.market, row.kind, row.trade_date, amount);
        assert_eq!(found, expected, "note {}: {}", row.note, row.working);
        assert!(
            is_on_tick(row.market, row.kind, row.trade_date, row.price),
            "note {} has an impossible price",
            row.note
        );
        count += 1;
    }
    assert_eq!(count, 46);
}
