//! Issues: a symbol master is uploaded, and found by code, name and initial consonants.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::http::{Client, Reply};
use crate::installation::{Installation, ended, on_each_database};

/// Fictional issuers, with codes that the demo market does not use.
const LIST: &str = "\
symbol,isin,name_ko,name_en,market,asset,security_group,stock_kind,dept,listed_on,par_value,listed_shares,tax_type,status
00I900,KR700I900005,나루전자,Naru Electronics,KOSPI,STOCK,주권,보통주,,2001-05-02,500,5969782,,LISTED
00I920,KR700I920003,나루전기,Naru Electric,KOSPI,STOCK,주권,보통주,,2001-05-02,500,9000,,LISTED
00O910,KR700O910006,가온나루,Gaon Naru,KOSDAQ,STOCK,주권,보통주,관리종목(소속부없음),2011-05-02,100,70,,LISTED
00U920,KR700U920007,미리내 인버스2X,Mirinae,KOSPI,ETF,합성(패시브),원자재,국내,2020-01-02,,90,비과세,LISTED
00I900WR,KRA00I900WR0,나루전자3WR,,KOSPI,DELISTED,,,,,,,,DELISTED
";

on_each_database!(issues_are_uploaded_and_found, what_is_no_filter_is_refused);

async fn upload(client: &Client, content: &str) -> Value {
    let part = Part::bytes(content.as_bytes().to_vec()).file_name("symbols.csv");
    let form = Form::new().text("kind", "symbols").part("file", part);
    let import = Reply::to(client.request(Method::POST, "/market/imports").multipart(form)).await.ok(202);
    ended(client, &format!("/market/imports/{}", import["id"])).await
}

async fn issues_are_uploaded_and_found(installation: &Installation) {
    let admin = installation.admin().await;
    let done = upload(&admin, LIST).await;
    assert_eq!((&done["status"], &done["rows_read"], &done["rows_added"]), (&json!("done"), &json!(5), &json!(5)));
    let again = upload(&admin, &LIST.replace("KR700I920003", "KR700I920004")).await;
    assert_eq!((&again["rows_unchanged"], &again["reasons"]), (&json!(4), &json!({ "isin": 1 })), "{again}");

    let codes = async |query: &str| {
        let found = admin.get(&format!("/market/symbols?source=imported&{query}")).await.ok(200);
        let items = found["items"].as_array().expect("a list");
        items.iter().map(|item| item["symbol"].as_str().expect("a code").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes("q=나루").await, "00I900 00I920 00I900WR 00O910");
    assert_eq!(codes("q=ㄴㄹㅈㄱ").await, "00I920");
    assert_eq!(codes("q=naru%20electronics").await, "00I900");
    assert_eq!(codes("q=나루&status=listed&market=kospi").await, "00I900 00I920");
    assert_eq!(codes("kind=etf").await, "00U920");
    assert_eq!(codes("status=delisted").await, "00I900WR");

    let fund = admin.get("/market/symbols/00U920").await.ok(200);
    for (field, value) in [
        ("isin", json!("KR700U920007")),
        ("kind", json!("etf")),
        ("status", json!("listed")),
        ("states", json!([])),
        ("listed_on", json!("2020-01-02")),
        ("delisted_on", json!(null)),
        ("par_value", json!(null)),
        ("listed_shares", json!(90)),
        ("tax_class", json!("domestic_equity")),
        ("limit_multiple", json!(200)),
        ("is_assumed", json!(false)),
        ("daily_bars", json!(0)),
    ] {
        assert_eq!(fund[field], value, "{field}: {fund}");
    }
    let gaon = admin.get("/market/symbols/00O910").await.ok(200);
    assert_eq!((&gaon["states"], &gaon["section"]), (&json!(["administrative"]), &json!("관리종목(소속부없음)")));
    // A warrant is known, and nobody can trade it.
    let right = admin.get("/market/symbols/00I900WR").await.ok(200);
    assert_eq!((&right["kind"], &right["name_en"]), (&json!("right"), &json!("나루전자3WR")));
    admin.get("/market/quote/00I900WR").await.refused(404, "NOT_FOUND");
}

async fn what_is_no_filter_is_refused(installation: &Installation) {
    let admin = installation.admin().await;
    for query in ["kind=bond", "status=gone", "market=nyse"] {
        admin.get(&format!("/market/symbols?{query}")).await.refused(400, "INVALID_QUERY");
    }
    for code in ["00I900W", "%00", "삼성전자", "00I900WRX", "' OR 1=1"] {
        admin.get(&format!("/market/symbols/{code}")).await.refused(404, "NOT_FOUND");
    }
}
