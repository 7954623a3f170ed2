//! Bodies of `/notifications`.

use chrono::{DateTime, FixedOffset};
use exodus_domain::NotificationKind;
use exodus_store::notifications;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::http::{kst, words};

/// Something that a person must hear of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notification {
    /// Id.
    pub(crate) id: i64,
    /// When it was raised.
    pub(crate) at: DateTime<FixedOffset>,
    /// What happened.
    #[schema(value_type = words::NotificationKind)]
    pub(crate) kind: NotificationKind,
    /// The account it is about; null if it is about none.
    #[schema(required)]
    pub(crate) account_id: Option<i64>,
    /// The order it is about; null if it is about none.
    #[schema(required)]
    pub(crate) order_id: Option<i64>,
    /// Particulars by name; which there are depends on the kind.
    #[schema(value_type = Object)]
    pub(crate) values: Value,
    /// When its user said that they have seen it; null until then.
    #[schema(required)]
    pub(crate) acknowledged_at: Option<DateTime<FixedOffset>>,
}

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationFilter {
    /// True for those only that were not acknowledged.
    pub(crate) unseen: Option<bool>,
}

impl From<notifications::Notification> for Notification {
    fn from(row: notifications::Notification) -> Self {
        Self {
            id: row.id,
            at: kst(row.raised_at),
            kind: row.kind,
            account_id: row.account_id,
            order_id: row.order_id,
            values: row.values,
            acknowledged_at: row.acknowledged_at.map(kst),
        }
    }
}
