//! What the independent monitor reads (safety §3.2): requests that left, decisions that allowed them, and rows of the
//! broker. It shares nothing with the order path but the tables, so that a defect there is not one here.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use chrono::NaiveDate;
use exodus_domain::text_enum;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Db;
use crate::entities::{accounts, broker_orders, order_attempts, orders, risk_decisions};
use crate::error::StoreError;

text_enum! {
    /// Something that must not be.
    Breach {
        /// An order went out more often than it may have.
        SentTwice = "sent_twice",
        /// An order went out that no decision allowed.
        NotApproved = "not_approved",
        /// What went out is not what was allowed.
        NotAsApproved = "not_as_approved",
        /// The broker has a row of an order that never went out.
        NeverSent = "never_sent",
        /// The broker's row is of other terms than the order.
        RowDiffers = "row_differs",
        /// An order is worth more than the hard cap.
        AboveHardCap = "above_hard_cap",
        /// More went out for an account than was allowed, in count or in won.
        MoreThanAllowed = "more_than_allowed",
        /// The broker has more rows of ours than went out for an account, in count or in won.
        MoreThanSent = "more_than_sent",
    }
}

/// A breach, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Account.
    pub account_id: i64,
    /// Its owner.
    pub user_id: i64,
    /// The order, where it is one order's.
    pub order_id: Option<i64>,
    /// What is wrong.
    pub breach: Breach,
    /// What was seen, in English.
    pub detail: String,
}

/// Count and value in won of a side of the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    count: i64,
    won: i128,
}

impl Tally {
    fn add(&mut self, count: i64, won: i128) {
        self.count += count;
        self.won += won * i128::from(count);
    }

    fn exceeds(self, other: Self) -> bool {
        self.count > other.count || self.won > other.won
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} worth {} won", self.count, self.won)
    }
}

/// What is known of one order.
struct Seen<'a> {
    order: &'a orders::Model,
    attempts: Vec<&'a order_attempts::Model>,
    decisions: Vec<&'a risk_decisions::Model>,
    row: Option<&'a broker_orders::Model>,
}

/// Compares what left since the trade date `from` with what was allowed and with what the broker has. `hard_cap` is in won.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn findings(db: &dyn Db, from: NaiveDate, hard_cap: i64) -> Result<Vec<Finding>, StoreError> {
    let executor = db.executor();
    let owners: BTreeMap<i64, i64> =
        accounts::Entity::find().all(&executor).await?.into_iter().map(|row| (row.id, row.user_id)).collect();
    // The account narrows the search to the index.
    let of_day = orders::Entity::find()
        .filter(orders::Column::AccountId.is_in(owners.keys().copied()))
        .filter(orders::Column::TradeDate.gte(from));
    let ids: Vec<i64> = of_day.clone().select_only().column(orders::Column::Id).into_tuple().all(&executor).await?;
    // What comes last in the life of an order is read first: what came before it is then there, too.
    // What a person took over never went out from here.
    let rows = broker_orders::Entity::find().filter(broker_orders::Column::OrderId.is_in(ids.iter().copied()));
    let rows = rows.filter(broker_orders::Column::AdoptedBy.is_null()).all(&executor).await?;
    let attempts = order_attempts::Entity::find().filter(order_attempts::Column::OrderId.is_in(ids.iter().copied()));
    let attempts = attempts.filter(order_attempts::Column::CancelId.is_null()).all(&executor).await?;
    let decisions = risk_decisions::Entity::find().filter(risk_decisions::Column::OrderId.is_in(ids.iter().copied()));
    let decisions = decisions.all(&executor).await?;
    let of_day = of_day.filter(orders::Column::Id.is_in(ids)).all(&executor).await?;

    let attempts = by_order(&attempts, |attempt| attempt.order_id);
    let decisions = by_order(&decisions, |decision| decision.order_id);
    let rows = by_order(&rows, |row| row.order_id.unwrap_or_default());
    let (mut found, mut tallies) = (Vec::new(), BTreeMap::<i64, [Tally; 3]>::new());
    for order in &of_day {
        let seen = Seen {
            order,
            attempts: attempts.get(&order.id).cloned().unwrap_or_default(),
            decisions: decisions.get(&order.id).cloned().unwrap_or_default(),
            row: rows.get(&order.id).and_then(|rows| rows.first()).copied(),
        };
        for (breach, detail) in seen.breaches(hard_cap) {
            let (account_id, user_id, order_id) = (order.account_id, order.user_id, Some(order.id));
            found.push(Finding { account_id, user_id, order_id, breach, detail });
        }
        seen.count(tallies.entry(order.account_id).or_default());
    }
    for (account_id, [sent, allowed, rows]) in tallies {
        let user_id = owners.get(&account_id).copied().unwrap_or_default();
        let compared = [
            (sent.exceeds(allowed), Breach::MoreThanAllowed, format!("sent {sent}, allowed {allowed}")),
            (rows.exceeds(sent), Breach::MoreThanSent, format!("at the broker {rows}, sent {sent}")),
        ];
        for (_, breach, detail) in compared.into_iter().filter(|(is_breach, ..)| *is_breach) {
            found.push(Finding { account_id, user_id, order_id: None, breach, detail });
        }
    }
    Ok(found)
}

fn by_order<T>(rows: &[T], order_of: impl Fn(&T) -> i64) -> HashMap<i64, Vec<&T>> {
    let mut by_order: HashMap<i64, Vec<&T>> = HashMap::new();
    for row in rows {
        by_order.entry(order_of(row)).or_default().push(row);
    }
    by_order
}

impl Seen<'_> {
    /// How often it may have reached the broker: each claim may have, unless it is proven that it did not.
    fn sent(&self) -> i64 {
        let sent = self.attempts.iter().filter(|attempt| attempt.proof.is_none()).count();
        match self.order.state.as_str() {
            _ if !self.attempts.is_empty() => i64::try_from(sent).unwrap_or(i64::MAX),
            // Claims of before attempts were written down are counted in the order.
            "not_sent" | "denied" => 0,
            _ => i64::from(self.order.attempts),
        }
    }

    fn approvals(&self) -> impl Iterator<Item = &risk_decisions::Model> {
        self.decisions.iter().copied().filter(|decision| decision.outcome == "approved")
    }

    /// Worth in won: at its limit, or at what was paid for what has no limit.
    fn worth(&self) -> i128 {
        match self.order.price {
            Some(price) => i128::from(price) * i128::from(self.order.quantity),
            None => i128::from(self.order.filled_amount),
        }
    }

    fn breaches(&self, hard_cap: i64) -> Vec<(Breach, String)> {
        let (order, sent, mut found) = (self.order, self.sent(), Vec::new());
        if sent > 1 {
            found.push((Breach::SentTwice, format!("{sent} requests may have reached the broker")));
        }
        if sent > 0 && self.approvals().next().is_none() {
            found.push((Breach::NotApproved, "a request without an approval".to_owned()));
        }
        let is_as_approved = |decision: &risk_decisions::Model| decision.fields_hash == order.fields_hash;
        if sent > 0 && !order.fields_hash.is_empty() && self.approvals().any(|decision| !is_as_approved(decision)) {
            found.push((Breach::NotAsApproved, "what was approved has other terms".to_owned()));
        }
        if sent > 0 && self.worth() > i128::from(hard_cap) {
            found.push((Breach::AboveHardCap, format!("worth {} won, the hard cap is {hard_cap}", self.worth())));
        }
        if let Some(row) = self.row {
            if sent == 0 {
                found.push((Breach::NeverSent, format!("the broker has it as {}", row.broker_order_id)));
            }
            let ours = (&order.symbol, &order.side, order.quantity);
            let has_price = order.price.is_some() && row.price.is_some();
            if ours != (&row.symbol, &row.side, row.quantity) || has_price && order.price != row.price {
                found.push((Breach::RowDiffers, format!("ordered {ours:?}, {} differs", row.broker_order_id)));
            }
        }
        found
    }

    /// Adds it to what was sent, allowed, and found at the broker.
    fn count(&self, [sent, allowed, rows]: &mut [Tally; 3]) {
        let worth = self.worth();
        sent.add(self.sent(), worth);
        // A decision that was asked again for another attempt allows no second order.
        allowed.add(i64::from(self.approvals().next().is_some()), worth);
        if let Some(row) = self.row {
            let at_broker = match row.price.filter(|_| self.order.price.is_some()) {
                Some(price) => i128::from(price) * i128::from(row.quantity),
                None => worth,
            };
            rows.add(1, at_broker);
        }
    }
}
