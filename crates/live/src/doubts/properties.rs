//! 10,000 random days: the judge against a naive reading of the rules, and against what really happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use exodus_domain::{BrokerOrderId, OrderFields, OrderType, Price, Side};

use super::testing::{at, command, fields, row};
use super::*;

const DAYS: u64 = 10_000;
const KIS: AbsencePolicy = AbsencePolicy::KIS;

/// Numbers that look random and are the same on each run (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn second(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below((to - from + 1).unsigned_abs())).expect("a small number")
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Few enough kinds that equal ones are common.
    fn fields(&mut self) -> OrderFields {
        let mut fields = fields(if self.one_in(4) { 11 } else { 10 });
        if self.one_in(8) {
            fields.side = Side::Sell;
        }
        if self.one_in(4) {
            (fields.order_type, fields.price) = (OrderType::Market, None);
        } else if self.one_in(6) {
            fields.price = Some(Price(70_100));
        }
        fields
    }

    fn standing(&mut self) -> Standing {
        match self.below(5) {
            0 => Standing::InFlight,
            1 => Standing::InDoubt,
            2 => Standing::Tombstone,
            3 => Standing::BoundByList,
            _ => Standing::BoundByAnswer(BrokerOrderId(self.below(8).to_string())),
        }
    }

    fn row(&mut self, number: u64) -> Row {
        let accepted = self.second(-20, 80);
        let first_seen = accepted + self.second(0, 90);
        let owner = match self.below(8) {
            0 => Owner::Order(self.second(1, 5)),
            1 => Owner::Somebody,
            _ => Owner::Unknown,
        };
        Row {
            fields: self.fields(),
            is_plain: !self.one_in(8),
            first_seen_at: at(first_seen),
            owner,
            ..row(&number.to_string(), 10, accepted)
        }
    }
}

/// The rules once more, one after the other as §2.5 has them, without regard to speed or beauty.
fn naive(judged: &Command, look: &Look<'_>, progress: &Progress) -> Verdict {
    let same = |command: &Command, row: &Row| {
        let price = command.fields.order_type == OrderType::Market || command.fields.price == row.fields.price;
        command.fields.symbol == row.fields.symbol
            && command.fields.side == row.fields.side
            && command.fields.quantity == row.fields.quantity
            && command.fields.order_type == row.fields.order_type
            && price
            && row.is_plain
            && row.owner == Owner::Unknown
    };
    let in_time = |command: &Command, row: &Row| {
        let known_before = row.first_seen_at < command.sent_at;
        !known_before && row.accepted_at >= command.sent_at - TimeDelta::seconds(2)
    };
    let mut candidates = Vec::new();
    let mut twins = 0;
    for row in look.rows {
        if same(judged, row) && in_time(judged, row) {
            candidates.push(row);
        } else if same(judged, row) {
            twins += 1;
        }
    }
    let after_hard = (look.at - judged.hard_end).num_seconds();
    let contrary = look.has_notice || look.funds == Funds::Moved;
    let when_contrary =
        if after_hard >= 600 || look.is_final { Verdict::Ambiguous(Why::ContraryEvidence) } else { Verdict::Wait };
    if candidates.len() > 1 {
        return Verdict::Ambiguous(Why::TwoCandidates);
    }
    if let [row] = candidates[..] {
        if row.accepted_at > judged.hard_end + TimeDelta::seconds(30) {
            return Verdict::Ambiguous(Why::LateRow);
        }
        if twins > 0 {
            return Verdict::Ambiguous(Why::EarlierTwin);
        }
        let mut awaited = false;
        for other in look.commands {
            if other.order_id == judged.order_id || !same(other, row) || !in_time(other, row) {
                continue;
            }
            match other.standing {
                Standing::InFlight => awaited = true,
                Standing::InDoubt | Standing::Tombstone => return Verdict::Ambiguous(Why::TwoClaimants),
                Standing::BoundByList if row.accepted_at <= other.hard_end + TimeDelta::minutes(10) => {
                    return Verdict::Ambiguous(Why::TwoClaimants);
                }
                Standing::BoundByList | Standing::BoundByAnswer(_) => {}
            }
        }
        return match (awaited, contrary) {
            (true, _) => Verdict::Wait,
            (false, true) => when_contrary,
            (false, false) => Verdict::Bind(row.id.clone()),
        };
    }
    let witness = look.rows.iter().any(|row| row.accepted_at > judged.sent_at);
    let apart = progress.first_at.map_or(0, |first| (look.at - first).num_seconds());
    let by_time = progress.lists >= 3 && apart >= 60 && (after_hard >= 600 || (witness && after_hard >= 180));
    let came_with_it = look.rows.iter().any(|row| same(judged, row) && row.first_seen_at >= judged.sent_at);
    if after_hard < 0 || !(by_time || look.is_final) {
        Verdict::Wait
    } else if came_with_it {
        Verdict::Ambiguous(Why::EarlierTwin)
    } else if contrary {
        when_contrary
    } else if look.funds == Funds::Unread {
        Verdict::AskFunds
    } else {
        Verdict::Absent { by_witness: witness }
    }
}

#[test]
fn on_random_days_the_judge_says_what_a_naive_reading_of_the_rules_says() {
    let mut seen = BTreeMap::<String, u64>::new();
    for day in 0..DAYS {
        let mut chance = Chance(day);
        let mut judged = command(1);
        judged.fields = chance.fields();
        let mut commands = vec![judged.clone()];
        for order_id in 2..=chance.second(1, 4) {
            let sent = chance.second(-700, 20);
            let (sent_at, hard_end) = (at(sent), at(sent + 30));
            commands.push(Command {
                order_id,
                fields: chance.fields(),
                sent_at,
                hard_end,
                standing: chance.standing(),
            });
        }
        let rows: Vec<Row> = (0..chance.below(6)).map(|number| chance.row(number)).collect();
        let mut progress = Progress::default();
        let mut second = 0;
        for _ in 0..chance.below(8) {
            second += chance.second(1, 200);
            let funds = [Funds::Unread, Funds::Still, Funds::Still, Funds::Moved][chance.below(4) as usize];
            let look = Look {
                rows: &rows,
                commands: &commands,
                funds,
                has_notice: chance.one_in(6),
                is_final: chance.one_in(10),
                at: at(second),
            };
            progress = progress.after(&judged, &look, &KIS);
            let verdict = judge(&judged, &look, &progress, &KIS);
            assert_eq!(verdict, naive(&judged, &look, &progress), "day {day}, second {second}: {rows:?} {commands:?}");
            *seen.entry(format!("{verdict:?}").split(['(', '"']).next().unwrap_or_default().to_owned()).or_default() +=
                1;
        }
    }
    for word in ["Wait", "AskFunds", "Bind", "Ambiguous", "Absent { by_witness: true }", "Absent { by_witness: false }"]
    {
        assert!(seen.get(word).is_some_and(|&times| times > 100), "{word} was hardly ever said: {seen:?}");
    }
}

/// A row as the broker has it: shown some time after it was accepted.
struct True {
    row: Row,
    shown: i64,
    /// The order that made it; `None` for somebody else's.
    maker: Option<i64>,
}

/// What a day came to.
#[derive(Default)]
struct Day {
    bound: BTreeMap<i64, BrokerOrderId>,
    absent: BTreeSet<i64>,
    ambiguous: BTreeSet<i64>,
    commands: Vec<Command>,
    rows: Vec<True>,
    first_seen: BTreeMap<BrokerOrderId, i64>,
}

impl Day {
    /// The list that the broker shows at a second.
    fn list(&mut self, second: i64) -> Vec<Row> {
        let mut rows = vec![];
        for row in self.rows.iter().filter(|row| row.shown <= second) {
            let first_seen = *self.first_seen.entry(row.row.id.clone()).or_insert(second);
            let owner = self.bound.iter().find(|(_, id)| **id == row.row.id);
            let owner = owner.map_or(Owner::Unknown, |(order_id, _)| Owner::Order(*order_id));
            rows.push(Row { first_seen_at: at(first_seen), owner, ..row.row.clone() });
        }
        rows
    }

    fn standing(&mut self, order_id: i64, standing: Standing) {
        let command = self.commands.iter_mut().find(|command| command.order_id == order_id);
        command.expect("it was sent").standing = standing;
    }

    /// Sends one order whose answer is lost, and follows it to a verdict. Returns the second of that.
    fn send(&mut self, order_id: i64, sent: i64, chance: &mut Chance) -> i64 {
        let order = Command { order_id, sent_at: at(sent), hard_end: at(sent + 30), ..command(order_id) };
        self.commands.push(order.clone());
        if !chance.one_in(3) {
            let accepted = sent + chance.second(0, 30);
            let shown = accepted + if chance.one_in(2) { chance.second(0, 2) } else { chance.second(0, 600) };
            let row = row(&format!("{order_id}"), 10, accepted);
            self.rows.push(True { row, shown, maker: Some(order_id) });
        }
        let (mut progress, mut now) = (Progress::default(), at(sent));
        loop {
            now = next_read(order.sent_at, now);
            let second = (now - at(0)).num_seconds();
            assert!(second - sent <= 15 * 60, "no verdict after a quarter of an hour");
            let rows = self.list(second);
            let look = Look {
                rows: &rows,
                commands: &self.commands,
                funds: Funds::Still,
                has_notice: false,
                is_final: false,
                at: now,
            };
            progress = progress.after(&order, &look, &KIS);
            match judge(&order, &look, &progress, &KIS) {
                Verdict::Wait => {}
                Verdict::AskFunds => panic!("the balance was read"),
                Verdict::Bind(id) => {
                    assert!(self.bound.values().all(|bound| *bound != id), "a row was bound twice");
                    self.bound.insert(order_id, id);
                    self.standing(order_id, Standing::BoundByList);
                    // M1: the lock cools down.
                    return second.max(sent + 60);
                }
                Verdict::Ambiguous(_) => {
                    self.ambiguous.insert(order_id);
                    return second;
                }
                Verdict::Absent { .. } => {
                    self.absent.insert(order_id);
                    self.standing(order_id, Standing::Tombstone);
                    return second;
                }
            }
        }
    }
}

/// A day on which every answer is lost, the list lags by up to ten minutes, and somebody places equal orders by hand.
fn live_through(seed: u64) -> Day {
    let mut chance = Chance(seed ^ 0x5EED);
    let mut day = Day::default();
    for number in 0..chance.below(6) {
        let accepted = chance.second(-600, 3_000);
        let shown = accepted + chance.second(0, 300);
        let quantity = if chance.one_in(2) { 10 } else { 12 };
        day.rows.push(True { row: row(&format!("hand-{number}"), quantity, accepted), shown, maker: None });
    }
    let mut second = 0;
    day.list(second);
    for order_id in 1..=chance.second(1, 4) {
        second = day.send(order_id, second + chance.second(1, 400), &mut chance);
        if day.ambiguous.contains(&order_id) {
            break;
        }
    }
    day
}

#[test]
fn on_random_days_a_wrong_verdict_shows_itself() {
    let (mut wrong, mut twins, mut returned) = (0, 0, 0);
    for seed in 0..DAYS {
        let mut day = live_through(seed);
        let rows = day.list(100_000);
        let conflicts = conflicts(&day.commands, &rows, &KIS);
        for (order_id, id) in &day.bound {
            let arrived = day.rows.iter().any(|row| row.maker == Some(*order_id));
            let maker = day.rows.iter().find(|row| row.row.id == *id).and_then(|row| row.maker);
            match maker {
                Some(maker) => assert_eq!(maker, *order_id, "day {seed}: bound to the row of another order"),
                // M9: a twin made by hand of an order that never arrived.
                None if !arrived => twins += 1,
                None => {
                    wrong += 1;
                    let is_told = conflicts.iter().any(|conflict| conflict.order_id == *order_id);
                    assert!(is_told, "day {seed}: a wrong binding passed unseen");
                }
            }
        }
        for order_id in &day.absent {
            let tombstone = day.commands.iter().find(|command| command.order_id == *order_id).expect("it was sent");
            if day.rows.iter().any(|row| row.maker == Some(*order_id)) {
                returned += 1;
                let found = reappearance(tombstone, &day.commands, &rows, &KIS);
                assert!(found.is_some(), "day {seed}: order {order_id} came after all and was not noticed");
            }
        }
    }
    assert!(wrong > 30 && twins > 30 && returned > 30, "the days were dull: {wrong} {twins} {returned}");
}
