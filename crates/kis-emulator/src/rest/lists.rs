//! Orders and fills, and what of them is open (kis-openapi §5.4, §5.9).

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use exodus_domain::{AvgPrice, Market, Qty, Side, Symbol, Won, kst_date};
use exodus_kis::wire::envelope::{Ledger, OpenOrders};
use exodus_kis::wire::trading::{
    InquireDailyCcldQuery, InquireDailyCcldRow, InquireDailyCcldSummary, InquirePsblRvsecnclQuery,
    InquirePsblRvsecnclRow,
};

use super::Ask;
use super::answer::{Answer, KEY_WIDTH, Reject};
use super::pages::page;
use super::text;
use crate::world::{OrderAction, OrderRow, OrderVenue, Origin, World};

/// Months that the list of the day's id goes back (§5.0).
const RECENT: Months = Months::new(3);

/// Name and market of each issue that a list names.
type Names = BTreeMap<Symbol, (String, Market)>;

/// `GET inquire-daily-ccld`, the last three months: one row an order, amendment or cancellation.
pub(crate) fn recent(ask: &Ask<'_>) -> Result<Answer, Reject> {
    daily_ccld(ask, |border, from, to| (from.max(border), to))
}

/// `GET inquire-daily-ccld`, everything before.
pub(crate) fn older(ask: &Ask<'_>) -> Result<Answer, Reject> {
    daily_ccld(ask, |border, from, to| (from, to.min(border.pred_opt().unwrap_or(border))))
}

/// `range`: the days that are told, out of the first of the recent ones and the days that are asked for.
fn daily_ccld(
    ask: &Ask<'_>,
    range: impl FnOnce(NaiveDate, NaiveDate, NaiveDate) -> (NaiveDate, NaiveDate),
) -> Result<Answer, Reject> {
    let query: InquireDailyCcldQuery = ask.read()?;
    let date = |text: &str, field| text::read_date(text).ok_or_else(|| Reject::input("OPSQ2002", field));
    let from = date(&query.inqr_strt_dt, "INQR_STRT_DT")?;
    let to = date(&query.inqr_end_dt, "INQR_END_DT")?;
    let (all, names) = rows_of(ask, |today| range(today - RECENT, from, to));
    let filter = Filter::read(ask, &query);
    let without_number: Vec<&OrderRow> = all.iter().filter(|row| filter.takes(row)).collect();
    // What the estimate of costs covers does not depend on the order number (§5.9).
    let costs: Won = without_number.iter().map(|row| row.costs.commission + row.costs.tax).sum();
    let number: Option<u32> = query.odno.trim().parse().ok();
    let mut rows: Vec<&OrderRow> =
        without_number.into_iter().filter(|row| number.is_none_or(|number| row.key.number == number)).collect();
    if query.inqr_dvsn.trim() != "01" {
        rows.reverse();
    }
    let summary = summary(&rows, costs);
    let criteria = [query.inqr_strt_dt.trim(), query.inqr_end_dt.trim(), query.sll_buy_dvsn_cd.trim()];
    let page = page(ask, rows, |row| key(row), &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let output1 = page.rows.iter().map(|row| daily_row(row, &names)).collect();
    let body = Ledger { ctx_area_fk100: page.fk, ctx_area_nk100: page.nk, output1, output2: summary };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

/// The rows of a range of days as the ledger shows them now, oldest first; a lagging ledger shows an older day (§5.9).
fn rows_of(ask: &Ask<'_>, range: impl FnOnce(NaiveDate) -> (NaiveDate, NaiveDate)) -> (Vec<OrderRow>, Names) {
    let account = ask.account();
    ask.shared.with_world(|world, now| {
        let (from, to) = range(kst_date(now));
        let past = ask.shared.past();
        let rows: Vec<OrderRow> = match ask.faults.list_lag.and_then(|lag| past.of(&account, now - lag)) {
            None => world.orders(&account, from, to).into_iter().cloned().collect(),
            Some(stood) => {
                let before = world.orders(&account, from, to).into_iter().filter(|row| row.key.date < stood.date);
                before.chain(stood.orders.iter().filter(|row| (from..=to).contains(&row.key.date))).cloned().collect()
            }
        };
        let names = names(world, &rows);
        (rows, names)
    })
}

fn names(world: &World, rows: &[OrderRow]) -> Names {
    let named = |row: &OrderRow| {
        let instrument = world.instrument(row.symbol)?;
        Some((row.symbol, (instrument.name_ko.clone(), instrument.market)))
    };
    rows.iter().filter_map(named).collect()
}

/// Which rows a query asks for, order number aside.
struct Filter {
    side: Option<Side>,
    symbol: Option<String>,
    branch: String,
    filled: Option<bool>,
    venue: Option<OrderVenue>,
}

impl Filter {
    fn read(ask: &Ask<'_>, query: &InquireDailyCcldQuery) -> Self {
        let pdno = query.pdno.trim();
        let venue = match query.excg_id_dvsn_cd.trim() {
            "NXT" => Some(OrderVenue::Nxt),
            "SOR" => Some(OrderVenue::Sor),
            "ALL" => None,
            // The ids from before the venues have no such field and show everything.
            _ if ask.is_legacy => None,
            _ => Some(OrderVenue::Krx),
        };
        Self {
            side: side_of(&query.sll_buy_dvsn_cd),
            symbol: (!pdno.is_empty()).then(|| text::last_six(pdno).to_owned()),
            branch: query.ord_gno_brno.trim().to_owned(),
            filled: match query.ccld_dvsn.trim() {
                "01" => Some(true),
                "02" => Some(false),
                _ => None,
            },
            venue,
        }
    }

    fn takes(&self, row: &OrderRow) -> bool {
        let filled = |wanted| if wanted { row.filled.is_positive() } else { row.remaining().is_positive() };
        self.side.is_none_or(|side| row.side == side)
            && self.symbol.as_ref().is_none_or(|symbol| row.symbol.as_str() == symbol)
            && (self.branch.is_empty() || self.branch == row.key.branch)
            && self.filled.is_none_or(filled)
            && self.venue.is_none_or(|venue| row.venue == venue)
    }
}

fn side_of(code: &str) -> Option<Side> {
    match code.trim() {
        "01" | "1" => Some(Side::Sell),
        "02" | "2" => Some(Side::Buy),
        _ => None,
    }
}

fn key(row: &OrderRow) -> String {
    format!("{}!^{}!^{}!^", text::date(row.key.date), row.key.branch, row.key.odno())
}

fn summary(rows: &[&OrderRow], costs: Won) -> InquireDailyCcldSummary {
    let filled: Qty = rows.iter().map(|row| row.filled).sum();
    let amount: Won = rows.iter().map(|row| row.amount).sum();
    let ordered: Qty = rows.iter().filter(|row| row.action == OrderAction::New).map(|row| row.quantity).sum();
    InquireDailyCcldSummary {
        tot_ord_qty: ordered.0.to_string(),
        tot_ccld_qty: filled.0.to_string(),
        tot_ccld_amt: amount.0.to_string(),
        prsm_tlex_smtl: costs.0.to_string(),
        pchs_avg_pric: text::average(AvgPrice::of(amount, filled)),
    }
}

/// The side with what the row does: `현금매수`, `매도정정*`, `매수취소*`.
fn label(row: &OrderRow) -> String {
    let side = match row.side {
        Side::Buy => "매수",
        Side::Sell => "매도",
    };
    match row.action {
        OrderAction::New if row.rejected.is_positive() && row.rejected == row.quantity => format!("{side}거부"),
        OrderAction::New => format!("현금{side}"),
        OrderAction::Amend => format!("{side}정정*"),
        OrderAction::Cancel => format!("{side}취소*"),
    }
}

fn original(row: &OrderRow) -> String {
    row.original.map(|number| format!("{number:010}")).unwrap_or_default()
}

fn daily_row(row: &OrderRow, names: &Names) -> InquireDailyCcldRow {
    let (name, market) = names.get(&row.symbol).cloned().map_or((String::new(), None), |(n, m)| (n, Some(m)));
    let average = match row.average() {
        None => "0".to_owned(),
        Some(average) if average.0 % AvgPrice::SCALE == 0 => (average.0 / AvgPrice::SCALE).to_string(),
        Some(average) => text::average(average),
    };
    InquireDailyCcldRow {
        ord_dt: text::date(row.key.date),
        ord_gno_brno: row.key.branch.clone(),
        odno: row.key.odno(),
        orgn_odno: original(row),
        ord_dvsn_name: text::division(&row.code).to_owned(),
        sll_buy_dvsn_cd: text::side(row.side).to_owned(),
        sll_buy_dvsn_cd_name: label(row),
        pdno: row.symbol.to_string(),
        prdt_name: name,
        ord_qty: row.quantity.0.to_string(),
        ord_unpr: row.price.unwrap_or_default().0.to_string(),
        ord_tmd: text::time(row.key.at),
        tot_ccld_qty: row.filled.0.to_string(),
        avg_prvs: average,
        cncl_yn: text::yes(row.action == OrderAction::Cancel),
        tot_ccld_amt: row.amount.0.to_string(),
        ordr_empno: if row.origin == Origin::Other { "MTS" } else { "OpnAPI" }.to_owned(),
        ord_dvsn_cd: row.code.clone(),
        cncl_cfrm_qty: (row.cancelled + row.amended).0.to_string(),
        rmn_qty: row.remaining().0.to_string(),
        rjct_qty: row.rejected.0.to_string(),
        ccld_cndt_name: text::condition(&row.code).to_owned(),
        inqr_ip_addr: "127.000.000.001".to_owned(),
        infm_tmd: if row.filled.is_positive() { text::time(row.changed_at) } else { String::new() },
        prdt_type_cd: "300".to_owned(),
        excg_dvsn_cd: text::venue_number(row.venue, market).to_owned(),
        ord_orgno: "00000".to_owned(),
        excg_id_dvsn_cd: text::venue(row.venue).to_owned(),
        stpm_cndt_pric: row.stop.unwrap_or_default().0.to_string(),
        stpm_efct_occr_dtmd: row.stop_reached_at.map(text::time).unwrap_or_default(),
        ..InquireDailyCcldRow::default()
    }
}

/// `GET inquire-psbl-rvsecncl`: what can still be amended or cancelled today.
pub(crate) fn open_orders(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquirePsblRvsecnclQuery = ask.read()?;
    let (all, names) = rows_of(ask, |today| (today, today));
    let side = side_of(&query.inqr_dvsn_2);
    let mut rows: Vec<&OrderRow> = all
        .iter()
        .filter(|row| row.remaining().is_positive() && side.is_none_or(|side| row.side == side))
        .rev()
        .collect();
    if query.inqr_dvsn_1.trim() == "1" {
        rows.sort_by_key(|row| row.symbol);
    }
    let criteria = [query.inqr_dvsn_1.trim(), query.inqr_dvsn_2.trim()];
    let page = page(ask, rows, |row| key(row), &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let output = page.rows.iter().map(|row| open_row(row, &names)).collect();
    let body = OpenOrders { ctx_area_fk100: page.fk, ctx_area_nk100: page.nk, output };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

fn open_row(row: &OrderRow, names: &Names) -> InquirePsblRvsecnclRow {
    let (name, market) = names.get(&row.symbol).cloned().map_or((String::new(), None), |(n, m)| (n, Some(m)));
    InquirePsblRvsecnclRow {
        ord_gno_brno: row.key.branch.clone(),
        odno: row.key.odno(),
        orgn_odno: original(row),
        ord_dvsn_name: text::division(&row.code).to_owned(),
        pdno: row.symbol.to_string(),
        prdt_name: name,
        rvse_cncl_dvsn_name: if row.action == OrderAction::New { String::new() } else { label(row) },
        ord_qty: row.quantity.0.to_string(),
        ord_unpr: row.price.unwrap_or_default().0.to_string(),
        ord_tmd: text::time(row.key.at),
        tot_ccld_qty: row.filled.0.to_string(),
        tot_ccld_amt: row.amount.0.to_string(),
        psbl_qty: row.remaining().0.to_string(),
        sll_buy_dvsn_cd: text::side(row.side).to_owned(),
        ord_dvsn_cd: row.code.clone(),
        excg_dvsn_cd: text::venue_number(row.venue, market).to_owned(),
        excg_id_dvsn_cd: text::venue(row.venue).to_owned(),
        excg_id_dvsn_name: text::venue_name(row.venue).to_owned(),
        stpm_cndt_pric: row.stop.unwrap_or_default().0.to_string(),
        stpm_efct_occr_yn: text::yes(row.stop_reached_at.is_some()),
        ..InquirePsblRvsecnclRow::default()
    }
}
