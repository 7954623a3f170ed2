use exodus_domain::from_kst;

use super::*;

fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
    from_kst(day, chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap())
}

fn order() -> CallFacts<'static> {
    CallFacts {
        environment: Environment::Mock,
        path: "/uapi/domestic-stock/v1/trading/order-cash",
        tr_id: "VTTC0012U",
        account: Some("50101234"),
        moves_money: true,
    }
}

fn list() -> CallFacts<'static> {
    CallFacts {
        path: "/uapi/domestic-stock/v1/trading/inquire-balance",
        tr_id: "VTTC8434R",
        moves_money: false,
        ..order()
    }
}

fn notice() -> FrameFacts<'static> {
    FrameFacts { environment: Environment::Mock, tr_id: "H0STCNI9", account: Some("50101234"), is_notice: true }
}

fn faults(script: &str) -> Faults {
    Faults::new(FaultScript::parse(script).unwrap(), 7)
}

#[test]
fn the_nth_call_of_a_name_or_tr_id_is_hit() {
    let mut faults = faults(
        r#"
        faults = [
            { when = { call = "order-cash", nth = 2 }, what = { kind = "answer_lost" } },
            { when = { call = "VTTC0012U", nth = 3 }, what = { kind = "broker_doubles" } },
        ]"#,
    );
    let hits: Vec<CallFaults> = (0..4)
        .map(|_| {
            assert_eq!(faults.on_call(&list(), at(10, 0)), CallFaults::default());
            faults.on_call(&order(), at(10, 0))
        })
        .collect();
    assert_eq!(hits[0], CallFaults::default());
    assert_eq!(hits[1].answer, Some(AnswerFault::Lost));
    assert!(hits[2].twice && hits[2].answer.is_none());
    assert_eq!(hits[3], CallFaults::default());
    let report = serde_json::to_value(faults.report()).unwrap();
    assert_eq!(report[0]["matched"], 4);
    assert_eq!(report[0]["acted"], 1);
    assert_eq!(report[0]["what"]["kind"], "answer_lost");
}

#[test]
fn times_accounts_and_environments_limit_a_fault() {
    let script = r#"
        [[faults]]
        when = { from = "10:00:00", to = "10:30:00", account = "50101234", env = "mock" }
        what = { kind = "list_lag", seconds = 600 }"#;
    let mut faults = faults(script);
    let lag = |faults: &mut Faults, call: CallFacts<'_>, now| faults.on_call(&call, now).list_lag;
    assert_eq!(lag(&mut faults, list(), at(9, 59)), None);
    assert_eq!(lag(&mut faults, list(), at(10, 0)), Some(TimeDelta::minutes(10)));
    assert_eq!(lag(&mut faults, list(), at(10, 30)), None);
    assert_eq!(lag(&mut faults, order(), at(10, 0)), None);
    assert_eq!(lag(&mut faults, CallFacts { account: Some("50101235"), ..list() }, at(10, 0)), None);
    assert_eq!(lag(&mut faults, CallFacts { environment: Environment::Real, ..list() }, at(10, 0)), None);
}

#[test]
fn chance_is_of_the_seed_and_near_its_probability() {
    let script = FaultScript::parse(
        r#"faults = [{ when = { probability = 0.25 }, what = { kind = "rate_error", ledger = true } }]"#,
    )
    .unwrap();
    let run = |seed| {
        let mut faults = Faults::new(script.clone(), seed);
        (0..4_000).map(|_| faults.on_call(&list(), at(10, 0)).before.is_some()).collect::<Vec<bool>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    let hits = run(1).into_iter().filter(|hit| *hit).count();
    assert!((900..1_100).contains(&hits), "{hits}");
}

#[test]
fn another_rule_or_call_between_changes_no_draw() {
    let one = r#"faults = [{ when = { call = "order-cash", probability = 0.5 }, what = { kind = "answer_lost" } }]"#;
    let mut quiet = faults(one);
    let mut busy = faults(one);
    for _ in 0..200 {
        busy.on_call(&list(), at(10, 0));
        assert_eq!(quiet.on_call(&order(), at(10, 0)), busy.on_call(&order(), at(10, 0)));
    }
}

#[test]
fn notices_are_lost_repeated_held_and_spoiled_alone() {
    let trades = FrameFacts { tr_id: "H0STCNT0", is_notice: false, ..notice() };
    for (kind, wanted) in [
        (r#"kind = "notice_lost""#, FrameFaults { times: 0, ..FrameFaults::default() }),
        (r#"kind = "notice_repeated", times = 3"#, FrameFaults { times: 3, ..FrameFaults::default() }),
        (r#"kind = "notice_reordered""#, FrameFaults { is_held: true, ..FrameFaults::default() }),
        (
            r#"kind = "notice_garbage", garbage = "wrong_key""#,
            FrameFaults { garbage: Some(Garbage::WrongKey), ..FrameFaults::default() },
        ),
    ] {
        let mut faults = faults(&format!("faults = [{{ what = {{ {kind} }} }}]"));
        assert_eq!(faults.on_frame(&trades, at(10, 0)), FrameFaults::default());
        assert_eq!(faults.on_frame(&notice(), at(10, 0)), wanted);
        assert_eq!(faults.on_call(&order(), at(10, 0)), CallFaults::default());
    }
}

#[test]
fn a_socket_is_dropped_muted_slowed_and_left_stale() {
    let mut faults = faults(
        r#"faults = [
            { when = { feed = "PINGPONG" }, what = { kind = "socket_drop" } },
            { when = { feed = "H0STCNI9" }, what = { kind = "socket_mute", seconds = 30 } },
            { what = { kind = "slow_read", bytes_per_second = 10 } },
            { what = { kind = "stale_session", seconds = 60 } },
        ]"#,
    );
    let ping = FrameFacts { tr_id: "PINGPONG", is_notice: false, ..notice() };
    assert!(faults.on_frame(&ping, at(10, 0)).is_dropped);
    let muted = faults.on_frame(&notice(), at(10, 0));
    assert_eq!((muted.mute, muted.bytes_per_second), (Some(TimeDelta::seconds(30)), Some(10)));
    assert_eq!(faults.on_call(&list(), at(10, 0)).answer, Some(AnswerFault::Slow(10)));
    let stale = faults.on_broken_session(Environment::Mock, "50101234", at(10, 0));
    assert_eq!(stale, Some(TimeDelta::minutes(1)));
}

#[test]
fn every_kind_survives_toml_and_json() {
    let kinds = [
        What::AnswerLost,
        What::AnswerLate { seconds: 1 },
        What::AnswerDoubled,
        What::AnswerCut { bytes: 2 },
        What::ServerErrorWithOrder,
        What::ServerErrorWithoutOrder,
        What::ListLag { seconds: 3 },
        What::PageFault { page: PageTrouble::Repeat },
        What::TokenRevoked,
        What::RateError { ledger: true },
        What::BrokerDoubles,
        What::ConnectionRefused,
        What::RequestLost,
        What::AnswerOfAnother,
        What::AnswerGarbage { garbage: AnswerGarbage::Huge },
        What::TokenExpired,
        What::NoticeLate { seconds: 8 },
        What::NoticeLost,
        What::NoticeRepeated { times: 4 },
        What::NoticeReordered,
        What::NoticeGarbage { garbage: Garbage::FewerFields },
        What::SocketMute { seconds: 5 },
        What::SocketDrop,
        What::StaleSession { seconds: 6 },
        What::SlowRead { bytes_per_second: 7 },
    ];
    let faults = kinds.into_iter().map(|what| Fault { when: When::default(), what }).collect();
    let script = FaultScript { faults };
    let text = toml::to_string(&script).unwrap();
    assert_eq!(FaultScript::parse(&text).unwrap(), script);
    let json = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<FaultScript>(&json).unwrap(), script);
}

#[test]
fn a_fault_that_could_never_act_is_refused() {
    for (fault, word) in [
        (r#"{ when = { call = "order-cash" }, what = { kind = "socket_drop" } }"#, "socket"),
        (r#"{ when = { feed = "H0STCNT0" }, what = { kind = "answer_lost" } }"#, "REST"),
        (r#"{ when = { nth = 0 }, what = { kind = "answer_lost" } }"#, "counts from 1"),
        (r#"{ when = { nth = 1, probability = 0.5 }, what = { kind = "answer_lost" } }"#, "not both"),
        (r#"{ when = { probability = 1.5 }, what = { kind = "answer_lost" } }"#, "between 0 and 1"),
        (r#"{ when = { from = "10:00:00", to = "09:00:00" }, what = { kind = "answer_lost" } }"#, "before"),
        (r#"{ what = { kind = "notice_repeated", times = 0 } }"#, "notice_lost"),
        (r#"{ what = { kind = "answer_lots" } }"#, "answer_lots"),
        (r#"{ whem = { nth = 1 }, what = { kind = "answer_lost" } }"#, "whem"),
    ] {
        let told = FaultScript::parse(&format!("faults = [{fault}]")).unwrap_err().to_string();
        assert!(told.contains(word), "{told}");
    }
}
