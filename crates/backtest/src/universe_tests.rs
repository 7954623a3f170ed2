use super::*;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn symbol(code: &str) -> Symbol {
    code.parse().expect("a code")
}

/// An issue of KOSPI listed on its first day, with a day of `value` for each session from `from` to `to`.
fn issue(code: &str, from: &str, to: &str, value: i64) -> IssueFacts {
    let fact = |date| DayFact {
        date,
        market: Market::Kospi,
        states: IssueStates::default(),
        value: Won(value),
        market_cap: Some(Won(value * 100)),
    };
    let days = sessions(date(from), date(to)).map(fact).collect();
    IssueFacts { symbol: symbol(code), listed_on: Some(date(from)), delisted_on: None, days }
}

fn top(by: RankBy, count: u32, rebalance: Rebalance, min_listed_days: u32) -> Universe {
    let (markets, exclude_states) = (vec![Market::Kospi], vec![IssueState::Administrative]);
    Universe::Top { by, count, lookback_days: 20, rebalance, markets, min_listed_days, exclude_states }
}

fn whole_market(min_listed_days: u32) -> Universe {
    Universe::Market {
        markets: vec![Market::Kospi],
        min_listed_days,
        exclude_states: vec![IssueState::Administrative, IssueState::Liquidation],
    }
}

fn lists(universe: &Universe, facts: &[IssueFacts], from: &str, to: &str) -> Vec<(String, Vec<String>)> {
    let membership = universe.members(facts, date(from), date(to), false).expect("members");
    let words = |members: &BTreeSet<Symbol>| members.iter().map(ToString::to_string).collect();
    membership.lists().iter().map(|(date, members)| (date.to_string(), words(members))).collect()
}

fn expected(rows: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    rows.iter()
        .map(|(date, codes)| ((*date).to_owned(), codes.iter().map(|code| (*code).to_owned()).collect()))
        .collect()
}

#[test]
fn the_largest_by_value_change_with_the_month() {
    let mut rising = issue("000020", "2024-01-02", "2024-06-28", 50);
    for day in rising.days.iter_mut().filter(|day| day.date >= date("2024-03-11")) {
        day.value = Won(1_000);
    }
    let facts = [issue("000010", "2024-01-02", "2024-06-28", 100), rising];
    // From 11 to 29 March are 15 sessions at 1,000 won, so the choice of 1 April is the first that sees them.
    let found = lists(&top(RankBy::Value, 1, Rebalance::Monthly, 0), &facts, "2024-02-15", "2024-05-31");
    assert_eq!(found, expected(&[("2024-02-15", &["000010"]), ("2024-04-01", &["000020"])]));
    let found = lists(&top(RankBy::Value, 1, Rebalance::Yearly, 0), &facts, "2024-02-15", "2024-05-31");
    assert_eq!(found, expected(&[("2024-02-15", &["000010"])]));
    let found = lists(&top(RankBy::Value, 2, Rebalance::Quarterly, 0), &facts, "2024-02-15", "2024-05-31");
    assert_eq!(found, expected(&[("2024-02-15", &["000010", "000020"])]));
}

#[test]
fn the_largest_by_capitalisation_need_one_that_is_known() {
    let mut unknown = issue("000020", "2024-01-02", "2024-06-28", 900);
    unknown.days.iter_mut().for_each(|day| day.market_cap = None);
    let facts = [issue("000010", "2024-01-02", "2024-06-28", 100), unknown];
    let found = lists(&top(RankBy::MarketCap, 5, Rebalance::Yearly, 0), &facts, "2024-02-15", "2024-05-31");
    assert_eq!(found, expected(&[("2024-02-15", &["000010"])]));
}

#[test]
fn equal_sizes_are_told_apart_by_code() {
    let facts = ["000030", "000010", "000020"].map(|code| issue(code, "2024-01-02", "2024-06-28", 100));
    let found = lists(&top(RankBy::Value, 2, Rebalance::Yearly, 0), &facts, "2024-02-15", "2024-02-29");
    assert_eq!(found, expected(&[("2024-02-15", &["000010", "000020"])]));
}

#[test]
fn a_delisted_issue_is_a_member_until_it_leaves() {
    let mut gone = issue("000020", "2024-01-02", "2024-03-28", 100);
    gone.delisted_on = Some(date("2024-03-29"));
    let facts = [issue("000010", "2024-01-02", "2024-06-28", 100), gone];
    let found = lists(&whole_market(0), &facts, "2024-03-27", "2024-04-03");
    assert_eq!(found, expected(&[("2024-03-27", &["000010", "000020"]), ("2024-03-29", &["000010"])]));
}

#[test]
fn a_new_listing_waits_for_its_age() {
    let facts = [issue("000010", "2024-01-02", "2024-06-28", 100), issue("000020", "2024-03-04", "2024-06-28", 100)];
    // Listed on 4 March; thirty days later it is 3 April.
    let found = lists(&whole_market(30), &facts, "2024-03-04", "2024-04-05");
    assert_eq!(found, expected(&[("2024-03-04", &["000010"]), ("2024-04-03", &["000010", "000020"])]));
    // On the day of the listing nothing is known of it yet.
    let found = lists(&whole_market(0), &facts, "2024-03-04", "2024-03-06");
    assert_eq!(found, expected(&[("2024-03-04", &["000010"]), ("2024-03-05", &["000010", "000020"])]));
}

#[test]
fn a_flag_excludes_from_the_session_after_the_one_that_showed_it() {
    let mut flagged = issue("000020", "2024-01-02", "2024-06-28", 100);
    for day in flagged.days.iter_mut().filter(|day| day.date == date("2024-03-06")) {
        day.states = day.states.with(IssueState::Administrative);
    }
    let facts = [issue("000010", "2024-01-02", "2024-06-28", 100), flagged];
    let found = lists(&whole_market(0), &facts, "2024-03-05", "2024-03-11");
    let both: &[&str] = &["000010", "000020"];
    assert_eq!(found, expected(&[("2024-03-05", both), ("2024-03-07", &["000010"]), ("2024-03-08", both)]));
}

#[test]
fn a_list_is_taken_as_it_is() {
    let list = Universe::List { symbols: vec![symbol("000020"), symbol("000010")] };
    let found = lists(&list, &[], "2024-03-05", "2024-03-11");
    assert_eq!(found, expected(&[("2024-03-05", &["000010", "000020"])]));
}

#[test]
fn rules_without_members_are_refused_with_their_field() {
    let refused = |universe: Universe| {
        universe.members(&[], date("2024-03-05"), date("2024-03-11"), false).expect_err("refused").field()
    };
    assert_eq!(refused(Universe::List { symbols: Vec::new() }), "symbols");
    assert_eq!(
        refused(Universe::Market { markets: Vec::new(), min_listed_days: 0, exclude_states: Vec::new() }),
        "markets"
    );
    assert_eq!(refused(top(RankBy::Value, 0, Rebalance::Yearly, 0)), "count");
    assert_eq!(refused(whole_market(0)), "kind", "there are no facts");
}

#[test]
fn rules_travel_as_json_and_unknown_words_are_refused() {
    let parsed = |text: &str| serde_json::from_str::<Universe>(text);
    let top = parsed(r#"{"kind":"top","by":"value","count":50,"rebalance":"monthly","markets":["kospi","kosdaq"]}"#);
    let top = top.expect("a universe");
    assert_eq!(top.lookback_days(), 20);
    let again = serde_json::to_string(&top).expect("JSON");
    assert_eq!(parsed(&again).expect("a universe"), top);
    assert!(parsed(r#"{"kind":"market","markets":["kospi"],"exclude_states":["administrative"]}"#).is_ok());
    for unknown in [
        r#"{"kind":"best","count":5}"#,
        r#"{"kind":"list","symbols":["005930"],"top":3}"#,
        r#"{"kind":"market","markets":["nasdaq"]}"#,
        r#"{"kind":"top","by":"beauty","count":5,"rebalance":"monthly","markets":["kospi"]}"#,
    ] {
        assert!(parsed(unknown).is_err(), "{unknown}");
    }
}

fn any_fact() -> impl Strategy<Value = (i64, Option<i64>, bool, u8)> {
    (0i64..1_000, prop::option::of(0i64..1_000), any::<bool>(), 0u8..8)
}

/// Issues that are listed and delisted at any time, with days missing, moves between markets and flags.
fn any_facts() -> impl Strategy<Value = Vec<IssueFacts>> {
    let one = (0usize..80, prop::option::of(20usize..140), prop::collection::vec(any_fact(), 130));
    prop::collection::vec(one, 1..6).prop_map(|issues| {
        let calendar: Vec<_> = sessions(date("2023-11-01"), date("2024-06-28")).collect();
        let issue = |(number, (listed, delisted, facts)): (usize, (usize, Option<usize>, Vec<_>))| {
            let day = |(date, (value, cap, other, kind)): (&NaiveDate, (i64, Option<i64>, bool, u8))| {
                let states = match kind {
                    1 => IssueStates::default().with(IssueState::Administrative),
                    _ => IssueStates::default(),
                };
                let market = if other { Market::Kosdaq } else { Market::Kospi };
                let fact = DayFact { date: *date, market, states, value: Won(value), market_cap: cap.map(Won) };
                (kind != 0).then_some(fact)
            };
            IssueFacts {
                symbol: symbol(&format!("{:06}", number * 10)),
                listed_on: Some(calendar[listed]),
                delisted_on: delisted.map(|at| calendar[at]),
                days: calendar.iter().skip(listed).zip(facts).filter_map(day).collect(),
            }
        };
        issues.into_iter().enumerate().map(issue).collect()
    })
}

fn any_universe() -> impl Strategy<Value = Universe> {
    let by = prop_oneof![Just(RankBy::Value), Just(RankBy::MarketCap)];
    let rebalance = prop_oneof![Just(Rebalance::Monthly), Just(Rebalance::Quarterly), Just(Rebalance::Yearly)];
    prop_oneof![
        (0u32..60).prop_map(whole_market),
        (by, 1u32..4, rebalance, 0u32..60).prop_map(|(by, count, rebalance, age)| top(by, count, rebalance, age)),
    ]
}

proptest! {
    /// Whatever happens on the day of the choice or later, to whomever, the choice is the same.
    #[test]
    fn facts_of_a_day_and_after_it_change_no_membership_of_that_day(
        universe in any_universe(),
        facts in any_facts(),
        others in any_facts(),
        day in 20usize..120,
    ) {
        let calendar: Vec<_> = sessions(date("2023-11-01"), date("2024-06-28")).collect();
        let (from, to, seen) = (calendar[20], *calendar.last().expect("sessions"), calendar[day]);
        let mut rewritten = facts.clone();
        for (issue, other) in rewritten.iter_mut().zip(others.iter().cycle()) {
            issue.days.retain(|fact| fact.date < seen);
            issue.days.extend(other.days.iter().filter(|fact| fact.date >= seen));
            // Nobody knew of a delisting that came later.
            if issue.delisted_on.is_none_or(|gone| gone > seen) {
                issue.delisted_on = other.delisted_on.filter(|gone| *gone > seen);
            }
        }
        let until = |facts: &[IssueFacts]| {
            let lists = universe.decision_days(from, to).into_iter().take_while(|date| *date <= seen);
            lists.map(|date| (date, universe.members_on(date, facts))).collect::<Vec<_>>()
        };
        prop_assert_eq!(until(&facts), until(&rewritten));
    }
}
