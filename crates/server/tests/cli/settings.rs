//! What the program says about itself.

use serde_json::Value;

use crate::program::{Program, files};

#[test]
fn config_prints_each_setting_with_source_and_meaning_and_no_secret() {
    let program = Program::new()
        .with("EXODUS_SECRET", "f3b1c0de9a7742d18e55aa01bc6d9f20")
        .with("DATABASE_URL", "postgres://kim:hunter2@db/exodus")
        .with("REDIS_URL", "redis://:hunter2@cache:6379");
    let shown = program.run(&["config"]);
    let text = shown.ok();
    for line in [
        "EXODUS_LISTEN = 127.0.0.1:0  [environment]",
        "EXODUS_DEMO_SEED = 20260101  [default]",
        "EXODUS_SECRET = ********  [environment]",
        "DATABASE_URL = postgres://kim:********@db/exodus  [environment]",
        "EXODUS_CORS_ORIGINS = (empty)  [default]",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    assert!(!text.contains("hunter2") && !text.contains("f3b1c0de"), "{text}");
    let lines: Vec<_> = text.lines().collect();
    for pair in lines.chunks(2) {
        assert!(pair[0].contains(" = ") && pair[1].starts_with("    ") && pair[1].len() > 20, "{pair:?}");
    }
    for name in ["EXODUS_LISTEN", "EXODUS_DATA_DIR", "DATABASE_URL", "REDIS_URL", "EXODUS_LOG"] {
        assert!(text.contains(&format!("{name} = ")), "{name}");
    }
    assert!(!program.data().exists(), "config only shows");
    Program::new().with("EXODUS_LOGS", "info").run(&["config"]).refused(1, &["EXODUS_LOGS", "EXODUS_LOG"]);
}

#[test]
fn openapi_prints_the_snapshot() {
    let program = Program::new();
    let snapshot: Value = serde_json::from_str(include_str!("../../../../openapi.json")).expect("openapi.json is JSON");
    assert_eq!(program.run(&["openapi"]).json(), snapshot, "run `make openapi`");
    assert!(!program.data().exists());
}

#[test]
fn help_names_every_command() {
    let help = Program::new().run(&["--help"]);
    let commands = ["serve", "worker", "migrate", "import", "backtest", "user", "openapi", "kill", "doctor", "config"];
    for command in commands {
        assert!(help.ok().lines().any(|line| line.trim_start().starts_with(command)), "{command}: {}", help.stdout);
    }
    let version = Program::new().run(&["--version"]);
    assert_eq!(version.ok(), concat!("exodus ", env!("CARGO_PKG_VERSION")));
    assert_eq!(Program::new().run(&["dance"]).code, Some(2));
}

#[test]
fn doctor_finds_what_is_wrong() {
    let program = Program::new();
    let untouched = program.run(&["doctor"]);
    assert_ne!(untouched.code, Some(0), "nothing was set up yet: {untouched:?}");
    assert!(untouched.stdout.contains("exodus migrate") || untouched.stdout.contains("run `exodus`"), "{untouched:?}");

    program.run(&["migrate"]).ok();
    assert!(files(&program.data()).iter().any(|name| name.ends_with(".sqlite")));
    program.run(&["migrate"]).ok();
    let healthy = program.run(&["doctor"]);
    for part in ["settings", "data folder", "secret", "database", "port", "market rules", "calendar"] {
        assert!(healthy.ok().contains(part), "{part}: {}", healthy.stdout);
    }
    let wrong = Program::new().with("EXODUS_NOISE", "1").run(&["doctor"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("EXODUS_NOISE"), "{wrong:?}");
}
