//! Bodies of `/orders`.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};
use exodus_domain::{AvgPrice, OrderFields, OrderStatus, OrderType, RiskCode, RiskUnit, Side};
use exodus_store::accounts::AccountEnv;
use exodus_store::orders;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::account::dto::Trade;
use crate::http::{kst, words};
use crate::market::names::Names;

/// Why the risk gate said no.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderDenial {
    /// Which check failed first.
    #[schema(value_type = words::RiskCode)]
    pub(crate) code: RiskCode,
    /// What is missing, for `INPUT_MISSING`.
    #[schema(required)]
    pub(crate) input: Option<String>,
    /// The limit in force, in the unit of the check.
    #[schema(required)]
    pub(crate) limit: Option<i64>,
    /// The value that broke it.
    #[schema(required)]
    pub(crate) observed: Option<i64>,
    /// What both are counted in.
    #[schema(required, value_type = Option<words::RiskUnit>)]
    pub(crate) unit: Option<RiskUnit>,
    /// The other checks that failed, in their order.
    #[schema(value_type = Vec<words::RiskCode>)]
    pub(crate) others: Vec<RiskCode>,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Order {
    /// Id; 0 while the request is `queued`: send it again with the same key to learn more.
    pub(crate) id: i64,
    /// Account.
    pub(crate) account_id: i64,
    /// Whether the money of the account is real.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// Pricing.
    #[schema(value_type = words::OrderType)]
    pub(crate) order_type: OrderType,
    /// Shares ordered.
    pub(crate) quantity: i64,
    /// Limit price in won; null for a market order.
    #[schema(required)]
    pub(crate) price: Option<i64>,
    /// Coarse status.
    #[schema(value_type = words::OrderStatus)]
    pub(crate) status: OrderStatus,
    /// Fine state.
    #[schema(value_type = words::OrderState)]
    pub(crate) state: &'static str,
    /// Shares filled.
    pub(crate) filled_quantity: i64,
    /// Average price of the fills, up to four decimals.
    #[schema(required, value_type = Option<String>, examples("70123.4567"))]
    pub(crate) filled_price: Option<AvgPrice>,
    /// The strategy that made it; null for a manual order.
    #[schema(required)]
    pub(crate) strategy_id: Option<i64>,
    /// The version of it that decided; null for a manual order, and for orders older than versions.
    #[schema(required)]
    pub(crate) strategy_version: Option<i32>,
    /// Its name; null for a manual order.
    #[schema(required)]
    pub(crate) strategy_name: Option<String>,
    /// The signal that led to it.
    #[schema(required)]
    pub(crate) signal_id: Option<i64>,
    /// The broker's number.
    #[schema(required)]
    pub(crate) kis_order_id: Option<String>,
    /// Why the risk gate said no, if it did.
    #[schema(required)]
    pub(crate) denial: Option<OrderDenial>,
    /// True if it was thought never to have come, and then something fitting appeared: a person decides.
    pub(crate) is_suspect: bool,
    /// When it was written down.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// One step in the life of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderEvent {
    /// State before; null for the first.
    #[schema(required, value_type = Option<words::OrderState>)]
    pub(crate) from: Option<&'static str>,
    /// State after.
    #[schema(value_type = words::OrderState)]
    pub(crate) to: &'static str,
    /// What happened.
    pub(crate) event: String,
    /// More about it; may be empty.
    pub(crate) detail: String,
    /// When.
    pub(crate) at: DateTime<FixedOffset>,
}

/// What the risk gate decided about an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskDecision {
    /// Number.
    pub(crate) id: i64,
    /// `approved` or `denied`.
    pub(crate) outcome: String,
    /// The first check that failed; null if it was approved.
    #[schema(required)]
    pub(crate) code: Option<String>,
    /// What the gate saw, by name, as it was then; limits in force included.
    #[schema(value_type = HashMap<String, serde_json::Value>)]
    pub(crate) inputs: serde_json::Value,
    /// When.
    pub(crate) decided_at: DateTime<FixedOffset>,
}

/// One request to the broker: a claim, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderAttempt {
    /// Which of the order, or of its cancel; from 1.
    pub(crate) n: i32,
    /// The cancel that it was for; null for the order itself.
    #[schema(required)]
    pub(crate) cancel_id: Option<i64>,
    /// When it was claimed.
    pub(crate) claimed_at: DateTime<FixedOffset>,
    /// When it was handed to the connection; null if that is not known.
    #[schema(required)]
    pub(crate) sent_at: Option<DateTime<FixedOffset>>,
    /// When its answer was understood, or was given up.
    #[schema(required)]
    pub(crate) answered_at: Option<DateTime<FixedOffset>>,
    /// Whether a byte of it was written; null while that is not known.
    #[schema(required)]
    pub(crate) wrote_bytes: Option<bool>,
    /// What proves that the broker never took it: `p1`, no byte left; `p2`, its rate; `p3`, the token; null if nothing
    /// does.
    #[schema(required)]
    pub(crate) proof: Option<String>,
    /// Class of the answer: `a` accepted, `r` refused, `p` proven unsent, `u` unknown; null before there is one.
    #[schema(required)]
    pub(crate) answer_class: Option<String>,
}

/// One request to cancel the open rest of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderCancel {
    /// Number.
    pub(crate) id: i64,
    /// Which of the order; from 1.
    pub(crate) n: i32,
    /// Where it stands: `created`, `sending`, `unknown` or `done`.
    pub(crate) state: String,
    /// Who wanted it: `person`, `kill`, `strategy` or `reappeared`.
    pub(crate) cause: String,
    /// Class of the answer: `a` accepted, `r` refused, `p` proven unsent, `u` unknown; null before there is one.
    #[schema(required)]
    pub(crate) answer_class: Option<String>,
    /// When it was written down.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// An order with the decisions about it, its life and its fills.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderDetail {
    #[serde(flatten)]
    pub(crate) order: Order,
    /// When the request was handed to the connection.
    #[schema(required)]
    pub(crate) sent_at: Option<DateTime<FixedOffset>>,
    /// After this no answer can come on its connection.
    #[schema(required)]
    pub(crate) hard_deadline_at: Option<DateTime<FixedOffset>>,
    /// How the broker's number was learned: `answer`, `list` or `person`.
    #[schema(required)]
    pub(crate) bound_by: Option<String>,
    /// Until then nothing else of the same symbol and side may be sent, although it is bound.
    #[schema(required)]
    pub(crate) locked_until: Option<DateTime<FixedOffset>>,
    /// Each request to the broker, oldest first.
    pub(crate) attempts: Vec<OrderAttempt>,
    /// Each request to cancel it, oldest first.
    pub(crate) cancels: Vec<OrderCancel>,
    /// What the risk gate decided about it, oldest first: it is asked again before another attempt.
    pub(crate) decisions: Vec<RiskDecision>,
    /// Its life, oldest step first.
    pub(crate) events: Vec<OrderEvent>,
    /// Its fills, oldest first.
    pub(crate) trades: Vec<Trade>,
}

/// An order ticket.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderRequest {
    /// Issue.
    pub(crate) symbol: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// Pricing.
    #[schema(value_type = words::OrderType)]
    pub(crate) order_type: OrderType,
    /// Shares.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub(crate) quantity: i64,
    /// Limit price in won; left out for a market order.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub(crate) price: Option<i64>,
    /// What the order is worth in won, typed by a person to confirm a size that was refused as `FAT_FINGER`. To the won for
    /// a limit order, about so much for a market order.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_000_i64)]
    pub(crate) confirmed_amount: Option<i64>,
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderFilter {
    /// Only with this status.
    #[param(value_type = Option<words::OrderStatus>)]
    pub(crate) status: Option<OrderStatus>,
    /// Only of this issue.
    pub(crate) symbol: Option<String>,
}

impl Order {
    /// A stored order of an account of `env`, with the names of its issue, and of its strategy among `strategies`.
    pub(crate) fn new(row: orders::Order, env: AccountEnv, names: &Names, strategies: &HashMap<i64, String>) -> Self {
        let (status, filled_price) = (row.status(), row.filled_price());
        Self {
            id: row.id,
            account_id: row.account_id,
            env,
            symbol: row.fields.symbol.to_string(),
            name_ko: names.ko(row.fields.symbol),
            name_en: names.en(row.fields.symbol),
            side: row.fields.side,
            order_type: row.fields.order_type,
            quantity: row.fields.quantity.0,
            price: row.fields.price.map(|price| price.0),
            status,
            state: row.state.as_str(),
            filled_quantity: row.filled_quantity.0,
            filled_price,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            strategy_name: row.strategy_id.and_then(|id| strategies.get(&id).cloned()),
            signal_id: row.signal_id,
            kis_order_id: row.kis_order_id.map(|id| id.0),
            denial: row.denial.map(|denial| OrderDenial {
                code: denial.code,
                input: denial.input,
                limit: denial.limit,
                observed: denial.observed,
                unit: denial.code.unit().filter(|_| denial.limit.is_some()),
                others: denial.others,
            }),
            is_suspect: row.is_suspect,
            created_at: kst(row.created_at),
            updated_at: kst(row.updated_at),
        }
    }

    /// A request that no worker has decided yet.
    pub(crate) fn queued(
        (account_id, env): (i64, AccountEnv),
        fields: &OrderFields,
        created_at: DateTime<Utc>,
        names: &Names,
    ) -> Self {
        Self {
            id: 0,
            account_id,
            env,
            symbol: fields.symbol.to_string(),
            name_ko: names.ko(fields.symbol),
            name_en: names.en(fields.symbol),
            side: fields.side,
            order_type: fields.order_type,
            quantity: fields.quantity.0,
            price: fields.price.map(|price| price.0),
            status: OrderStatus::Pending,
            state: words::QUEUED,
            filled_quantity: 0,
            filled_price: None,
            strategy_id: None,
            strategy_version: None,
            strategy_name: None,
            signal_id: None,
            kis_order_id: None,
            denial: None,
            is_suspect: false,
            created_at: kst(created_at),
            updated_at: kst(created_at),
        }
    }
}

impl From<orders::Attempt> for OrderAttempt {
    fn from(row: orders::Attempt) -> Self {
        Self {
            n: row.n,
            cancel_id: row.cancel_id,
            claimed_at: kst(row.claimed_at),
            sent_at: row.sent_at.map(kst),
            answered_at: row.answered_at.map(kst),
            wrote_bytes: row.wrote_bytes,
            proof: row.proof.map(|proof| proof.as_str().to_owned()),
            answer_class: row.answer_class.map(|class| class.as_str().to_owned()),
        }
    }
}

impl From<orders::Cancel> for OrderCancel {
    fn from(row: orders::Cancel) -> Self {
        Self {
            id: row.id,
            n: row.n,
            state: row.state.as_str().to_owned(),
            cause: row.cause.as_str().to_owned(),
            answer_class: row.answer_class.map(|class| class.as_str().to_owned()),
            created_at: kst(row.created_at),
            updated_at: kst(row.updated_at),
        }
    }
}

impl From<orders::Decision> for RiskDecision {
    fn from(row: orders::Decision) -> Self {
        let orders::Decision { id, outcome, code, inputs, decided_at } = row;
        Self { id, outcome, code, inputs, decided_at: kst(decided_at) }
    }
}

impl From<orders::OrderEventRow> for OrderEvent {
    fn from(row: orders::OrderEventRow) -> Self {
        Self {
            from: row.from.map(|state| state.as_str()),
            to: row.to.as_str(),
            event: row.event,
            detail: row.detail,
            at: kst(row.at),
        }
    }
}
