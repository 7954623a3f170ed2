//! What happens to processes: crashes, stops, clocks that are set.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::Point;

use crate::chance::Chance;
use crate::plan::Plan;

/// What happens to a process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    /// It is killed between two things that it does.
    Kill,
    /// It is killed at the so many-th place of the order path that it reaches.
    KillAtPoint(u32),
    /// It is stopped for a while and goes on (SIGSTOP).
    Pause(TimeDelta),
    /// The broker revokes the token.
    LoseToken,
    /// Its clock is set so far ahead of the world's.
    Clock(TimeDelta),
}

/// What happens when, the next last.
pub(crate) fn schedule(
    plan: &Plan,
    seed: u64,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, Trouble)> {
    let mut chance = Chance::of(seed, "troubles");
    let seconds = (end - start).num_seconds() - 30;
    let mut all = Vec::new();
    let at = |chance: &mut Chance| start + chance.seconds(5, seconds);
    for _ in 0..plan.crashes {
        let when = at(&mut chance);
        all.push((
            when,
            match chance.between(0, 9) {
                0..=1 => Trouble::Kill,
                2..=4 => Trouble::KillAtPoint(u32::try_from(chance.between(13, 60)).unwrap_or(1)),
                _ => Trouble::KillAtPoint(u32::try_from(chance.between(1, 12)).unwrap_or(1)),
            },
        ));
    }
    for _ in 0..plan.pauses {
        all.push((at(&mut chance), Trouble::Pause(chance.seconds(1, 120))));
    }
    for _ in 0..plan.token_losses {
        all.push((at(&mut chance), Trouble::LoseToken));
    }
    for _ in 0..plan.clock_jumps {
        all.push((at(&mut chance), Trouble::Clock(chance.millis(-5_000, 5_000))));
    }
    if plan.clock_jumps > 0 {
        all.push((end, Trouble::Clock(TimeDelta::zero())));
    }
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all
}

thread_local! {
    /// How many places are reached until the process that runs then is killed; zero if it is not to be.
    static KILL_IN: Cell<u32> = const { Cell::new(0) };
}

/// Has the process killed that reaches the so many-th place from now on; zero for none.
pub(crate) fn kill_at_point(nth: u32) {
    KILL_IN.set(nth);
}

/// A place of the order path was reached.
pub(crate) fn on_reach(_: Point) {
    let left = KILL_IN.get();
    if left > 0 {
        KILL_IN.set(left - 1);
        if left == 1 {
            crate::node::kill_current();
        }
    }
}
