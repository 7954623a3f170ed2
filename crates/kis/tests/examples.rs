//! The examples of the specification of the interface, read and written by the wire types: no key may be lost, which is
//! how a misspelled one would show, and no field may be wider than its width.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use exodus_domain::{KST, OrderState, Price, Qty, Won};
use exodus_kis::wire::envelope::{self, AnswerError, Many, One, Pair};
use exodus_kis::wire::fields::{Fields, from_body, from_query, to_query};
use exodus_kis::wire::oauth::{ApprovalAnswer, HashkeyAnswer, RevokeAnswer, TokenAnswer};
use exodus_kis::wire::order_answer::{OrderAnswer, read_order};
use exodus_kis::wire::quotations::market::{daily_bars, minute_bars, order_book, quote, sessions};
use exodus_kis::wire::quotations::*;
use exodus_kis::wire::trading::rows::{buyable, cash, holdings, open_orders, order_rows};
use exodus_kis::wire::trading::*;
use exodus_kis::wire::{Read, call};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn example(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples").join(file);
    fs::read_to_string(path).expect(file)
}

/// Every leaf of `of` must stand in `within` at the same place; a blank one may be missing.
fn assert_kept(of: &Value, within: &Value, place: &str) {
    match of {
        Value::Object(keys) => {
            for (key, value) in keys {
                assert_kept(value, within.get(key).unwrap_or(&Value::Null), &format!("{place}.{key}"));
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                assert_kept(item, within.get(at).unwrap_or(&Value::Null), &format!("{place}[{at}]"));
            }
        }
        leaf if leaf == "" && within.is_null() => {}
        leaf => assert_eq!(within, leaf, "{place} is lost"),
    }
}

/// Reads the answer of a body type and checks that all of it was read.
fn body<B: DeserializeOwned + Serialize + Debug + PartialEq>(name: &str) -> B {
    let text = example(&format!("{name}.json"));
    let body: B = envelope::read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let mut whole: Map<String, Value> = serde_json::from_str(&text).expect(name);
    whole.retain(|key, _| !matches!(key.as_str(), "rt_cd" | "msg_cd" | "msg1"));
    let written = serde_json::to_value(&body).expect(name);
    assert_kept(&Value::Object(whole), &written, name);
    let again: B = serde_json::from_value(written).expect(name);
    assert_eq!(again, body, "{name} does not come back");
    body
}

/// The answer of a query whose call has the path that the example is named after.
fn answer<Q: Read>(name: &str) -> Q::Body
where
    Q::Body: Debug + PartialEq,
{
    assert!(Q::CALL.path.ends_with(&name.replace('_', "-")), "{} is not {name}", Q::CALL.path);
    body(name)
}

/// The query of an example, which must come back as it is; keys that are blank are written all the same.
fn query<Q: Read + DeserializeOwned + PartialEq + Debug>(name: &str) {
    let text = example(&format!("{name}.query.txt"));
    let query: Q = from_query(text.trim()).expect(name);
    assert_eq!(query.overlong(), None, "{name}");
    let written = to_query(&query);
    for pair in text.trim().split('&') {
        assert!(written.split('&').any(|other| other == pair), "{name}: {pair} is lost in {written}");
    }
    let lower: Q = from_query(&text.trim().replace("CANO", "cano").replace("PDNO", "pdno")).expect(name);
    assert_eq!(lower, query);
}

fn fits<'a, T: Fields + 'a>(rows: impl IntoIterator<Item = &'a T>) {
    for row in rows {
        assert_eq!(row.overlong(), None);
    }
}

#[test]
fn orders_are_written_and_answered() {
    let request: OrderCashRequest = from_body(example("order_cash.request.json").as_bytes()).expect("read");
    let written = serde_json::to_value(&request).expect("JSON");
    assert_eq!(written, serde_json::from_str::<Value>(&example("order_cash.request.json")).expect("JSON"));
    fits([&request]);
    let change: OrderRvsecnclRequest = from_body(example("order_rvsecncl.request.json").as_bytes()).expect("read");
    assert_eq!((change.rvse_cncl_dvsn_cd.as_str(), change.orgn_odno.as_str()), ("02", "0000117057"));
    for (name, number) in [
        ("order_cash", "91252-0000117057"),
        ("order_cash_mock", "00950-0000012345"),
        ("order_rvsecncl", "91252-0000118342"),
    ] {
        let OrderAnswer::Accepted(accepted) = read_order(200, example(&format!("{name}.json")).as_bytes()) else {
            panic!("{name} was not accepted");
        };
        assert_eq!(accepted.id.0, number);
        fits([&body::<One<OrderOutput>>(name).output]);
    }
    let refused = read_order(200, example("order_cash_refused.json").as_bytes());
    assert!(matches!(refused, OrderAnswer::Refused(failure) if failure.msg_cd == "APBK0952"));
    let nothing_left = read_order(200, example("order_rvsecncl_refused.json").as_bytes());
    assert!(matches!(nothing_left, OrderAnswer::Unknown(_)), "a cancel that is refused proves nothing");
}

#[test]
fn lists_of_orders_are_read() {
    query::<InquirePsblRvsecnclQuery>("inquire_psbl_rvsecncl");
    let open = answer::<InquirePsblRvsecnclQuery>("inquire_psbl_rvsecncl");
    fits(&open.output);
    let open = open_orders(&open.output).expect("a list");
    assert_eq!((open[0].open, open[0].filled, open[0].price), (Qty(6), Qty(4), Some(Price(71_200))));

    query::<InquireDailyCcldQuery>("inquire_daily_ccld");
    let day = answer::<InquireDailyCcldQuery>("inquire_daily_ccld");
    fits(&day.output1);
    fits([&day.output2]);
    let rows = order_rows(&day.output1).expect("a list");
    assert_eq!((rows[0].facts.state(), rows[0].facts.cum_amount), (OrderState::Partial, Won(284_800)));
}

#[test]
fn balances_are_read() {
    query::<InquireBalanceQuery>("inquire_balance");
    let balance = answer::<InquireBalanceQuery>("inquire_balance");
    fits(&balance.output1);
    fits(&balance.output2);
    let held = holdings(&balance.output1).expect("holdings");
    assert_eq!((held[0].holding.quantity, held[0].holding.cost), (Qty(10), Won(712_000)));
    assert_eq!(cash(&balance.output2[0]).expect("cash").d2, Won(4_287_893));

    query::<InquireAccountBalanceQuery>("inquire_account_balance");
    let assets = answer::<InquireAccountBalanceQuery>("inquire_account_balance");
    fits(&assets.output1);
    fits([&assets.output2]);

    query::<InquireBalanceRlzPlQuery>("inquire_balance_rlz_pl");
    let realised = answer::<InquireBalanceRlzPlQuery>("inquire_balance_rlz_pl");
    fits(&realised.output2);
    assert_eq!(realised.output2[0].rlzt_pfls, "12500");
}

#[test]
fn what_can_be_traded_is_read() {
    query::<InquirePsblOrderQuery>("inquire_psbl_order");
    let output = answer::<InquirePsblOrderQuery>("inquire_psbl_order").output;
    fits([&output]);
    assert_eq!(buyable(&output).expect("amounts").quantity, Qty(54));

    query::<InquirePsblSellQuery>("inquire_psbl_sell");
    let output = answer::<InquirePsblSellQuery>("inquire_psbl_sell").output;
    fits([&output]);
    assert_eq!(output.ord_psbl_qty, "10");
    // The documents name the object `output1`.
    let documented = example("inquire_psbl_sell.json").replace("\"output\"", "\"output1\"");
    assert_eq!(envelope::read::<One<InquirePsblSellOutput>>(documented.as_bytes()).expect("read").output, output);
}

#[test]
fn profits_are_read() {
    query::<InquirePeriodProfitQuery>("inquire_period_profit");
    let days = answer::<InquirePeriodProfitQuery>("inquire_period_profit");
    fits(&days.output1);
    fits([&days.output2]);
    query::<InquirePeriodTradeProfitQuery>("inquire_period_trade_profit");
    let issues = answer::<InquirePeriodTradeProfitQuery>("inquire_period_trade_profit");
    fits(&issues.output1);
    fits([&issues.output2]);
}

#[test]
fn reservations_are_read() {
    let request: OrderResvRequest = from_body(example("order_resv.request.json").as_bytes()).expect("read");
    assert_eq!((request.ord_objt_cblc_dvsn_cd.as_str(), request.sll_buy_dvsn_cd.as_str()), ("10", "02"));
    let cancel: OrderResvRvsecnclRequest =
        from_body(example("order_resv_rvsecncl.request.json").as_bytes()).expect("read");
    assert_eq!((cancel.rsvn_ord_seq.as_str(), cancel.rsvn_ord_ord_dt.as_str()), ("42401", "20261002"));
    assert_eq!(body::<One<OrderResvOutput>>("order_resv").output.rsvn_ord_seq, "42401");
    assert_eq!(body::<One<OrderResvRvsecnclOutput>>("order_resv_rvsecncl").output.nrml_prcs_yn, "Y");
    // The documents print an array with a key in lower case.
    let documented = br#"{"rt_cd":"0","msg_cd":"APBK2938","msg1":"","output":[{"rsvn_ord_seq":"42401"}]}"#;
    assert_eq!(envelope::read::<One<OrderResvOutput>>(documented).expect("read").output.rsvn_ord_seq, "42401");
}

#[test]
fn prices_and_books_are_read() {
    let samsung = "005930".parse().expect("a symbol");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day");
    let at = exodus_domain::from_kst(day, chrono::NaiveTime::MIN);
    let price = answer::<InquirePriceQuery>("inquire_price").output;
    fits([&price]);
    assert_eq!(quote(&price, samsung, at).expect("a quote").price, Price(71_500));

    let Pair { output1, output2 } = answer::<InquireAskingPriceExpCcnQuery>("inquire_asking_price_exp_ccn");
    fits([&output1]);
    fits([&output2]);
    let book = order_book(&output1, samsung, day).expect("a book");
    assert_eq!((book.asks.len(), book.bids.len()), (1, 1), "levels without shares are none");
    assert_eq!(book.at.with_timezone(&KST).to_rfc3339(), "2026-10-01T10:15:30+09:00");

    fits(&answer::<InquireCcnlQuery>("inquire_ccnl").output);
    fits(&answer::<InquireDailyPriceQuery>("inquire_daily_price").output);
    fits(&body::<Many<VolumeRankRow>>("volume_rank").output);
    let issue = answer::<SearchStockInfoQuery>("search_stock_info").output;
    fits([&issue]);
    assert_eq!(issue.std_pdno, "KR7005930003");
}

#[test]
fn bars_are_read() {
    let chart = answer::<InquireDailyItemchartpriceQuery>("inquire_daily_itemchartprice");
    fits([&chart.output1]);
    fits(&chart.output2);
    assert_eq!(daily_bars(&chart.output2).expect("bars")[0].high, Price(71_800));
    let misspelled = example("inquire_daily_itemchartprice.json")
        .replace("\"hts_kor_isnm\": \"삼성전자\"", "\"itewhol_loan_rmnd_ratem name\": \"0.12\"");
    let read: <InquireDailyItemchartpriceQuery as Read>::Body = envelope::read(misspelled.as_bytes()).expect("read");
    assert_eq!(read.output1.itewhol_loan_rmnd_ratem, "0.12");

    let chart = answer::<InquireTimeItemchartpriceQuery>("inquire_time_itemchartprice");
    fits([&chart.output1]);
    fits(&chart.output2);
    let now = "2026-10-01T06:30:00Z".parse().expect("an instant");
    assert_eq!(minute_bars(&chart.output2, now).expect("bars")[0].volume, Qty(20_312));

    let index = answer::<InquireDailyIndexchartpriceQuery>("inquire_daily_indexchartprice");
    fits([&index.output1]);
    fits(&index.output2);
    fits([&answer::<InquireIndexPriceQuery>("inquire_index_price").output]);
}

#[test]
fn holidays_are_read() {
    let days = answer::<ChkHolidayQuery>("chk_holiday");
    fits(&days.output);
    assert_eq!(days.ctx_area_nk, "20261026            ", "keys keep their padding");
    assert_eq!(sessions(&days.output).expect("days").iter().filter(|(_, open)| *open).count(), 1);
}

#[test]
fn oauth_is_read() {
    let token: TokenAnswer = serde_json::from_str(&example("token.json")).expect("a token");
    assert!(token.expires_at().is_some());
    let approval: ApprovalAnswer = serde_json::from_str(&example("approval.json")).expect("a key");
    assert_eq!(format!("{approval:?}"), "ApprovalAnswer { .. }");
    let revoked: RevokeAnswer = serde_json::from_str(&example("revoke.json")).expect("an answer");
    assert_eq!(revoked.code, 200);
    let hash: HashkeyAnswer = serde_json::from_str(&example("hashkey.json")).expect("a hash");
    assert_eq!(hash.body["PDNO"], "005930");
    for (name, code) in [("token_refused", "EGW00133"), ("token_bad_key", "EGW00103")] {
        let failure = envelope::failure(example(&format!("{name}.json")).as_bytes()).expect("a failure");
        assert_eq!((failure.msg_cd.as_str(), failure.rt_cd.as_str()), (code, ""));
    }
}

#[test]
fn misspelled_and_unknown_keys_are_no_fault() {
    let text = example("inquire_daily_ccld.json")
        .replace("\"cncl_cfrm_qty\": \"0\"", "\"cnc_cfrm_qty\": \"0000000003\", \"unheard_of\": {\"a\": [1]}")
        .replace("\"excg_id_dvsn_cd\"", "\"excg_id_dvsn_Cd\"")
        .replace("\"output1\"", "\"Output1\"");
    let read: <InquireDailyCcldQuery as Read>::Body = envelope::read(text.as_bytes()).expect("read");
    assert_eq!(
        (read.output1[0].cncl_cfrm_qty.as_str(), read.output1[0].excg_id_dvsn_cd.as_str()),
        ("0000000003", "KRX")
    );
    let text = example("inquire_balance.json").replace("thdt_buyqty", "thdt_buy_qty");
    let read: <InquireBalanceQuery as Read>::Body = envelope::read(text.as_bytes()).expect("read");
    assert_eq!(read.output1[0].thdt_buyqty, "10");
}

#[test]
fn a_cut_answer_is_never_a_list() {
    let text = example("inquire_daily_ccld.json");
    for end in (0..text.len()).step_by(7) {
        let cut = text.as_bytes().get(..end).expect("a part");
        let read = envelope::read::<<InquireDailyCcldQuery as Read>::Body>(cut);
        assert!(matches!(read, Err(AnswerError::Unreadable(_))), "cut at {end}");
    }
}

#[test]
fn every_call_that_is_read_has_a_type() {
    let typed: Vec<&str> = [
        InquirePsblRvsecnclQuery::CALL,
        InquirePsblOrderQuery::CALL,
        InquirePsblSellQuery::CALL,
        InquireBalanceQuery::CALL,
        InquireAccountBalanceQuery::CALL,
        InquireDailyCcldQuery::CALL,
        InquireBalanceRlzPlQuery::CALL,
        InquirePeriodProfitQuery::CALL,
        InquirePeriodTradeProfitQuery::CALL,
        OrderResvCcnlQuery::CALL,
        InquirePriceQuery::CALL,
        InquireAskingPriceExpCcnQuery::CALL,
        InquireCcnlQuery::CALL,
        InquireDailyPriceQuery::CALL,
        InquireDailyItemchartpriceQuery::CALL,
        InquireTimeItemchartpriceQuery::CALL,
        InquireTimeDailychartpriceQuery::CALL,
        InquireTimeItemconclusionQuery::CALL,
        InquireIndexPriceQuery::CALL,
        InquireIndexDailyPriceQuery::CALL,
        InquireDailyIndexchartpriceQuery::CALL,
        SearchStockInfoQuery::CALL,
        SearchInfoQuery::CALL,
        ChkHolidayQuery::CALL,
        VolumeRankQuery::CALL,
    ]
    .map(|call| call.path)
    .to_vec();
    for call in call::Call::ALL.iter().filter(|call| call.method == call::Method::Get) {
        assert!(typed.contains(&call.path), "{} has no query", call.path);
    }
}
