//! Realised profit by day and by issue (kis-openapi §5.11, §5.12).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_domain::{AvgPrice, Qty, Won};
use exodus_kis::wire::envelope::Ledger;
use exodus_kis::wire::trading::{
    InquirePeriodProfitQuery, InquirePeriodProfitRow, InquirePeriodProfitSummary, InquirePeriodTradeProfitQuery,
    InquirePeriodTradeProfitRow, InquirePeriodTradeProfitSummary,
};

use super::Ask;
use super::answer::{Answer, KEY_WIDTH, Reject};
use super::pages::page;
use super::text::{self, percent, rate8};
use crate::world::Realised;

/// One issue on one day, with what an answer needs to know of the issue.
struct Traded {
    of: Realised,
    name: String,
    product_no: String,
}

/// What was bought and sold, and what it cost.
#[derive(Clone, Copy, Default)]
struct Sums {
    bought: Qty,
    buy_amount: Won,
    buy_commission: Won,
    sold: Qty,
    sell_amount: Won,
    sell_commission: Won,
    tax: Won,
    cost_of_sold: Won,
    profit: Won,
}

impl Sums {
    fn of<'a>(rows: impl IntoIterator<Item = &'a Traded>) -> Self {
        rows.into_iter().fold(Self::default(), |sums, Traded { of: row, .. }| Self {
            bought: sums.bought + row.bought,
            buy_amount: sums.buy_amount + row.buy_amount,
            buy_commission: sums.buy_commission + row.buy_commission,
            sold: sums.sold + row.sold,
            sell_amount: sums.sell_amount + row.sell_amount,
            sell_commission: sums.sell_commission + row.sell_commission,
            tax: sums.tax + row.tax,
            cost_of_sold: sums.cost_of_sold + row.cost_of_sold,
            profit: sums.profit + row.profit,
        })
    }

    fn commission(&self) -> Won {
        self.buy_commission + self.sell_commission
    }

    /// Of what was sold.
    fn rate(&self) -> f64 {
        percent(self.profit.0, self.cost_of_sold.0)
    }
}

fn traded(ask: &Ask<'_>, from: &str, to: &str, pdno: &str) -> Result<Vec<Traded>, Reject> {
    let range = |text: &str, field| text::read_date(text).ok_or_else(|| Reject::input("OPSQ2002", field));
    let (from, to) = (range(from, "INQR_STRT_DT")?, range(to, "INQR_END_DT")?);
    let account = ask.account();
    let wanted = text::last_six(pdno.trim());
    Ok(ask.shared.with_world(|world, _| {
        let rows = world.realised(&account, from, to).into_iter();
        let rows = rows.filter(|row| wanted.is_empty() || row.symbol.as_str() == wanted);
        let traded = |row: &Realised| {
            let instrument = world.instrument(row.symbol)?;
            let product_no = text::product_no(row.symbol, instrument.kind);
            Some(Traded { of: row.clone(), name: instrument.name_ko.clone(), product_no })
        };
        rows.filter_map(traded).collect()
    }))
}

fn won(amount: Won) -> String {
    amount.0.to_string()
}

/// `GET inquire-period-profit`.
pub(crate) fn by_day(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquirePeriodProfitQuery = ask.read()?;
    let traded = traded(ask, &query.inqr_strt_dt, &query.inqr_end_dt, &query.pdno)?;
    let mut days: BTreeMap<NaiveDate, Vec<&Traded>> = BTreeMap::new();
    for row in &traded {
        days.entry(row.of.date).or_default().push(row);
    }
    let mut rows: Vec<(NaiveDate, Sums)> = days.into_iter().map(|(date, rows)| (date, Sums::of(rows))).collect();
    if query.sort_dvsn.trim() != "01" {
        rows.reverse();
    }
    let total = Sums::of(&traded);
    let criteria = [query.inqr_strt_dt.trim(), query.inqr_end_dt.trim(), query.sort_dvsn.trim()];
    let page = page(ask, rows, |(date, _)| text::date(*date), &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let row = |(date, sums): &(NaiveDate, Sums)| InquirePeriodProfitRow {
        trad_dt: text::date(*date),
        buy_amt: won(sums.buy_amount),
        sll_amt: won(sums.sell_amount),
        rlzt_pfls: won(sums.profit),
        fee: won(sums.commission()),
        loan_int: "0".to_owned(),
        tl_tax: won(sums.tax),
        pfls_rt: rate8(sums.rate()),
        sll_qty1: sums.sold.0.to_string(),
        buy_qty1: sums.bought.0.to_string(),
    };
    let output1: Vec<InquirePeriodProfitRow> = page.rows.iter().map(row).collect();
    let output2 = InquirePeriodProfitSummary {
        sll_qty_smtl: total.sold.0.to_string(),
        sll_tr_amt_smtl: won(total.sell_amount),
        sll_fee_smtl: won(total.sell_commission),
        sll_tltx_smtl: won(total.tax),
        sll_excc_amt_smtl: won(total.sell_amount - total.sell_commission - total.tax),
        buy_qty_smtl: total.bought.0.to_string(),
        buy_tr_amt_smtl: won(total.buy_amount),
        buy_fee_smtl: won(total.buy_commission),
        buy_tax_smtl: "0".to_owned(),
        buy_excc_amt_smtl: won(total.buy_amount + total.buy_commission),
        tot_qty: (total.sold + total.bought).0.to_string(),
        tot_tr_amt: won(total.sell_amount + total.buy_amount),
        tot_fee: won(total.commission()),
        tot_tltx: won(total.tax),
        tot_excc_amt: won(settled(&total)),
        tot_rlzt_pfls: won(total.profit),
        loan_int: "0".to_owned(),
    };
    let body = Ledger { ctx_area_fk100: page.fk, ctx_area_nk100: page.nk, output1, output2 };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

/// What both sides together bring in.
fn settled(total: &Sums) -> Won {
    total.sell_amount - total.sell_commission - total.tax - total.buy_amount - total.buy_commission
}

/// `GET inquire-period-trade-profit`.
pub(crate) fn by_issue(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquirePeriodTradeProfitQuery = ask.read()?;
    let traded = traded(ask, &query.inqr_strt_dt, &query.inqr_end_dt, &query.pdno)?;
    let total = Sums::of(&traded);
    let mut rows: Vec<&Traded> = traded.iter().collect();
    if query.sort_dvsn.trim() != "01" {
        rows.reverse();
    }
    let criteria = [query.inqr_strt_dt.trim(), query.inqr_end_dt.trim(), query.sort_dvsn.trim()];
    let key = |row: &&Traded| format!("{}^{}^300^0^00000000^", text::date(row.of.date), row.product_no);
    let page = page(ask, rows, key, &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let output1: Vec<InquirePeriodTradeProfitRow> = page.rows.iter().map(|row| issue_row(row)).collect();
    let output2 = InquirePeriodTradeProfitSummary {
        sll_qty_smtl: total.sold.0.to_string(),
        sll_tr_amt_smtl: won(total.sell_amount),
        sll_fee_smtl: won(total.sell_commission),
        sll_tltx_smtl: won(total.tax),
        sll_excc_amt_smtl: won(total.sell_amount - total.sell_commission - total.tax),
        buyqty_smtl: total.bought.0.to_string(),
        buy_tr_amt_smtl: won(total.buy_amount),
        buy_fee_smtl: won(total.buy_commission),
        buy_tax_smtl: "0".to_owned(),
        buy_excc_amt_smtl: won(total.buy_amount + total.buy_commission),
        tot_qty: (total.sold + total.bought).0.to_string(),
        tot_tr_amt: won(total.sell_amount + total.buy_amount),
        tot_fee: won(total.commission()),
        tot_tltx: won(total.tax),
        tot_excc_amt: won(settled(&total)),
        tot_rlzt_pfls: won(total.profit),
        loan_int: "0".to_owned(),
        tot_pftrt: rate8(total.rate()),
    };
    let body = Ledger { ctx_area_fk100: page.fk, ctx_area_nk100: page.nk, output1, output2 };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

fn issue_row(row: &Traded) -> InquirePeriodTradeProfitRow {
    let Traded { of, name, product_no } = row;
    let unit = |amount: Won, quantity: Qty| (AvgPrice::of(amount, quantity).0 / AvgPrice::SCALE).to_string();
    let bought_at =
        if of.bought.is_positive() { unit(of.buy_amount, of.bought) } else { unit(of.cost_of_sold, of.sold) };
    InquirePeriodTradeProfitRow {
        trad_dt: text::date(of.date),
        pdno: product_no.clone(),
        prdt_name: name.clone(),
        trad_dvsn_name: "현금".to_owned(),
        loan_dt: String::new(),
        hldg_qty: of.held_after.0.to_string(),
        pchs_unpr: bought_at,
        buy_qty: of.bought.0.to_string(),
        buy_amt: won(of.buy_amount),
        sll_pric: unit(of.sell_amount, of.sold),
        sll_qty: of.sold.0.to_string(),
        sll_amt: won(of.sell_amount),
        rlzt_pfls: won(of.profit),
        pfls_rt: rate8(percent(of.profit.0, of.cost_of_sold.0)),
        fee: won(of.buy_commission + of.sell_commission),
        tl_tax: won(of.tax),
        loan_int: "0".to_owned(),
    }
}
