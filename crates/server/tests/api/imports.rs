//! History by upload: whole or not at all, and twice is once.

use exodus_store::{Page, audit};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::http::{Client, Reply};
use crate::installation::{Installation, ended, on_each_database};

/// The issue of [`ROWS`]; no demo issue has a code without the letters I, O, U.
pub(crate) const SYMBOL: &str = "005930";
/// A small file, with a halted day.
pub(crate) const ROWS: &str = "symbol,date,open,high,low,close,volume
005930,2020-01-02,55500,56000,55000,55200,12993228
005930,2020-01-03,56000,56600,54900,55500,15422255
005930,2020-01-06,54900,55600,54600,55500,10278951
005930,2020-01-07,0,0,0,55500,0
005930,2020-01-08,56200,57400,55900,56800,23501171
";

/// Uploads a file that one wrong row refuses.
async fn upload_strictly(client: &Client, name: &str, content: &str) -> Reply {
    send(client, form(name, content).text("strict", "true")).await
}

/// Uploads a file of daily bars.
pub(crate) async fn upload(client: &Client, name: &str, content: &str) -> Reply {
    send(client, form(name, content)).await
}

/// Uploads a file of another kind.
pub(crate) async fn upload_as(client: &Client, kind: &'static str, name: &str, content: &str) -> Reply {
    send(client, form(name, content).text("kind", kind)).await
}

fn form(name: &str, content: &str) -> Form {
    Form::new().part("file", Part::bytes(content.as_bytes().to_vec()).file_name(name.to_owned()))
}

async fn send(client: &Client, form: Form) -> Reply {
    Reply::to(client.request(Method::POST, "/market/imports").multipart(form)).await
}

on_each_database!(
    a_file_is_imported_once,
    a_bad_file_imports_nothing,
    wrong_rows_are_set_aside_and_listed,
    prices_are_adjusted_as_of_a_date_and_exported,
    corporate_actions_are_imported_from_a_file,
    an_import_that_waits_can_be_cancelled with WITHOUT_WORKER,
);

async fn a_file_is_imported_once(installation: &Installation) {
    let admin = installation.admin().await;
    let first = upload(&admin, "../../etc/samsung.csv", ROWS).await.ok(202);
    assert_eq!((&first["file_name"], &first["interval"]), (&json!("samsung.csv"), &json!("1d")));
    let done = ended(&admin, &format!("/market/imports/{}", first["id"])).await;
    assert_eq!((&done["status"], &done["error"]), (&json!("done"), &json!(null)), "{done}");
    let counts = |import: &serde_json::Value| {
        ["rows_read", "rows_added", "rows_unchanged", "symbols"].map(|name| import[name].as_i64().expect("a number"))
    };
    assert_eq!(counts(&done), [5, 5, 0, 1]);
    assert_eq!(done["progress"], 1.0);
    assert!(done["finished_at"].as_str().is_some_and(|at| at.ends_with("+09:00")), "{done}");

    let listed = admin.get(&format!("/market/symbols/{SYMBOL}")).await.ok(200);
    assert_eq!((&listed["is_demo"], &listed["daily_bars"]), (&json!(false), &json!(5)));
    assert_eq!((&listed["daily_from"], &listed["daily_to"]), (&json!("2020-01-02"), &json!("2020-01-08")));
    assert_eq!(admin.get("/market/symbols?source=imported").await.ok(200)["total"], 1);
    assert_eq!(admin.get("/market/symbols?q=0593").await.ok(200)["total"], 1);
    let chart = format!("/market/candles?symbol={SYMBOL}&interval=1d");
    let candles = admin.get(&format!("{chart}&from=2020-01-03&to=2020-01-06")).await.ok(200);
    assert_eq!(candles["bars"].as_array().map(Vec::len), Some(2), "{candles}");
    assert_eq!(candles["bars"][0]["timestamp"], "2020-01-03T00:00:00+09:00");
    assert_eq!((&candles["bars"][1]["close"], &candles["adjusted"]), (&json!(55500), &json!(false)));
    let newest = admin.get(&format!("{chart}&limit=1")).await.ok(200);
    assert_eq!((newest["bars"].as_array().map(Vec::len), &newest["bars"][0]["close"]), (Some(1), &json!(56800)));
    assert_eq!(admin.get(&format!("/market/quote/{SYMBOL}")).await.ok(200)["price"], 56800);

    let again = upload(&admin, "samsung.csv", ROWS).await.ok(202);
    let again = ended(&admin, &format!("/market/imports/{}", again["id"])).await;
    assert_eq!((&again["status"], counts(&again)), (&json!("done"), [5, 0, 5, 1]));

    // Adjusted prices are another series: a chart shows it once it is there, and not what it showed before.
    let adjusted = form("adjusted.csv", &ROWS.replace("56800,23501171", "56700,23501171")).text("adjusted", "true");
    let adjusted = send(&admin, adjusted.text("interval", "1d")).await.ok(202);
    let adjusted = ended(&admin, &format!("/market/imports/{}", adjusted["id"])).await;
    assert_eq!((&adjusted["adjusted"], counts(&adjusted)), (&json!(true), [5, 5, 0, 1]));
    let newest = admin.get(&format!("{chart}&limit=1")).await.ok(200);
    assert_eq!((&newest["adjusted"], &newest["bars"][0]["close"]), (&json!(true), &json!(56700)));

    let list = admin.get("/market/imports").await.ok(200);
    assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(3), &adjusted["id"]));
    assert_eq!(uploads(installation), 0, "files of finished imports are deleted");
}

async fn a_bad_file_imports_nothing(installation: &Installation) {
    let admin = installation.admin().await;
    let bad = |from: &str, to: &str| ROWS.replacen(from, to, 1);
    for (content, parts) in [
        (bad("54900,55600,54600", "54900,53600,54600"), &["row 3", "high"][..]),
        (bad("56000,56600", "-56000,56600"), &["row 2", "open", "negative"]),
        (bad("23501171", "many"), &["row 5", "volume"]),
        (bad("2020-01-08", "2020-01-06"), &["row 5", "date", "row 3"]),
        (bad("2020-01-08", "08.01.2020"), &["row 5", "date"]),
        (bad("005930,2020-01-08", "Samsung,2020-01-08"), &["row 5", "symbol"]),
        (bad("23501171", "23501171,1"), &["row 5"]),
        (bad("volume", "amount"), &["volume", "missing"]),
        (String::new(), &[]),
        ("symbol,date,open,high,low,close,volume\n".to_owned(), &["no rows"]),
        ("PAR1 but nothing more".to_owned(), &[]),
    ] {
        let import = upload_strictly(&admin, "bad.csv", &content).await.ok(202);
        let import = ended(&admin, &format!("/market/imports/{}", import["id"])).await;
        let error = import["error"].as_str().unwrap_or_default();
        assert_eq!(import["status"], "failed", "{content}: {import}");
        assert!(error.starts_with("bad.csv") && parts.iter().all(|part| error.contains(part)), "{parts:?}: {error}");
        assert_eq!(import["rows_added"], 0);
        let listed = admin.get(&format!("/market/imports/{}/quarantine", import["id"])).await.ok(200);
        assert_eq!(listed["total"], import["rows_quarantined"], "all rows are listed that made it fail");
        assert_eq!(import["rows_quarantined"] != json!(0), error.contains("row "), "{error}");
    }
    admin.get(&format!("/market/symbols/{SYMBOL}")).await.refused(404, "NOT_FOUND");
    assert_eq!(uploads(installation), 0);

    for (form, field) in [
        (Form::new().text("adjusted", "true"), "file"),
        (form("bars.xlsx", ROWS), "file"),
        (form("", ROWS), "file"),
        (form("a.csv", ROWS).part("file", Part::text(ROWS).file_name("b.csv")), "file"),
        (form("a.csv", ROWS).text("adjusted", "perhaps"), "adjusted"),
        (form("a.csv", ROWS).text("interval", "2d"), "interval"),
        (form("a.csv", ROWS).text("strict", "yes"), "strict"),
        (form("a.csv", ROWS).text("kind", "news"), "kind"),
        (form("a.mst", ROWS), "file"),
        (form("a.parquet", ROWS).text("kind", "actions"), "file"),
        (form("a.csv", ROWS).text("colour", "red"), "colour"),
    ] {
        assert_eq!(send(&admin, form).await.refused(422, "INVALID_FIELD")["field"], field);
    }
    let as_json = admin.request(Method::POST, "/market/imports").json(&json!({ "file": ROWS }));
    Reply::to(as_json).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let cut_off = admin
        .request(Method::POST, "/market/imports")
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nsymbol,da");
    Reply::to(cut_off).await.refused(400, "UNREADABLE_BODY");
    assert_eq!(uploads(installation), 0, "what was refused leaves nothing behind");
    assert_eq!(admin.get("/market/imports").await.ok(200)["total"], 11);
}

async fn wrong_rows_are_set_aside_and_listed(installation: &Installation) {
    let (admin, [stranger]) = installation.with_users(["lee"]).await;
    let content = ROWS.replace("54900,55600", "54900,53600") + "005930,2020-01-11,1,1,1,1,1\n005930,x,1,1,1,1,1\n";
    let import = upload(&admin, "rows.csv", &content).await.ok(202);
    assert_eq!((&import["kind"], &import["strict"]), (&json!("bars"), &json!(false)));
    let path = format!("/market/imports/{}", import["id"]);
    let import = ended(&admin, &path).await;
    assert_eq!(
        (&import["status"], &import["rows_read"], &import["rows_added"]),
        (&json!("done"), &json!(7), &json!(4))
    );
    assert_eq!((&import["rows_quarantined"], &import["rows_changed"]), (&json!(3), &json!(0)));
    assert_eq!(import["reasons"], json!({ "high_below_low": 1, "non_session": 1, "bad_date": 1 }));
    let rows = admin.get(&format!("{path}/quarantine")).await.ok(200);
    let first = json!({
        "row": 3, "symbol": "005930", "time": "2020-01-06", "field": "high", "reason": "high_below_low",
        "cells": "54900,53600,54600,55500,10278951",
    });
    assert_eq!((&rows["total"], &rows["items"][0]), (&json!(3), &first));
    let some = admin.get(&format!("{path}/quarantine?reason=bad_date&page_size=1")).await.ok(200);
    assert_eq!(
        (&some["total"], &some["items"][0]["row"], &some["items"][0]["time"]),
        (&json!(1), &json!(7), &json!("x"))
    );
    admin.get("/market/imports/999999/quarantine").await.refused(404, "NOT_FOUND");
    stranger.get(&format!("{path}/quarantine")).await.refused(404, "NOT_FOUND");
}

async fn prices_are_adjusted_as_of_a_date_and_exported(installation: &Installation) {
    let (admin, [lee]) = installation.with_users(["lee"]).await;
    let import = upload(&admin, "samsung.csv", ROWS).await.ok(202);
    ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    let chart = format!("/market/candles?symbol={SYMBOL}&interval=1d");
    let closes = |candles: &serde_json::Value| -> Vec<i64> {
        let bars = candles["bars"].as_array().expect("bars").iter();
        bars.map(|bar| bar["close"].as_i64().expect("a price")).collect()
    };
    let before = admin.get(&chart).await.ok(200);
    assert_eq!(
        (&before["price_basis"], &before["as_of"], &before["made_of"]),
        (&json!("raw"), &json!(null), &json!(null))
    );

    let split = json!({ "symbol": SYMBOL, "ex_date": "2020-01-06", "kind": "split", "numerator": 1, "denominator": 5 });
    let stored = admin.post("/market/actions", &split).await.ok(201);
    assert_eq!((&stored["kind"], &stored["denominator"]), (&json!("split"), &json!(5)));
    admin.post("/market/actions", &split).await.refused(409, "ACTION_EXISTS");
    for (field, value) in [
        ("symbol", json!("Samsung")),
        ("ex_date", json!("1900-01-01")),
        ("kind", json!("derived")),
        ("numerator", json!(5)),
        ("denominator", json!(0)),
    ] {
        let mut wrong = split.clone();
        wrong[field] = value;
        admin.post("/market/actions", &wrong).await.refused(422, "INVALID_FIELD");
    }

    // The chart forgets what it remembered, and knows nothing of the split as of the day before it.
    let after = admin.get(&chart).await.ok(200);
    assert_eq!((&after["price_basis"], &after["adjusted"]), (&json!("adjusted_derived"), &json!(true)));
    assert_eq!(closes(&after), [11040, 11100, 55500, 55500, 56800]);
    let raw = admin.get(&format!("{chart}&prices=raw")).await.ok(200);
    assert_eq!((closes(&raw), &raw["price_basis"]), (closes(&before), &json!("raw")));
    let then = admin.get(&format!("{chart}&prices=adjusted&as_of=2020-01-03")).await.ok(200);
    assert_eq!((closes(&then), &then["as_of"]), (vec![55200, 55500], &json!("2020-01-03")));
    let later =
        json!({ "symbol": SYMBOL, "ex_date": "2020-01-08", "kind": "bonus_issue", "numerator": 1, "denominator": 2 });
    admin.post("/market/actions", &later).await.ok(201);
    let again = admin.get(&format!("{chart}&prices=adjusted&as_of=2020-01-07")).await.ok(200);
    assert_eq!(closes(&again), closes(&after)[..4], "what happened later changes no earlier answer");
    admin.get(&format!("{chart}&prices=raw&as_of=2020-01-03")).await.refused(400, "INVALID_QUERY");
    admin.get(&format!("{chart}&prices=best")).await.refused(400, "INVALID_QUERY");

    let export = format!("/market/export?symbols={SYMBOL}&interval=1d&format=csv");
    let file = admin.get(&format!("{export}&prices=raw")).await;
    assert_eq!((file.status, file.text.as_str()), (200, ROWS), "the same rows as came in");
    let header = |reply: &Reply, name: &str| reply.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header(&file, "content-disposition"), "attachment; filename=\"bars-1d.csv\"");
    let part = admin.get(&format!("{export}&from=2020-01-06&to=2020-01-06&as_of=2020-01-07")).await;
    assert_eq!(part.text.lines().nth(1), Some("005930,2020-01-06,54900,55600,54600,55500,10278951"));
    let all = admin.get("/market/export?symbols=all&interval=1d&format=parquet").await;
    assert_eq!((all.status, header(&all, "content-type").as_str()), (200, "application/vnd.apache.parquet"));
    assert!(all.text.starts_with("PAR1") && all.text.ends_with("PAR1"));
    admin.get("/market/export?symbols=x&interval=1d&format=csv").await.refused(400, "INVALID_QUERY");
    admin.get(&format!("{export}&prices=raw&as_of=2020-01-07")).await.refused(400, "INVALID_QUERY");

    let listed = admin.get(&format!("/market/actions?symbol={SYMBOL}")).await.ok(200);
    assert_eq!((&listed["total"], &listed["items"][0]["ex_date"]), (&json!(2), &json!("2020-01-08")));
    admin.get("/market/actions?from=2020-01-07&to=2020-01-01").await.refused(400, "INVALID_QUERY");
    let action = format!("/market/actions/{}", stored["id"]);
    assert_eq!(lee.get("/market/actions").await.ok(200)["total"], 2, "actions belong to all");
    assert_eq!(admin.send(Method::DELETE, &action, None).await.status, 204);
    admin.send(Method::DELETE, &action, None).await.refused(404, "NOT_FOUND");

    let series = format!("/market/bars?symbol={SYMBOL}&interval=1d&adjusted=false");
    assert_eq!(admin.send(Method::DELETE, &series, None).await.status, 204);
    admin.send(Method::DELETE, &series, None).await.refused(404, "NOT_FOUND");
    assert_eq!(closes(&admin.get(&chart).await.ok(200)), Vec::<i64>::new());

    let me = admin.get("/auth/me").await.ok(200);
    let log = audit::list(&installation.store, me["id"].as_i64(), Page { number: 1, size: 10 }).await.expect("a log");
    let done: Vec<(&str, &str)> = log.items.iter().map(|e| (e.action.as_str(), e.object.as_str())).take(2).collect();
    let object = format!("corporate_action:{}", stored["id"]);
    assert_eq!(done, [("bars.delete", "bars:005930"), ("corporate_action.delete", object.as_str())]);
    assert_eq!(log.items[0].detail, json!({ "interval": "1d", "adjusted": false, "bars": 5 }));
    let added = log.items.iter().filter(|entry| entry.action == "corporate_action.add");
    let symbols: Vec<_> = added.map(|entry| entry.detail["symbol"].as_str()).collect();
    assert!(symbols.len() >= 2 && symbols.iter().all(|symbol| *symbol == Some(SYMBOL)), "{symbols:?}");
}

async fn corporate_actions_are_imported_from_a_file(installation: &Installation) {
    let admin = installation.admin().await;
    let text = "symbol,ex_date,kind,numerator,denominator\n005930,2018-05-04,split,1,50\n005930,2018-05-04,split,1,5\n";
    let import = send(&admin, form("actions.csv", text).text("kind", "actions")).await.ok(202);
    let import = ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    assert_eq!((&import["status"], &import["kind"]), (&json!("done"), &json!("actions")), "{import}");
    assert_eq!((&import["rows_added"], &import["reasons"]), (&json!(1), &json!({ "duplicate": 1 })));
    let strict = form("actions.csv", text).text("kind", "actions").text("strict", "true");
    let strict = send(&admin, strict).await.ok(202);
    let strict = ended(&admin, &format!("/market/imports/{}", strict["id"])).await;
    assert!(strict["error"].as_str().is_some_and(|error| error.contains("row 2, column ex_date")), "{strict}");
    assert_eq!(admin.get("/market/actions").await.ok(200)["total"], 1);
}

async fn an_import_that_waits_can_be_cancelled(installation: &Installation) {
    let admin = installation.admin().await;
    let import = upload(&admin, "waits.csv", ROWS).await.ok(202);
    assert_eq!((&import["status"], uploads(installation)), (&json!("queued"), 1));
    let path = format!("/market/imports/{}", import["id"]);
    let cancelled = admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(admin.get(&path).await.ok(200)["status"], "cancelled");
    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "IMPORT_ENDED");
    assert_eq!(uploads(installation), 0);
    let jobs = admin.get("/admin/jobs?status=cancelled").await.ok(200);
    assert_eq!((&jobs["total"], &jobs["items"][0]["kind"]), (&json!(1), &json!("import")));
}

/// Files that wait in the folder of uploads.
fn uploads(installation: &Installation) -> usize {
    std::fs::read_dir(installation.folder.path().join("uploads")).expect("the folder of uploads").count()
}
