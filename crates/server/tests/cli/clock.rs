//! Practice by the clock of an emulator: the program goes by its time and at its speed.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Clock as _;
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{Emulator, EmulatorConfig};

use crate::program::Program;

/// How far the two may be apart, by the machine: what the emulator's answer took at the start.
const APART: TimeDelta = TimeDelta::milliseconds(500);

/// An emulator, and a program that goes by its clock and takes it for the broker.
pub(crate) async fn emulator(clock: ClockMode) -> (Emulator, Program) {
    let emulator = Emulator::start(EmulatorConfig { clock, ..EmulatorConfig::default() }).await.expect("an emulator");
    let [paper, live] = [emulator.mock, emulator.real].map(|place| {
        let place = place.expect("both environments are served");
        format!("http://{} ws://{}", place.rest, place.ws)
    });
    let program = Program::new().with("EXODUS_KIS_PAPER", paper).with("EXODUS_KIS_LIVE", live);
    (emulator, program.with("EXODUS_CLOCK", "emulator"))
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_lives_in_the_time_of_the_emulator() {
    // A trading morning long gone and one to come: a login must last in both.
    for (start, factor) in [("2026-03-03T09:30:00+09:00", 1), ("2027-03-03T09:30:00+09:00", 60)] {
        let start = instant(start);
        let (emulator, program) = emulator(ClockMode::Scaled { start, factor }).await;
        let running = program.start(&[]);
        let before = emulator.clock().now();
        let person = running.client().register("kim@example.com").await;
        let user = person.get("/auth/me").await;
        let created = instant(user.ok(200)["created_at"].as_str().expect("a time"));
        let after = emulator.clock().now();
        let apart = APART * i32::try_from(factor).expect("a small number");
        assert!(created > before - apart && created < after + apart, "{before} {created} {after}");
        assert_eq!(running.end("TERM"), Some(0));
        emulator.stop().await.expect("the emulator stops");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_cannot_be_followed_is_told() {
    let start = instant("2026-03-03T09:30:00+09:00");
    let (emulator, program) = emulator(ClockMode::Stepped { start }).await;
    program.run(&[]).refused(1, &["its clock is stepped", "--clock xN", "EXODUS_CLOCK"]);
    emulator.stop().await.expect("the emulator stops");
    program.run(&[]).refused(1, &["no emulator tells the time", "exodus emulator", "EXODUS_CLOCK"]);
    let program = Program::new().with("EXODUS_CLOCK", "emulator");
    program.run(&[]).refused(1, &["EXODUS_KIS_PAPER", "EXODUS_KIS_LIVE"]);
}
