//! Versions of strategies: what a save makes, what trades, what differs, and what names them.

use reqwest::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::http::Client;
use crate::installation::{Installation, ended, on_each_database};
use crate::strategies::{DOCUMENT, momentum, rules};
use crate::{backtests, http, imports};

on_each_database!(
    a_save_while_active_is_a_version_and_trades_only_when_told,
    two_tabs_do_not_undo_each_other,
    what_a_version_changed_is_told_field_by_field_and_line_by_line,
    a_version_that_cannot_trade_replaces_nothing,
    what_was_put_away_is_listed_apart,
    a_copy_is_a_strategy_of_its_own,
    a_document_is_exported_for_each_tool,
    a_backtest_names_the_version_and_its_card_shows_the_curve,
    what_the_owner_did_is_in_the_audit_log,
);

async fn put(client: &Client, path: &str, body: &Value) -> http::Reply {
    client.send(Method::PUT, path, Some(body)).await
}

/// A strategy with this many bars to look back.
fn looking_back(bars: i64) -> Value {
    let mut body = momentum("Trend");
    body["parameters"]["lookback"] = json!(bars);
    body
}

async fn a_save_while_active_is_a_version_and_trades_only_when_told(installation: &Installation) {
    let admin = installation.admin().await;
    let made = admin.post("/strategies", &looking_back(250)).await.ok(201);
    let path = format!("/strategies/{}", made["id"]);
    assert_eq!(
        (&made["version"], &made["active_version"], &made["is_archived"], &made["active_accounts"]),
        (&json!(1), &Value::Null, &json!(false), &json!([]))
    );
    let activate = async |body: Option<&Value>| admin.send(Method::POST, &format!("{path}/activate"), body).await;
    let active = activate(None).await.ok(200);
    assert_eq!((&active["active_version"], &active["is_active"]), (&json!(1), &json!(true)));
    let account = admin.get("/account/balance").await.ok(200)["account_id"].clone();
    assert_eq!(
        (&active["active_accounts"][0]["id"], &active["active_accounts"][0]["broker"]),
        (&account, &json!("demo"))
    );

    let saved = put(&admin, &path, &looking_back(200)).await.ok(200);
    assert_eq!((&saved["version"], &saved["active_version"]), (&json!(2), &json!(1)));
    assert_eq!(saved["parameters"]["lookback"], 200, "the newest version is shown");
    assert_eq!(put(&admin, &path, &looking_back(200)).await.ok(200)["version"], 2, "nothing changed");
    let versions = admin.get(&format!("{path}/versions")).await.ok(200);
    let told = |version: &Value| {
        [&version["number"], &version["parameters"]["lookback"], &version["is_active"], &version["changes"]]
            .map(Clone::clone)
    };
    let told: Vec<_> = versions["items"].as_array().expect("versions").iter().map(told).collect();
    assert_eq!(told, [[json!(2), json!(200), json!(false), json!(1)], [json!(1), json!(250), json!(true), json!(0)]]);

    let switched = activate(Some(&json!({ "version": 2 }))).await.ok(200);
    assert_eq!(switched["active_version"], 2);
    let one = admin.get(&format!("{path}/versions/2")).await.ok(200);
    assert_eq!((&one["is_active"], &one["changes"]), (&json!(true), &json!(1)));
    let restored = admin.post(&format!("{path}/versions/1/restore"), &json!({})).await.ok(200);
    assert_eq!(
        (&restored["version"], &restored["active_version"], &restored["parameters"]),
        (&json!(3), &json!(2), &made["parameters"])
    );
    assert_eq!(admin.get(&format!("{path}/versions/3")).await.ok(200)["restored_from"], 1);
    assert_eq!(activate(Some(&json!({}))).await.ok(200)["active_version"], 3, "the newest unless another is named");
    let page = admin.get(&format!("{path}/versions?page=2&page_size=2")).await.ok(200);
    assert_eq!((&page["total"], &page["items"][0]["number"], &page["items"][1]), (&json!(3), &json!(1), &Value::Null));

    for number in ["0", "4", "-1"] {
        admin.get(&format!("{path}/versions/{number}")).await.refused(404, "NOT_FOUND");
        admin.get(&format!("{path}/versions/{number}/changes")).await.refused(404, "NOT_FOUND");
        admin.post(&format!("{path}/versions/{number}/restore"), &json!({})).await.refused(404, "NOT_FOUND");
    }
    admin.get(&format!("{path}/versions/99999999999")).await.refused(400, "INVALID_PATH");
    for body in
        [json!({ "version": 4 }), json!({ "version": "two" }), json!({ "versions": 2 }), json!({ "version": 0 })]
    {
        let problem = activate(Some(&body)).await.refused(422, "INVALID_FIELD");
        assert!(problem["field"].as_str().is_some_and(|field| field.starts_with("version")), "{problem}");
    }
    let broken = admin.request(Method::POST, &format!("{path}/activate")).header("content-type", "application/json");
    http::Reply::to(broken.body("{")).await.refused(400, "MALFORMED_JSON");
    assert_eq!(admin.get(&path).await.ok(200)["active_version"], 3, "none of it changed what trades");
}

async fn two_tabs_do_not_undo_each_other(installation: &Installation) {
    let admin = installation.admin().await;
    let path = format!("/strategies/{}", admin.post("/strategies", &looking_back(250)).await.ok(201)["id"]);
    let based = |bars: i64, version: i64| {
        let mut body = looking_back(bars);
        body["based_on"] = json!(version);
        body
    };
    assert_eq!(put(&admin, &path, &based(240, 1)).await.ok(200)["version"], 2);
    let problem = put(&admin, &path, &based(230, 1)).await.refused(409, "STRATEGY_CHANGED");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("newest version")), "{problem}");
    assert_eq!(admin.get(&path).await.ok(200)["parameters"]["lookback"], 240);
    assert_eq!(put(&admin, &path, &based(240, 1)).await.ok(200)["version"], 2, "the same once more is no quarrel");
    assert_eq!(put(&admin, &path, &based(230, 2)).await.ok(200)["version"], 3);
    assert_eq!(put(&admin, &path, &looking_back(220)).await.ok(200)["version"], 4, "who names no version overwrites");
    let problem = admin.post("/strategies", &based(210, 1)).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "based_on");
    let problem = put(&admin, &path, &looking_back(5_000)).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "parameters.lookback");
    assert_eq!(admin.get(&path).await.ok(200)["version"], 4, "what was refused is no version");
}

async fn what_a_version_changed_is_told_field_by_field_and_line_by_line(installation: &Installation) {
    let admin = installation.admin().await;
    let path = format!("/strategies/{}", admin.post("/strategies", &rules(DOCUMENT)).await.ok(201)["id"]);
    let longer = DOCUMENT.replace("period: 20", "period: 30") + "# the end\n";
    let mut body = rules(&longer);
    body["symbols"] = json!(["00I010", "00O020"]);
    body["name"] = json!("By another document");
    put(&admin, &path, &body).await.ok(200);
    let changes = admin.get(&format!("{path}/versions/2/changes")).await.ok(200);
    assert_eq!((&changes["from"], &changes["to"]), (&json!(1), &json!(2)));
    let expected = json!([
        { "field": "name", "before": "By document", "after": "By another document" },
        { "field": "symbols", "before": ["00I010"], "after": ["00I010", "00O020"] },
    ]);
    assert_eq!(changes["fields"], expected);
    let lines = changes["document"].as_array().expect("lines");
    let place = |text: &str| 1 + DOCUMENT.lines().position(|line| line.contains(text)).expect("a line of the document");
    let changed: Vec<_> = lines.iter().filter(|line| line["kind"] != "same").cloned().collect();
    let (period, end) = (place("period"), DOCUMENT.lines().count() + 1);
    let text = |text: &str| text.lines().nth(period - 1).expect("a line").to_owned();
    let expected = [
        json!({ "kind": "removed", "before_line": period, "after_line": null, "text": text(DOCUMENT) }),
        json!({ "kind": "added", "before_line": null, "after_line": period, "text": text(&longer) }),
        json!({ "kind": "added", "before_line": null, "after_line": end, "text": "# the end" }),
    ];
    assert_eq!(changed, expected);
    for line in lines.iter().filter(|line| line["kind"] == "same") {
        let number = usize::try_from(line["before_line"].as_u64().expect("a line")).expect("few");
        assert_eq!(
            (&line["after_line"], line["text"].as_str()),
            (&line["before_line"], DOCUMENT.lines().nth(number - 1))
        );
    }
    assert_eq!(admin.get(&format!("{path}/versions/2")).await.ok(200)["changes"], 3, "the document counts as one");

    // Backwards, against itself, and of the first version.
    let back = admin.get(&format!("{path}/versions/1/changes?since=2")).await.ok(200);
    assert_eq!((&back["from"], &back["fields"][0]["after"]), (&json!(2), &json!("By document")));
    let itself = admin.get(&format!("{path}/versions/2/changes?since=2")).await.ok(200);
    assert_eq!((&itself["fields"], &itself["document"]), (&json!([]), &Value::Null));
    let first = admin.get(&format!("{path}/versions/1/changes")).await.ok(200);
    assert_eq!((&first["from"], &first["fields"], &first["document"]), (&Value::Null, &json!([]), &Value::Null));
    let problem = admin.get(&format!("{path}/versions/2/changes?since=3")).await.refused(400, "INVALID_QUERY");
    assert_eq!(problem["field"], "since");
    // Another kind of strategy has other parameters.
    put(&admin, &path, &momentum("By another document")).await.ok(200);
    let changes = admin.get(&format!("{path}/versions/3/changes")).await.ok(200);
    let fields = changes["fields"].as_array().expect("fields");
    let lookback = fields.iter().find(|change| change["field"] == "parameters.lookback").expect("a new parameter");
    assert_eq!((&lookback["before"], &lookback["after"]), (&Value::Null, &json!(250)));
    let lines = changes["document"].as_array().expect("lines");
    assert!(lines.len() == longer.lines().count() && lines.iter().all(|line| line["kind"] == "removed"), "{lines:?}");
}

async fn a_version_that_cannot_trade_replaces_nothing(installation: &Installation) {
    let admin = installation.admin().await;
    let path = format!("/strategies/{}", admin.post("/strategies", &looking_back(250)).await.ok(201)["id"]);
    admin.post(&format!("{path}/activate"), &json!({})).await.ok(200);
    let import = imports::upload(&admin, "history.csv", imports::ROWS).await.ok(202);
    ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    let mut body = looking_back(250);
    body["symbols"] = json!([imports::SYMBOL]);
    assert_eq!(put(&admin, &path, &body).await.ok(200)["version"], 2);
    admin.post(&format!("{path}/activate"), &json!({})).await.refused(409, "NO_LIVE_PRICES");
    assert_eq!(admin.get(&path).await.ok(200)["active_version"], 1);
    // The older version can be taken although the newest cannot.
    assert_eq!(admin.post(&format!("{path}/activate"), &json!({ "version": 1 })).await.ok(200)["active_version"], 1);
}

async fn what_was_put_away_is_listed_apart(installation: &Installation) {
    let admin = installation.admin().await;
    let kept = admin.post("/strategies", &momentum("Kept")).await.ok(201);
    let path = format!("/strategies/{}", admin.post("/strategies", &momentum("Put away")).await.ok(201)["id"]);
    let post = async |what: &str| admin.post(&format!("{path}/{what}"), &json!({})).await;
    post("activate").await.ok(200);
    post("archive").await.refused(409, "STRATEGY_ACTIVE");
    post("deactivate").await.ok(200);
    for _ in 0..2 {
        assert_eq!(post("archive").await.ok(200)["is_archived"], true);
    }
    post("activate").await.refused(409, "STRATEGY_ARCHIVED");
    let names = async |query: &str| {
        let page = admin.get(&format!("/strategies{query}")).await.ok(200);
        let items = page["items"].as_array().expect("strategies").clone();
        items.into_iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Kept"]);
    assert_eq!(names("?archived=false").await, ["Kept"]);
    assert_eq!(names("?archived=true").await, ["Put away"]);
    assert_eq!(post("unarchive").await.ok(200)["is_archived"], false);
    assert_eq!(names("?sort=name").await, ["Kept", "Put away"]);
    assert_eq!(names("?sort=newest").await, ["Put away", "Kept"]);
    assert_eq!(names("?search=put%20AWAY").await, ["Put away"]);
    assert_eq!(names("?search=%20%20").await.len(), 2, "blanks are no search");
    assert_eq!(names("?search=00O020&is_active=true").await, [""; 0]);
    assert_eq!(names("?strategy_type=rules").await, [""; 0]);
    assert_eq!(names("?strategy_type=momentum&page_size=1&page=2").await, ["Kept"]);
    let long = format!("/strategies?search={}", "x".repeat(101));
    assert_eq!(admin.get(&long).await.refused(400, "INVALID_QUERY")["field"], "search");
    post("archive").await.ok(200);
    admin.send(Method::DELETE, &path, None).await.ok(204);
    assert_eq!(names("?archived=true").await, [""; 0]);
    assert_eq!(admin.get("/strategies").await.ok(200)["items"][0]["id"], kept["id"]);
}

async fn a_copy_is_a_strategy_of_its_own(installation: &Installation) {
    let admin = installation.admin().await;
    let made = admin.post("/strategies", &looking_back(250)).await.ok(201);
    let path = format!("/strategies/{}", made["id"]);
    put(&admin, &path, &looking_back(200)).await.ok(200);
    admin.post(&format!("{path}/activate"), &json!({})).await.ok(200);
    let copy = admin.post(&format!("{path}/clone"), &json!({ "name": " Copy " })).await.ok(201);
    assert_eq!(
        (&copy["name"], &copy["version"], &copy["is_active"], &copy["parameters"]["lookback"]),
        (&json!("Copy"), &json!(1), &json!(false), &json!(200))
    );
    assert_ne!(copy["id"], made["id"]);
    for (body, field) in [(json!({ "name": "  " }), "name"), (json!({}), "name"), (json!({ "name": "x", "y": 1 }), "y")]
    {
        let problem = admin.post(&format!("{path}/clone"), &body).await.refused(422, "INVALID_FIELD");
        assert_eq!(problem["field"], field);
    }
    assert_eq!(admin.get("/strategies").await.ok(200)["total"], 2);
}

async fn a_document_is_exported_for_each_tool(installation: &Installation) {
    let admin = installation.admin().await;
    let mut body = rules(DOCUMENT);
    body["parameters"]["position_size_percent"] = json!(7.5);
    let path = format!("/strategies/{}/export", admin.post("/strategies", &body).await.ok(201)["id"]);
    for query in ["", "?target=text"] {
        let file = admin.get(&format!("{path}{query}")).await;
        assert_eq!((file.status, file.text.as_str()), (200, DOCUMENT), "byte for byte");
        assert_eq!(file.header("content-type"), "application/yaml");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"test.kis.yaml\"");
    }
    let file = admin.get(&format!("{path}?target=backtester")).await;
    assert_eq!(file.status, 200, "{file}");
    for part in ["x_exodus:", "position_size_percent: 7.5", "symbols:", "00I010"] {
        assert!(file.text.contains(part), "{part} is not in {}", file.text);
    }
    let again = rules(&file.text);
    admin.post("/strategies", &again).await.ok(201);
    let file = admin.get(&format!("{path}?target=builder")).await;
    assert!(file.status == 200 && !file.text.contains("x_exodus"), "{file}");

    // What the Strategy Builder has no word for is told line by line.
    let volume = DOCUMENT.replace("indicator: close, operator: less_than", "indicator: volume, operator: less_than");
    let path = format!("/strategies/{}/export", admin.post("/strategies", &rules(&volume)).await.ok(201)["id"]);
    let problem = admin.get(&format!("{path}?target=builder")).await.refused(409, "NOT_EXPORTABLE");
    let error = &problem["errors"][0];
    assert_eq!(error["field"], "parameters.document");
    assert!(error["message"].as_str().is_some_and(|text| text.starts_with("line 8, strategy.exit")), "{problem}");
    assert_eq!(admin.get(&format!("{path}?target=excel")).await.refused(400, "INVALID_QUERY")["field"], "target");

    let made = admin.post("/strategies", &momentum("No document")).await.ok(201);
    admin.get(&format!("/strategies/{}/export", made["id"])).await.refused(409, "NO_DOCUMENT");
}

async fn a_backtest_names_the_version_and_its_card_shows_the_curve(installation: &Installation) {
    let admin = installation.admin().await;
    let mut request = backtests::request(&admin, &["00I010"]).await;
    let members = request.as_object_mut().expect("an object");
    members.remove("strategy_type");
    members.remove("parameters");
    let mut body = momentum("Tested");
    body["parameters"] = json!({ "lookback": 5, "entry_threshold_percent": 1.0 });
    body["symbols"] = json!(["00I010"]);
    let made = admin.post("/strategies", &body).await.ok(201);
    let path = format!("/strategies/{}", made["id"]);
    body["parameters"]["lookback"] = json!(9);
    put(&admin, &path, &body).await.ok(200);

    let run = async |member: &str, value: Value| {
        let mut request = request.clone();
        request["strategy_id"] = made["id"].clone();
        if !value.is_null() {
            request[member] = value;
        }
        admin.post("/backtest", &request).await
    };
    let newest = run("", Value::Null).await.ok(202);
    assert_eq!((&newest["strategy_version"], &newest["parameters"]["lookback"]), (&json!(2), &json!(9)));
    let older = run("strategy_version", json!(1)).await.ok(202);
    assert_eq!((&older["strategy_version"], &older["parameters"]["lookback"]), (&json!(1), &json!(5)));
    assert_eq!(older["strategies"][0]["strategy_version"], 1);
    let problem = run("strategy_version", json!(3)).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "strategy_version");
    let problem = run("strategy_versions", json!([1])).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "strategy_versions");

    ended(&admin, &format!("/backtest/{}", newest["id"])).await;
    let done = ended(&admin, &format!("/backtest/{}", older["id"])).await;
    assert_eq!(done["status"], "done", "{done}");
    let last = admin.get(&path).await.ok(200)["last_backtest"].clone();
    assert_eq!((&last["id"], &last["version"]), (&older["id"], &json!(1)));
    for name in
        ["total_return", "annual_return", "max_drawdown", "sharpe_ratio", "trades_count", "start_date", "end_date"]
    {
        assert_eq!(last[name], done[name], "{name}");
    }
    let curve: Vec<f64> = serde_json::from_value(last["curve"].clone()).expect("a curve");
    let equity = done["equity"].as_array().expect("equity");
    let gain = |point: &Value| point["equity"].as_f64().expect("won") / 100_000_000.0 - 1.0;
    assert_eq!(curve.len(), 60);
    assert!((curve[0] - gain(&equity[0])).abs() < 1e-12, "{curve:?}");
    let total = last["total_return"].as_f64().expect("a ratio");
    assert!((curve[59] - total).abs() < 1e-12, "the last point is the whole gain");

    // What an older version stored has no curve: it is made once, of the result.
    let raw = Database::connect(&installation.database).await.expect("the database opens twice");
    raw.execute_unprepared("UPDATE backtest_results SET curve = NULL").await.expect("as an older version left it");
    raw.close().await.expect("closed");
    for _ in 0..2 {
        let again = admin.get("/strategies?sort=return").await.ok(200)["items"][0]["last_backtest"].clone();
        assert_eq!(again, last);
    }

    // Several on one wallet, each with its version, and the same again.
    let mut second = momentum("Second");
    second["parameters"]["lookback"] = json!(20);
    let second = admin.post("/strategies", &second).await.ok(201);
    let several = |versions: Value| {
        let mut request = request.clone();
        request.as_object_mut().expect("an object").remove("symbols");
        request["strategy_ids"] = json!([made["id"], second["id"]]);
        request["strategy_versions"] = versions;
        request
    };
    backtests::request(&admin, &["00O020"]).await;
    let run = admin.post("/backtest", &several(json!([1, null]))).await.ok(202);
    let versions = run["strategies"].as_array().expect("strategies").iter().map(|one| &one["strategy_version"]);
    assert_eq!(versions.collect::<Vec<_>>(), [&json!(1), &json!(1)]);
    assert_eq!(run["strategies"][0]["parameters"]["lookback"], 5);
    assert_eq!((&run["strategy_id"], &run["strategy_version"]), (&Value::Null, &Value::Null));
    for (versions, field) in [(json!([1]), "strategy_versions"), (json!([1, 2]), "strategy_versions[1]")] {
        let problem = admin.post("/backtest", &several(versions)).await.refused(422, "INVALID_FIELD");
        assert_eq!(problem["field"], field);
    }
    let mut both = several(Value::Null);
    both["strategy_version"] = json!(1);
    let problem = admin.post("/backtest", &both).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "strategy_version");
}

async fn what_the_owner_did_is_in_the_audit_log(installation: &Installation) {
    let admin = installation.admin().await;
    let made = admin.post("/strategies", &looking_back(250)).await.ok(201);
    let path = format!("/strategies/{}", made["id"]);
    put(&admin, &path, &looking_back(200)).await.ok(200);
    for what in ["activate", "deactivate", "versions/1/restore", "archive", "unarchive"] {
        admin.post(&format!("{path}/{what}"), &json!({})).await.ok(200);
    }
    let me = admin.get("/auth/me").await.ok(200)["id"].as_i64();
    let page = exodus_store::Page { number: 1, size: 100 };
    let log = exodus_store::audit::list(&installation.store, me, page).await.expect("a log");
    let object = format!("strategy:{}", made["id"]);
    let done: Vec<_> =
        log.items.iter().rev().filter(|row| row.object == object).map(|row| row.action.as_str()).collect();
    let expected = ["activate", "deactivate", "restore", "archive", "unarchive"].map(|what| format!("strategy.{what}"));
    assert_eq!(done, expected);
}
