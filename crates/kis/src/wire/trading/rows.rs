//! Rows of orders, holdings and cash as the product understands them.
//!
//! Read strictly: a list with a row that says something unknown about an order is no list (safety §2.7). Only words that
//! describe degrade to [`Known::Other`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use exodus_domain::{
    AvgPrice, BrokerOrder, BrokerOrderId, Holding, OrderFields, OrderType, Price, Qty, RowEnd, RowFacts, Side, Symbol,
    Won, kst_date,
};

use super::{
    InquireBalanceRow, InquireBalanceSummary, InquireDailyCcldRow, InquirePsblOrderOutput, InquirePsblRvsecnclRow,
};
use crate::wire::codes::{self, Exchange, Known, OrderDivision};
use crate::wire::number::{self, BadNumber, present};

/// A row that cannot be believed; whatever it came with cannot be either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {problem}")]
pub struct BadRow {
    /// The order or issue it is about.
    what: String,
    /// What is wrong.
    problem: String,
}

impl BadRow {
    pub(crate) fn new(what: &str, problem: impl ToString) -> Self {
        Self { what: what.chars().take(32).collect(), problem: problem.to_string() }
    }
}

/// The number of an order, unique within account and day: branch and number, the latter with ten digits.
pub fn order_id(branch: &str, odno: &str) -> BrokerOrderId {
    BrokerOrderId(format!("{}-{:0>10}", branch.trim(), odno.trim()))
}

/// Branch and number of an order; `None` if it is none of this broker's.
pub fn split_order_id(id: &BrokerOrderId) -> Option<(String, String)> {
    let (branch, number) = id.0.split_once('-')?;
    let is_number = number.len() == 10 && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| (branch.to_owned(), number.to_owned()))
}

/// What a row of a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A new order.
    New,
    /// An amend, which goes on as an order of its own.
    Amend,
    /// A request to cancel another order.
    Cancel,
}

/// An order of a day's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Its number.
    pub id: BrokerOrderId,
    /// The order that it amends or cancels.
    pub original: Option<BrokerOrderId>,
    /// What it is.
    pub kind: RowKind,
    /// What was ordered; anything without a price of its own counts as a market order.
    pub fields: OrderFields,
    /// What became of it.
    pub facts: RowFacts,
    /// When the broker took it.
    pub accepted_at: DateTime<Utc>,
    /// Order division.
    pub division: Known<OrderDivision>,
    /// Venue.
    pub exchange: Known<Exchange>,
    /// Average price of its fills.
    pub avg_price: Option<AvgPrice>,
}

impl OrderRow {
    /// The order date.
    pub fn date(&self) -> NaiveDate {
        kst_date(self.accepted_at)
    }

    /// The row as the engine knows rows.
    pub fn into_broker_order(self) -> BrokerOrder {
        let is_plain = matches!(self.division, Known::Known(OrderDivision::Limit | OrderDivision::Market));
        BrokerOrder {
            id: self.id,
            fields: self.fields,
            facts: self.facts,
            accepted_at: self.accepted_at,
            original: self.original,
            is_foreign: !is_plain,
        }
    }
}

/// Reads the rows of all pages of a list (§5.9). Where pages overlap, the later row of an order stands.
///
/// # Errors
/// [`BadRow`] for the first row that cannot be believed.
pub fn order_rows(rows: &[InquireDailyCcldRow]) -> Result<Vec<OrderRow>, BadRow> {
    let replaced: HashSet<(&str, BrokerOrderId)> = rows.iter().filter_map(named_original).collect();
    let mut read: Vec<OrderRow> = Vec::with_capacity(rows.len());
    let mut places: HashMap<(NaiveDate, BrokerOrderId), usize> = HashMap::new();
    for row in rows {
        let row = order_row(row, &replaced)?;
        match places.entry((row.date(), row.id.clone())) {
            std::collections::hash_map::Entry::Occupied(place) => read[*place.get()] = row,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(read.len());
                read.push(row);
            }
        }
    }
    Ok(read)
}

/// Day and number of the order that a row amends or cancels.
fn named_original(row: &InquireDailyCcldRow) -> Option<(&str, BrokerOrderId)> {
    let original = present(&row.orgn_odno).filter(|number| number.bytes().any(|b| b != b'0'))?;
    Some((row.ord_dt.trim(), order_id(&row.ord_gno_brno, original)))
}

fn order_row(row: &InquireDailyCcldRow, replaced: &HashSet<(&str, BrokerOrderId)>) -> Result<OrderRow, BadRow> {
    let bad = |problem: &dyn ToString| BadRow::new(&format!("order {}", row.odno.trim()), problem.to_string());
    let number = present(&row.odno).filter(|number| number.len() <= 10 && number.bytes().all(|b| b.is_ascii_digit()));
    let id = order_id(&row.ord_gno_brno, number.ok_or_else(|| bad(&"no order number"))?);
    let original = named_original(row).map(|(_, original)| original);
    let quantity = |name: &str, text: &str| {
        let quantity = number::qty(text).map_err(|error| bad(&error))?;
        quantity.ok_or_else(|| bad(&format!("{name} is blank")))
    };
    let or_none = |text: &str| Ok(number::qty(text).map_err(|error| bad(&error))?.unwrap_or(Qty::ZERO));
    let counts = Counts {
        ordered: quantity("ord_qty", &row.ord_qty)?,
        filled: quantity("tot_ccld_qty", &row.tot_ccld_qty)?,
        open: quantity("rmn_qty", &row.rmn_qty)?,
        cancelled: or_none(&row.cncl_cfrm_qty)?,
        rejected: or_none(&row.rjct_qty)?,
    };
    let kind = match original {
        None => RowKind::New,
        Some(_) => change_kind(row, &counts).ok_or_else(|| bad(&"neither an amend nor a cancel of its original"))?,
    };
    let cum_amount = match number::won(&row.tot_ccld_amt).map_err(|error| bad(&error))? {
        Some(amount) if amount.is_positive() == counts.filled.is_positive() => amount,
        _ => return Err(bad(&"filled quantity and amount do not agree")),
    };
    let end = match kind {
        RowKind::Cancel => Some(RowEnd::Cancelled),
        RowKind::New | RowKind::Amend => {
            let is_replaced = || replaced.contains(&(row.ord_dt.trim(), id.clone()));
            counts.end(row.cncl_yn.trim() == "Y", is_replaced).ok_or_else(|| bad(&counts.unexplained()))?
        }
    };
    let side = codes::side(&row.sll_buy_dvsn_cd).ok_or_else(|| bad(&"neither a sell nor a buy"))?;
    let division = Known::read(&row.ord_dvsn_cd);
    let price = number::price(&row.ord_unpr).map_err(|error| bad(&error))?;
    let (order_type, price) = pricing(&division, price, kind).ok_or_else(|| bad(&"an order with a price has none"))?;
    let accepted_at = number::instant(&row.ord_dt, &row.ord_tmd).map_err(|error| bad(&error))?;
    Ok(OrderRow {
        id,
        original,
        kind,
        fields: OrderFields {
            symbol: number::symbol(&row.pdno).map_err(|error| bad(&error))?,
            side,
            order_type,
            quantity: counts.ordered,
            price,
        },
        facts: RowFacts { order_qty: counts.ordered, cum_qty: counts.filled, cum_amount, end },
        accepted_at: accepted_at.ok_or_else(|| bad(&"no order time"))?,
        division,
        exchange: Known::read(&row.excg_id_dvsn_cd),
        avg_price: number::avg_price(&row.avg_prvs).map_err(|error| bad(&error))?.filter(|average| average.0 > 0),
    })
}

/// The quantities of a row, which tell its state together.
struct Counts {
    ordered: Qty,
    filled: Qty,
    open: Qty,
    cancelled: Qty,
    rejected: Qty,
}

impl Counts {
    /// How the row ended, `Some(None)` if it did not; `None` if that cannot be told.
    fn end(&self, is_cancelled: bool, is_replaced: impl Fn() -> bool) -> Option<Option<RowEnd>> {
        if self.open.is_positive() || (self.filled >= self.ordered && self.ordered.is_positive()) {
            return Some(None);
        }
        if self.cancelled.is_positive() || is_cancelled {
            return Some(Some(RowEnd::Cancelled));
        }
        if self.rejected.is_positive() {
            // No exchange refuses what it has begun to fill: the rest was sent back when the session ended.
            let end = if self.filled.is_positive() { RowEnd::Expired } else { RowEnd::Rejected };
            return Some(Some(end));
        }
        // An amended order may show nothing but that another row names it: its rest went over.
        is_replaced().then_some(Some(RowEnd::Cancelled))
    }

    fn unexplained(&self) -> String {
        let Self { ordered, filled, .. } = self;
        format!("of {ordered} shares {filled} are filled, and nothing tells of the others")
    }
}

/// What a row with an original is, by its label; without one, only an amend is open or filled.
fn change_kind(row: &InquireDailyCcldRow, counts: &Counts) -> Option<RowKind> {
    let label = row.sll_buy_dvsn_cd_name.to_uppercase();
    let says = |words: [&str; 2]| words.iter().any(|word| label.contains(word));
    if says(["취소", "CANCEL"]) {
        Some(RowKind::Cancel)
    } else if says(["정정", "AMEND"]) || counts.open.is_positive() || counts.filled.is_positive() {
        Some(RowKind::Amend)
    } else {
        (row.cncl_yn.trim() == "Y").then_some(RowKind::Cancel)
    }
}

/// Order type and price; `None` if a price is missing that must be there.
fn pricing(division: &Known<OrderDivision>, price: Option<Price>, kind: RowKind) -> Option<(OrderType, Option<Price>)> {
    let price = price.filter(|price| price.is_positive());
    let has_price = division.known().map_or(price.is_some(), OrderDivision::price_needed);
    match (has_price, price) {
        (false, _) => Some((OrderType::Market, None)),
        (true, None) if kind != RowKind::Cancel => None,
        (true, price) => Some((OrderType::Limit, price)),
    }
}

/// An order that can still be amended or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    /// Its number.
    pub id: BrokerOrderId,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Order division.
    pub division: Known<OrderDivision>,
    /// Venue.
    pub exchange: Known<Exchange>,
    /// Limit price, where it has one.
    pub price: Option<Price>,
    /// Shares ordered.
    pub quantity: Qty,
    /// Shares filled.
    pub filled: Qty,
    /// Shares that can be amended or cancelled.
    pub open: Qty,
    /// When the broker took it, in Korea.
    pub time: NaiveTime,
}

/// Reads the list of open orders (§5.4).
///
/// # Errors
/// [`BadRow`] for the first row that cannot be believed.
pub fn open_orders(rows: &[InquirePsblRvsecnclRow]) -> Result<Vec<OpenOrder>, BadRow> {
    rows.iter().map(open_order).collect()
}

fn open_order(row: &InquirePsblRvsecnclRow) -> Result<OpenOrder, BadRow> {
    let bad = |problem: &dyn ToString| BadRow::new(&format!("order {}", row.odno.trim()), problem.to_string());
    let told = |number: Result<Option<Qty>, BadNumber>| {
        number.map_err(|error| bad(&error))?.ok_or_else(|| bad(&"a quantity is blank"))
    };
    let time = number::time(&row.ord_tmd).map_err(|error| bad(&error))?;
    Ok(OpenOrder {
        id: order_id(&row.ord_gno_brno, present(&row.odno).ok_or_else(|| bad(&"no order number"))?),
        symbol: number::symbol(&row.pdno).map_err(|error| bad(&error))?,
        side: codes::side(&row.sll_buy_dvsn_cd).ok_or_else(|| bad(&"neither a sell nor a buy"))?,
        division: Known::read(&row.ord_dvsn_cd),
        exchange: Known::read(&row.excg_id_dvsn_cd),
        price: number::price(&row.ord_unpr).map_err(|error| bad(&error))?.filter(|price| price.is_positive()),
        quantity: told(number::qty(&row.ord_qty))?,
        filled: told(number::qty(&row.tot_ccld_qty))?,
        open: told(number::qty(&row.psbl_qty))?,
        time: time.ok_or_else(|| bad(&"no order time"))?,
    })
}

/// A holding, and what can be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldShares {
    /// Shares and what was paid for them.
    pub holding: Holding,
    /// Shares that can be sold now: those held less those in open sell orders.
    pub sellable: Qty,
    /// The price that the broker values them at.
    pub price: Option<Price>,
}

/// Reads the holdings of all pages (§5.7). Sold-out rows are left out; of several rows of an issue the last one stands,
/// since the broker may list a holding under each venue.
///
/// # Errors
/// [`BadRow`] for the first row that cannot be believed.
pub fn holdings(rows: &[InquireBalanceRow]) -> Result<Vec<HeldShares>, BadRow> {
    let mut held: Vec<HeldShares> = Vec::with_capacity(rows.len());
    for row in rows {
        let row = held_shares(row)?;
        match held.iter_mut().find(|other| other.holding.symbol == row.holding.symbol) {
            Some(other) => *other = row,
            None => held.push(row),
        }
    }
    held.retain(|row| row.holding.quantity.is_positive());
    Ok(held)
}

fn held_shares(row: &InquireBalanceRow) -> Result<HeldShares, BadRow> {
    let bad = |problem: &dyn ToString| BadRow::new(&format!("holding {}", row.pdno.trim()), problem.to_string());
    let blank = |name: &str| bad(&format!("{name} is blank"));
    let symbol = number::symbol(&row.pdno).map_err(|error| bad(&error))?;
    let quantity = number::qty(&row.hldg_qty).map_err(|error| bad(&error))?.ok_or_else(|| blank("hldg_qty"))?;
    let sellable = number::qty(&row.ord_psbl_qty).map_err(|error| bad(&error))?;
    let cost = number::won(&row.pchs_amt).map_err(|error| bad(&error))?.ok_or_else(|| blank("pchs_amt"))?;
    Ok(HeldShares {
        holding: Holding { symbol, quantity, cost },
        sellable: sellable.ok_or_else(|| blank("ord_psbl_qty"))?,
        price: number::price(&row.prpr).map_err(|error| bad(&error))?.filter(|price| price.is_positive()),
    })
}

/// The cash of an account by the day on which it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cash {
    /// Deposit today (예수금); does not move with trades.
    pub deposit: Won,
    /// Deposit on the next business day.
    pub d1: Won,
    /// Deposit on the day after (가수도정산금액): all trades of today are in it.
    pub d2: Won,
    /// That deposit and the value of the shares.
    pub total_assets: Won,
}

/// Reads the cash of a balance (§5.7).
///
/// # Errors
/// [`BadRow`] if an amount is missing or unreadable.
pub fn cash(summary: &InquireBalanceSummary) -> Result<Cash, BadRow> {
    Ok(Cash {
        deposit: told("dnca_tot_amt", &summary.dnca_tot_amt)?,
        d1: told("nxdy_excc_amt", &summary.nxdy_excc_amt)?,
        d2: told("prvs_rcdl_excc_amt", &summary.prvs_rcdl_excc_amt)?,
        total_assets: told("tot_evlu_amt", &summary.tot_evlu_amt)?,
    })
}

fn told(name: &str, text: &str) -> Result<Won, BadRow> {
    let amount = number::won(text).map_err(|error| BadRow::new(name, error))?;
    amount.ok_or_else(|| BadRow::new(name, "is blank"))
}

/// What can be bought without running into debt (미수 없는 매수).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyable {
    /// Cash that orders may use.
    pub cash: Won,
    /// The most that can be spent.
    pub amount: Won,
    /// The most shares at the price asked for; zero where no issue was named.
    pub quantity: Qty,
}

/// Reads what can be bought (§5.5).
///
/// # Errors
/// [`BadRow`] if an amount is missing or unreadable.
pub fn buyable(output: &InquirePsblOrderOutput) -> Result<Buyable, BadRow> {
    let quantity = number::qty(&output.nrcvb_buy_qty).map_err(|error| BadRow::new("nrcvb_buy_qty", error))?;
    Ok(Buyable {
        cash: told("ord_psbl_cash", &output.ord_psbl_cash)?,
        amount: told("nrcvb_buy_amt", &output.nrcvb_buy_amt)?,
        quantity: quantity.unwrap_or(Qty::ZERO),
    })
}

#[cfg(test)]
mod tests;
