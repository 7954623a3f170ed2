//! Order tickets on their way to the worker, who alone talks to the broker.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use exodus_domain::{Instrument, Notice, OrderFields, OrderState, OrderType, Price, Qty, Symbol, SymbolError, Won};
use exodus_store::accounts::{Account, AccountBroker};
use exodus_store::orders;
use exodus_store::requests::{
    self, NewRequest, OrderRequest as StoredRequest, RequestAction, RequestAnswer, Submitted,
};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::Receiver;
use tokio::time::Instant;

use super::dto::{Order, OrderRequest};
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::Caller;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::market::names::Names;
use crate::realtime::hub::HubEvent;

const KEY_HEADER: &str = "idempotency-key";
const MAX_KEY: usize = 64;
/// More than any account here can ever afford; keeps price times quantity far inside 64 bits.
const MAX_QUANTITY: i64 = 1_000_000_000;
const MAX_PRICE: i64 = 1_000_000_000;
const MAX_AMOUNT: i64 = 1_000_000_000_000_000_000;
/// How long a client waits for the decision.
const DECISION_WAIT: Duration = Duration::from_secs(3);
/// How often the request is read again without a notice: one may have been lost.
const READ_AGAIN: Duration = Duration::from_millis(250);

/// The client's name for this ticket.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Answer<String> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(key.to_owned())
    } else {
        Err(Problem::field("Idempotency-Key", "send a header with 1 to 64 visible characters that name this order"))
    }
}

/// Writes the ticket down, waits for the decision of the risk gate, and answers with the order or the denial.
pub(super) async fn place(app: &App, caller: &Caller, key: String, request: OrderRequest) -> Answer<Order> {
    let fields = check(&request)?;
    let confirmed = request.confirmed_amount.map(Won);
    let names = Names::read(&app.store, [fields.symbol]).await?;
    let account = selected(app, caller).await?;
    match names.get(fields.symbol) {
        None => return Err(Problem::field("symbol", format!("{} is not known here", fields.symbol))),
        Some(issue) if !is_traded_by(issue, &account) => return Err(Problem::field("symbol", elsewhere(&account))),
        Some(_) => {}
    }
    // Listening starts before the request is written, so that no answer can slip through between the two.
    let events = app.hub.listen();
    let new = NewRequest {
        user_id: caller.user_id,
        account_id: account.id,
        body_hash: body_hash(&fields, confirmed),
        action: RequestAction::Place { fields: fields.clone(), confirmed },
        idempotency_key: Some(key),
    };
    let request = match requests::submit(&app.store, &new, app.now()).await? {
        Submitted::New(request) | Submitted::Repeat(request) => request,
        Submitted::Mismatch => return Err(mismatch()),
    };
    let created_at = request.created_at;
    match decision(app, request, events).await? {
        Some(order) if order.state == OrderState::Denied => Err(match &order.denial {
            Some(denial) => Problem::from(denial),
            None => Problem::internal(&format!("order {} is denied without a reason", order.id)),
        }),
        // A person's order has no strategy.
        Some(order) => Ok(Order::new(order, account.env, &names, &HashMap::new())),
        None => Ok(Order::queued((account.id, account.env), &fields, created_at, &names)),
    }
}

/// Asks the worker to cancel an open order.
pub(super) async fn cancel(app: &App, caller: &Caller, id: i64) -> Answer<Order> {
    let order = orders::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    if order.state.is_ended() {
        let detail = format!("The order is {}; only open orders can be cancelled.", order.state);
        return Err(Problem::conflict("ORDER_NOT_OPEN", detail));
    }
    let action = RequestAction::Cancel { order_id: id };
    let new = NewRequest {
        user_id: caller.user_id,
        account_id: order.account_id,
        action,
        idempotency_key: None,
        body_hash: String::new(),
    };
    requests::submit(&app.store, &new, app.now()).await?;
    super::read(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)
}

fn check(request: &OrderRequest) -> Answer<OrderFields> {
    let mut checks = Checks::default();
    checks.range("quantity", request.quantity, 1, MAX_QUANTITY);
    match (request.order_type, request.price) {
        (OrderType::Limit, None) => checks.refuse("price", "a limit order needs a price"),
        (OrderType::Limit, Some(price)) => checks.range("price", price, 1, MAX_PRICE),
        (OrderType::Market, Some(_)) => checks.refuse("price", "a market order has no price"),
        (OrderType::Market, None) => {}
    }
    let symbol: Result<Symbol, SymbolError> = request.symbol.parse();
    if let Err(error) = &symbol {
        checks.refuse("symbol", error.to_string());
    }
    if let Some(amount) = request.confirmed_amount {
        checks.range("confirmed_amount", amount, 1, MAX_AMOUNT);
    }
    checks.finish()?;
    Ok(OrderFields {
        symbol: symbol.map_err(|error| Problem::field("symbol", error.to_string()))?,
        side: request.side,
        order_type: request.order_type,
        quantity: Qty(request.quantity),
        price: request.price.map(Price),
    })
}

/// Issues of the demo market are traded on the demo account, all others at a broker.
pub(crate) fn is_traded_by(issue: &Instrument, account: &Account) -> bool {
    issue.is_demo == (account.broker == AccountBroker::Demo)
}

fn elsewhere(account: &Account) -> &'static str {
    match account.broker {
        AccountBroker::Demo => "is not an issue of the demo market: select an account at KIS",
        AccountBroker::Kis => "is an issue of the demo market: select the demo account",
    }
}

fn body_hash(fields: &OrderFields, confirmed: Option<Won>) -> String {
    let price = fields.price.map(|price| price.to_string()).unwrap_or_default();
    // A ticket without an amount has the hash it always had.
    let confirmed = confirmed.map(|amount| format!(" {amount}")).unwrap_or_default();
    let text =
        format!("{} {} {} {} {price}{confirmed}", fields.symbol, fields.side, fields.order_type, fields.quantity);
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn mismatch() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "IDEMPOTENCY_MISMATCH",
        "This Idempotency-Key came before with another order; use a new key for each order.",
    )
}

/// Waits until the worker has answered the request; `None` if it takes too long.
async fn decision(
    app: &App,
    mut request: StoredRequest,
    mut events: Receiver<HubEvent>,
) -> Answer<Option<orders::Order>> {
    let deadline = Instant::now() + DECISION_WAIT;
    loop {
        if let Some(answer) = &request.answer {
            return match answer {
                RequestAnswer::Order { order_id } => Ok(orders::get(&app.store, request.user_id, *order_id).await?),
                RequestAnswer::CancelSent | RequestAnswer::CancelRefused { .. } => Ok(None),
            };
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        let user_id = request.user_id;
        let next_change = async {
            // Whatever else happens, reading again is never wrong.
            while let Ok(event) = events.recv().await {
                if matches!(event, HubEvent::Notice(Notice::OrderChanged { user_id: owner, .. }) if owner == user_id) {
                    return;
                }
            }
            tokio::time::sleep(READ_AGAIN).await;
        };
        drop(tokio::time::timeout(READ_AGAIN, next_change).await);
        request = requests::get(&app.store, user_id, request.id).await?.ok_or_else(Problem::not_found)?;
    }
}
