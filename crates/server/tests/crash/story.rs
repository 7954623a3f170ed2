//! What a person does, so that every place of the order path is passed: a buy that fills, one that rests and is
//! cancelled, a sale, and the kill switch.

use exodus_domain::testing::Point;
use reqwest::Method;
use serde_json::{Value, json};

use crate::emulator::{Emulator, ISSUES, tick};
use crate::http::PASSWORD;
use crate::person::{Answer, Person};

/// What a turn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Orders.
    Trade,
    /// The kill switch.
    Halt,
}

impl Wish {
    /// What leads to a place.
    pub(crate) fn reaching(point: Point) -> Self {
        if point == Point::K24 { Self::Halt } else { Self::Trade }
    }
}

/// The line of an order gives up waiting after three seconds of the machine.
const SOFT_TIMEOUT_PASSED: u32 = 4;

/// What has to go wrong at the broker for a place to be passed, for the account with these eight digits. The emulator counts
/// `factor` seconds in one of the machine.
pub(crate) fn faults_for(point: Point, account: &str, factor: u32) -> Value {
    let order = json!({ "call": "order-cash", "account": account });
    let what = match point {
        // The answer comes after the soft timeout.
        Point::K17 => json!({ "kind": "answer_late", "seconds": SOFT_TIMEOUT_PASSED * factor }),
        // The list has to tell.
        Point::K18 | Point::K19 => json!({ "kind": "answer_lost" }),
        _ => return json!({ "faults": [] }),
    };
    json!({ "faults": [{ "when": order, "what": what }] })
}

/// One turn. Whatever is not answered is left, as a person would whose screen stands still.
pub(crate) async fn turn(emulator: &Emulator, server: &str, person: &mut Person, n: u32, wish: Wish) {
    // Nobody minds what is refused: what counts is what the broker has afterwards.
    let _ = match wish {
        Wish::Trade => trade(emulator, server, person, n).await,
        Wish::Halt => halt(server, person).await,
    };
}

async fn trade(emulator: &Emulator, server: &str, person: &mut Person, n: u32) -> Answer {
    let place = |step: usize| ISSUES[(n as usize + step) % ISSUES.len()].0;
    // No order is unusually large beside the others (RK14).
    let quantity = i64::from(n % 20) + 10;
    let (bought, rests) = (place(0), place(1));
    let price = emulator.price(bought).await;
    let buy = limit(bought, "buy", quantity, price + 3 * tick());
    person.order(server, &format!("{n}-buy"), &buy).await?;
    let price = emulator.price(rests).await;
    let far = limit(rests, "buy", quantity, price * 98 / 100 / tick() * tick());
    if let (202, order) = person.order(server, &format!("{n}-rest"), &far).await?
        && let Some(id) = order["id"].as_i64().filter(|id| *id > 0)
    {
        person.ask(server, Method::POST, &format!("/orders/{id}/cancel"), &json!({})).await?;
    }
    let price = emulator.price(bought).await;
    person.order(server, &format!("{n}-sell"), &limit(bought, "sell", 2, price - 3 * tick())).await
}

fn limit(symbol: &str, side: &str, quantity: i64, price: i64) -> Value {
    json!({ "symbol": symbol, "side": side, "order_type": "limit", "quantity": quantity, "price": price })
}

async fn halt(server: &str, person: &mut Person) -> Answer {
    person.ask(server, Method::POST, "/account/halt", &json!({ "reason": "a test" })).await?;
    resume(server, person).await
}

/// A person goes on after a halt.
pub(crate) async fn resume(server: &str, person: &mut Person) -> Answer {
    let body = json!({ "password": PASSWORD, "reason": "the test goes on" });
    person.ask(server, Method::POST, "/account/resume", &body).await
}
