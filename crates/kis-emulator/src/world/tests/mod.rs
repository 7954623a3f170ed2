//! The rules of the specification (kis-openapi), one by one, and whole days.

mod days;
mod orders;
mod sources;
mod state;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{CommissionTerms, OrderStyle, Price, Qty, Side, Symbol, Won, from_kst};

use super::{
    AccountTerms, Amend, Change, Happening, HoldingRow, MarketSource, NewOrder, OrderKey, OrderRow, OrderVenue, Origin,
    Refusal, Setup, World,
};

/// A Monday; the Tuesday and the Wednesday after it are sessions.
pub(super) const MONDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");

pub(super) const FIRST: &str = "5000000101";
pub(super) const SECOND: &str = "5000000201";
pub(super) const THIRD: &str = "5000000301";

pub(super) fn samsung() -> Symbol {
    "005930".parse().expect("a code")
}

/// Monday at a time in Korea.
pub(super) fn at(hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    from_kst(MONDAY, NaiveTime::from_hms_opt(hour, minute, second).expect("a time"))
}

/// A world whose others trade exactly what the lines say, on one issue with a base price of 70,000.
pub(super) struct Script {
    pub(super) world: World,
    pub(super) now: DateTime<Utc>,
    pub(super) happened: Vec<Happening>,
    files: tempfile::TempDir,
    state: Option<PathBuf>,
}

/// Trades of one Monday, and a daily bar of the Friday before.
const TAPE: &str = "\
time,symbol,price,quantity,bid,ask
2026-11-02 09:00:05,005930,70000,5000,,
2026-11-02 09:01:00,005930,70000,10,69900,70000
2026-11-02 10:00:00,005930,70100,10,70000,70100
2026-11-02 11:00:00,005930,70200,10,70100,70200
2026-11-02 14:00:00,005930,70300,10,70200,70300
2026-11-02 15:30:00,005930,70400,8000,,
2026-11-02 16:30:00,005930,70500,10,70400,70500
2026-11-03 09:00:10,005930,70400,5000,,
2026-11-03 09:01:00,005930,70400,10,70300,70400
";
const BARS: &str = "\
symbol,time,open,high,low,close,volume,market,name
005930,2026-10-29,69000,69500,68500,69200,900000,kospi,삼성전자
005930,2026-10-30,69500,70500,69000,70000,1000000,kospi,삼성전자
";

impl Script {
    /// The world at 08:00 with the accounts of `cash` won each.
    pub(super) fn with_accounts(cash: &[i64]) -> Self {
        Self::begin(cash, false)
    }

    /// The same with its state on disk.
    pub(super) fn with_state(cash: &[i64]) -> Self {
        Self::begin(cash, true)
    }

    fn begin(cash: &[i64], keeps: bool) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        let path = |name: &str| files.path().join(name);
        std::fs::write(path("tape.csv"), TAPE).expect("written");
        std::fs::write(path("bars.csv"), BARS).expect("written");
        let state = keeps.then(|| path("state"));
        let now = at(8, 0, 0);
        let world = World::open(&setup_of(&files, state.clone()), now).expect("a world");
        let mut script = Self { world, now, happened: Vec::new(), files, state };
        for (number, cash) in [FIRST, SECOND, THIRD].iter().zip(cash) {
            script.world.open_account(&terms(number, *cash), now).expect("a new account");
        }
        script
    }

    /// The same world, read back from its state.
    pub(super) fn restarted(&self) -> World {
        World::open(&setup_of(&self.files, self.state.clone()), self.now).expect("the state is read back")
    }

    pub(super) fn setup(&self) -> Setup {
        setup_of(&self.files, self.state.clone())
    }

    pub(super) fn until(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.happened.extend(self.world.advance(now));
    }

    pub(super) fn place(&mut self, account: &str, order: NewOrder) -> Result<OrderKey, Refusal> {
        let key = self.world.place(account, order, Origin::Api, self.now);
        self.until(self.now);
        key
    }

    pub(super) fn cancel(&mut self, account: &str, number: u32, quantity: Option<i64>) -> Result<OrderKey, Refusal> {
        let change = Change { branch: String::new(), original: number, quantity: quantity.map(Qty) };
        let key = self.world.cancel(account, change, self.now);
        self.until(self.now);
        key
    }

    pub(super) fn amend(
        &mut self,
        account: &str,
        number: u32,
        quantity: Option<i64>,
        price: i64,
    ) -> Result<OrderKey, Refusal> {
        let change = Change { branch: String::new(), original: number, quantity: quantity.map(Qty) };
        let (style, code) = (OrderStyle::Limit, "00".to_owned());
        let amend = Amend { change, style, code, price: Some(Price(price)), stop: None };
        let key = self.world.amend(account, amend, self.now);
        self.until(self.now);
        key
    }

    /// The row of an order of today.
    pub(super) fn row(&self, account: &str, key: &OrderKey) -> OrderRow {
        let rows = self.world.orders(account, key.date, key.date);
        rows.into_iter().find(|row| row.key == *key).expect("a row").clone()
    }

    pub(super) fn held(&mut self, account: &str) -> HoldingRow {
        self.world.sellable(account, samsung(), self.now).expect("a row")
    }

    /// Gives the account shares by buying them in the opening auction at 70,000.
    pub(super) fn buy_at_the_opening(&mut self, account: &str, quantity: i64) {
        self.until(at(8, 40, 0));
        self.place(account, buy(quantity, None)).expect("a market order for the opening");
        self.until(at(9, 0, 40));
        assert_eq!(self.held(account).quantity, Qty(quantity));
    }
}

fn setup_of(files: &tempfile::TempDir, state: Option<PathBuf>) -> Setup {
    let path = |name: &str| files.path().join(name);
    let market = MarketSource::Tape { tape: path("tape.csv"), bars: vec![path("bars.csv")] };
    Setup { seed: 7, market, state }
}

pub(super) fn terms(number: &str, cash: i64) -> AccountTerms {
    AccountTerms {
        number: number.to_owned(),
        holder: "홍길동".to_owned(),
        hts_id: format!("hts{number}"),
        branch: "91252".to_owned(),
        cash: Won(cash),
        commission: CommissionTerms::default(),
    }
}

pub(super) fn order(side: Side, quantity: i64, price: Option<i64>) -> NewOrder {
    let (style, code) = if price.is_some() { (OrderStyle::Limit, "00") } else { (OrderStyle::Market, "01") };
    NewOrder {
        symbol: samsung(),
        side,
        style,
        code: code.to_owned(),
        only_in: None,
        quantity: Qty(quantity),
        price: price.map(Price),
        stop: None,
        venue: OrderVenue::Krx,
    }
}

pub(super) fn buy(quantity: i64, price: Option<i64>) -> NewOrder {
    order(Side::Buy, quantity, price)
}

pub(super) fn sell(quantity: i64, price: Option<i64>) -> NewOrder {
    order(Side::Sell, quantity, price)
}

pub(super) const MILLION: i64 = 1_000_000;

/// A day later, at the same time.
pub(super) fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}
