//! An order from the ticket to the books, to the won.

use serde_json::{Value, json};

use crate::http::Client;
use crate::installation::{Installation, eventually, on_each_database};
use crate::orders::{ended_order, quote};

on_each_database!(buying_and_selling_add_up);

async fn trade(client: &Client, side: &str, symbol: &str, quantity: i64) -> Value {
    let body = json!({ "symbol": symbol, "side": side, "order_type": "market", "quantity": quantity });
    let key = format!("{side}-{symbol}-{quantity}");
    let order = client.order_as(&key, &body).await.ok(202);
    ended_order(client, &format!("/orders/{}", order["id"])).await
}

/// Whatever is about an issue has its names in both languages.
fn assert_named(of_heungbu: &Value) {
    let names = (&of_heungbu["name_ko"], &of_heungbu["name_en"]);
    assert_eq!(names, (&json!("흥부건설"), &json!("Heungbu Construction")), "{of_heungbu}");
}

/// Cash and holdings are what was paid in and what was won since, at any moment.
async fn books(client: &Client) -> Value {
    let balance = client.get("/account/balance").await.ok(200);
    let won = |name: &str| balance[name].as_i64().unwrap_or_else(|| panic!("{name} of {balance}"));
    assert_eq!(won("total_assets"), won("cash_balance") + won("stock_value"), "{balance}");
    let earned = won("realized_pnl") + won("unrealized_pnl");
    assert_eq!(won("total_assets"), won("initial_cash") + earned, "{balance}");
    assert_eq!(won("buying_power"), won("cash_balance") - won("reserved_cash"), "{balance}");
    // Trades of today settle two sessions later; until then only what was there before can be withdrawn.
    assert_eq!(won("settled_cash_d2"), won("cash_balance"), "{balance}");
    assert_eq!((won("settled_cash"), won("settled_cash_d1")), (100_000_000, 100_000_000), "{balance}");
    let left = (won("cash_balance") - won("reserved_cash")).min(100_000_000);
    assert_eq!(won("withdrawable_cash"), left, "{balance}");
    balance
}

async fn buying_and_selling_add_up(installation: &Installation) {
    let admin = installation.admin().await;
    assert_eq!(books(&admin).await["cash_balance"], 100_000_000);
    assert_named(&quote(&admin, "00I030").await);

    let bought = trade(&admin, "buy", "00I030", 100).await;
    assert_eq!((&bought["state"], &bought["filled_quantity"]), (&json!("filled"), &json!(100)), "{bought}");
    assert_named(&bought);
    let fills = bought["trades"].as_array().expect("trades").clone();
    let value = |fill: &Value, name: &str| fill[name].as_i64().unwrap_or_else(|| panic!("{name} of {fill}"));
    assert_eq!(fills.iter().map(|fill| value(fill, "quantity")).sum::<i64>(), 100);
    let costs: i64 = fills.iter().map(|fill| value(fill, "commission") + value(fill, "tax")).sum();
    assert!(costs > 0, "{fills:?}");
    let average: f64 = bought["filled_price"].as_str().expect("a decimal text").parse().expect("a number");

    let balance = eventually("the books of the buy", async || {
        let balance = books(&admin).await;
        (balance["stock_value"] != 0).then_some(balance)
    })
    .await;
    // A buy costs its amount and its commission, and the commission is lost at once.
    let spent = 100_000_000 - balance["cash_balance"].as_i64().expect("won");
    assert!((spent as f64 - costs as f64 - average * 100.0).abs() < 1.0, "{spent} {average} {costs}");
    assert_eq!(balance["realized_pnl"], -costs);
    let holdings = admin.get("/account/holdings").await.ok(200);
    let holding = &holdings["items"][0];
    assert_named(holding);
    assert_eq!((&holdings["total"], &holding["symbol"]), (&json!(1), &json!("00I030")), "{holdings}");
    assert_eq!((&holding["quantity"], &holding["sellable_quantity"]), (&json!(100), &json!(100)));
    assert_eq!(holding["average_price"], bought["filled_price"]);
    assert_eq!(value(holding, "market_value"), value(holding, "current_price") * 100);

    // A part is sold, then the rest; the books add up after each.
    let sold = trade(&admin, "sell", "00I030", 40).await;
    assert_eq!(sold["state"], "filled", "{sold}");
    for fill in sold["trades"].as_array().expect("trades") {
        assert!(fill["realized_pnl"].is_i64() && value(fill, "tax") > 0, "{fill}");
    }
    books(&admin).await;
    let left = &admin.get("/account/holdings").await.ok(200)["items"][0];
    assert_eq!((&left["quantity"], &left["average_price"]), (&json!(60), &bought["filled_price"]), "{left}");
    assert_eq!(trade(&admin, "sell", "00I030", 60).await["state"], "filled");
    let flat = books(&admin).await;
    assert_eq!((&flat["stock_value"], &flat["unrealized_pnl"]), (&json!(0), &json!(0)));
    assert_eq!(flat["total_assets"], flat["cash_balance"]);
    assert_eq!(admin.get("/account/holdings").await.ok(200)["total"], 0);

    // The list of trades, its file and the performance tell the same story.
    let trades = admin.get("/account/trades?page_size=200").await.ok(200);
    let items = trades["items"].as_array().expect("trades");
    items.iter().for_each(assert_named);
    let sum = |name: &str| items.iter().filter_map(|trade| trade[name].as_i64()).sum::<i64>();
    let buys_cost: i64 = items.iter().filter(|t| t["side"] == "buy").map(|t| value(t, "commission")).sum();
    assert_eq!(flat["realized_pnl"], sum("realized_pnl") - buys_cost, "{items:?}");
    let performance = admin.get("/account/performance").await.ok(200);
    assert_eq!(performance["final_capital"], flat["total_assets"], "{performance}");
    assert_eq!((&performance["commission"], &performance["tax"]), (&json!(sum("commission")), &json!(sum("tax"))));
    let csv = admin.get("/account/trades.csv").await;
    assert!(csv.text.starts_with('\u{feff}') && csv.text.lines().count() == items.len() + 1, "{csv}");
    assert!(csv.text.contains(",00I030,흥부건설,Heungbu Construction,buy,"), "{csv}");
    assert_eq!(admin.get("/account/trades?symbol=00I010").await.ok(200)["total"], 0);
    let today = flat["updated_at"].as_str().expect("a time")[..10].to_owned();
    assert_eq!(admin.get(&format!("/account/trades?to={today}")).await.ok(200)["total"], items.len());
    assert_eq!(admin.get("/account/trades?to=2020-01-01").await.ok(200)["total"], 0);
}
