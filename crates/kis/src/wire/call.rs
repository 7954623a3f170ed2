//! The table of calls: path, TR ids of both environments, rows a page, and what each costs (§1.3, §3.4, §5.0, §6).

/// One of the two environments of the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// 실전투자: orders go to the exchanges.
    Live,
    /// 모의투자: orders go to the broker's own simulation.
    Paper,
}

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Parameters travel as a query.
    Get,
    /// Parameters travel as a JSON body.
    Post,
}

/// What a call touches, which decides its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Makes, amends or cancels an order: it may cost money and is never repeated.
    Order,
    /// Reads the ledger (원장), which has a limit of its own.
    Ledger,
    /// Reads the market.
    Quote,
}

/// Rows of one page or call; 0 for calls that answer with objects only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// In the real environment.
    pub real: u16,
    /// In mock.
    pub mock: u16,
}

/// One API of the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name that the broker gives it.
    pub name: &'static str,
    /// Method.
    pub method: Method,
    /// Path from the root of the host.
    pub path: &'static str,
    /// TR id in the real environment.
    pub real: &'static str,
    /// TR id in mock; `None` where mock does not serve it (§1.3).
    pub mock: Option<&'static str>,
    /// Older real TR ids that are still answered, venue KRX implied.
    pub legacy: &'static [&'static str],
    /// Older mock TR ids.
    pub legacy_mock: &'static [&'static str],
    /// What it touches.
    pub kind: Kind,
    /// Rows of a page or call.
    pub rows: Rows,
    /// Section of the specification.
    pub section: &'static str,
}

/// What a TR id means under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The call.
    pub call: &'static Call,
    /// The environment whose TR id it is; `None` where both use the same.
    pub environment: Option<Environment>,
    /// True for an older TR id.
    pub is_legacy: bool,
}

/// POST: issues an access token (§2.1).
pub const TOKEN_PATH: &str = "/oauth2/tokenP";
/// POST: revokes one (§2.2).
pub const REVOKE_PATH: &str = "/oauth2/revokeP";
/// POST: issues a key for the WebSocket (§2.3).
pub const APPROVAL_PATH: &str = "/oauth2/Approval";
/// POST: hashes a body (§2.4).
pub const HASHKEY_PATH: &str = "/uapi/hashkey";

macro_rules! trading {
    ($path:literal) => {
        concat!("/uapi/domestic-stock/v1/trading/", $path)
    };
}

macro_rules! quotations {
    ($path:literal) => {
        concat!("/uapi/domestic-stock/v1/quotations/", $path)
    };
}

impl Call {
    const fn order(name: &'static str, path: &'static str, real: &'static str, section: &'static str) -> Self {
        let rows = Rows { real: 0, mock: 0 };
        let (method, kind) = (Method::Post, Kind::Order);
        Self { name, method, path, real, mock: None, legacy: &[], legacy_mock: &[], kind, rows, section }
    }

    const fn ledger(name: &'static str, path: &'static str, real: &'static str, section: &'static str) -> Self {
        Self { method: Method::Get, kind: Kind::Ledger, ..Self::order(name, path, real, section) }
    }

    const fn quote(name: &'static str, path: &'static str, real: &'static str, section: &'static str) -> Self {
        Self { kind: Kind::Quote, ..Self::ledger(name, path, real, section) }
    }

    const fn in_mock(self, tr_id: &'static str) -> Self {
        Self { mock: Some(tr_id), ..self }
    }

    /// Served by mock under the real TR id, as quotations are.
    const fn in_both(self) -> Self {
        self.in_mock(self.real)
    }

    const fn older(self, legacy: &'static [&'static str], legacy_mock: &'static [&'static str]) -> Self {
        Self { legacy, legacy_mock, ..self }
    }

    const fn rows(self, real: u16, mock: u16) -> Self {
        Self { rows: Rows { real, mock }, ..self }
    }

    /// Every call.
    pub const ALL: &'static [&'static Self] = &[
        &ORDER_CASH_BUY,
        &ORDER_CASH_SELL,
        &ORDER_RVSECNCL,
        &INQUIRE_PSBL_RVSECNCL,
        &INQUIRE_PSBL_ORDER,
        &INQUIRE_PSBL_SELL,
        &INQUIRE_BALANCE,
        &INQUIRE_ACCOUNT_BALANCE,
        &INQUIRE_DAILY_CCLD,
        &INQUIRE_DAILY_CCLD_OLD,
        &INQUIRE_BALANCE_RLZ_PL,
        &INQUIRE_PERIOD_PROFIT,
        &INQUIRE_PERIOD_TRADE_PROFIT,
        &ORDER_RESV,
        &ORDER_RESV_CANCEL,
        &ORDER_RESV_AMEND,
        &ORDER_RESV_CCNL,
        &INQUIRE_PRICE,
        &INQUIRE_ASKING_PRICE_EXP_CCN,
        &INQUIRE_CCNL,
        &INQUIRE_DAILY_PRICE,
        &INQUIRE_DAILY_ITEMCHARTPRICE,
        &INQUIRE_TIME_ITEMCHARTPRICE,
        &INQUIRE_TIME_DAILYCHARTPRICE,
        &INQUIRE_TIME_ITEMCONCLUSION,
        &INQUIRE_INDEX_PRICE,
        &INQUIRE_INDEX_DAILY_PRICE,
        &INQUIRE_DAILY_INDEXCHARTPRICE,
        &SEARCH_STOCK_INFO,
        &SEARCH_INFO,
        &CHK_HOLIDAY,
        &VOLUME_RANK,
    ];

    /// The TR id in `environment`; `None` where it is not served.
    pub const fn tr_id(&self, environment: Environment) -> Option<&'static str> {
        match environment {
            Environment::Live => Some(self.real),
            Environment::Paper => self.mock,
        }
    }

    /// Rows of a page or call in `environment`.
    pub const fn page(&self, environment: Environment) -> u16 {
        match environment {
            Environment::Live => self.rows.real,
            Environment::Paper => self.rows.mock,
        }
    }

    /// The call that a TR id of either environment, current or older, names. The broker's gateway goes by it alone: it
    /// answers under another known path too.
    pub fn find(tr_id: &str) -> Option<Found> {
        Self::ALL.iter().find_map(|call| {
            let environment = match (call.real == tr_id, call.mock == Some(tr_id)) {
                (true, true) => return Some(Found { call, environment: None, is_legacy: false }),
                (true, false) => Some((Environment::Live, false)),
                (false, true) => Some((Environment::Paper, false)),
                _ if call.legacy.contains(&tr_id) => Some((Environment::Live, true)),
                _ if call.legacy_mock.contains(&tr_id) => Some((Environment::Paper, true)),
                _ => None,
            };
            environment.map(|(environment, is_legacy)| Found { call, environment: Some(environment), is_legacy })
        })
    }
}

/// 주식주문(현금), buying.
pub const ORDER_CASH_BUY: Call = Call::order("order-cash", trading!("order-cash"), "TTTC0012U", "5.2")
    .in_mock("VTTC0012U")
    .older(&["TTTC0802U"], &["VTTC0802U"]);
/// 주식주문(현금), selling.
pub const ORDER_CASH_SELL: Call = Call::order("order-cash", trading!("order-cash"), "TTTC0011U", "5.2")
    .in_mock("VTTC0011U")
    .older(&["TTTC0801U"], &["VTTC0801U"]);
/// 주식주문(정정취소).
pub const ORDER_RVSECNCL: Call = Call::order("order-rvsecncl", trading!("order-rvsecncl"), "TTTC0013U", "5.3")
    .in_mock("VTTC0013U")
    .older(&["TTTC0803U"], &["VTTC0803U"]);
/// 주식정정취소가능주문조회.
pub const INQUIRE_PSBL_RVSECNCL: Call =
    Call::ledger("inquire-psbl-rvsecncl", trading!("inquire-psbl-rvsecncl"), "TTTC0084R", "5.4")
        .older(&["TTTC8036R"], &[])
        .rows(50, 0);
/// 매수가능조회.
pub const INQUIRE_PSBL_ORDER: Call =
    Call::ledger("inquire-psbl-order", trading!("inquire-psbl-order"), "TTTC8908R", "5.5").in_mock("VTTC8908R");
/// 매도가능수량조회.
pub const INQUIRE_PSBL_SELL: Call =
    Call::ledger("inquire-psbl-sell", trading!("inquire-psbl-sell"), "TTTC8408R", "5.6");
/// 주식잔고조회.
pub const INQUIRE_BALANCE: Call =
    Call::ledger("inquire-balance", trading!("inquire-balance"), "TTTC8434R", "5.7").in_mock("VTTC8434R").rows(50, 20);
/// 투자계좌자산현황조회.
pub const INQUIRE_ACCOUNT_BALANCE: Call =
    Call::ledger("inquire-account-balance", trading!("inquire-account-balance"), "CTRP6548R", "5.8").rows(20, 0);
/// 주식일별주문체결조회, up to three months back.
pub const INQUIRE_DAILY_CCLD: Call =
    Call::ledger("inquire-daily-ccld", trading!("inquire-daily-ccld"), "TTTC0081R", "5.9")
        .in_mock("VTTC0081R")
        .older(&["TTTC8001R"], &["VTTC8001R"])
        .rows(100, 15);
/// 주식일별주문체결조회, before the last three months.
pub const INQUIRE_DAILY_CCLD_OLD: Call =
    Call { real: "CTSC9215R", ..INQUIRE_DAILY_CCLD }.in_mock("VTSC9215R").older(&["CTSC9115R"], &["VTSC9115R"]);
/// 주식잔고조회 실현손익.
pub const INQUIRE_BALANCE_RLZ_PL: Call =
    Call::ledger("inquire-balance-rlz-pl", trading!("inquire-balance-rlz-pl"), "TTTC8494R", "5.10").rows(50, 0);
/// 기간별손익일별합산조회.
pub const INQUIRE_PERIOD_PROFIT: Call =
    Call::ledger("inquire-period-profit", trading!("inquire-period-profit"), "TTTC8708R", "5.11").rows(100, 0);
/// 기간별매매손익현황조회.
pub const INQUIRE_PERIOD_TRADE_PROFIT: Call =
    Call::ledger("inquire-period-trade-profit", trading!("inquire-period-trade-profit"), "TTTC8715R", "5.12")
        .rows(100, 0);
/// 주식예약주문.
pub const ORDER_RESV: Call = Call::order("order-resv", trading!("order-resv"), "CTSC0008U", "5.13");
/// 주식예약주문취소.
pub const ORDER_RESV_CANCEL: Call =
    Call::order("order-resv-rvsecncl", trading!("order-resv-rvsecncl"), "CTSC0009U", "5.13");
/// 주식예약주문정정.
pub const ORDER_RESV_AMEND: Call =
    Call::order("order-resv-rvsecncl", trading!("order-resv-rvsecncl"), "CTSC0013U", "5.13");
/// 주식예약주문조회.
pub const ORDER_RESV_CCNL: Call =
    Call::ledger("order-resv-ccnl", trading!("order-resv-ccnl"), "CTSC0004R", "5.13").rows(20, 0);
/// 주식현재가 시세.
pub const INQUIRE_PRICE: Call =
    Call::quote("inquire-price", quotations!("inquire-price"), "FHKST01010100", "6.1").in_both();
/// 주식현재가 호가/예상체결.
pub const INQUIRE_ASKING_PRICE_EXP_CCN: Call =
    Call::quote("inquire-asking-price-exp-ccn", quotations!("inquire-asking-price-exp-ccn"), "FHKST01010200", "6.2")
        .in_both();
/// 주식현재가 체결.
pub const INQUIRE_CCNL: Call =
    Call::quote("inquire-ccnl", quotations!("inquire-ccnl"), "FHKST01010300", "6.3").in_both().rows(30, 30);
/// 주식현재가 일자별.
pub const INQUIRE_DAILY_PRICE: Call =
    Call::quote("inquire-daily-price", quotations!("inquire-daily-price"), "FHKST01010400", "6.4")
        .in_both()
        .rows(30, 30);
/// 국내주식기간별시세.
pub const INQUIRE_DAILY_ITEMCHARTPRICE: Call =
    Call::quote("inquire-daily-itemchartprice", quotations!("inquire-daily-itemchartprice"), "FHKST03010100", "6.5")
        .in_both()
        .rows(100, 100);
/// 주식당일분봉조회.
pub const INQUIRE_TIME_ITEMCHARTPRICE: Call =
    Call::quote("inquire-time-itemchartprice", quotations!("inquire-time-itemchartprice"), "FHKST03010200", "6.6")
        .in_both()
        .rows(30, 30);
/// 주식일별분봉조회.
pub const INQUIRE_TIME_DAILYCHARTPRICE: Call =
    Call::quote("inquire-time-dailychartprice", quotations!("inquire-time-dailychartprice"), "FHKST03010230", "6.6")
        .rows(120, 0);
/// 주식현재가 당일시간대별체결.
pub const INQUIRE_TIME_ITEMCONCLUSION: Call =
    Call::quote("inquire-time-itemconclusion", quotations!("inquire-time-itemconclusion"), "FHPST01060000", "6.7")
        .in_both()
        .rows(30, 30);
/// 국내업종 현재지수.
pub const INQUIRE_INDEX_PRICE: Call =
    Call::quote("inquire-index-price", quotations!("inquire-index-price"), "FHPUP02100000", "6.8");
/// 국내업종 일자별지수.
pub const INQUIRE_INDEX_DAILY_PRICE: Call =
    Call::quote("inquire-index-daily-price", quotations!("inquire-index-daily-price"), "FHPUP02120000", "6.8")
        .rows(100, 0);
/// 국내주식업종기간별시세.
pub const INQUIRE_DAILY_INDEXCHARTPRICE: Call =
    Call::quote("inquire-daily-indexchartprice", quotations!("inquire-daily-indexchartprice"), "FHKUP03500100", "6.8")
        .in_both()
        .rows(50, 50);
/// 주식기본조회.
pub const SEARCH_STOCK_INFO: Call =
    Call::quote("search-stock-info", quotations!("search-stock-info"), "CTPF1002R", "6.9");
/// 상품기본조회.
pub const SEARCH_INFO: Call = Call::quote("search-info", quotations!("search-info"), "CTPF1604R", "6.9");
/// 국내휴장일조회: of the ledger, though it stands among the quotations.
pub const CHK_HOLIDAY: Call = Call::ledger("chk-holiday", quotations!("chk-holiday"), "CTCA0903R", "6.10").rows(24, 0);
/// 거래량순위.
pub const VOLUME_RANK: Call =
    Call::quote("volume-rank", quotations!("volume-rank"), "FHPST01710000", "6.11").rows(30, 0);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_tr_id_names_one_call() {
        let mut seen = HashSet::new();
        for call in Call::ALL {
            let mock = call.mock.filter(|mock| *mock != call.real);
            for tr_id in [call.real].iter().chain(&mock).chain(call.legacy).chain(call.legacy_mock) {
                assert!(seen.insert(*tr_id), "{tr_id} occurs twice");
                assert!(Call::find(tr_id).is_some_and(|found| found.call == *call), "{tr_id}");
            }
        }
        assert_eq!(Call::find("TTTC0000R"), None);
    }

    #[test]
    fn mock_ids_follow_the_rule_of_the_letter() {
        for call in Call::ALL {
            if let Some(mock) = call.mock {
                let expected = match call.kind {
                    Kind::Quote => call.real.to_owned(),
                    Kind::Order | Kind::Ledger => format!("V{}", &call.real[1..]),
                };
                assert_eq!(mock, expected, "{}", call.name);
            } else {
                assert!(call.legacy_mock.is_empty() && call.rows.mock == 0, "{}", call.name);
            }
        }
    }

    #[test]
    fn a_tr_id_tells_environment_and_age() {
        let of = |tr_id| Call::find(tr_id).map(|found| (found.call.name, found.environment, found.is_legacy));
        assert_eq!(of("VTTC0802U"), Some(("order-cash", Some(Environment::Paper), true)));
        assert_eq!(of("TTTC8434R"), Some(("inquire-balance", Some(Environment::Live), false)));
        assert_eq!(of("FHKST01010100"), Some(("inquire-price", None, false)));
        assert_eq!(INQUIRE_PSBL_SELL.tr_id(Environment::Paper), None);
        assert_eq!(INQUIRE_DAILY_CCLD_OLD.page(Environment::Paper), 15);
    }

    #[test]
    fn only_orders_are_posted() {
        for call in Call::ALL {
            assert_eq!(call.method == Method::Post, call.kind == Kind::Order, "{}", call.name);
        }
    }
}
