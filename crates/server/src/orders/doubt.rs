//! An order in doubt before the person who decides: the evidence side by side, and the decision (safety T13, T15).

use axum::extract::State;
use chrono::{DateTime, Days, FixedOffset};
use exodus_domain::{OrderState, Side};
use exodus_live::{AbsencePolicy, Evidence as Kept, LiveError, bind_by_person, may_be_bound, misfits, next_list_at};
use exodus_store::StoreError;
use exodus_store::accounts::{self, AccountBroker};
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::{self, Order as StoredOrder, notices};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dto::Order;
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader, Trader};
use crate::http::extract::{Json, Path};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::Checks;
use crate::http::{kst, words};

const MAX_REASON: usize = 200;

/// What is known of an order of which nobody knows whether the broker has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Evidence {
    /// Order.
    pub(crate) order_id: i64,
    /// Its state.
    #[schema(value_type = words::OrderState)]
    pub(crate) state: &'static str,
    /// True if it was thought never to have come, and then rows appeared that it may have made.
    pub(crate) is_suspect: bool,
    /// True if a person may decide now.
    pub(crate) can_decide: bool,
    /// When the request was handed to the connection; null if it never was.
    #[schema(required)]
    pub(crate) sent_at: Option<DateTime<FixedOffset>>,
    /// After this no answer can come any more.
    #[schema(required)]
    pub(crate) hard_deadline_at: Option<DateTime<FixedOffset>>,
    /// Why only a person can tell: `two_candidates`, `two_claimants`, `earlier_twin`, `late_row`, `contrary_evidence` or
    /// `reappeared`; null while it is being found out.
    #[schema(required)]
    pub(crate) why: Option<String>,
    /// Complete lists in which nothing fitted.
    pub(crate) lists_read: u32,
    /// When the first of them was read.
    #[schema(required)]
    pub(crate) first_list_at: Option<DateTime<FixedOffset>>,
    /// When the last of them was read.
    #[schema(required)]
    pub(crate) last_list_at: Option<DateTime<FixedOffset>>,
    /// When the next one is read; null if the order is decided or waits for a person.
    #[schema(required)]
    pub(crate) next_list_at: Option<DateTime<FixedOffset>>,
    /// Whether the last list showed an order that the broker took later.
    pub(crate) has_witness: bool,
    /// The broker's rows of the issue on that day, whether they fit or not.
    pub(crate) candidates: Vec<Candidate>,
    /// Other orders of ours that may have made one of them.
    pub(crate) claimants: Vec<i64>,
    /// Numbers that notices of the broker named and no list showed.
    pub(crate) notices: Vec<HeardNotice>,
    /// Won that orders may use; null while the balance was not asked.
    #[schema(required)]
    pub(crate) cash: Option<Compared>,
    /// Shares that can be sold; null while the balance was not asked, and for a buy.
    #[schema(required)]
    pub(crate) sellable: Option<Compared>,
    /// What whoever decided wrote; null while nobody has.
    #[schema(required)]
    pub(crate) decision: Option<String>,
}

/// A row of the broker's list beside an order in doubt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    /// The broker's number.
    pub(crate) broker_order_id: String,
    /// Issue.
    pub(crate) symbol: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// `limit`, `market`, or `other` for a kind that is never sent from here.
    pub(crate) order_type: String,
    /// Shares ordered.
    pub(crate) quantity: i64,
    /// Limit price in won; null for an order without.
    #[schema(required)]
    pub(crate) price: Option<i64>,
    /// Shares filled.
    pub(crate) filled_quantity: i64,
    /// Won traded.
    pub(crate) filled_amount: i64,
    /// Shares open.
    pub(crate) open_quantity: i64,
    /// `cancelled`, `rejected` or `expired`; null while it is open or filled.
    #[schema(required)]
    pub(crate) end: Option<&'static str>,
    /// When the broker took it.
    pub(crate) accepted_at: DateTime<FixedOffset>,
    /// When a list showed it first.
    pub(crate) first_seen_at: DateTime<FixedOffset>,
    /// The order of ours that has it; null if none does.
    #[schema(required)]
    pub(crate) order_id: Option<i64>,
    /// True if nothing speaks against it.
    pub(crate) fits: bool,
    /// True if the order may be bound to it.
    pub(crate) can_bind: bool,
    /// What speaks against it: `other_side`, `other_quantity`, `other_type`, `other_price`, `not_new`, `seen_before`,
    /// `earlier`, `late`, `taken`, `disowned`.
    pub(crate) reasons: Vec<&'static str>,
}

/// A number that a notice named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeardNotice {
    /// The broker's number.
    pub(crate) broker_order_id: String,
    /// When it was heard.
    pub(crate) received_at: DateTime<FixedOffset>,
}

/// What there should be without the order, what there is, and what the order would take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Compared {
    /// What there should be if the order never came.
    pub(crate) before: i64,
    /// What the broker tells; null if it does not.
    #[schema(required)]
    pub(crate) now: Option<i64>,
    /// What the order would take; null for a market order's cash.
    #[schema(required)]
    pub(crate) needed: Option<i64>,
}

/// A decision about an order in doubt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// What it is.
    pub(crate) choice: Choice,
    /// The row that is the order, for `bind`.
    #[schema(max_length = 32)]
    pub(crate) broker_order_id: Option<String>,
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
    /// What the decision rests on; it is kept.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

/// What can be decided about an order in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    /// It is this row.
    Bind,
    /// It never came to the broker.
    Absent,
}

/// Everything that speaks for and against an order in doubt.
#[utoipa::path(
    get,
    path = "/orders/{id}/evidence",
    operation_id = "get_order_evidence",
    tag = "orders",
    security(("bearer" = [])),
    responses((status = OK, body = Evidence), Refusals, BadQuery, Missing)
)]
pub(super) async fn evidence(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
) -> Answer<Json<Evidence>> {
    let order = orders::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let policy = policy_of(&app, &order).await?;
    let kept = kept(&order);
    let rows = rows_of(&app, &order).await?;
    let is_asked = order.state == OrderState::Unknown;
    let asked_at = kept.last_list_at.unwrap_or_else(|| app.now());
    let notices = match order.sent_at.or(order.claimed_at) {
        Some(since) => notices::unmatched(&app.store, order.account_id, since).await?,
        None => Vec::new(),
    };
    let price = order.fields.price.map(|price| (price * order.fields.quantity).0);
    let balance = kept.balance.as_ref();
    Ok(Json(Evidence {
        order_id: order.id,
        state: order.state.as_str(),
        is_suspect: order.is_suspect,
        can_decide: can_decide(&order),
        sent_at: order.sent_at.or(order.claimed_at).map(kst),
        hard_deadline_at: order.hard_deadline_at.map(kst),
        lists_read: kept.lists_read,
        first_list_at: kept.first_list_at.map(kst),
        last_list_at: kept.last_list_at.map(kst),
        next_list_at: is_asked.then(|| kst(next_list_at(&order, asked_at))),
        has_witness: kept.has_witness,
        candidates: rows.iter().map(|row| Candidate::new(&order, row, &policy)).collect(),
        claimants: kept.claimants.clone(),
        notices: notices
            .into_iter()
            .map(|notice| HeardNotice {
                broker_order_id: notice.broker_order_id.0,
                received_at: kst(notice.received_at),
            })
            .collect(),
        cash: balance.map(|told| Compared {
            before: told.orderable_expected.0,
            now: Some(told.orderable.0),
            needed: price,
        }),
        sellable: balance.filter(|_| order.fields.side == Side::Sell).map(|told| Compared {
            before: told.sellable_expected.0,
            now: told.sellable.map(|shares| shares.0),
            needed: Some(order.fields.quantity.0),
        }),
        why: kept.why,
        decision: kept.reason,
    }))
}

/// Decides about an order that the system cannot decide about: it is a row of the broker's list, or it never came.
#[utoipa::path(
    post,
    path = "/orders/{id}/decide",
    operation_id = "decide_order",
    tag = "orders",
    security(("bearer" = [])),
    responses((status = OK, body = Order), Refusals, BadBody, Missing, Conflict)
)]
pub(super) async fn decide(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<Decision>,
) -> Answer<Json<Order>> {
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 1, MAX_REASON);
    let names_row = request.broker_order_id.is_some();
    checks.require(names_row || request.choice == Choice::Absent, "broker_order_id", "name the row that is the order");
    checks.require(!names_row || request.choice == Choice::Bind, "broker_order_id", "is for the choice bind only");
    checks.finish()?;
    let order = orders::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    if !can_decide(&order) {
        return Err(not_in_doubt(&order));
    }
    confirm_password(&app, &caller, "password", &request.password).await?;
    let decided = match request.broker_order_id {
        Some(number) => bind(&app, &caller, &order, &number, reason).await?,
        None => dismiss(&app, &caller, &order, reason).await?,
    };
    tracing::warn!(order_id = id, by = caller.user_id, state = %decided.state, "a person decided about an order");
    super::complete(&app.store, decided).await.map(Json).map_err(Problem::from)
}

async fn bind(app: &App, caller: &Caller, order: &StoredOrder, number: &str, reason: String) -> Answer<StoredOrder> {
    let policy = policy_of(app, order).await?;
    let rows = rows_of(app, order).await?;
    let row = rows.iter().find(|row| row.broker_order_id.0 == number && may_be_bound(order, row, &policy));
    let row = row.ok_or_else(|| Problem::field("broker_order_id", "is no row of that day that this order could be"))?;
    let mut evidence = kept(order);
    let others: Vec<_> = evidence.candidates.iter().filter(|id| **id != row.broker_order_id).cloned().collect();
    (evidence.decided_by, evidence.reason) = (Some(caller.user_id), Some(reason));
    let decided = bind_by_person(&app.store, order, row, to_json(&evidence)?, app.now()).await.map_err(refused)?;
    orders::pass_over(&app.store, order.id, &others, app.now()).await?;
    Ok(decided)
}

async fn dismiss(app: &App, caller: &Caller, order: &StoredOrder, reason: String) -> Answer<StoredOrder> {
    let mut evidence = kept(order);
    let detail = format!("by user {}: {reason}", caller.user_id);
    (evidence.decided_by, evidence.reason) = (Some(caller.user_id), Some(reason));
    let json = to_json(&evidence)?;
    let dismissed = orders::dismiss(&app.store, order.id, &evidence.candidates, json, &detail, app.now()).await;
    dismissed.map_err(|error| refused(error.into()))
}

fn can_decide(order: &StoredOrder) -> bool {
    order.state == OrderState::Ambiguous || (order.state == OrderState::NotFound && order.is_suspect)
}

fn not_in_doubt(order: &StoredOrder) -> Problem {
    let detail = match order.state {
        OrderState::Unknown => {
            "The broker is still being asked; a decision is only needed if that stays without result."
        }
        _ => "Nothing about this order is in doubt.",
    };
    Problem::conflict("NOT_IN_DOUBT", detail)
}

/// Somebody or something was faster.
fn refused(error: LiveError) -> Problem {
    match error {
        LiveError::Store(StoreError::Transition(_) | StoreError::Conflict(_)) => {
            Problem::conflict("NOT_IN_DOUBT", "The order or the row has changed meanwhile; look at the evidence again.")
        }
        error => Problem::internal(&error),
    }
}

fn kept(order: &StoredOrder) -> Kept {
    order.evidence.clone().and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

fn to_json(evidence: &Kept) -> Answer<serde_json::Value> {
    serde_json::to_value(evidence).map_err(|error| Problem::internal(&error))
}

/// The rows of the issue of an order, of its day and of the next: it may have been sent at midnight.
async fn rows_of(app: &App, order: &StoredOrder) -> Answer<Vec<BrokerRow>> {
    let mut rows = orders::rows_of_day(&app.store, order.account_id, order.trade_date).await?;
    if let Some(next) = order.trade_date.checked_add_days(Days::new(1)) {
        rows.extend(orders::rows_of_day(&app.store, order.account_id, next).await?);
    }
    rows.retain(|row| row.symbol == order.fields.symbol);
    Ok(rows)
}

async fn policy_of(app: &App, order: &StoredOrder) -> Answer<AbsencePolicy> {
    let account = accounts::find(&app.store, order.account_id).await?.ok_or_else(Problem::not_found)?;
    Ok(match account.broker {
        AccountBroker::Demo => AbsencePolicy::PAPER,
        AccountBroker::Kis => AbsencePolicy::KIS,
    })
}

impl Candidate {
    fn new(order: &StoredOrder, row: &BrokerRow, policy: &AbsencePolicy) -> Self {
        let reasons = misfits(order, row, policy);
        Self {
            broker_order_id: row.broker_order_id.0.clone(),
            symbol: row.symbol.to_string(),
            side: row.side,
            order_type: row.order_type.clone(),
            quantity: row.facts.order_qty.0,
            price: row.price.map(|price| price.0),
            filled_quantity: row.facts.cum_qty.0,
            filled_amount: row.facts.cum_amount.0,
            open_quantity: row.open_quantity().0,
            end: row.facts.end.map(|end| end.as_str()),
            accepted_at: kst(row.accepted_at),
            first_seen_at: kst(row.first_seen_at),
            order_id: row.order_id,
            fits: reasons.is_empty(),
            can_bind: may_be_bound(order, row, policy),
            reasons,
        }
    }
}
