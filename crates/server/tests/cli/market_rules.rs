//! An operator amends the calendar without a new version of the program.

use serde_json::json;

use crate::program::Program;

const CLOSED: &str =
    "[[closed]]\ndate = 2027-04-16\nname_ko = \"임시공휴일\"\nname_en = \"Temporary Public Holiday\"\n";
const MOVED: &str = "[[start]]\nrow = \"krx_after_market\"\nfrom = 2026-10-12\n";

#[test]
fn a_file_in_the_data_folder_is_read_by_every_command() {
    let program = Program::new();
    assert!(program.run(&["config"]).ok().contains("market rules = "), "config tells the rules");
    program.run(&["migrate"]).ok();
    std::fs::write(program.data().join("market-rules.toml"), format!("{CLOSED}{MOVED}")).expect("the file is written");
    let shown = program.run(&["config"]);
    let version = shown.ok().lines().find_map(|line| line.strip_prefix("market rules = ")).expect("the version");
    assert!(version.contains('+'), "{version}");
    for part in ["2027-04-16 is closed", "krx_after_market starts on 2026-10-12", "market-rules.toml"] {
        assert!(shown.ok().contains(part), "{part}: {}", shown.stdout);
    }
    let healthy = program.run(&["doctor"]);
    assert!(healthy.ok().contains(version), "{}", healthy.stdout);
}

#[tokio::test]
async fn the_running_program_answers_by_the_amended_rules() {
    let mut program = Program::new();
    let file = program.file("holidays.toml", &format!("{CLOSED}{MOVED}"));
    program.set("EXODUS_MARKET_RULES", file);
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let day = client.get("/market/rules/session?date=2027-04-16").await.ok(200);
    assert_eq!((&day["is_session"], &day["holiday"]["name_ko"]), (&json!(false), &json!("임시공휴일")), "{day}");
    assert_eq!(day["venues"][0]["phases"], json!([]));
    let evening = client.get("/market/rules/session?date=2026-09-14").await.ok(200);
    let phases = evening["venues"][0]["phases"].as_array().expect("phases").clone();
    assert!(phases.iter().any(|phase| phase["phase"] == "after_hours_single"), "{evening}");
    assert!(phases.iter().all(|phase| phase["phase"] != "after_market"), "{evening}");
}

#[test]
fn amendments_that_cannot_be_used_stop_the_start_and_name_the_line() {
    let mut program = Program::new();
    let file = program.file("wrong.toml", &format!("{MOVED}\n[[open]]\ndate = 2027-05-02\n"));
    program.set("EXODUS_MARKET_RULES", &file);
    program.run(&["migrate"]).refused(1, &[&file, "line 5", "weekends cannot"]);
    assert!(program.run(&["doctor"]).stdout.contains("FAIL  market rules"));
    let missing = program.file("there.toml", "").replace("there", "not-there");
    program.set("EXODUS_MARKET_RULES", missing);
    program.run(&["migrate"]).refused(1, &["not-there.toml", "EXODUS_MARKET_RULES"]);
}
