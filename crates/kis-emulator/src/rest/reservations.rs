//! Orders reserved for the next session (kis-openapi §5.13). Nobody is told what became of them: the list is to be read.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{Price, Qty, Side, Symbol, from_kst, is_session, kst_date, kst_time, next_session, session_hours};
use exodus_kis::wire::codes::OrderDivision;
use exodus_kis::wire::envelope::{One, Reservations as ReservationsBody};
use exodus_kis::wire::trading::{
    OrderResvCcnlQuery, OrderResvCcnlRow, OrderResvOutput, OrderResvRequest, OrderResvRvsecnclOutput,
    OrderResvRvsecnclRequest,
};
use serde::{Deserialize, Serialize};

use super::Ask;
use super::answer::{Answer, Reject, WIDE_KEY_WIDTH};
use super::orders::{quantity, symbol, won};
use super::pages::page;
use super::text;
use crate::world::{NewOrder, OrderAction, OrderKey, OrderVenue, Origin, World};

/// Reservations are taken from here ...
const TAKEN_FROM: NaiveTime = hm(15, 40);
/// ... to here on the next session ...
const TAKEN_TO: NaiveTime = hm(7, 30);
/// ... but not while the ledger is reset.
const RESET: (NaiveTime, NaiveTime) = (hm(23, 40), hm(0, 10));
/// They are sent so long before the opening.
const SENT_BEFORE_OPEN: TimeDelta = TimeDelta::minutes(30);
/// A period ends at most so many calendar days later.
const LONGEST: Days = Days::new(30);
/// Period reservations of an account.
const MOST: usize = 1_000;

const fn hm(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => panic!("the source names a time that does not exist"),
    }
}

/// What is reserved.
#[derive(Clone, Serialize, Deserialize)]
struct Terms {
    symbol: Symbol,
    side: Side,
    code: String,
    quantity: Qty,
    price: Option<Price>,
}

#[derive(Clone, Serialize, Deserialize)]
enum State {
    Waiting,
    Cancelled(DateTime<Utc>),
    /// Refused when it was sent, with the reason.
    Refused(String),
    /// Sent for the last time.
    Done,
}

#[derive(Clone, Serialize, Deserialize)]
struct Reservation {
    number: u32,
    account: String,
    terms: Terms,
    received_at: DateTime<Utc>,
    /// The session for which it is sent next, or was sent last.
    date: NaiveDate,
    last_date: Option<NaiveDate>,
    state: State,
    /// Orders made of it, by date and number.
    sent: Vec<(NaiveDate, u32)>,
}

/// The reservations of all accounts.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Reservations {
    rows: Vec<Reservation>,
    last_number: u32,
    #[serde(skip)]
    changes: u64,
}

impl Reservations {
    /// When the next one is to be sent.
    pub(crate) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.rows.iter().filter(|row| matches!(row.state, State::Waiting)).filter_map(|row| sent_at(row.date)).min()
    }

    /// Sends what is due; true if anything was.
    pub(crate) fn send_due(&mut self, world: &mut World, now: DateTime<Utc>) -> bool {
        let is_due = |row: &&mut Reservation| {
            matches!(row.state, State::Waiting) && sent_at(row.date).is_none_or(|at| at <= now)
        };
        let mut any = false;
        for row in self.rows.iter_mut().filter(is_due) {
            send(row, world, now);
            any = true;
        }
        self.changes += u64::from(any);
        any
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        *self = Self { changes: self.changes + 1, ..Self::default() };
    }

    /// How often the reservations changed.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    fn of<'a>(&'a mut self, account: &str, number: &str) -> Option<&'a mut Reservation> {
        let number: u32 = number.trim().parse().ok()?;
        self.rows.iter_mut().find(|row| row.account == account && row.number == number)
    }
}

fn sent_at(date: NaiveDate) -> Option<DateTime<Utc>> {
    Some(from_kst(date, session_hours(date)?.open) - SENT_BEFORE_OPEN)
}

/// Shares and won that the orders of a reservation have traded.
fn traded(row: &Reservation, world: &World) -> (Qty, i64) {
    let mut sum = (Qty::ZERO, 0);
    for (date, number) in &row.sent {
        let made = world.orders(&row.account, *date, *date).into_iter().find(|order| order.key.number == *number);
        if let Some(order) = made {
            sum = (sum.0 + order.filled, sum.1 + order.amount.0);
        }
    }
    sum
}

/// The order that a reservation made before a restart, which this state does not know of: the world keeps its own.
fn made_before(row: &Reservation, world: &World, now: DateTime<Utc>) -> Option<OrderKey> {
    let orders = world.orders(&row.account, row.date, kst_date(now)).into_iter();
    let mut made =
        orders.filter(|order| order.action == OrderAction::New && order.origin == Origin::Reservation(row.number));
    made.find(|order| !row.sent.contains(&(order.key.date, order.key.number))).map(|order| order.key.clone())
}

fn send(row: &mut Reservation, world: &mut World, now: DateTime<Utc>) {
    if let Some(key) = made_before(row, world, now) {
        return sent(row, &key);
    }
    let quantity = row.terms.quantity - traded(row, world).0;
    let style = row.terms.code.parse::<OrderDivision>().ok().map(OrderDivision::style);
    let (Some(style), true) = (style, quantity.is_positive()) else {
        row.state = State::Done;
        return;
    };
    let order = NewOrder {
        symbol: row.terms.symbol,
        side: row.terms.side,
        style,
        code: row.terms.code.clone(),
        only_in: None,
        quantity,
        price: row.terms.price,
        stop: None,
        venue: OrderVenue::Krx,
    };
    match world.place(&row.account, order, Origin::Reservation(row.number), now) {
        Err(refusal) => row.state = State::Refused(refusal.to_string()),
        Ok(key) => sent(row, &key),
    }
}

fn sent(row: &mut Reservation, key: &OrderKey) {
    row.sent.push((key.date, key.number));
    let next = next_session(row.date).filter(|next| row.last_date.is_some_and(|last| *next <= last));
    match next {
        Some(next) => row.date = next,
        None => row.state = State::Done,
    }
}

/// The session that a reservation made now is for; `None` outside the window.
fn session_for(now: DateTime<Utc>) -> Option<NaiveDate> {
    let (date, time) = (kst_date(now), kst_time(now));
    if time >= RESET.0 || time < RESET.1 {
        return None;
    }
    match is_session(date) {
        true if time < TAKEN_TO => Some(date),
        true if time < TAKEN_FROM => None,
        _ => next_session(date),
    }
}

/// `POST order-resv`.
pub(crate) fn reserve(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let request: OrderResvRequest = ask.read()?;
    let terms =
        terms(&request.pdno, &request.sll_buy_dvsn_cd, &request.ord_dvsn_cd, &request.ord_qty, &request.ord_unpr)?;
    let now = ask.shared.now();
    let date = session_for(now).ok_or_else(closed)?;
    let last_date = last_date(&request.rsvn_ord_end_dt, date)?;
    let known = ask.shared.with_world(|world, _| world.instrument(terms.symbol).is_some());
    if !known {
        return Err(Reject::business("APBK0656"));
    }
    let account = ask.account();
    let mut reservations = ask.shared.reservations();
    if reservations.rows.iter().filter(|row| row.account == account && row.last_date.is_some()).count() >= MOST {
        return Err(Reject::business("APBK0957"));
    }
    reservations.last_number += 1;
    let number = reservations.last_number;
    let state = State::Waiting;
    let row = Reservation { number, account, terms, received_at: now, date, last_date, state, sent: Vec::new() };
    reservations.rows.push(row);
    reservations.changes += 1;
    drop(reservations);
    ask.shared.wake();
    let output = OrderResvOutput { rsvn_ord_seq: number.to_string() };
    Ok(Answer::ledger("APBK2938", "", &One { output }))
}

fn closed() -> Reject {
    Reject::business("KIER3672")
}

fn terms(pdno: &str, side: &str, code: &str, amount: &str, price: &str) -> Result<Terms, Reject> {
    let symbol = symbol(pdno).map_err(|_| Reject::business("APBK0656"))?;
    let side = match side.trim() {
        "01" => Side::Sell,
        "02" => Side::Buy,
        _ => return Err(Reject::input("OPSQ2002", "SLL_BUY_DVSN_CD")),
    };
    let code = code.trim();
    let price = match code {
        "00" | "02" => Some(won(price, "ORD_UNPR")?),
        "01" | "05" => None,
        _ => return Err(Reject::business("APBK0963")),
    };
    Ok(Terms { symbol, side, code: code.to_owned(), quantity: quantity(amount)?, price })
}

fn last_date(text: &str, first: NaiveDate) -> Result<Option<NaiveDate>, Reject> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let latest = first.checked_add_days(LONGEST).unwrap_or(first);
    let date = text::read_date(text).filter(|date| first <= *date && *date <= latest);
    date.map(Some).ok_or_else(|| Reject::input("OPSQ2002", "RSVN_ORD_END_DT"))
}

/// `POST order-resv-rvsecncl` with the id of an amendment.
pub(crate) fn amend(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let request: OrderResvRvsecnclRequest = ask.read()?;
    let terms =
        terms(&request.pdno, &request.sll_buy_dvsn_cd, &request.ord_dvsn_cd, &request.ord_qty, &request.ord_unpr)?;
    change(ask, &request.rsvn_ord_seq, |row, _| {
        let last = last_date(&request.rsvn_ord_end_dt, row.date)?;
        row.terms = terms;
        row.last_date = last;
        Ok(())
    })
}

/// `POST order-resv-rvsecncl` with the id of a cancellation.
pub(crate) fn cancel(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let request: OrderResvRvsecnclRequest = ask.read()?;
    change(ask, &request.rsvn_ord_seq, |row, now| {
        row.state = State::Cancelled(now);
        Ok(())
    })
}

fn change(
    ask: &Ask<'_>,
    number: &str,
    act: impl FnOnce(&mut Reservation, DateTime<Utc>) -> Result<(), Reject>,
) -> Result<Answer, Reject> {
    let now = ask.shared.now();
    session_for(now).ok_or_else(closed)?;
    let account = ask.account();
    let mut reservations = ask.shared.reservations();
    let waiting = reservations.of(&account, number).filter(|row| matches!(row.state, State::Waiting));
    act(waiting.ok_or_else(|| Reject::business("APBK0927"))?, now)?;
    reservations.changes += 1;
    let output = OrderResvRvsecnclOutput { nrml_prcs_yn: "Y".to_owned() };
    Ok(Answer::ledger("KIOK0510", "", &One { output }))
}

/// `GET order-resv-ccnl`.
pub(crate) fn list(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: OrderResvCcnlQuery = ask.read()?;
    let from = text::read_date(&query.rsvn_ord_ord_dt).unwrap_or(NaiveDate::MIN);
    let to = text::read_date(&query.rsvn_ord_end_dt).unwrap_or(NaiveDate::MAX);
    let number: Option<u32> = query.rsvn_ord_seq.trim().parse().ok();
    let wanted = symbol(&query.pdno).ok();
    let account = ask.account();
    let takes = |row: &Reservation| {
        let is_waiting = matches!(row.state, State::Waiting);
        let side = query.sll_buy_dvsn_cd.trim();
        row.account == account
            && (from..=to).contains(&row.date)
            && number.is_none_or(|number| row.number == number)
            && wanted.is_none_or(|symbol| row.terms.symbol == symbol)
            && (!matches!(side, "01" | "02") || side == text::side(row.terms.side))
            && match query.prcs_dvsn_cd.trim() {
                "1" => !is_waiting,
                "2" => is_waiting,
                _ => true,
            }
            && (query.cncl_yn.trim() != "Y" || !matches!(row.state, State::Cancelled(_)))
    };
    let rows: Vec<OrderResvCcnlRow> = ask.shared.with_world(|world, _| {
        let reservations = ask.shared.reservations();
        reservations.rows.iter().rev().filter(|row| takes(row)).map(|row| list_row(row, world)).collect()
    });
    let criteria = [query.rsvn_ord_ord_dt.trim(), query.rsvn_ord_end_dt.trim()];
    let page = page(ask, rows, |row| row.rsvn_ord_seq.clone(), &criteria, &query.ctx_area_nk200, WIDE_KEY_WIDTH)?;
    let body = ReservationsBody { ctx_area_fk200: page.fk, ctx_area_nk200: page.nk, output: page.rows };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

fn list_row(row: &Reservation, world: &World) -> OrderResvCcnlRow {
    let (filled, amount) = traded(row, world);
    let (cancelled_on, cancelled_at) = match row.state {
        State::Cancelled(at) => (text::day(at), text::time(at)),
        _ => (String::new(), String::new()),
    };
    let result = match &row.state {
        State::Waiting if row.sent.is_empty() => "미처리",
        State::Waiting | State::Done => "정상처리",
        State::Cancelled(_) => "취소",
        State::Refused(_) => "거부",
    };
    OrderResvCcnlRow {
        rsvn_ord_seq: row.number.to_string(),
        rsvn_ord_ord_dt: text::date(row.date),
        rsvn_ord_rcit_dt: text::day(row.received_at),
        pdno: row.terms.symbol.to_string(),
        ord_dvsn_cd: row.terms.code.clone(),
        ord_rsvn_qty: row.terms.quantity.0.to_string(),
        tot_ccld_qty: filled.0.to_string(),
        cncl_ord_dt: cancelled_on,
        ord_tmd: if row.sent.is_empty() {
            String::new()
        } else {
            sent_at(row.date).map(text::time).unwrap_or_default()
        },
        ctac_tlno: String::new(),
        rjct_rson2: if let State::Refused(reason) = &row.state { reason.clone() } else { String::new() },
        odno: row.sent.last().map(|(_, number)| format!("{number:010}")).unwrap_or_default(),
        rsvn_ord_rcit_tmd: text::time(row.received_at),
        kor_item_shtn_name: world.instrument(row.terms.symbol).map(|one| one.name_ko.clone()).unwrap_or_default(),
        sll_buy_dvsn_cd: text::side(row.terms.side).to_owned(),
        ord_rsvn_unpr: row.terms.price.unwrap_or_default().0.to_string(),
        tot_ccld_amt: amount.to_string(),
        loan_dt: String::new(),
        cncl_rcit_tmd: cancelled_at,
        prcs_rslt: result.to_owned(),
        ord_dvsn_name: text::division(&row.terms.code).to_owned(),
        tmnl_mdia_kind_cd: "31".to_owned(),
        rsvn_end_dt: row.last_date.map(text::date).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_from_1540_to_0730_but_not_during_the_reset_section_5_13() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a date");
        let at = |day, hour, minute| session_for(from_kst(date(day), hm(hour, minute)));
        // Thursday 2026-10-01 is a session, and so is Friday.
        assert_eq!(at(1, 15, 39), None);
        assert_eq!(at(1, 15, 40), Some(date(2)));
        assert_eq!((at(1, 23, 40), at(2, 0, 9)), (None, None));
        assert_eq!(at(2, 0, 10), Some(date(2)));
        assert_eq!((at(2, 7, 29), at(2, 7, 30)), (Some(date(2)), None));
        // Saturday.
        assert_eq!(at(3, 12, 0), next_session(date(3)));
    }
}
