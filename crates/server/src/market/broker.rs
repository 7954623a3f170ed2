//! Routes under `/market` that ask the broker of the selected account: what the product does not keep itself.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use exodus_kis::KisError;
use exodus_kis::wire::quotations::lists;
use exodus_store::accounts::{self, Account};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{find, published};
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader};
use crate::http::extract::{Json, Path};
use crate::http::problem::{Answer, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::kis::{BrokerReads, NotAsked, is_connected};

/// How long an answer is given again: many screens of one issue are one question.
const TTL: Duration = Duration::from_secs(2);

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(recent_trades)).routes(routes!(most_traded))
}

/// A trade of today, of anybody's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RecentTrade {
    /// Time in Korea, `HH:MM:SS`.
    time: String,
    /// Price in won.
    price: i64,
    /// Price less the close before, in won.
    change: i64,
    /// Shares.
    quantity: i64,
}

impl From<lists::RecentTrade> for RecentTrade {
    fn from(trade: lists::RecentTrade) -> Self {
        Self {
            time: trade.time.format("%H:%M:%S").to_string(),
            price: trade.price.0,
            change: trade.change.0,
            quantity: trade.quantity.0,
        }
    }
}

/// A place among the issues of which most was traded today.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RankedIssue {
    /// Place, from 1.
    rank: u32,
    /// Issue.
    symbol: String,
    /// Korean name.
    name_ko: String,
    /// Last price in won.
    price: i64,
    /// Price less the close before, in won.
    change: i64,
    /// Shares traded today.
    volume: i64,
    /// What was paid for them, in won.
    value: i64,
}

impl From<lists::RankedIssue> for RankedIssue {
    fn from(issue: lists::RankedIssue) -> Self {
        let lists::RankedIssue { rank, symbol, name, price, change, volume, value } = issue;
        Self {
            rank,
            symbol: symbol.to_string(),
            name_ko: name,
            price: price.0,
            change: change.0,
            volume: volume.0,
            value: value.0,
        }
    }
}

/// The last thirty trades of an issue, newest first, as the broker of the selected account tells them.
#[utoipa::path(
    get,
    path = "/market/trades/{symbol}",
    operation_id = "list_recent_trades",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<RecentTrade>), Refusals, BadQuery, Missing, Conflict)
)]
async fn recent_trades(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(symbol): Path<String>,
) -> Answer<Json<Vec<RecentTrade>>> {
    let issue = find(&app, &symbol).await?;
    if issue.is_demo {
        return Err(Problem::not_found());
    }
    let question = Question::new(&app, &caller, &format!("trades:{}", issue.symbol)).await?;
    if let Some(known) = published(&app, &question.key).await? {
        return Ok(Json(known));
    }
    let told = question.broker(&app).await?.recent_trades(issue.symbol).await?;
    question.answer(&app, told).await
}

/// The thirty issues of which most was traded today, by value, as the broker of the selected account tells them. Paper
/// accounts are not told.
#[utoipa::path(
    get,
    path = "/market/most-traded",
    operation_id = "list_most_traded",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<RankedIssue>), Refusals, Conflict)
)]
async fn most_traded(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Vec<RankedIssue>>> {
    let question = Question::new(&app, &caller, "most-traded").await?;
    if let Some(known) = published(&app, &question.key).await? {
        return Ok(Json(known));
    }
    let told = question.broker(&app).await?.most_traded().await?;
    question.answer(&app, told).await
}

/// A question to the broker of the selected account. The market is the same for all, and so is the answer; whether one may
/// hear it depends on the account.
struct Question {
    account: Account,
    /// Under which the answer is kept for a moment.
    key: String,
}

impl Question {
    async fn new(app: &App, caller: &Caller, name: &str) -> Answer<Self> {
        let selected = accounts::of_user(&app.store, caller.user_id).await?.filter(is_connected);
        let missing = || Problem::conflict("NO_BROKER_ACCOUNT", "Select a connected account at the broker first.");
        let account = selected.ok_or_else(missing)?;
        let key = format!("broker:{}:{name}", account.env);
        Ok(Self { account, key })
    }

    async fn broker(&self, app: &App) -> Answer<Arc<dyn BrokerReads>> {
        Ok(app.kis.reads(&self.account).await?)
    }

    /// Keeps an answer for whoever asks next. A cache that is down costs the broker a question.
    async fn answer<A, T: From<A> + Serialize>(&self, app: &App, told: Vec<A>) -> Answer<Json<Vec<T>>> {
        let told: Vec<T> = told.into_iter().map(T::from).collect();
        let bytes = serde_json::to_vec(&told).map_err(|error| Problem::internal(&error))?;
        drop(app.kv.set(&self.key, &bytes, TTL).await);
        Ok(Json(told))
    }
}

impl From<KisError> for Problem {
    fn from(error: KisError) -> Self {
        tracing::warn!(%error, "the broker did not answer a question about the market");
        match error {
            KisError::NotServed(_) => Self::conflict("NOT_SERVED", "Paper accounts are not told this by the broker."),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "BROKER_UNAVAILABLE",
                "The broker does not answer this now; try again in a moment.",
            ),
        }
    }
}

impl From<NotAsked> for Problem {
    fn from(error: NotAsked) -> Self {
        match error {
            NotAsked::Keys(error) => error.into(),
            NotAsked::Kis(error) => error.into(),
        }
    }
}
