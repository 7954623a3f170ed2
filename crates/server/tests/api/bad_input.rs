//! Whatever is sent, the answer is a 4xx that names the field, and nothing has changed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::documented::operations;
use crate::http::{Client, Reply};
use crate::installation::{Installation, on_each_database};
use crate::{backtests, strategies};

on_each_database!(refused_bodies_name_the_field, no_input_at_all_is_a_server_error);

/// A body that is refused, and the field that must be named.
struct Bad {
    path: &'static str,
    body: Value,
    field: String,
}

/// `good` with one member replaced, or taken away by `None`.
fn with(good: &Value, member: &str, value: Option<Value>) -> Value {
    let mut body = good.clone();
    let members = body.as_object_mut().expect("an object");
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    body
}

/// Numbers that no count of shares or won can be.
fn impossible_numbers() -> Vec<Value> {
    let huge = ["9223372036854775808", "99999999999999999999999999", "1e300"];
    let mut values: Vec<Value> = huge.iter().map(|text| serde_json::from_str(text).expect("a number")).collect();
    values.extend([
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(1.5),
        json!("10"),
        json!(true),
        json!([]),
    ]);
    values
}

fn bad_orders() -> Vec<Bad> {
    let limit = json!({ "symbol": "00I010", "side": "buy", "order_type": "limit", "quantity": 1, "price": 70_000 });
    let market = json!({ "symbol": "00I010", "side": "buy", "order_type": "market", "quantity": 1 });
    let bad = |good: &Value, member: &str, value: Option<Value>| Bad {
        path: "/orders",
        body: with(good, member, value),
        field: member.to_owned(),
    };
    let mut rows = Vec::new();
    for number in impossible_numbers() {
        rows.push(bad(&limit, "quantity", Some(number.clone())));
        rows.push(bad(&limit, "price", Some(number)));
    }
    for member in ["symbol", "side", "order_type", "quantity", "price"] {
        rows.push(bad(&limit, member, None));
    }
    for symbol in
        [json!(""), json!("5930"), json!("00i010"), json!("00I0100"), json!("삼성전자"), json!(5930), json!(null)]
    {
        rows.push(bad(&limit, "symbol", Some(symbol)));
    }
    rows.push(bad(&limit, "symbol", Some(json!("999999"))));
    rows.push(bad(&limit, "side", Some(json!("hold"))));
    rows.push(bad(&limit, "side", Some(json!("BUY"))));
    rows.push(bad(&limit, "order_type", Some(json!("stop"))));
    rows.push(bad(&limit, "user_id", Some(json!(1))));
    rows.push(bad(&market, "price", Some(json!(70_000))));
    rows.push(bad(&market, "quantity", Some(json!(null))));
    rows
}

fn bad_strategies() -> Vec<Bad> {
    let good = strategies::momentum("Good");
    let row = |body: Value, field: &str| Bad { path: "/strategies", body, field: field.to_owned() };
    let parameter = |name: &str, value: Value| {
        row(with(&good, "parameters", Some(json!({ name: value }))), &format!("parameters.{name}"))
    };
    let symbols = |symbols: Value, field: &str| row(with(&good, "symbols", Some(symbols)), field);
    let too_many: Vec<String> = (0..51).map(|number| format!("{number:06}")).collect();
    let mut rows = vec![
        row(with(&good, "name", Some(json!("  "))), "name"),
        row(with(&good, "name", Some(json!("x".repeat(101)))), "name"),
        row(with(&good, "name", Some(json!("a\u{0}b"))), "name"),
        row(with(&good, "name", Some(json!(7))), "name"),
        row(with(&good, "description", Some(json!("x".repeat(2_001)))), "description"),
        row(with(&good, "strategy_type", Some(json!("magic"))), "strategy_type"),
        row(with(&good, "parameters", Some(json!([]))), "parameters"),
        row(with(&good, "parameters", Some(json!(null))), "parameters"),
        row(with(&good, "is_active", Some(json!(true))), "is_active"),
        symbols(json!([]), "symbols"),
        symbols(json!(too_many), "symbols"),
        symbols(json!("00I010"), "symbols"),
        symbols(json!(["00I010", "00I010"]), "symbols[1]"),
        symbols(json!(["00I010", "nonsense"]), "symbols[1]"),
        symbols(json!(["00I010", "999999"]), "symbols[1]"),
        symbols(json!(["00I010", null]), "symbols[1]"),
        parameter("lookback", json!(0)),
        parameter("lookback", json!(501)),
        parameter("lookback", json!(60.5)),
        parameter("lookback", json!("60")),
        parameter("lookback", json!(i64::MAX)),
        parameter("lookback", json!(null)),
        parameter("position_size_percent", json!(0)),
        parameter("position_size_percent", json!(100.1)),
        parameter("position_size_percent", json!(-5)),
        parameter("entry_threshold_percent", json!(1e300)),
        parameter("interval", json!("2d")),
        parameter("no_such_parameter", json!(1)),
        parameter("", json!(1)),
    ];
    let crossed = json!({ "entry_threshold_percent": 1.0, "exit_threshold_percent": 2.0 });
    rows.push(row(with(&good, "parameters", Some(crossed)), "parameters.exit_threshold_percent"));
    for member in ["name", "strategy_type", "parameters", "symbols"] {
        rows.push(row(with(&good, member, None), member));
    }
    rows
}

fn bad_backtests(good: &Value) -> Vec<Bad> {
    let row = |member: &str, value: Option<Value>, field: &str| Bad {
        path: "/backtest",
        body: with(good, member, value),
        field: field.to_owned(),
    };
    let mut rows: Vec<Bad> = impossible_numbers()
        .into_iter()
        .map(|number| row("initial_capital", Some(number), "initial_capital"))
        .collect();
    rows.extend([
        row("initial_capital", Some(json!(99_999)), "initial_capital"),
        row("start_date", Some(json!("1989-12-31")), "start_date"),
        row("start_date", Some(json!("2026-02-30")), "start_date"),
        row("start_date", Some(json!("yesterday")), "start_date"),
        row("start_date", Some(json!(20260101)), "start_date"),
        row("end_date", Some(json!("1999-01-01")), "end_date"),
        row("end_date", Some(json!("2999-01-01")), "end_date"),
        row("symbols", Some(json!([])), "symbols"),
        row("symbols", Some(json!(["999999"])), "symbols[0]"),
        row("strategy_type", Some(json!("magic")), "strategy_type"),
        row("strategy_type", None, "strategy_type"),
        row("parameters", Some(json!({ "lookback": -1 })), "parameters.lookback"),
        row("name", Some(json!("x".repeat(101))), "name"),
        row("strategy_id", Some(json!("one")), "strategy_id"),
        row("leverage", Some(json!(10)), "leverage"),
    ]);
    for member in ["symbols", "start_date", "end_date", "initial_capital"] {
        rows.push(row(member, None, member));
    }
    rows
}

fn bad_accounts() -> Vec<Bad> {
    let good = json!({ "email": "kim@example.com", "password": "gold fish swims", "full_name": "Kim" });
    let row = |path, body: Value, field: &str| Bad { path, body, field: field.to_owned() };
    let register = |member: &str, value: Value| row("/auth/register", with(&good, member, Some(value)), member);
    vec![
        register("email", json!("kim")),
        register("email", json!("kim@")),
        register("email", json!("k m@example.com")),
        register("email", json!(format!("{}@example.com", "k".repeat(250)))),
        register("password", json!("too short")),
        register("password", json!("x".repeat(129))),
        register("password", json!("kim@example.com!")),
        register("password", json!(12345678901234_i64)),
        register("full_name", json!("")),
        register("full_name", json!("x".repeat(101))),
        register("role", json!("admin")),
        row("/auth/register", json!({}), "email"),
        row("/auth/login", json!({ "email": "kim@example.com" }), "password"),
        row("/auth/login", json!({ "email": ["kim"], "password": "x" }), "email"),
        row("/account/halt", json!({ "reason": 5 }), "reason"),
        row("/account/halt", json!({ "scope": "global" }), "scope"),
        row("/admin/resume", json!({ "password": "x" }), "reason"),
        row("/auth/password", json!({ "current_password": "x" }), "new_password"),
    ]
}

async fn refused_bodies_name_the_field(installation: &Installation) {
    let admin = installation.admin().await;
    let good = backtests::request(&admin, &["00I010"]).await;
    let rows = [bad_orders(), bad_strategies(), bad_backtests(&good), bad_accounts()];
    for (number, Bad { path, body, field }) in rows.iter().flatten().enumerate() {
        let request = admin.request(Method::POST, path).header("Idempotency-Key", format!("bad-{number}"));
        let problem = Reply::to(request.json(body)).await.refused(422, "INVALID_FIELD");
        assert_eq!(&problem["field"], field, "{path} {body}: {problem}");
        assert_eq!(&problem["errors"][0]["field"], field, "{problem}");
        let is_leaking =
            ["src/", "serde", "sqlx", "::"].iter().any(|word| problem["detail"].to_string().contains(word));
        assert!(!is_leaking, "{problem}");
    }

    // All that is wrong is named at once.
    let body = json!({ "name": "", "strategy_type": "magic", "parameters": {}, "symbols": ["x"] });
    let problem = admin.post("/strategies", &body).await.refused(422, "INVALID_FIELD");
    let fields: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["name", "symbols[0]", "strategy_type"]);

    for (path, field) in [
        ("/orders?status=open", "status"),
        ("/orders?symbol=nonsense", "symbol"),
        ("/strategies?is_active=yes", "is_active"),
        ("/signals?strategy_id=one", "strategy_id"),
        ("/backtest?strategy_id=1.5", "strategy_id"),
        ("/market/symbols?market=nyse", "market"),
        ("/market/symbols?source=somewhere", "source"),
        ("/market/candles?interval=1d", "symbol"),
        ("/market/candles?symbol=00I010", "interval"),
        ("/market/candles?symbol=00I010&interval=2m", "interval"),
        ("/market/candles?symbol=00I010&interval=1d&limit=0", "limit"),
        ("/market/candles?symbol=00I010&interval=1d&limit=5001", "limit"),
        ("/market/candles?symbol=00I010&interval=1d&limit=-1", "limit"),
        ("/market/candles?symbol=00I010&interval=1d&from=2026-02-02&to=2026-02-01", "to"),
        ("/market/candles?symbol=00I010&interval=1d&from=tomorrow", "from"),
        ("/account/snapshots?from=2026-02-02&to=2026-02-01", "to"),
        ("/account/trades?from=2026-02-02&to=2026-02-01", "to"),
        ("/account/trades.csv?symbol=x", "symbol"),
        ("/account/performance?from=2026-02-02&to=2026-02-01", "to"),
        ("/admin/jobs?status=lost", "status"),
        ("/orders?page=1&page=2", "page"),
        ("/strategies?sort=best", "sort"),
        ("/strategies?archived=maybe", "archived"),
        ("/strategies?search=%00", "search"),
    ] {
        assert_eq!(admin.get(path).await.refused(400, "INVALID_QUERY")["field"], field, "{path}");
    }
    for path in
        ["/nowhere", "/market/symbols/nonsense", "/market/quote/999999", "/market/orderbook/999999", "/orders/0"]
    {
        admin.get(path).await.refused(404, "NOT_FOUND");
    }
    admin.get("/market/candles?symbol=999999&interval=1d").await.refused(404, "NOT_FOUND");
    let extremes = "/market/candles?symbol=00I010&interval=1d&from=-262142-01-01&to=%2B262142-12-31";
    assert!(admin.get(extremes).await.status < 500);
    assert!(admin.get("/account/trades?from=-262142-01-01&to=%2B262142-12-31").await.status < 500);
    assert!(admin.get("/market/symbols?q=%00").await.status < 500);
    assert_eq!(admin.get("/market/symbols?q=%25").await.ok(200)["total"], 0, "wildcards are text");

    for list in ["/orders", "/strategies", "/backtest", "/account/trades"] {
        assert_eq!(admin.get(list).await.ok(200)["total"], 0, "{list}");
    }
    assert_eq!(admin.get("/admin/users").await.ok(200)["total"], 1);
}

/// Bodies that no operation takes, in every type that could be mistaken for JSON.
const NONSENSE: &[(&str, &str)] = &[
    ("application/json", ""),
    ("application/json", "{"),
    ("application/json", "{\"a\":1}}"),
    ("application/json", "[]"),
    ("application/json", "null"),
    ("application/json", "\"text\""),
    ("application/json", "{\"no_such_field\":1}"),
    ("application/json", "{\"password\":\"\\ud800\"}"),
    ("application/json", "\u{feff}{}"),
    ("application/xml", "<order/>"),
    ("text/plain", "{}"),
    ("application/x-www-form-urlencoded", "symbol=00I010"),
    ("multipart/form-data; boundary=x", "--x--"),
    ("multipart/form-data", "{}"),
];

/// Operations that read no body, or may do without.
const TAKES_ANYTHING: &[&str] = &[
    "/logout",
    "/refresh",
    "/cancel",
    "/activate",
    "/deactivate",
    "/archive",
    "/unarchive",
    "/restore",
    "/select",
    "/{id}/check",
    "/verify",
    "/robustness",
    "/resume",
    "/adopt",
    "/confirm",
    "/acknowledge",
    "/imports/broker",
];

async fn no_input_at_all_is_a_server_error(installation: &Installation) {
    let admin = installation.admin().await;
    for operation in operations() {
        if operation.method == Method::GET || operation.method == Method::DELETE {
            for id in ["0", "-1", "abc", "1.5", "9223372036854775807", "9223372036854775808", "%00", "%F0%9F", "1%2F2"]
            {
                if operation.path.contains('{') && !operation.path.contains("{name}") {
                    send(&admin, &operation.method, &operation.path_with(id), None).await.problem();
                }
            }
            continue;
        }
        if TAKES_ANYTHING.iter().any(|end| operation.path.ends_with(end)) {
            continue;
        }
        for (kind, text) in NONSENSE {
            let reply = send(&admin, &operation.method, &operation.path_with("1"), Some((kind, text))).await;
            reply.problem();
        }
        // 64 KiB are enough for every body of JSON.
        if operation.path != "/market/imports" {
            let long = format!("{{\"reason\":\"{}\"}}", "x".repeat(70_000));
            let body = Some(("application/json", long.as_str()));
            send(&admin, &operation.method, &operation.path_with("1"), body).await.problem();
        }
    }
    for (method, path) in [
        (Method::DELETE, "/orders"),
        (Method::PUT, "/orders/1"),
        (Method::PATCH, "/strategies"),
        (Method::POST, "/auth/me"),
        (Method::GET, "/auth/login"),
        (Method::DELETE, "//health"),
        (Method::POST, "//metrics"),
    ] {
        let reply = admin.send(method, path, None).await;
        reply.refused(405, "METHOD_NOT_ALLOWED");
    }
    assert_eq!(admin.get("/account/kill-switches").await.ok(200), json!([]), "none of it halted anything");
    let health = admin.get("//health").await.ok(200);
    assert_eq!(health["parts"]["database"]["status"], "ok");
    assert!(!admin.get("//metrics").await.text.contains("exodus_internal_errors_total"), "nothing failed inside");
}

async fn send(client: &Client, method: &Method, path: &str, body: Option<(&str, &str)>) -> Reply {
    let request = client.request(method.clone(), path).header("Idempotency-Key", "nonsense");
    Reply::to(match body {
        Some((kind, text)) => request.header("Content-Type", kind).body(text.to_owned()),
        None => request,
    })
    .await
}
