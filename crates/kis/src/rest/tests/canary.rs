//! Planted secrets must appear in no log line and in no error, whatever the broker answers (safety SE32, SE33).

use std::fmt::{Debug, Write};
use std::sync::Mutex;

use exodus_domain::{Broker, BrokerOrderId, BrokerRequest, OrderFields, OrderType, Price, Qty, Side, kst_date};
use tracing::field::{Field, Visit};
use tracing::span;

use super::*;
use crate::{Credentials, KisAccount, KisBroker};

const KEY: &str = "PSCANARYKEY0000000000000000000000001";
const SECRET: &str = "canary+secret/of=the=app";
const TOKEN: &str = "canary.token.of-the-key";
const ACCOUNT: &str = "50987654";

/// Keeps everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("text");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Line(&mut self.0.lock().expect("the log")));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().expect("the log")));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().expect("the log")));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Everything that a user of the client can do, and what it says when the broker answers like this.
async fn say_everything(issue: impl Fn() -> Act + Send + Sync + 'static, others: fn() -> Act) -> String {
    let server =
        Server::start(move |_, request| if request.contains("/oauth2/tokenP") { issue() } else { others() }).await;
    let pair = Credentials::new(KEY.into(), SECRET.into()).expect("a pair");
    let parts = GatewayParts::in_memory(server.hosts.clone(), pair, TestTimer::sleepless());
    let gateway = Gateway::new(parts).expect("a gateway");
    let account = KisAccount::new(gateway.clone(), format!("{ACCOUNT}-01").parse().expect("an account"));
    let mut said = format!("{} {}", account.number().masked(), gateway.fingerprint());
    let mut say = |what: &dyn Debug| write!(said, "\n{what:?}").expect("text");
    say(&gateway.check_token().await);
    say(&gateway.approval_key().await.map(drop));
    say(&gateway.price("005930".parse().expect("a code")).await.map_err(|error| error.to_string()));
    say(&account.balance().await.map_err(|error| error.to_string()));
    say(&account.balance().await);
    say(&gateway.revoke_token().await);
    let order = OrderFields {
        symbol: "005930".parse().expect("a code"),
        side: Side::Sell,
        order_type: OrderType::Limit,
        quantity: Qty(1),
        price: Some(Price(70_000)),
    };
    let broker = KisBroker::new(account);
    say(&send(&broker, BrokerRequest::New(order)).await);
    say(&send(&broker, BrokerRequest::Cancel(BrokerOrderId("00950-0000000001".to_owned()))).await);
    say(&broker.orders(kst_date(gateway.timer().now())).await);
    assert!(server.requests().iter().any(|request| request.contains(KEY)), "the secrets were on the wire");
    said
}

#[tokio::test]
async fn planted_secrets_come_out_nowhere() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let good = || token(TOKEN, "2026-10-02 10:00:00");
    let answers: [fn() -> Act; 10] = [
        || Act::Close,
        || answer(200, "", "<html>"),
        || answer(200, "M", r#"{"rt_cd":"0","msg_cd":"KIOK0510","ctx_area_fk100":"50987654^01","ctx_area_nk100":""}"#),
        || answer(200, "", r#"{"rt_cd":"0","msg_cd":"KIOK0510","output1":[{"pdno":"50987654"}],"output2":"50987654"}"#),
        || answer(200, "", r#"{"rt_cd":"0","approval_key":5,"output":{"ODNO":"1"}}"#),
        || failure(500, "EGW00201", "초당 거래건수를 초과하였습니다."),
        || failure(500, "EGW00123", "기간이 만료된 token 입니다."),
        || failure(200, "APBK0952", "주문가능금액을 초과 했습니다"),
        || failure(500, "EGW00302", "거래시간이 초과되었습니다."),
        || answer(302, "", ""),
    ];
    let mut said = String::new();
    for others in answers {
        said += &say_everything(good, others).await;
    }
    said += &say_everything(
        || answer(200, "", &format!(r#"{{"access_token":"{TOKEN}","expires_in":"x"}}"#)),
        || Act::Close,
    )
    .await;
    said += &say_everything(|| answer(200, "", &format!(r#"{{"access_token":"{TOKEN}\n"}}"#)), || Act::Close).await;
    drop(guard);
    let logged = log.0.lock().expect("the log").clone();
    assert!(logged.contains("a read failed for good"), "the log was kept");
    for secret in [KEY, SECRET, TOKEN, ACCOUNT] {
        assert!(!said.contains(secret), "an answer tells {secret}: {said}");
        assert!(!logged.contains(secret), "the log tells {secret}: {logged}");
    }
    assert!(said.contains("******54-01"));
}
