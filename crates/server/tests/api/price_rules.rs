//! The rule book as a calculator.

use serde_json::json;

use crate::installation::{Installation, on_each_database};

on_each_database!(prices_and_costs_follow_the_rules_of_the_date, what_is_no_price_is_refused);

async fn prices_and_costs_follow_the_rules_of_the_date(installation: &Installation) {
    let client = installation.admin().await;
    let price = async |query: &str| client.get(&format!("/market/rules/price?{query}")).await.ok(200);
    assert_eq!(
        price("market=kospi&kind=stock&date=2024-01-12&base_price=6820").await,
        json!({ "base_price": 6_820, "tick": 10, "upper": 8_860, "lower": 4_780, "rule": "ordinary" })
    );
    let after_a_half_tick = price("market=kospi&date=2026-06-01&base_price=70050").await;
    assert_eq!(after_a_half_tick["base_price"], 70_100);
    let first = price("market=kosdaq&date=2024-01-24&base_price=5300&first_session=true").await;
    assert_eq!((&first["upper"], &first["rule"]), (&json!(21_200), &json!("first_session")));
    let free = price("market=kospi&date=2026-06-01&base_price=100&liquidation=true").await;
    assert_eq!((&free["upper"], &free["lower"], &free["rule"]), (&json!(null), &json!(null), &json!("unlimited")));
    let leveraged = price("market=kospi&kind=etf&date=2026-06-01&base_price=10005&multiple=200").await;
    assert_eq!((&leveraged["upper"], &leveraged["lower"]), (&json!(16_005), &json!(4_005)));

    let sale = "market=kospi&date=2026-06-02&side=sell&price=71300&quantity=10";
    assert_eq!(
        client.get(&format!("/market/rules/costs?{sale}")).await.ok(200),
        json!({ "settlement_date": "2026-06-05", "amount": 713_000, "commission": 100, "tax": 356, "rural_tax": 1_069,
                "net": 711_475, "commission_rate": 0.000_140_527, "tax_rate": 0.000_5, "rural_tax_rate": 0.001_5 })
    );
    let own = format!("/market/rules/costs?{sale}&rate_ppb=150000&minimum=50&unit=10&mode=nearest");
    let own = client.get(&own).await.ok(200);
    assert_eq!((&own["commission"], &own["commission_rate"]), (&json!(110), &json!(0.000_15)), "106.95 to the nearest");
    let buy =
        client.get("/market/rules/costs?market=kospi&date=2026-06-02&side=buy&price=71300&quantity=10").await.ok(200);
    assert_eq!((&buy["net"], &buy["tax"], &buy["tax_rate"]), (&json!(-713_100), &json!(0), &json!(0.0)));
}

async fn what_is_no_price_is_refused(installation: &Installation) {
    let client = installation.admin().await;
    let most = i64::MAX;
    for (query, field) in [
        ("price?market=kospi&base_price=0".to_owned(), "base_price"),
        ("price?market=kospi".to_owned(), "base_price"),
        ("price?market=nyse&base_price=1".to_owned(), "market"),
        ("price?market=kospi&base_price=1&date=2026-13-01".to_owned(), "date"),
        ("costs?market=kospi&side=buy&price=1&quantity=0".to_owned(), "quantity"),
        (format!("costs?market=kospi&side=buy&price={most}&quantity=2"), "quantity"),
        ("costs?market=kospi&side=hold&price=1&quantity=1".to_owned(), "side"),
        ("costs?market=kospi&side=buy&price=1&quantity=1&rate_ppb=-1".to_owned(), "rate_ppb"),
        ("costs?market=kospi&side=buy&price=1&quantity=1&plan=bankis&minimum=9".to_owned(), "minimum"),
        ("costs?market=kospi&side=buy&price=1&quantity=1&minimum=9".to_owned(), "plan"),
    ] {
        let refused = client.get(&format!("/market/rules/{query}")).await;
        let problem = refused.refused(400, "INVALID_QUERY").to_string();
        assert!(problem.contains(field), "{query}: {problem}");
    }
    client.get(&format!("/market/rules/price?market=kospi&base_price={most}")).await.ok(200);
    client.get(&format!("/market/rules/costs?market=kospi&side=sell&price={most}&quantity=1")).await.ok(200);
}
