//! What cannot start says why in one sentence that names the mend, and leaves nothing behind.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use sea_orm::{ConnectionTrait, Database};

use crate::program::{Nobody, Program, files};

#[test]
fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let program = Program::new().with("EXODUS_LISTEN", address);
    program.run(&[]).refused(1, &[&address.to_string(), "EXODUS_LISTEN"]);
    assert!(!program.data().exists(), "{:?}", files(&program.data()));
}

#[test]
fn a_second_start_on_the_same_folder_is_refused() {
    let program = Program::new();
    let first = program.start(&[]);
    let before = files(&program.data());
    program.run(&[]).refused(3, &[&program.data().display().to_string(), "DATABASE_URL", "REDIS_URL"]);
    program.run(&["migrate"]).refused(3, &[&program.data().display().to_string()]);
    assert_eq!(files(&program.data()), before);
    assert_eq!(first.end("TERM"), Some(0));
    assert_eq!(program.start(&[]).end("TERM"), Some(0), "the folder is free again");
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_as_it_is() {
    let program = Program::new();
    program.run(&["migrate"]).ok();
    assert_eq!(program.start(&[]).end("TERM"), Some(0));
    let file = program.data().join("exodus.sqlite");
    // Whatever was written last is to be in the file itself.
    let raw = Database::connect(format!("sqlite:{}", file.display())).await.expect("SQLite opens");
    raw.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("written back");
    raw.close().await.expect("closed");
    let whole = std::fs::read(&file).expect("the database");
    // All but the list of tables is torn.
    let torn = |place: usize| place >= 8_192 && place % 4_096 < 64;
    let damaged: Vec<u8> =
        whole.iter().enumerate().map(|(place, byte)| if torn(place) { 0xAA } else { *byte }).collect();
    std::fs::write(&file, &damaged).expect("written");
    program.run(&[]).refused(1, &["damaged", "backup", "EXODUS_DATA_DIR"]);
    assert_eq!(std::fs::read(&file).expect("the database"), damaged, "whoever mends it finds what there was");
    std::fs::write(&file, &whole).expect("the backup is put back");
    assert_eq!(program.start(&[]).end("TERM"), Some(0));
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let mut program = Program::new();
    let file = program.file("not-a-folder", "precious");
    program.set("EXODUS_DATA_DIR", &file);
    for arguments in [&[][..], &["migrate"], &["user", "create", "--email", "kim@example.com", "--role", "user"]] {
        program.run(arguments).refused(1, &[&file, "EXODUS_DATA_DIR"]);
    }
    assert_eq!(std::fs::read_to_string(&file).expect("the file is still there"), "precious");

    let locked = std::path::Path::new(&file).with_file_name("read-only");
    std::fs::create_dir(&locked).expect("a folder");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).expect("chmod");
    if std::fs::write(locked.join("probe"), "").is_ok() {
        return; // Root writes everywhere.
    }
    program.set("EXODUS_DATA_DIR", locked.display());
    program.run(&[]).refused(1, &["read-only", "EXODUS_DATA_DIR"]);
}

#[test]
fn servers_that_do_not_answer_are_told() {
    let (nobody, program) = (Nobody::new(), Program::new());
    let program = program
        .with("DATABASE_URL", format!("postgres://kim:hunter2@{}/exodus", nobody.address()))
        .with("REDIS_URL", format!("redis://{}", nobody.address()));
    let commands: [&[&str]; 5] = [&[], &["serve"], &["worker"], &["migrate"], &["import", "bars", "x.csv"]];
    // Each of them waits a while for a database that may still be starting.
    std::thread::scope(|scope| {
        for arguments in commands {
            scope.spawn(|| {
                let sentence = program.run(arguments).refused(1, &["_URL"]).to_owned();
                assert!(!sentence.contains("hunter2"), "{sentence}");
            });
        }
    });
    assert!(files(&program.data()).iter().all(|name| name == "uploads"), "{:?}", files(&program.data()));
}

#[test]
fn one_half_of_an_installation_needs_servers() {
    let program = Program::new();
    for half in ["serve", "worker"] {
        program.run(&[half]).refused(1, &[half, "DATABASE_URL", "REDIS_URL"]);
    }
    assert!(!program.data().exists());
    let redis_only = Program::new().with("REDIS_URL", "redis://127.0.0.1:6379");
    redis_only.run(&[]).refused(1, &["REDIS_URL", "DATABASE_URL"]);
}

#[test]
fn settings_that_are_wrong_are_told_before_anything_happens() {
    for (name, value, parts) in [
        ("EXODUS_LISTNE", "127.0.0.1:1", &["EXODUS_LISTNE", "EXODUS_LISTEN"][..]),
        ("EXODUS_LISTEN", "8000", &["EXODUS_LISTEN", "127.0.0.1:8000"]),
        ("EXODUS_SECRET", "too-short", &["EXODUS_SECRET", "openssl rand"]),
        ("EXODUS_SECRET", "change-me-change-me-change-me-change-me", &["EXODUS_SECRET", "sample", "openssl rand"]),
        ("EXODUS_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &["EXODUS_SECRET", "regular"]),
        ("EXODUS_LOG", "info,=", &["EXODUS_LOG"]),
        ("EXODUS_RATE_LIMIT", "none", &["EXODUS_RATE_LIMIT"]),
        ("DATABASE_URL", "postgres://kim:hunter2@db/exodus", &["REDIS_URL"]),
    ] {
        let program = Program::new().with(name, value);
        let sentence = program.run(&[]).refused(1, parts).to_owned();
        assert!(!sentence.contains("hunter2") && !sentence.contains("change-me-change"), "{sentence}");
        assert!(!program.data().exists(), "{name}");
    }
}

#[test]
fn a_secret_in_the_folder_must_be_strong_and_private() {
    let program = Program::new();
    assert_eq!(program.start(&[]).end("TERM"), Some(0));
    let secret = program.data().join("secret");
    let mode = secret.metadata().expect("the secret").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).expect("chmod");
    program.run(&[]).refused(1, &["chmod 600"]);
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    std::fs::write(&secret, "secret").expect("written");
    program.run(&[]).refused(1, &["too short", "openssl rand"]);
}
