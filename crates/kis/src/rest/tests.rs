mod canary;
mod lists;
mod money;
mod pages;
mod reads;

use std::sync::Arc;

use exodus_domain::{Broker, BrokerRequest, OrderAnswer};

use crate::testing::{Act, Server, TestTimer, answer, credentials, token};
use crate::wire::quotations::InquirePriceQuery;
use crate::{Gateway, GatewayParts, Limits, Paper, Rate};

/// A server that issues tokens, and answers the n-th other request as `script` says.
async fn server(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Server {
    let others = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |number, request| {
        if request.contains("/oauth2/tokenP") {
            return token(&format!("token-{number}"), "2026-10-02 10:00:00");
        }
        script(others.fetch_add(1, std::sync::atomic::Ordering::SeqCst), request)
    })
    .await
}

fn gateway(server: &Server) -> Gateway<Paper> {
    gateway_with(server, |_| ())
}

fn gateway_with(server: &Server, change: impl FnOnce(&mut GatewayParts<Paper>)) -> Gateway<Paper> {
    let mut parts = GatewayParts::in_memory(server.hosts.clone(), credentials(), TestTimer::sleepless());
    change(&mut parts);
    Gateway::new(parts).expect("a gateway")
}

fn price_query() -> InquirePriceQuery {
    InquirePriceQuery { fid_cond_mrkt_div_code: "J".to_owned(), fid_input_iscd: "005930".to_owned() }
}

fn price_answer() -> Act {
    answer(200, "", r#"{"rt_cd":"0","msg_cd":"MCA00000","msg1":"정상처리 되었습니다.","output":{"stck_prpr":"71500"}}"#)
}

fn failure(status: u16, code: &str, said: &str) -> Act {
    answer(status, "", &format!(r#"{{"rt_cd":"1","msg_cd":"{code}","msg1":"{said}"}}"#))
}

fn unlimited() -> Limits {
    let rate = Rate { calls: 10_000, per: chrono::TimeDelta::seconds(1) };
    Limits { all: rate, ledger: rate }
}

/// The clock of the tests that let real time pass.
fn real_time() -> Arc<TestTimer> {
    TestTimer::new()
}

/// Sends one request.
async fn send(broker: &(impl Broker + ?Sized), request: BrokerRequest) -> OrderAnswer {
    match broker.open_line(&request).await {
        Ok(line) => line.send().await.answer,
        Err(reason) => OrderAnswer::unwritten(reason),
    }
}
