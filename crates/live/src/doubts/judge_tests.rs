use exodus_domain::{OrderFields, OrderType, Price, Side};

use super::super::testing::{at, command, fields, row};
use super::*;

const KIS: AbsencePolicy = AbsencePolicy::KIS;

/// A quiet look, `second` seconds after the order was sent.
fn look<'a>(rows: &'a [Row], commands: &'a [Command], second: i64) -> Look<'a> {
    Look { rows, commands, funds: Funds::Still, has_notice: false, is_final: false, at: at(second) }
}

/// The verdict on an order that was sent at second 0 and heard for 30 seconds, ten seconds later.
fn verdict(rows: &[Row], others: &[Command]) -> Verdict {
    judge(&command(1), &look(rows, others, 10), &Progress::default(), &KIS)
}

fn bind(number: &str) -> Verdict {
    Verdict::Bind(BrokerOrderId(number.to_owned()))
}

#[test]
fn exactly_one_fitting_row_is_the_order() {
    let bound = Row { owner: Owner::Order(2), ..row("2", 10, 1) };
    let others = Row { owner: Owner::Somebody, ..row("2", 10, 1) };
    let cancel = Row { is_plain: false, ..row("2", 10, 1) };
    let cases = [
        ("one row", vec![row("1", 10, 1)], bind("1")),
        ("another quantity beside it", vec![row("2", 11, 1), row("1", 10, 1)], bind("1")),
        ("one that is bound beside it", vec![bound.clone(), row("1", 10, 1)], bind("1")),
        ("one of somebody else beside it", vec![others, row("1", 10, 1)], bind("1")),
        ("a cancel of it beside it", vec![cancel.clone(), row("1", 10, 1)], bind("1")),
        ("accepted within the slack of clocks", vec![row("1", 10, -2)], bind("1")),
        ("accepted at the end of its window", vec![row("1", 10, 60)], bind("1")),
        ("only an earlier one", vec![row("1", 10, -3)], Verdict::Wait),
        ("only a bound one", vec![bound], Verdict::Wait),
        ("only a cancel", vec![cancel], Verdict::Wait),
        ("only one that was seen before", vec![Row { first_seen_at: at(-1), ..row("1", 10, 0) }], Verdict::Wait),
    ];
    for (story, rows, expected) in cases {
        assert_eq!(verdict(&rows, &[command(1)]), expected, "{story}");
    }
}

#[test]
fn every_field_counts_and_the_price_of_priced_orders_only() {
    let other = |change: fn(&mut OrderFields)| {
        let mut row = row("1", 10, 1);
        change(&mut row.fields);
        vec![row]
    };
    assert_eq!(verdict(&other(|fields| fields.symbol = "00I020".parse().expect("a code")), &[]), Verdict::Wait);
    assert_eq!(verdict(&other(|fields| fields.side = Side::Sell), &[]), Verdict::Wait);
    assert_eq!(verdict(&other(|fields| fields.price = Some(Price(70_100))), &[]), Verdict::Wait);
    assert_eq!(verdict(&other(|fields| fields.order_type = OrderType::Market), &[]), Verdict::Wait);
    let unpriced = OrderFields { order_type: OrderType::Market, price: None, ..fields(10) };
    let order = Command { fields: unpriced.clone(), ..command(1) };
    // The broker may show a price for an order without one.
    let rows = [Row { fields: OrderFields { price: Some(Price(1)), ..unpriced }, ..row("1", 10, 1) }];
    assert_eq!(judge(&order, &look(&rows, &[], 10), &Progress::default(), &KIS), bind("1"));
}

#[test]
fn what_names_no_single_row_is_for_a_person() {
    let cases = [
        ("two", vec![row("1", 10, 1), row("2", 10, 2)], Why::TwoCandidates),
        ("one in time and one late", vec![row("1", 10, 1), row("2", 10, 70)], Why::TwoCandidates),
        ("a late one", vec![row("1", 10, 61)], Why::LateRow),
        ("an earlier twin", vec![row("2", 10, -60), row("1", 10, 1)], Why::EarlierTwin),
    ];
    for (story, rows, why) in cases {
        assert_eq!(verdict(&rows, &[]), Verdict::Ambiguous(why), "{story}");
    }
}

#[test]
fn a_row_that_another_order_may_have_made_is_for_a_person() {
    let other = |standing, sent: i64| Command { sent_at: at(sent), hard_end: at(sent + 30), standing, ..command(2) };
    let number = BrokerOrderId("9".to_owned());
    let two = Verdict::Ambiguous(Why::TwoClaimants);
    let cases = [
        ("a tombstone", other(Standing::Tombstone, -3_600), two.clone()),
        ("one bound from a list not long ago", other(Standing::BoundByList, -500), two.clone()),
        ("one bound from a list long ago", other(Standing::BoundByList, -700), bind("1")),
        ("one bound by its answer", other(Standing::BoundByAnswer(number), -10), bind("1")),
        ("another in doubt", other(Standing::InDoubt, -10), two),
        ("one on its way", other(Standing::InFlight, -1), Verdict::Wait),
        ("one sent later", other(Standing::InFlight, 5), bind("1")),
        (
            "a tombstone of another quantity",
            Command { fields: fields(11), ..other(Standing::Tombstone, -60) },
            bind("1"),
        ),
    ];
    for (story, other, expected) in cases {
        assert_eq!(verdict(&[row("1", 10, 1)], &[command(1), other]), expected, "{story}");
    }
}

#[test]
fn contrary_evidence_waits_for_ten_minutes_and_then_for_a_person() {
    let rows = [row("1", 10, 1)];
    for (funds, has_notice) in [(Funds::Moved, false), (Funds::Still, true)] {
        let at_second = |second, is_final| {
            let look = Look { funds, has_notice, is_final, ..look(&rows, &[], second) };
            judge(&command(1), &look, &Progress::default(), &KIS)
        };
        assert_eq!(at_second(629, false), Verdict::Wait);
        assert_eq!(at_second(630, false), Verdict::Ambiguous(Why::ContraryEvidence));
        assert_eq!(at_second(40, true), Verdict::Ambiguous(Why::ContraryEvidence));
    }
}

/// Looks at lists at these seconds and tells each verdict.
fn looks(rows: &[Row], funds: Funds, has_notice: bool, seconds: &[i64], policy: &AbsencePolicy) -> Vec<Verdict> {
    let mut progress = Progress::default();
    let order = command(1);
    let mut verdicts = vec![];
    for &second in seconds {
        let look = Look { funds, has_notice, ..look(rows, &[], second) };
        progress = progress.after(&order, &look, policy);
        verdicts.push(judge(&order, &look, &progress, policy));
    }
    verdicts
}

#[test]
fn absence_takes_all_its_time_and_lists() {
    let witness = [row("7", 99, 100)];
    let older = [row("7", 99, 0)];
    let (still, soon, late) = (Funds::Still, [29, 100, 200], [29, 100, 200, 209, 210]);
    let last = |verdicts: Vec<Verdict>| verdicts.last().cloned();
    let absent = |by_witness| Some(Verdict::Absent { by_witness });
    assert_eq!(last(looks(&witness, still, false, &late, &KIS)), absent(true));
    assert!(looks(&witness, still, false, &late[..4], &KIS).iter().all(|verdict| *verdict == Verdict::Wait));
    assert_eq!(last(looks(&older, still, false, &late, &KIS)), Some(Verdict::Wait), "no newer row");
    assert_eq!(last(looks(&[], still, false, &[29, 100, 629], &KIS)), Some(Verdict::Wait));
    assert_eq!(last(looks(&[], still, false, &[29, 100, 630], &KIS)), absent(false));
    assert_eq!(last(looks(&witness, still, false, &[29, 400], &KIS)), Some(Verdict::Wait), "two lists");
    assert_eq!(last(looks(&witness, still, false, &[380, 400, 439], &KIS)), Some(Verdict::Wait), "too close");
    assert_eq!(last(looks(&witness, still, false, &[380, 400, 440], &KIS)), absent(true));
    assert_eq!(last(looks(&witness, Funds::Unread, false, &soon, &KIS)), Some(Verdict::Wait), "nothing to ask yet");
    assert_eq!(last(looks(&witness, Funds::Unread, false, &late, &KIS)), Some(Verdict::AskFunds));
    for (funds, notice) in [(Funds::Moved, false), (Funds::Still, true)] {
        assert_eq!(last(looks(&witness, funds, notice, &late, &KIS)), Some(Verdict::Wait));
        let contrary = Some(Verdict::Ambiguous(Why::ContraryEvidence));
        assert_eq!(last(looks(&witness, funds, notice, &[29, 100, 630], &KIS)), contrary);
    }
}

#[test]
fn a_row_that_came_with_the_order_but_is_older_by_the_brokers_clock_is_never_passed_over() {
    let seconds = [29, 100, 629, 690];
    let ahead = [Row { first_seen_at: at(1), ..row("1", 10, -5) }];
    let verdicts = looks(&ahead, Funds::Still, false, &seconds, &KIS);
    assert_eq!(verdicts[..3], [Verdict::Wait, Verdict::Wait, Verdict::Wait]);
    assert_eq!(verdicts[3], Verdict::Ambiguous(Why::EarlierTwin));
    let before = [Row { first_seen_at: at(-1), ..row("1", 10, -5) }];
    let verdicts = looks(&before, Funds::Still, false, &seconds, &KIS);
    assert_eq!(verdicts[3], Verdict::Absent { by_witness: false }, "it was seen before the order was sent");
}

#[test]
fn a_candidate_begins_the_count_of_lists_anew() {
    let order = command(1);
    let without = look(&[], &[], 100);
    let rows = [row("1", 10, 1)];
    let counted = Progress::default().after(&order, &without, &KIS).after(&order, &without, &KIS);
    assert_eq!((counted.lists, counted.first_at, counted.last_at), (2, Some(at(100)), Some(at(100))));
    assert_eq!(counted.after(&order, &look(&rows, &[], 120), &KIS), Progress::default());
}

#[test]
fn at_the_close_the_equal_lists_decide_unless_the_balance_disagrees() {
    let final_look = |funds| Look { funds, is_final: true, ..look(&[], &[], 60) };
    let at_close = |funds| judge(&command(1), &final_look(funds), &Progress::default(), &KIS);
    assert_eq!(at_close(Funds::Still), Verdict::Absent { by_witness: false });
    assert_eq!(at_close(Funds::Unread), Verdict::AskFunds);
    assert_eq!(at_close(Funds::Moved), Verdict::Ambiguous(Why::ContraryEvidence));
}

#[test]
fn on_paper_absence_is_known_once_no_answer_can_come() {
    let order = Command { hard_end: at(0) + AbsencePolicy::PAPER.answer_window, ..command(1) };
    let verdict_at = |second: i64| {
        let look = Look { funds: Funds::Unread, ..look(&[], &[], second) };
        let progress = Progress::default().after(&order, &look, &AbsencePolicy::PAPER);
        judge(&order, &look, &progress, &AbsencePolicy::PAPER)
    };
    assert_eq!(verdict_at(4), Verdict::Wait);
    assert_eq!(verdict_at(5), Verdict::Absent { by_witness: false });
}
