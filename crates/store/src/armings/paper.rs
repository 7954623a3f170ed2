//! Which trading days a version of a strategy has passed on paper without a fault (SE50). They are counted from what was
//! recorded then, and from nothing that a person could set: the audit log, the trading days, orders and proofs.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use exodus_domain::{Bar, OrderState, PaperFlaw, from_kst, kst_date, previous_session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::accounts::{self, AccountEnv};
use crate::db::Db;
use crate::entities::audit_log::{Column, Entity, Model};
use crate::entities::{order_events, orders as order_rows};
use crate::error::StoreError;
use crate::{orders, trading_days};

/// So many sessions are looked at.
const LOOK_BACK: usize = 30;

/// A trading day on which a version was assigned to a paper account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperDay {
    /// Date in Korea.
    pub date: NaiveDate,
    /// The paper account.
    pub account_id: i64,
    /// Why it does not count; empty if it does.
    pub flaws: Vec<PaperFlaw>,
}

/// How many of the last thirty sessions count.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn clean_days(
    db: &dyn Db,
    user_id: i64,
    version: (i64, i32),
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    Ok(paper_days(db, user_id, version, now).await?.iter().filter(|day| day.flaws.is_empty()).count())
}

/// The days of the last thirty sessions that are over on which a version of a strategy was assigned to a paper account,
/// newest first, with what was wrong with each.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn paper_days(
    db: &dyn Db,
    user_id: i64,
    (strategy_id, version): (i64, i32),
    now: DateTime<Utc>,
) -> Result<Vec<PaperDay>, StoreError> {
    let log = Log::read(db, user_id, strategy_id).await?;
    let paper: BTreeSet<i64> = accounts::list_of_user(db, user_id)
        .await?
        .into_iter()
        .filter(|account| account.env == AccountEnv::Paper)
        .map(|account| account.id)
        .collect();
    let stretches: Vec<Stretch> = log
        .stretches(strategy_id)
        .into_iter()
        .filter(|stretch| stretch.version == i64::from(version) && paper.contains(&stretch.account_id))
        .collect();
    let mut days = Vec::new();
    for date in sessions_before(now) {
        let (open, close) = (kst(date, 9, 0), kst(date, 15, 30));
        let touching: Vec<&Stretch> = stretches.iter().filter(|one| one.touches(open, close)).collect();
        let Some(stretch) = touching.first() else { continue };
        let is_whole = touching.iter().any(|one| one.covers(open, close));
        let account_id = touching.iter().find(|one| one.covers(open, close)).unwrap_or(stretch).account_id;
        let mut flaws = flaws(db, &log, date, (user_id, account_id, strategy_id)).await?;
        if !is_whole {
            flaws.insert(0, PaperFlaw::NotAssigned);
        }
        days.push(PaperDay { date, account_id, flaws });
    }
    Ok(days)
}

/// Sessions that are over, newest first.
fn sessions_before(now: DateTime<Utc>) -> Vec<NaiveDate> {
    let today = kst_date(now);
    let is_over = now >= kst(today, 15, 30);
    let mut date = if is_over { today + Days::new(1) } else { today };
    let mut sessions = Vec::new();
    while sessions.len() < LOOK_BACK {
        let Some(before) = previous_session(date) else { break };
        sessions.push(before);
        date = before;
    }
    sessions
}

fn kst(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    from_kst(date, NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
}

async fn flaws(
    db: &dyn Db,
    log: &Log,
    date: NaiveDate,
    (user_id, account_id, strategy_id): (i64, i64, i64),
) -> Result<Vec<PaperFlaw>, StoreError> {
    let (from, to) = (Bar::day_start(date), Bar::day_start(date + Days::new(1)));
    let (account, strategy) = (format!("account:{account_id}"), format!("strategy:{strategy_id}"));
    let switches = ["global:0".to_owned(), format!("user:{user_id}"), account.clone(), strategy.clone()];
    let mut flaws = Vec::new();
    let mut note = |is_so: bool, flaw| {
        if is_so {
            flaws.push(flaw);
        }
    };
    note(trading_days::find(db, account_id, date).await?.is_none(), PaperFlaw::NotRun);
    let is_pulled = |row: &Model| row.action == "kill_switch.set" && row.detail["state"] != "active";
    let is_cleared = |row: &Model| row.action == "kill_switch.set";
    note(switches.iter().any(|object| log.was(object, from, to, is_pulled, is_cleared)), PaperFlaw::Halted);
    let is_review = |row: &Model| row.action == "account.review";
    let is_release = |row: &Model| row.action == "account.release";
    note(log.was(&account, from, to, is_review, is_release), PaperFlaw::Review);
    note(had_ambiguous(db, account_id, date).await?, PaperFlaw::Ambiguous);
    let proofs = orders::proofs(db, account_id, date, date).await?;
    note(proofs.iter().any(|day| !day.proof.holds()), PaperFlaw::Mismatch);
    let is_breach = |row: &Model| row.action == "circuit.open" && row.detail["needs_person"] == true;
    note(log.happened(&account, from, to, is_breach), PaperFlaw::Breach);
    let is_stop = |row: &Model| row.action == "strategy.stop";
    note(log.happened(&strategy, from, to, is_stop), PaperFlaw::Stopped);
    Ok(flaws)
}

async fn had_ambiguous(db: &dyn Db, account_id: i64, date: NaiveDate) -> Result<bool, StoreError> {
    let of_day = order_rows::Entity::find()
        .select_only()
        .column(order_rows::Column::Id)
        .filter(order_rows::Column::AccountId.eq(account_id))
        .filter(order_rows::Column::TradeDate.eq(date));
    let ids: Vec<i64> = of_day.into_tuple().all(&db.executor()).await?;
    let ambiguous = order_events::Entity::find()
        .filter(order_events::Column::OrderId.is_in(ids))
        .filter(order_events::Column::ToState.eq(OrderState::Ambiguous.as_str()));
    Ok(ambiguous.one(&db.executor()).await?.is_some())
}

/// What the audit log tells of a strategy and of all that could halt it, oldest first.
struct Log(Vec<Model>);

impl Log {
    async fn read(db: &dyn Db, user_id: i64, strategy_id: i64) -> Result<Self, StoreError> {
        let actions = [
            "strategy.activate",
            "strategy.deactivate",
            "strategy.stop",
            "kill_switch.set",
            "account.review",
            "account.release",
            "circuit.open",
        ];
        let query = Entity::find()
            .filter(Column::Stream.is_in([0, user_id]))
            .filter(Column::Action.is_in(actions))
            .order_by_asc(Column::RecordedAt)
            .order_by_asc(Column::Seq);
        let mut rows = query.all(&db.executor()).await?;
        let strategy = format!("strategy:{strategy_id}");
        rows.retain(|row| !row.object.starts_with("strategy:") || row.object == strategy);
        Ok(Self(rows))
    }

    fn of<'a>(&'a self, object: &'a str) -> impl DoubleEndedIterator<Item = &'a Model> {
        self.0.iter().filter(move |row| row.object == object)
    }

    fn happened(&self, object: &str, from: DateTime<Utc>, to: DateTime<Utc>, is_it: impl Fn(&Model) -> bool) -> bool {
        self.of(object).any(|row| row.recorded_at >= from && row.recorded_at < to && is_it(row))
    }

    /// True if it began between the two instants, or had begun before and not ended.
    fn was(
        &self,
        object: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        begins: impl Fn(&Model) -> bool,
        ends: impl Fn(&Model) -> bool,
    ) -> bool {
        let last = self.of(object).filter(|row| row.recorded_at < from).rfind(|row| begins(row) || ends(row));
        last.is_some_and(&begins) || self.happened(object, from, to, begins)
    }

    /// When which version was assigned to which account.
    fn stretches(&self, strategy_id: i64) -> Vec<Stretch> {
        let object = format!("strategy:{strategy_id}");
        let mut stretches: Vec<Stretch> = Vec::new();
        for row in self.of(&object).filter(|row| row.action.ends_with("activate")) {
            if let Some(last) = stretches.last_mut().filter(|last| last.to.is_none()) {
                last.to = Some(row.recorded_at);
            }
            let (version, account_id) = (row.detail["version"].as_i64(), row.detail["account"].as_i64());
            if let (true, Some(version), Some(account_id)) = (row.action == "strategy.activate", version, account_id) {
                stretches.push(Stretch { version, account_id, from: row.recorded_at, to: None });
            }
        }
        stretches
    }
}

/// A time in which a version was assigned to an account.
struct Stretch {
    version: i64,
    account_id: i64,
    from: DateTime<Utc>,
    to: Option<DateTime<Utc>>,
}

impl Stretch {
    fn touches(&self, open: DateTime<Utc>, close: DateTime<Utc>) -> bool {
        self.from < close && self.to.is_none_or(|to| to > open)
    }

    fn covers(&self, open: DateTime<Utc>, close: DateTime<Utc>) -> bool {
        self.from <= open && self.to.is_none_or(|to| to >= close)
    }
}
