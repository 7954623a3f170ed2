//! Several processes of one installation, and one token of the broker for all of them (safety B8).

use std::time::Duration;

use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{ArrivalKind, Emulator, Environment};
use serde_json::{Value, json};

use crate::clock::emulator;
use crate::http::PASSWORD;
use crate::postgres::with_servers;

/// A worker takes an account up within half a minute; two, beside other tests.
const LOOKS: u32 = 1_200;
const LOOK_EVERY: Duration = Duration::from_millis(100);

fn paper_keys(emulator: &Emulator) -> Value {
    let accounts = emulator.accounts();
    let of = accounts.iter().find(|one| one.environment == Environment::Mock).expect("an account");
    json!({
        "name": "Mock",
        "env": "paper",
        "app_key": of.app_key,
        "app_secret": of.app_secret,
        "account_no": of.account_no,
        "hts_id": of.hts_id,
        "password": PASSWORD,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_need_a_token_at_once_issue_one() {
    with_servers(async |servers| {
        let start = "2026-11-24T09:30:00+09:00".parse().expect("an instant");
        let (emulator, mut program) = emulator(ClockMode::Scaled { start, factor: 1 }).await;
        for (name, address) in servers {
            program.set(name, address);
        }
        program.run(&["migrate"]).ok();
        let (one, other) = (program.start(&["serve"]), program.start(&["serve"]));
        let here = one.client().register("kim@example.com").await;
        let there = other.client().with_session(&json!({ "access_token": here.token() }));
        let keys = paper_keys(&emulator);
        let (told_here, told_there) =
            tokio::join!(here.post("/accounts/check", &keys), there.post("/accounts/check", &keys));
        for told in [told_here.ok(200), told_there.ok(200)] {
            assert_eq!(
                (&told["steps"][0]["step"], &told["steps"][0]["state"]),
                (&json!("token"), &json!("ok")),
                "{told}"
            );
        }
        let account = here.post("/accounts", &keys).await.ok(201);
        let workers = [program.start(&["worker"]), program.start(&["worker"])];
        let mut cash = Value::Null;
        for _ in 0..LOOKS {
            let accounts = there.get("/accounts").await.ok(200);
            let found = accounts.as_array().into_iter().flatten().find(|one| one["id"] == account["id"]);
            cash = found.expect("the account is listed")["cash"].clone();
            if !cash.is_null() {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        assert!(!cash.is_null(), "a worker took the account up");
        let issued = emulator.wire(0).into_iter().filter(|arrival| arrival.kind == ArrivalKind::Token).count();
        assert_eq!(issued, 1, "two servers and two workers share a token");
        for running in workers.into_iter().chain([one, other]) {
            assert_eq!(running.end("TERM"), Some(0));
        }
        emulator.stop().await.expect("the emulator stops");
    })
    .await;
}
