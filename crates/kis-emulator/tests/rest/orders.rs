//! Orders, amendments, cancellations and their lists (kis-openapi §5.2–§5.4, §5.9, §3.4).

use exodus_domain::{Price, Qty, TradingVenue};
use exodus_kis_emulator::{EmulatorConfig, Environment, FaultScript};
use serde_json::{Value, json};

use crate::rig::{Rig, Session, Told, config, day_query};

/// A stock with its price, and a price far below it that nobody sells at.
struct Stock {
    symbol: String,
    price: i64,
    far: i64,
}

fn stock(rig: &Rig) -> Stock {
    rig.emulator.with_world(|world, _| {
        let quote =
            world.instruments().iter().filter_map(|one| world.quote(one.symbol)).find(|quote| quote.ask.is_some());
        let quote = quote.expect("an issue with a book");
        Stock { symbol: quote.symbol.to_string(), price: quote.price.0, far: quote.limits.lower.0 }
    })
}

fn change(told: &Told, kind: &str, quantity: &str, price: i64, all: &str) -> Value {
    json!({
        "KRX_FWDG_ORD_ORGNO": told.text("/output/KRX_FWDG_ORD_ORGNO"), "ORGN_ODNO": told.text("/output/ODNO"),
        "ORD_DVSN": "00", "RVSE_CNCL_DVSN_CD": kind, "ORD_QTY": quantity, "ORD_UNPR": price.to_string(),
        "QTY_ALL_ORD_YN": all,
    })
}

fn row<'a>(list: &'a Told, odno: &str) -> &'a Value {
    let rows = list.rows("/output1");
    rows.iter().find(|row| row["odno"] == odno).unwrap_or_else(|| panic!("no {odno} in {}", list.body))
}

#[tokio::test]
async fn an_order_is_answered_by_branch_number_and_time_section_5_2() {
    let rig = Rig::start().await;
    let Stock { symbol, far, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let told = real.limit("TTTC0012U", &symbol, 10, far).await;
    assert_eq!((told.status, told.code(), told.text("/rt_cd")), (200, "APBK0013", "0"));
    assert_eq!(told.text("/output/KRX_FWDG_ORD_ORGNO"), "91252");
    assert_eq!(told.text("/output/ODNO").len(), 10);
    assert_eq!(told.text("/output/ORD_TMD"), "100000");
    let list = real.day_list().await;
    let row = row(&list, told.text("/output/ODNO"));
    let field = |name: &str| row[name].as_str().expect("a text").to_owned();
    assert_eq!((field("rmn_qty"), field("tot_ccld_qty"), field("ord_qty")), ("10".into(), "0".into(), "10".into()));
    assert_eq!((field("sll_buy_dvsn_cd"), field("sll_buy_dvsn_cd_name")), ("02".into(), "현금매수".into()));
    assert_eq!((field("ord_dt"), field("orgn_odno"), field("cncl_yn")), ("20261001".into(), String::new(), "N".into()));
    let mock = rig.session(Environment::Mock).await;
    let told = mock.limit("VTTC0012U", &symbol, 10, far).await;
    assert_eq!((told.code(), told.text("/output/KRX_FWDG_ORD_ORGNO")), ("40600000", "00950"));
    assert!(told.text("/msg1").starts_with("모의투자"));
}

#[tokio::test]
async fn amendments_and_cancellations_get_numbers_of_their_own_section_5_3() {
    let rig = Rig::start().await;
    let Stock { symbol, far, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let first = real.limit("TTTC0802U", &symbol, 10, far).await;
    let tick =
        rig.emulator.with_world(|world, _| world.quote(symbol.parse().expect("a symbol")).expect("a quote").tick.0);
    let amended = real.order("order-rvsecncl", "TTTC0013U", change(&first, "01", "4", far + tick, "N")).await;
    assert_eq!(amended.code(), "APBK0013", "{}", amended.body);
    let odno = |told: &Told| told.text("/output/ODNO").to_owned();
    assert_ne!(odno(&amended), odno(&first));
    // ORD_QTY and the price mean nothing when all of it is cancelled; leading zeros are optional.
    let mut all = change(&first, "02", "999", 100, "Y");
    all["ORGN_ODNO"] = json!(odno(&first).trim_start_matches('0'));
    let cancelled = real.order("order-rvsecncl", "TTTC0803U", all).await;
    assert_eq!(cancelled.code(), "APBK0013", "{}", cancelled.body);
    let list = real.day_list().await;
    assert_eq!(list.rows("/output1").len(), 3);
    let text = |odno: &str, name: &str| row(&list, odno)[name].as_str().expect("a text").to_owned();
    assert_eq!((text(&odno(&first), "cncl_cfrm_qty"), text(&odno(&first), "rmn_qty")), ("10".into(), "0".into()));
    assert_eq!((text(&odno(&amended), "orgn_odno"), text(&odno(&amended), "rmn_qty")), (odno(&first), "4".into()));
    assert_eq!((text(&odno(&cancelled), "orgn_odno"), text(&odno(&cancelled), "cncl_yn")), (odno(&first), "Y".into()));
    let again = real.order("order-rvsecncl", "TTTC0013U", change(&first, "02", "0", 0, "Y")).await;
    assert_eq!((again.status, again.text("/rt_cd"), again.code()), (200, "7", "APBK0927"));
    let open = real.ledger("inquire-psbl-rvsecncl", "TTTC0084R", &[("INQR_DVSN_1", "0"), ("INQR_DVSN_2", "0")]).await;
    assert_eq!(open.rows("/output").len(), 1);
    assert_eq!((open.text("/output/0/odno"), open.text("/output/0/psbl_qty")), (odno(&amended).as_str(), "4"));
    assert_eq!(open.text("/output/0/rvse_cncl_dvsn_name"), "매수정정*");
}

#[tokio::test]
async fn refusals_have_the_codes_of_their_environment_section_3_5() {
    let rig = Rig::start().await;
    let Stock { symbol, price, far } = stock(&rig);
    let (real, mock) = (rig.session(Environment::Real).await, rig.session(Environment::Mock).await);
    let dear = 100_000_000 / far * 2;
    for (session, buy, sell, codes) in [
        (&real, "TTTC0012U", "TTTC0011U", ["7 APBK0952", "7 APBK0400", "7 APBK0656", "7 APBK0957"]),
        (&mock, "VTTC0012U", "VTTC0011U", ["1 40250000", "1 40240000", "7 APBK0656", "1 APBK0957"]),
    ] {
        let told = [
            session.limit(buy, &symbol, dear, far).await,
            session.limit(sell, &symbol, 1, price).await,
            session.limit(buy, "ABCDE", 1, far).await,
            session.limit(buy, &symbol, 1, price * 3).await,
        ];
        for (told, code) in told.iter().zip(codes) {
            assert_eq!((told.status, format!("{} {}", told.text("/rt_cd"), told.code())), (200, code.to_owned()));
            assert!(!told.text("/msg1").trim().is_empty(), "{code}");
        }
    }
    let odd = json!({ "PDNO": symbol, "ORD_DVSN": "99", "ORD_QTY": "1", "ORD_UNPR": "1" });
    assert_eq!(real.order("order-cash", "TTTC0012U", odd).await.code(), "APBK0963");
    let nxt = json!({ "PDNO": symbol, "ORD_DVSN": "00", "ORD_QTY": "1", "ORD_UNPR": far.to_string(), "EXCG_ID_DVSN_CD": "NXT" });
    assert_eq!(mock.order("order-cash", "VTTC0012U", nxt).await.code(), "OPSQ2001");
    let nowhere = json!({ "ORGN_ODNO": "999", "ORD_DVSN": "00", "RVSE_CNCL_DVSN_CD": "02", "ORD_QTY": "0", "ORD_UNPR": "0", "QTY_ALL_ORD_YN": "Y" });
    let unknown = real.order("order-rvsecncl", "TTTC0013U", nowhere).await;
    assert_eq!((unknown.status, unknown.code()), (500, "IGW00022"));
}

#[tokio::test]
async fn a_closed_exchange_is_told_by_each_environment_section_3_5() {
    let rig = Rig::start().await;
    let Stock { symbol, far, .. } = stock(&rig);
    let (real, mock) = (rig.session(Environment::Real).await, rig.session(Environment::Mock).await);
    // To 20:30 of the same day, then to Saturday noon.
    for (seconds, codes) in [(10 * 3600 + 1800, ["APBK0918", "40580000"])] {
        rig.step(seconds);
        assert_eq!(real.limit("TTTC0012U", &symbol, 1, far).await.code(), codes[0]);
        assert_eq!(mock.limit("VTTC0012U", &symbol, 1, far).await.code(), codes[1]);
    }
}

async fn fill(session: &Session<'_>, symbol: &str) -> Told {
    let market = json!({ "PDNO": symbol, "ORD_DVSN": "01", "ORD_QTY": "3", "ORD_UNPR": "0" });
    session.order("order-cash", "TTTC0012U", market).await
}

#[tokio::test]
async fn a_market_order_fills_and_stands_in_list_and_balance_section_5_7_and_5_9() {
    let rig = Rig::start().await;
    let Stock { symbol, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let told = fill(&real, &symbol).await;
    assert_eq!(told.code(), "APBK0013", "{}", told.body);
    rig.step(5);
    let list = real.day_list().await;
    let row = row(&list, told.text("/output/ODNO"));
    assert_eq!((&row["tot_ccld_qty"], &row["rmn_qty"], &row["ord_dvsn_cd"]), (&json!("3"), &json!("0"), &json!("01")));
    let amount: i64 = row["tot_ccld_amt"].as_str().expect("a text").parse().expect("a number");
    assert_eq!(list.text("/output2/tot_ccld_amt"), amount.to_string());
    let balance = real.ledger("inquire-balance", "TTTC8434R", &crate::rig::balance_query()).await;
    assert_eq!((balance.text("/output1/0/pdno"), balance.text("/output1/0/hldg_qty")), (symbol.as_str(), "3"));
    let won = |name: &str| balance.text(&format!("/output2/0/{name}")).parse::<i64>().expect("a number");
    assert_eq!(won("dnca_tot_amt"), 100_000_000);
    assert_eq!(won("prvs_rcdl_excc_amt"), 100_000_000 - amount - won("thdt_tlex_amt"));
    assert_eq!((won("thdt_buy_amt"), won("pchs_amt_smtl_amt")), (amount, amount));
    assert_eq!(balance.header("tr_cont"), "D");
}

#[tokio::test]
async fn lists_come_in_pages_that_end_section_3_4() {
    let rig = Rig::start().await;
    let Stock { symbol, far, .. } = stock(&rig);
    let mock = rig.session(Environment::Mock).await;
    for _ in 0..32 {
        assert_eq!(mock.limit("VTTC0012U", &symbol, 1, far).await.code(), "40600000");
    }
    let (mut seen, mut fk, mut nk, mut cont) = (Vec::new(), String::new(), String::new(), "");
    let mut marks = Vec::new();
    loop {
        let mut query = day_query("20261001");
        query.retain(|(name, _)| !name.starts_with("CTX"));
        query.extend([("CTX_AREA_FK100", fk.as_str()), ("CTX_AREA_NK100", nk.as_str())]);
        let told = mock.page("inquire-daily-ccld", "VTTC0081R", &query, cont).await;
        let rows = told.rows("/output1").iter().map(|row| row["odno"].as_str().expect("a text").to_owned());
        seen.extend(rows);
        marks.push(format!("{}{}", told.rows("/output1").len(), told.header("tr_cont")));
        assert_eq!((told.text("/ctx_area_fk100").len(), told.text("/ctx_area_nk100").len()), (100, 100));
        if told.header("tr_cont") != "M" {
            break;
        }
        assert_eq!(told.code(), "KIOK0500");
        // Trimmed keys are taken as well.
        (fk, nk, cont) = (told.text("/ctx_area_fk100").to_owned(), told.text("/ctx_area_nk100").trim().to_owned(), "N");
    }
    assert_eq!(marks, ["15M", "15M", "2E"]);
    let mut newest_first = seen.clone();
    newest_first.sort_by(|a, b| b.cmp(a));
    newest_first.dedup();
    assert_eq!((seen.len(), seen == newest_first), (32, true));
}

#[tokio::test]
async fn faults_lose_the_answer_but_not_the_order_quirk_2() {
    let script = r#"
        [[faults]]
        when = { call = "order-cash", nth = 1 }
        what = { kind = "answer_lost" }
    "#;
    let faults = FaultScript::parse(script).expect("a script");
    let rig = Rig::with(EmulatorConfig { faults, ..config() }).await;
    let Stock { symbol, far, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let body = json!({ "CANO": real.credentials.cano(), "ACNT_PRDT_CD": "01", "PDNO": symbol, "ORD_DVSN": "00", "ORD_QTY": "1", "ORD_UNPR": far.to_string() });
    let url = rig.url(Environment::Real, "/uapi/domestic-stock/v1/trading/order-cash");
    let sent = real.headers(rig.client.post(url).json(&body), "TTTC0012U").send().await;
    assert!(sent.is_err());
    assert_eq!(real.day_list().await.rows("/output1").len(), 1);
}

#[tokio::test]
async fn a_lagging_ledger_shows_lists_and_balances_as_they_were_quirk_26() {
    let script = r#"
        [[faults]]
        when = { from = "10:00:30", to = "10:01:00" }
        what = { kind = "list_lag", seconds = 60 }
    "#;
    let faults = FaultScript::parse(script).expect("a script");
    let rig = Rig::with(EmulatorConfig { faults, ..config() }).await;
    let Stock { symbol, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    fill(&real, &symbol).await;
    rig.step(40);
    let seen = async || {
        let balance = real.ledger("inquire-balance", "TTTC8434R", &crate::rig::balance_query()).await;
        (real.day_list().await.rows("/output1").len(), balance.rows("/output1").len())
    };
    assert_eq!(seen().await, (0, 0));
    rig.step(30);
    assert_eq!(seen().await, (1, 1));
}

#[tokio::test]
async fn buyable_and_sellable_follow_the_book_section_5_5_and_5_6() {
    let rig = Rig::start().await;
    let Stock { symbol, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let query = [
        ("PDNO", symbol.as_str()),
        ("ORD_UNPR", ""),
        ("ORD_DVSN", "01"),
        ("CMA_EVLU_AMT_ICLD_YN", "N"),
        ("OVRS_ICLD_YN", "N"),
    ];
    let told = real.ledger("inquire-psbl-order", "TTTC8908R", &query).await;
    let upper = rig
        .emulator
        .with_world(|world, _| world.quote(symbol.parse().expect("a symbol")).expect("a quote").limits.upper);
    assert_eq!(told.text("/output/psbl_qty_calc_unpr"), upper.0.to_string());
    let quantity: i64 = told.text("/output/nrcvb_buy_qty").parse().expect("a number");
    assert!(quantity > 0 && quantity * upper.0 <= 100_000_000);
    // Blank symbol and price: amounts only; asked under the path of another call, as an old client does.
    let blank =
        [("PDNO", ""), ("ORD_UNPR", "0"), ("ORD_DVSN", "02"), ("CMA_EVLU_AMT_ICLD_YN", "N"), ("OVRS_ICLD_YN", "N")];
    let told = real.ledger("inquire-daily-ccld", "TTTC8908R", &blank).await;
    assert_eq!(told.text("/output/ord_psbl_cash"), "100000000");
    fill(&real, &symbol).await;
    rig.step(5);
    let held = real.ledger("inquire-psbl-sell", "TTTC8408R", &[("PDNO", symbol.as_str())]).await;
    assert_eq!((held.text("/output/cblc_qty"), held.text("/output/ord_psbl_qty")), ("3", "3"));
}

#[tokio::test]
async fn the_book_seen_is_the_book_section_6_2() {
    let rig = Rig::start().await;
    let Stock { symbol, .. } = stock(&rig);
    let real = rig.session(Environment::Real).await;
    let query = [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", symbol.as_str())];
    let told = real.quote("inquire-asking-price-exp-ccn", "FHKST01010200", &query).await;
    let view = rig
        .emulator
        .with_world(|world, _| world.book(symbol.parse().expect("a symbol"), TradingVenue::Krx))
        .expect("a book");
    let (Price(price), Qty(quantity)) = (view.book.asks[0].price, view.book.asks[0].quantity);
    assert_eq!(
        (told.text("/output1/askp1"), told.text("/output1/askp_rsqn1")),
        (price.to_string().as_str(), quantity.to_string().as_str())
    );
    assert_eq!(told.text("/output2/stck_shrn_iscd"), symbol);
}
