use super::super::testing::{at, command, fields, row};
use super::super::{Command, Owner};
use super::*;

const KIS: AbsencePolicy = AbsencePolicy::KIS;

fn standing(order_id: i64, sent: i64, standing: Standing) -> Command {
    Command { sent_at: at(sent), hard_end: at(sent + 30), standing, ..command(order_id) }
}

fn tombstone() -> Command {
    standing(1, 0, Standing::Tombstone)
}

fn id(number: &str) -> BrokerOrderId {
    BrokerOrderId(number.to_owned())
}

#[test]
fn an_absent_order_that_reappears_in_its_window_is_bound_and_anything_less_clear_is_suspect() {
    let bind = Some(Reappearance::Bind(id("1")));
    let suspect = |numbers: &[&str]| Some(Reappearance::Suspect(numbers.iter().map(|number| id(number)).collect()));
    let owned = Row { owner: Owner::Somebody, ..row("1", 10, 5) };
    let cases = [
        ("nothing came", vec![], vec![], None),
        ("another quantity came", vec![row("1", 11, 5)], vec![], None),
        ("it came", vec![row("1", 10, 5)], vec![], bind.clone()),
        ("it came late", vec![row("1", 10, 61)], vec![], suspect(&["1"])),
        ("two came", vec![row("1", 10, 5), row("2", 10, 6)], vec![], suspect(&["1", "2"])),
        (
            "another absent order may have made it",
            vec![row("1", 10, 5)],
            vec![standing(2, 3, Standing::Tombstone)],
            suspect(&["1"]),
        ),
        (
            "an order bound from the list may have made it",
            vec![row("1", 10, 5)],
            vec![standing(2, -60, Standing::BoundByList)],
            suspect(&["1"]),
        ),
        (
            "the answer of an order on its way may name it",
            vec![row("1", 10, 700)],
            vec![standing(2, 699, Standing::InFlight)],
            None,
        ),
        ("a person said whose it is", vec![owned], vec![], None),
    ];
    for (story, rows, others, expected) in cases {
        assert_eq!(reappearance(&tombstone(), &others, &rows, &KIS), expected, "{story}");
    }
}

fn found(command: Command, rows: &[Row], others: &[Command]) -> Vec<ConflictKind> {
    let mut commands = vec![command];
    commands.extend_from_slice(others);
    conflicts(&commands, rows, &KIS).into_iter().map(|conflict| conflict.kind).collect()
}

#[test]
fn a_second_row_for_an_order_bound_from_the_list_is_a_conflict() {
    let order = || standing(1, 0, Standing::BoundByList);
    let own = Row { owner: Owner::Order(1), ..row("1", 10, 1) };
    assert_eq!(found(order(), &[own.clone(), row("2", 10, 40)], &[]), [ConflictKind::BindConflict]);
    assert_eq!(found(order(), &[own.clone(), row("2", 10, 61)], &[]), [], "after its window");
    assert_eq!(found(order(), &[own.clone(), row("2", 10, -5)], &[]), [], "before it was sent");
    assert_eq!(found(order(), &[own.clone(), row("2", 11, 5)], &[]), [], "another quantity");
    let later = standing(2, 39, Standing::InFlight);
    assert_eq!(found(order(), &[own, row("2", 10, 40)], &[later]), [], "the row of another order");
}

#[test]
fn a_row_that_came_with_the_accepted_one_is_a_duplicate_of_the_broker() {
    let order = || standing(1, 0, Standing::BoundByAnswer(id("1")));
    let own = Row { owner: Owner::Order(1), ..row("1", 10, 1) };
    assert_eq!(found(order(), &[own.clone(), row("2", 10, 3)], &[]), [ConflictKind::BrokerDuplicate]);
    assert_eq!(found(order(), &[own.clone(), row("2", 10, 4)], &[]), [], "somebody's twin");
    assert_eq!(found(order(), &[row("2", 10, 1)], &[]), [], "its own row is not shown yet");
    let other = Row { fields: fields(11), ..row("2", 10, 1) };
    assert_eq!(found(order(), &[own, other], &[]), []);
}
