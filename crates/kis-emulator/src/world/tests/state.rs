//! The state on disk: a restart changes nothing.

use exodus_domain::{IssueState, Qty};

use super::super::{MarketChange, MarketSource, Refusal, Setup, World, WorldError};
use super::{FIRST, MILLION, MONDAY, SECOND, Script, at, buy, days, samsung, sell, terms};

/// Everything that the accounts and the market tell.
fn told(world: &mut World, now: chrono::DateTime<chrono::Utc>) -> String {
    world.advance(now);
    let mut all = format!("{:?} {:?}", world.quote(samsung()), world.ticks(samsung()));
    for number in [FIRST, SECOND] {
        all += &format!("{:?}", world.balance(number, now));
        all += &format!("{:?}", world.orders(number, MONDAY, MONDAY + days(9)));
        all += &format!("{:?}", world.realised(number, MONDAY, MONDAY + days(9)));
        all += &format!("{:?}", world.daily_bars(samsung(), MONDAY - days(9), MONDAY + days(9)));
    }
    all
}

#[test]
fn a_world_is_read_back_equal_at_any_time() {
    let mut day = Script::with_state(&[10 * MILLION, 20 * MILLION]);
    let same = |day: &mut Script| {
        let mut again = day.restarted();
        assert_eq!(told(&mut again, day.now), told(&mut day.world, day.now), "at {}", day.now);
        again
    };
    same(&mut day);
    day.buy_at_the_opening(FIRST, 10);
    same(&mut day);
    let key = day.place(FIRST, sell(5, Some(75_000))).expect("taken");
    day.place(SECOND, buy(3, Some(69_000))).expect("taken");
    assert!(day.place(SECOND, buy(3, Some(69_050))).is_err());
    day.amend(FIRST, key.number, Some(2), 76_000).expect("amended");
    same(&mut day);
    day.until(at(11, 0, 0));
    day.cancel(FIRST, key.number, None).expect("cancelled");
    // The world read back goes on as the other one does.
    let mut again = same(&mut day);
    day.until(at(16, 0, 0));
    assert_eq!(told(&mut again, day.now), told(&mut day.world, day.now));
}

#[test]
fn a_world_is_read_back_equal_days_later() {
    let mut day = Script::with_state(&[10 * MILLION, 20 * MILLION]);
    day.buy_at_the_opening(FIRST, 10);
    day.world.change_market(samsung(), MarketChange::Halt, at(19, 0, 0)).expect("halted");
    day.until(at(9, 30, 0) + days(1));
    assert_eq!(day.place(FIRST, sell(10, Some(70_300))), Err(Refusal::Halted), "a halt outlives the night");
    day.world.change_market(samsung(), MarketChange::Resume, day.now).expect("resumed");
    day.place(FIRST, sell(10, Some(69_000))).expect("taken");
    let mut again = day.restarted();
    assert_eq!(told(&mut again, day.now), told(&mut day.world, day.now));
    assert!(!again.quote(samsung()).expect("a quote").states.contains(IssueState::Halted));
    let names: Vec<String> = std::fs::read_dir(day.setup().state.expect("a folder"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 2, "the journal of the day before is gone: {names:?}");
    // The process was away for two days.
    day.now += days(2);
    let mut later = day.restarted();
    assert_eq!(told(&mut later, day.now), told(&mut day.world, day.now));
}

#[test]
fn a_command_that_was_cut_off_is_forgotten_and_the_next_one_is_kept() {
    let mut day = Script::with_state(&[10 * MILLION, 20 * MILLION]);
    day.until(at(9, 30, 0));
    day.place(FIRST, buy(1, Some(69_000))).expect("taken");
    let folder = day.setup().state.expect("a folder");
    let journal = folder.join(format!("commands-{MONDAY}.jsonl"));
    let mut text = std::fs::read(&journal).expect("a journal");
    let whole = text.len();
    text.extend_from_slice(br#"{"at":"2026-11-02T00:30:00Z","command":{"Pla"#);
    std::fs::write(&journal, &text).expect("written");
    let mut again = day.restarted();
    assert_eq!(std::fs::read(&journal).expect("a journal").len(), whole);
    again.place(FIRST, buy(2, Some(69_000)), super::Origin::Api, day.now).expect("taken");
    let third = day.restarted();
    let rows = third.orders(FIRST, MONDAY, MONDAY);
    assert_eq!(rows.iter().map(|row| row.quantity).collect::<Vec<_>>(), [Qty(1), Qty(2)]);
}

#[test]
fn a_state_of_another_market_or_from_the_future_is_refused() {
    let mut day = Script::with_state(&[10 * MILLION]);
    day.until(at(9, 30, 0));
    day.place(FIRST, buy(1, Some(69_000))).expect("taken");
    let setup = day.setup();
    assert!(matches!(World::open(&setup, at(9, 0, 0)), Err(WorldError::FromTheFuture(_))));
    let demo = Setup { market: MarketSource::Demo, ..setup.clone() };
    assert!(matches!(World::open(&demo, day.now), Err(WorldError::OtherMarket(_))));
    let other_seed = Setup { seed: 8, ..setup };
    assert!(matches!(World::open(&other_seed, day.now), Err(WorldError::OtherMarket(_))));
}

#[test]
fn nothing_is_done_that_cannot_be_written_down() {
    let mut day = Script::with_state(&[10 * MILLION]);
    let folder = day.setup().state.expect("a folder");
    std::fs::remove_dir_all(&folder).expect("gone");
    // The journal of the day is still open; the one of the next day cannot be made.
    day.until(at(9, 30, 0) + days(1));
    assert_eq!(day.place(FIRST, buy(1, Some(69_000))), Err(Refusal::StateNotWritten));
    assert_eq!(day.world.open_account(&terms(SECOND, 1), day.now), Err(Refusal::StateNotWritten));
    assert_eq!(day.world.accounts().count(), 1);
}

#[test]
fn a_reset_world_is_a_new_one_on_disk_too() {
    let mut day = Script::with_state(&[10 * MILLION]);
    day.buy_at_the_opening(FIRST, 10);
    day.world.reset(day.now).expect("reset");
    assert_eq!(day.world.accounts().count(), 0);
    day.world.open_account(&terms(SECOND, 5), day.now).expect("a new account");
    let again = day.restarted();
    assert_eq!(again.accounts().map(|terms| terms.number.as_str()).collect::<Vec<_>>(), [SECOND]);
    fn is_send<T: Send>(_: &T) {}
    is_send(&again);
}
