//! The timetable of a date, as the page of the rule book draws it.

use serde_json::{Value, json};

use crate::installation::{Installation, on_each_database};

on_each_database!(the_timetable_of_a_date_is_told);

async fn the_timetable_of_a_date_is_told(installation: &Installation) {
    let reader = installation.admin().await;
    let day = async |date: &str| reader.get(&format!("/market/rules/session?date={date}")).await.ok(200);

    let ordinary = day("2026-06-01").await;
    assert_eq!(
        (&ordinary["is_session"], &ordinary["note"], &ordinary["holiday"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    assert_eq!((&ordinary["status"], &ordinary["settlement_date"]), (&json!("observed"), &json!("2026-06-04")));
    assert_eq!(
        (&ordinary["previous_session"], &ordinary["next_session"]),
        (&json!("2026-05-29"), &json!("2026-06-02"))
    );
    let told = |venue: usize| -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let phases = ordinary["venues"][venue]["phases"].as_array().expect("phases");
        phases.iter().map(|p| (text(&p["phase"]), text(&p["orders_from"]), text(&p["orders_to"]))).collect()
    };
    let told_of = |venue, phase: &str| told(venue).into_iter().find(|(name, ..)| name == phase);
    let window = |phase: &str, from: &str, to: &str| Some((phase.to_owned(), from.to_owned(), to.to_owned()));
    assert_eq!(told_of(0, "continuous"), window("continuous", "09:00:00", "15:20:00"));
    assert_eq!(told_of(0, "closing_auction"), window("closing_auction", "15:20:00", "15:30:00"));
    assert_eq!(told_of(1, "continuous"), window("continuous", "09:00:30", "15:20:00"));
    assert_eq!(told(0).len(), 6);

    let exam = day("2026-11-19").await;
    assert_eq!((&exam["note"], &exam["status"]), (&json!("exam"), &json!("scheduled")));
    let closed = day("2027-05-03").await;
    assert_eq!((&closed["is_session"], &closed["holiday"]["status"]), (&json!(false), &json!("tentative")));
    assert_eq!(closed["holiday"]["name_ko"], "노동절 대체공휴일");
    assert_eq!(closed["venues"], json!([{"venue": "krx", "phases": []}, {"venue": "nxt", "phases": []}]));
    let sunday = day("2026-05-31").await;
    assert_eq!((&sunday["is_session"], &sunday["holiday"]), (&json!(false), &Value::Null));

    assert_eq!(
        reader.get("/market/rules/session").await.ok(200)["date"],
        reader.get("/market/status").await.ok(200)["now"].as_str().expect("a time")[..10]
    );
    for outside in ["1989-12-31", "2028-01-01", "2026-02-30", "monday"] {
        reader.get(&format!("/market/rules/session?date={outside}")).await.refused(400, "INVALID_QUERY");
    }
    installation.anyone().get("/market/rules/session?date=2026-06-01").await.refused(401, "UNAUTHENTICATED");
}
