//! The books of the product against those of the broker and against the wire (safety §2.9, as far as it shows from
//! outside).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{KillState, OrderState, kst_date};
use exodus_store::invariants::{self, Breach};
use exodus_store::orders::{self, Order};
use exodus_store::{StoreError, accounts, holdings, kill_switches, trades};

use crate::emulator::{Arrival, TrueAccount, TrueOrder};
use crate::rig::{Rig, Unready};

/// How far the clocks of product and emulator may be apart.
const APART: TimeDelta = TimeDelta::seconds(1);

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One order of ours is two at the broker, or was sent twice.
    Doubled,
    /// The broker has an order that we know nothing of.
    LostOrder,
    /// The broker has a fill that is not booked, or the books differ.
    LostFill,
    /// An order is bound to a row that is not its own.
    WrongBinding,
    /// Something is not settled at rest.
    Unsettled,
    /// Another invariant.
    Breach,
}

/// Something wrong, in words that are the same each time it is found.
pub(crate) type Finding = (Kind, String);

/// One account from both sides.
struct Pair {
    account_no: String,
    ours: Vec<Order>,
    /// Shares and won of the fills that are booked, by order.
    booked: HashMap<i64, (i64, i64)>,
    cash: i64,
    held: BTreeMap<String, i64>,
    theirs: TrueAccount,
}

/// Everything that is compared, read once.
pub(crate) struct Books {
    pairs: Vec<Pair>,
    wire: Vec<Arrival>,
    /// What the tables alone show to be wrong.
    breaches: Vec<Breach>,
    /// The longest time that an order was in doubt, of those that are settled.
    pub(crate) longest_doubt: TimeDelta,
    /// Accounts in review and switches that are pulled, in words.
    pub(crate) held: Vec<String>,
    /// Orders by state.
    pub(crate) states: BTreeMap<&'static str, usize>,
}

/// What an order asks for; requests carry nothing else that would name it.
type Shape = (String, String, String, i64, Option<i64>);

impl Books {
    /// Reads both sides, ours first: what the broker has later than we looked is no finding of `always`.
    pub(crate) async fn read(rig: &Rig) -> Result<Self, StoreError> {
        let date = kst_date(rig.emulator.now());
        let (mut ours, mut held_up) = (Vec::new(), Vec::new());
        let (mut longest_doubt, mut states) = (TimeDelta::zero(), BTreeMap::new());
        for person in &rig.people {
            let account = accounts::find(&rig.store, person.account_id).await?.ok_or(StoreError::NotFound)?;
            held_up.extend(
                account.review.iter().map(|review| format!("{} in review: {}", person.account_no, review.reason)),
            );
            let switches = kill_switches::touching(&rig.store, person.user_id).await?;
            let pulled = switches.iter().filter(|switch| switch.state != KillState::Active);
            held_up.extend(pulled.map(|switch| format!("{} {}: {}", switch.scope, switch.state, switch.reason)));
            let held = holdings::of_account(&rig.store, person.account_id).await?;
            let held: BTreeMap<String, i64> = held
                .iter()
                .map(|record| (record.holding.symbol.to_string(), record.holding.quantity.0))
                .filter(|(_, quantity)| *quantity != 0)
                .collect();
            let day = orders::of_day(&rig.store, person.account_id, date).await?;
            let mut booked: HashMap<i64, (i64, i64)> = HashMap::new();
            for order in &day {
                *states.entry(order.state.as_str()).or_default() += 1;
                for trade in trades::of_order(&rig.store, person.user_id, order.id).await? {
                    let sum = booked.entry(order.id).or_default();
                    *sum = (sum.0 + trade.quantity.0, sum.1 + trade.amount.0);
                }
                longest_doubt = longest_doubt.max(doubt(rig, order.id).await?);
            }
            ours.push((person.account_no.clone(), day, booked, account.cash.0, held));
        }
        let mut theirs: HashMap<String, TrueAccount> =
            rig.emulator.accounts().await.into_iter().map(|one| (one.account_no.clone(), one)).collect();
        let pairs = ours.into_iter().map(|(account_no, ours, booked, cash, held)| {
            let theirs = theirs.remove(&account_no).expect("the broker has the account");
            Pair { account_no, ours, booked, cash, held, theirs }
        });
        let breaches = invariants::of_tables(&rig.store).await?;
        Ok(Self {
            pairs: pairs.collect(),
            breaches,
            wire: rig.emulator.wire().await,
            longest_doubt,
            held: held_up,
            states,
        })
    }

    /// What must hold at any moment. `wire` may be newer than our rows, so only what rows cannot mend is told.
    pub(crate) fn always(&self, unready: &[Unready]) -> BTreeSet<Finding> {
        let of_tables = self.breaches.iter().map(|breach| (Kind::Breach, breach.to_string()));
        let mut found: BTreeSet<Finding> = of_tables.collect();
        let mut claims: HashMap<Shape, (i64, i64, DateTime<Utc>)> = HashMap::new();
        for pair in &self.pairs {
            for order in &pair.ours {
                let entry = claims.entry(shape(&pair.account_no, order)).or_insert((0, 0, order.created_at));
                entry.0 += i64::from(order.attempts);
                entry.1 += i64::from(order.attempts > 0);
                entry.2 = entry.2.min(order.created_at);
            }
            pair.bindings(&mut found);
        }
        for (shape, sent) in self.sent() {
            let (attempts, _, written_at) = claims.get(&shape).copied().unwrap_or_default();
            let many = i64::try_from(sent.len()).unwrap_or(i64::MAX);
            if attempts == 0 {
                found.insert((Kind::Breach, format!("I1: {shape:?} was sent and is not written down as claimed")));
            } else if many > attempts {
                found.insert((Kind::Doubled, format!("{shape:?} was sent {many} times for {attempts} attempts")));
            }
            if sent.iter().any(|arrival| arrival.at + APART < written_at) {
                found.insert((Kind::Breach, format!("I1: {shape:?} was sent before it was written down")));
            }
            for arrival in sent {
                let during = |one: &&Unready| {
                    one.account_no == arrival.account && one.from + APART < arrival.at && arrival.at + APART < one.to
                };
                if unready.iter().any(|one| during(&one)) {
                    found.insert((Kind::Breach, format!("I14: {shape:?} was sent at {} before READY", arrival.at)));
                }
            }
        }
        let mut made: HashMap<Shape, i64> = HashMap::new();
        for pair in &self.pairs {
            for row in pair.placed() {
                *made.entry(true_shape(&pair.account_no, row)).or_default() += 1;
            }
        }
        for (shape, many) in made {
            let orders = claims.get(&shape).map_or(0, |entry| entry.1);
            if many > orders {
                let text = format!("{shape:?} is {many} times at the broker for {orders} orders of ours");
                found.insert((Kind::Doubled, text));
            }
        }
        found
    }

    /// What must hold at rest, beside that.
    pub(crate) fn at_rest(&self) -> BTreeSet<Finding> {
        let mut found = BTreeSet::new();
        for pair in &self.pairs {
            pair.settled(&mut found);
        }
        found
    }

    /// Requests for new orders that arrived with their fields, by what they ask for.
    fn sent(&self) -> HashMap<Shape, Vec<&Arrival>> {
        let mut sent: HashMap<Shape, Vec<&Arrival>> = HashMap::new();
        for arrival in self.wire.iter().filter(|one| one.kind == "order" && one.path.ends_with("order-cash")) {
            if let Some(shape) = wire_shape(arrival) {
                sent.entry(shape).or_default().push(arrival);
            }
        }
        sent
    }

    /// New orders of ours at the broker, and requests that were cut off.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let placed = self.pairs.iter().map(|pair| pair.placed().count()).sum();
        (placed, self.wire.iter().filter(|arrival| !arrival.complete).count())
    }
}

impl Pair {
    /// Orders that came by the API.
    fn placed(&self) -> impl Iterator<Item = &TrueOrder> {
        self.theirs.orders.iter().filter(|row| row.action == "new" && !row.by_hand)
    }

    fn bindings(&self, found: &mut BTreeSet<Finding>) {
        let mut bound: HashMap<&str, i64> = HashMap::new();
        for order in &self.ours {
            let Some(id) = &order.kis_order_id else { continue };
            if let Some(other) = bound.insert(&id.0, order.id) {
                found.insert((
                    Kind::WrongBinding,
                    format!("orders {other} and {} are both bound to {}", order.id, id.0),
                ));
            }
            let Some(row) = self.placed().find(|row| row.id() == id.0) else {
                found.insert((
                    Kind::WrongBinding,
                    format!("order {} is bound to {}, which is no order", order.id, id.0),
                ));
                continue;
            };
            if true_shape(&self.account_no, row) != shape(&self.account_no, order) {
                let text = format!("order {} is bound to {}, which asks for something else", order.id, id.0);
                found.insert((Kind::WrongBinding, text));
            }
            if order.filled_quantity.0 > row.filled {
                let text = format!("I28: order {} has more fills than the broker made", order.id);
                found.insert((Kind::Breach, text));
            }
        }
        for order in &self.ours {
            let booked = self.booked.get(&order.id).copied().unwrap_or_default();
            if booked != (order.filled_quantity.0, order.filled_amount.0) {
                found.insert((Kind::Breach, format!("I8: the fills of order {} are not what it has filled", order.id)));
            }
        }
    }

    fn settled(&self, found: &mut BTreeSet<Finding>) {
        use OrderState::{Created, Sending, Unknown};
        for order in self.ours.iter().filter(|order| matches!(order.state, Created | Sending | Unknown)) {
            found.insert((Kind::Unsettled, format!("I18: order {} is {}", order.id, order.state)));
        }
        for row in self.placed() {
            let shape_of_row = true_shape(&self.account_no, row);
            let bound = |order: &&Order| order.kis_order_id.as_ref().is_some_and(|id| id.0 == row.id());
            match self.ours.iter().find(bound) {
                Some(order) if (order.filled_quantity.0, order.filled_amount.0) != (row.filled, row.amount) => {
                    let text = format!("order {} is not filled as the broker has it", order.id);
                    found.insert((Kind::LostFill, text));
                }
                Some(_) => {}
                None if self.ours.iter().any(|order| {
                    order.state == OrderState::Ambiguous && shape(&self.account_no, order) == shape_of_row
                }) => {}
                None => {
                    found.insert((
                        Kind::LostOrder,
                        format!("{shape_of_row:?} is {} at the broker and ours nowhere", row.id()),
                    ));
                }
            }
        }
        let held: BTreeMap<String, i64> = self
            .theirs
            .holdings
            .iter()
            .map(|one| (one.symbol.clone(), one.quantity))
            .filter(|(_, q)| *q != 0)
            .collect();
        if held != self.held {
            found.insert((Kind::LostFill, format!("I9: {} holds {held:?}, we say {:?}", self.account_no, self.held)));
        }
        if self.theirs.cash.d2 != self.cash {
            let text = format!("I9: {} has {} won, we say {}", self.account_no, self.theirs.cash.d2, self.cash);
            found.insert((Kind::LostFill, text));
        }
    }
}

impl TrueOrder {
    fn id(&self) -> String {
        format!("{}-{}", self.branch, self.odno)
    }
}

fn shape(account_no: &str, order: &Order) -> Shape {
    let fields = &order.fields;
    let price = fields.price.map(|price| price.0);
    (account_no.to_owned(), fields.symbol.to_string(), fields.side.to_string(), fields.quantity.0, price)
}

fn true_shape(account_no: &str, row: &TrueOrder) -> Shape {
    (account_no.to_owned(), row.symbol.clone(), row.side.clone(), row.quantity, row.price)
}

/// `None` if the fields did not all arrive.
fn wire_shape(arrival: &Arrival) -> Option<Shape> {
    let number = |name: &str| arrival.fields.get(name)?.parse::<i64>().ok();
    // The last but one character tells the side: VTTC0012U buys, VTTC0011U sells.
    let side = match arrival.tr_id.get(7..8)? {
        "2" => "buy",
        "1" => "sell",
        _ => return None,
    };
    let price = number("ORD_UNPR").filter(|price| *price > 0);
    Some((arrival.account.clone(), arrival.fields.get("PDNO")?.clone(), side.to_owned(), number("ORD_QTY")?, price))
}

/// How long an order was in doubt, if it is settled.
async fn doubt(rig: &Rig, order_id: i64) -> Result<TimeDelta, StoreError> {
    let mut longest = TimeDelta::zero();
    let mut since = None;
    for event in orders::timeline(&rig.store, order_id).await? {
        match (event.to, since) {
            (OrderState::Unknown, None) => since = Some(event.at),
            (to, Some(from)) if to != OrderState::Unknown => {
                longest = longest.max(event.at - from);
                since = None;
            }
            _ => {}
        }
    }
    Ok(longest)
}
