use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000 + millis).expect("a time")
}

fn failed() -> CircuitEvent {
    CircuitEvent::Failed("no answer".to_owned())
}

/// A circuit that five failures opened.
fn opened() -> Circuit {
    let mut circuit = Circuit::default();
    for _ in 0..5 {
        circuit.hear(&failed(), at(0));
    }
    circuit
}

fn unknown() -> CircuitEvent {
    CircuitEvent::OrderUnknown("no answer".to_owned())
}

fn breached() -> CircuitEvent {
    CircuitEvent::Breached("a fill became smaller".to_owned())
}

const CLEAN: CircuitEvent = CircuitEvent::Reconciled { unresolved: 0 };
const GOOD_TRIAL: [CircuitEvent; 4] =
    [CircuitEvent::ListRead, CircuitEvent::ListRead, CircuitEvent::BalanceRead, CircuitEvent::ListRead];

/// Tells the events, each at its second, and answers where the circuit stands at the last of them.
fn state_after(events: &[(i64, CircuitEvent)]) -> (CircuitState, Option<CircuitCause>) {
    let mut circuit = Circuit::default();
    for (second, event) in events {
        circuit.hear(event, at(second * 1_000));
    }
    let now = at(events.last().map_or(0, |(second, _)| second * 1_000));
    (circuit.state(now), circuit.record().opening.as_ref().map(|opening| opening.cause))
}

fn repeated(event: &CircuitEvent, times: i64) -> Vec<(i64, CircuitEvent)> {
    (0..times).map(|second| (second, event.clone())).collect()
}

#[test]
fn each_cause_opens_it_and_the_step_before_does_not() {
    let closed = (CircuitState::Closed, None);
    let open = |cause| (CircuitState::Open, Some(cause));
    let mixed = |bad: usize| {
        let share = (0..10).map(|n| (n, if n % 2 == 0 || bad == 4 { CircuitEvent::Answered } else { failed() }));
        let mut events: Vec<(i64, CircuitEvent)> = share.collect();
        if bad == 4 {
            for n in [1, 3, 5, 7] {
                events[n].1 = failed();
            }
        }
        events
    };
    let off = |millis| CircuitEvent::ClockCompared(TimeDelta::milliseconds(millis));
    let token = || CircuitEvent::TokenFailed("refused".to_owned());
    let cases = [
        ("four failures", repeated(&failed(), 4), closed),
        ("five failures", repeated(&failed(), 5), open(CircuitCause::FailuresInRow)),
        ("half of ten calls", mixed(5), open(CircuitCause::FailureShare)),
        ("four of ten calls", mixed(4), closed),
        ("one order without an answer", vec![(0, unknown())], closed),
        ("two within a minute", vec![(0, unknown()), (59, unknown())], open(CircuitCause::UnknownOrders)),
        ("two a minute apart", vec![(0, unknown()), (60, unknown())], closed),
        ("a token refused once", vec![(0, token())], closed),
        ("a token refused twice", vec![(0, token()), (400, token())], open(CircuitCause::TokenRenewal)),
        ("twice, with a good one between", vec![(0, token()), (1, CircuitEvent::TokenRenewed), (2, token())], closed),
        ("a clock off by a second", vec![(0, off(-1_000))], closed),
        ("a clock off by more", vec![(0, off(-1_001))], open(CircuitCause::ClockOffset)),
        ("a broken invariant", vec![(0, breached())], open(CircuitCause::Breach)),
    ];
    for (story, events, expected) in cases {
        assert_eq!(state_after(&events), expected, "{story}");
    }
}

#[test]
fn refusals_of_the_broker_are_no_failures() {
    assert_eq!(state_after(&repeated(&CircuitEvent::Answered, 100)).0, CircuitState::Closed);
}

#[test]
fn it_closes_after_three_lists_a_balance_and_a_clean_reconciliation_and_not_before() {
    let mut circuit = opened();
    for event in &GOOD_TRIAL {
        circuit.hear(event, at(29_999));
    }
    circuit.hear(&CLEAN, at(29_999));
    assert_eq!(circuit.state(at(29_999)), CircuitState::Open, "the pause is not over");
    assert_eq!(circuit.state(at(30_000)), CircuitState::HalfOpen);
    assert_eq!(circuit.hear(&CLEAN, at(30_000)), None, "nothing was read in this trial");
    for event in &GOOD_TRIAL {
        assert_eq!(circuit.hear(event, at(31_000)), None);
    }
    assert_eq!(circuit.hear(&CircuitEvent::Reconciled { unresolved: 1 }, at(31_000)), None);
    assert_eq!(circuit.hear(&CLEAN, at(31_000)), Some(CircuitChange::Closed));
    assert_eq!(circuit.record(), &CircuitRecord::default());
}

#[test]
fn each_failed_trial_doubles_the_pause_up_to_five_minutes() {
    let mut circuit = opened();
    let mut now = 0;
    for pause in [30, 60, 120, 240, 300, 300] {
        let opening = circuit.record().opening.clone().expect("open");
        assert_eq!((opening.pause_seconds, opening.half_open_at), (pause, at(now + pause * 1_000)));
        now += pause * 1_000;
        circuit.hear(&CircuitEvent::ListRead, at(now));
        assert_eq!(circuit.hear(&failed(), at(now)), Some(CircuitChange::OpenedAgain));
        assert_eq!(circuit.record().opening.as_ref().map(|opening| opening.lists), Some(0), "a new trial begins anew");
    }
}

#[test]
fn what_a_breach_opened_waits_for_a_person() {
    let mut circuit = Circuit::default();
    circuit.hear(&breached(), at(0));
    let much_later = at(86_400_000);
    for event in GOOD_TRIAL.iter().chain([&CLEAN]) {
        circuit.hear(event, much_later);
    }
    assert_eq!(circuit.state(much_later), CircuitState::Open);
    assert_eq!(circuit.hear(&CircuitEvent::Released, much_later), Some(CircuitChange::Released));
    assert_eq!(circuit.state(much_later), CircuitState::HalfOpen, "the broker is tried first");
    for event in &GOOD_TRIAL {
        circuit.hear(event, much_later);
    }
    assert_eq!(circuit.hear(&CLEAN, much_later), Some(CircuitChange::Closed));
}

#[test]
fn a_breach_outweighs_the_cause_that_opened_it_before() {
    let mut circuit = opened();
    assert_eq!(circuit.hear(&breached(), at(31_000)), Some(CircuitChange::OpenedAgain));
    assert!(circuit.record().opening.as_ref().is_some_and(|opening| opening.needs_person));
    assert_eq!(circuit.hear(&breached(), at(32_000)), None, "it is open for that already");
}

#[test]
fn a_restart_keeps_it_open() {
    let circuit = opened();
    let stored = serde_json::to_string(circuit.record()).expect("JSON");
    let read = Circuit::from_record(serde_json::from_str(&stored).expect("a record"));
    assert_eq!(read.record(), circuit.record());
    assert_eq!(read.state(at(29_999)), CircuitState::Open);
}

fn any_event() -> impl Strategy<Value = CircuitEvent> {
    prop_oneof![
        6 => Just(CircuitEvent::ListRead),
        3 => Just(CircuitEvent::BalanceRead),
        3 => Just(CircuitEvent::Answered),
        6 => Just(failed()),
        2 => Just(unknown()),
        1 => Just(CircuitEvent::TokenRenewed),
        1 => Just(CircuitEvent::TokenFailed("refused".to_owned())),
        1 => (-2_000_i64..2_000).prop_map(|millis| CircuitEvent::ClockCompared(TimeDelta::milliseconds(millis))),
        1 => Just(breached()),
        4 => (0_usize..2).prop_map(|unresolved| CircuitEvent::Reconciled { unresolved }),
        2 => Just(CircuitEvent::Released),
    ]
}

/// What the specification says, worked out anew from the whole history at each event, without any state of its own but
/// the times at which it was opened, tried in vain, released and closed.
#[derive(Default)]
struct Oracle {
    history: Vec<(DateTime<Utc>, CircuitEvent)>,
    closed_from: usize,
    opening: Option<OracleOpening>,
}

struct OracleOpening {
    trial_from: usize,
    tried_at: DateTime<Utc>,
    failed_trials: u32,
    needs_person: bool,
}

impl Oracle {
    fn is_failure(event: &CircuitEvent) -> bool {
        matches!(event, CircuitEvent::Failed(_) | CircuitEvent::OrderUnknown(_))
    }

    fn is_call(event: &CircuitEvent) -> bool {
        Self::is_failure(event)
            || matches!(event, CircuitEvent::ListRead | CircuitEvent::BalanceRead | CircuitEvent::Answered)
    }

    fn state(&self, now: DateTime<Utc>) -> CircuitState {
        match &self.opening {
            None => CircuitState::Closed,
            Some(opening) if opening.needs_person || now < opening.tried_at => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }

    /// True if what happened since it was closed last is a reason to open it.
    fn should_open(&self, now: DateTime<Utc>) -> bool {
        let since = &self.history[self.closed_from..];
        let (_, newest) = since.last().expect("an event");
        let calls: Vec<_> = since.iter().filter(|(_, event)| Self::is_call(event)).collect();
        let run = calls.iter().rev().take_while(|(_, event)| Self::is_failure(event)).count();
        let recent: Vec<_> = calls.iter().filter(|(when, _)| now - *when < TimeDelta::seconds(30)).collect();
        let bad = recent.iter().filter(|(_, event)| Self::is_failure(event)).count();
        let doubts = since.iter().filter(|(when, event)| {
            matches!(event, CircuitEvent::OrderUnknown(_)) && now - *when < TimeDelta::seconds(60)
        });
        let tokens = since
            .iter()
            .filter(|(_, event)| matches!(event, CircuitEvent::TokenFailed(_) | CircuitEvent::TokenRenewed));
        let refused = tokens.rev().take_while(|(_, event)| matches!(event, CircuitEvent::TokenFailed(_))).count();
        match newest {
            CircuitEvent::Failed(_) => run >= 5 || recent.len() >= 10 && bad * 2 >= recent.len(),
            CircuitEvent::OrderUnknown(_) => {
                run >= 5 || recent.len() >= 10 && bad * 2 >= recent.len() || doubts.count() >= 2
            }
            CircuitEvent::TokenFailed(_) => refused >= 2,
            CircuitEvent::ClockCompared(offset) => offset.abs() > TimeDelta::seconds(1),
            CircuitEvent::Breached(_) => true,
            _ => false,
        }
    }

    fn hear(&mut self, event: &CircuitEvent, now: DateTime<Utc>) {
        let state = self.state(now);
        self.history.push((now, event.clone()));
        let newest = self.history.len();
        let should_open = self.should_open(now);
        let is_breach = matches!(event, CircuitEvent::Breached(_));
        let Some(opening) = &mut self.opening else {
            if should_open {
                let tried_at = now + TimeDelta::seconds(30);
                self.opening =
                    Some(OracleOpening { trial_from: newest, tried_at, failed_trials: 0, needs_person: is_breach });
            }
            return;
        };
        if is_breach && !opening.needs_person {
            let tried_at = now + TimeDelta::seconds(30);
            *opening = OracleOpening { trial_from: newest, tried_at, failed_trials: 0, needs_person: true };
        } else if *event == CircuitEvent::Released && opening.needs_person {
            (opening.needs_person, opening.tried_at, opening.trial_from) = (false, now, newest);
        } else if state == CircuitState::HalfOpen && (Self::is_failure(event) || should_open) {
            opening.failed_trials += 1;
            let pause = 30 * 2_i64.pow(opening.failed_trials.min(6));
            (opening.trial_from, opening.tried_at) = (newest, now + TimeDelta::seconds(pause.min(300)));
        } else if state == CircuitState::HalfOpen && *event == CLEAN {
            let trial: Vec<_> =
                self.history[opening.trial_from..].iter().filter(|(when, _)| *when >= opening.tried_at).collect();
            let lists = trial.iter().filter(|(_, event)| *event == CircuitEvent::ListRead).count();
            if lists >= 3 && trial.iter().any(|(_, event)| *event == CircuitEvent::BalanceRead) {
                (self.opening, self.closed_from) = (None, newest);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn it_does_what_the_specification_says(steps in prop::collection::vec((any_event(), 0_i64..20_000), 1..40)) {
        let (mut circuit, mut oracle, mut now) = (Circuit::default(), Oracle::default(), at(0));
        for (event, millis) in steps {
            now += TimeDelta::milliseconds(millis);
            let before = circuit.state(now);
            let change = circuit.hear(&event, now);
            oracle.hear(&event, now);
            prop_assert_eq!(circuit.state(now), oracle.state(now), "after {:?}", event);
            // Nothing but a clean reconciliation closes it, and what was stored at any moment stands for the whole.
            let after = circuit.state(now);
            prop_assert_eq!(
                change == Some(CircuitChange::Closed),
                before != CircuitState::Closed && after == CircuitState::Closed
            );
            if change == Some(CircuitChange::Closed) {
                prop_assert_eq!(&event, &CLEAN);
            }
            prop_assert!(circuit.calls.len() <= 40);
        }
    }
}
