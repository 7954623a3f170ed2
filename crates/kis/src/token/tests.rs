use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Clock;
use secrecy::ExposeSecret;

use super::keeper::Bearer;
use super::*;
use crate::environment::Paper;
use crate::error::KisError;
use crate::rest::http::Http;
use crate::testing::{Act, Server, TestTimer, answer, credentials, token};
use crate::tls;

const PATH: &str = "/oauth2/tokenP";

fn keeper(server: &Server, store: &Arc<MemoryTokenStore>, timer: &Arc<TestTimer>) -> Arc<TokenKeeper> {
    keeper_on(server, Arc::<MemoryTokenStore>::clone(store), timer)
}

fn keeper_on(server: &Server, store: Arc<dyn TokenStore>, timer: &Arc<TestTimer>) -> Arc<TokenKeeper> {
    let http = Http::new(tls::client_config()).expect("TLS");
    let timer = Arc::<TestTimer>::clone(timer);
    let issue = over_http::<Paper>(server.hosts.clone(), credentials(), http, Arc::<TestTimer>::clone(&timer));
    Arc::new(TokenKeeper::new(credentials().fingerprint(), issue, store, timer))
}

/// A server whose n-th token is `token-n` and ends 24 hours after the clock's present time.
async fn issuer(timer: &Arc<TestTimer>) -> Server {
    let timer = Arc::clone(timer);
    Server::start(move |number, _| token(&format!("token-{number}"), &expiry(timer.now() + TimeDelta::hours(24)))).await
}

fn expiry(at: DateTime<Utc>) -> String {
    at.with_timezone(&exodus_domain::KST).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn value(bearer: &Bearer) -> &str {
    bearer.value.expose_secret()
}

#[tokio::test]
async fn a_hundred_callers_in_two_processes_share_one_issue() {
    let (timer, store) = (TestTimer::new(), Arc::new(MemoryTokenStore::default()));
    let server = {
        let ends = expiry(timer.now() + TimeDelta::hours(24));
        // Slow enough for all of them to come while it is being issued.
        Server::start(move |number, _| {
            Act::After(Duration::from_millis(300), Box::new(token(&format!("token-{number}"), &ends)))
        })
        .await
    };
    let processes = [keeper(&server, &store, &timer), keeper(&server, &store, &timer)];
    let calls = (0..100).map(|caller| processes[caller % 2].bearer());
    for bearer in futures::future::join_all(calls).await {
        assert_eq!(bearer.map(|bearer| value(&bearer).to_owned()).ok().as_deref(), Some("token-0"));
    }
    assert_eq!(server.count(PATH), 1);
}

#[tokio::test]
async fn a_claimer_that_died_delays_the_next_issue_and_no_more() {
    let (timer, store) = (TestTimer::sleepless(), Arc::new(MemoryTokenStore::default()));
    let server = issuer(&timer).await;
    // A process claimed and died before it asked or stored.
    let claimed_until = timer.now() + TimeDelta::seconds(86);
    let claim = store.claim(&credentials().fingerprint(), 0, timer.now(), claimed_until).await;
    assert_eq!(claim, Ok(Claim::Granted));
    let keeper = keeper(&server, &store, &timer);
    let refused = keeper.bearer().await.map(drop);
    assert_eq!(refused, Err(KisError::Busy { until: claimed_until, failure: None }));
    assert_eq!(server.count(PATH), 0);
    timer.skip(claimed_until - timer.now());
    assert!(keeper.bearer().await.is_ok());
    assert_eq!(server.count(PATH), 1);
}

#[tokio::test]
async fn a_token_is_renewed_at_twenty_hours_beside_its_use() {
    let (timer, store) = (TestTimer::new(), Arc::new(MemoryTokenStore::default()));
    let server = issuer(&timer).await;
    let keeper = keeper(&server, &store, &timer);
    assert!(keeper.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-0"));
    timer.skip(TimeDelta::hours(20) - TimeDelta::minutes(1));
    assert!(keeper.bearer().await.is_ok());
    assert_eq!(server.count(PATH), 1);
    timer.skip(TimeDelta::minutes(2));
    // Whoever comes now is served with the old one at once.
    assert!(keeper.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-0"));
    while keeper.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-0") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(keeper.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-1"));
    assert_eq!(server.count(PATH), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_by_whoever_comes_first() {
    let (timer, store) = (TestTimer::new(), Arc::new(MemoryTokenStore::default()));
    let server = issuer(&timer).await;
    let (one, two) = (keeper(&server, &store, &timer), keeper(&server, &store, &timer));
    let first = one.bearer().await.map(|bearer| bearer.generation).expect("a token");
    assert!(two.bearer().await.is_ok());
    timer.skip(TimeDelta::minutes(10));
    one.refused(first);
    two.refused(first);
    let (one_has, two_has) = tokio::join!(one.bearer(), two.bearer());
    assert_eq!(one_has.map(|bearer| value(&bearer).to_owned()).ok().as_deref(), Some("token-1"));
    assert_eq!(two_has.map(|bearer| value(&bearer).to_owned()).ok().as_deref(), Some("token-1"));
    assert_eq!(server.count(PATH), 2);

    // Refused again at once: something else is wrong, and the key must not be blocked for it.
    one.refused(first + 1);
    assert!(matches!(one.bearer().await, Err(KisError::Busy { .. })));
    timer.skip(TimeDelta::minutes(4));
    assert!(matches!(one.bearer().await, Err(KisError::Busy { .. })));
    assert_eq!(server.count(PATH), 2);
    timer.skip(TimeDelta::minutes(2));
    assert!(one.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-2"));
}

#[tokio::test]
async fn issues_are_a_minute_apart_whatever_the_broker_answers() {
    let timer = TestTimer::sleepless();
    let issued = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (clock, log) = (Arc::clone(&timer), Arc::clone(&issued));
    let server = Server::start(move |number, _| {
        log.lock().expect("the log").push(clock.now());
        match number % 3 {
            0 => Act::Close,
            1 => answer(500, "", r#"{"error_code":"EGW00002","error_description":"서버 에러가 발생했습니다."}"#),
            _ => answer(200, "", r#"{"access_token":5}"#),
        }
    })
    .await;
    let store = Arc::new(MemoryTokenStore::default());
    let processes = [keeper(&server, &store, &timer), keeper(&server, &store, &timer)];
    for round in 0..60 {
        assert!(processes[round % 2].bearer().await.is_err());
        timer.skip(TimeDelta::seconds(7));
    }
    let issued = issued.lock().expect("the log");
    assert!(issued.len() > 3, "{} issues", issued.len());
    for pair in issued.windows(2) {
        assert!(pair[1] - pair[0] >= TimeDelta::seconds(61), "{} apart", pair[1] - pair[0]);
    }
}

#[tokio::test]
async fn told_twice_to_issue_less_often_it_waits_for_minutes() {
    let timer = TestTimer::sleepless();
    let server = Server::start(|_, _| {
        answer(
            403,
            "",
            r#"{"error_code":"EGW00133","error_description":"접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)"}"#,
        )
    })
    .await;
    let keeper = keeper(&server, &Arc::new(MemoryTokenStore::default()), &timer);
    let wait = async || match keeper.bearer().await {
        Err(KisError::Busy { until, .. }) => until - timer.now(),
        _ => panic!("no token can be had"),
    };
    assert!(wait().await < TimeDelta::minutes(2));
    timer.skip(TimeDelta::minutes(2));
    assert!(wait().await > TimeDelta::minutes(4));
    assert_eq!(server.count(PATH), 2);
}

#[tokio::test]
async fn wrong_keys_are_for_a_person_to_mend() {
    let server = Server::start(|_, _| {
        answer(403, "", r#"{"error_code":"EGW00103","error_description":"유효하지 않은 AppKey입니다."}"#)
    })
    .await;
    let timer = TestTimer::sleepless();
    let keeper = keeper(&server, &Arc::new(MemoryTokenStore::default()), &timer);
    // The broker issued nothing, so the mended key may be tried at once, by another process as well.
    for asked in 1..=3 {
        let error = keeper.bearer().await.map(drop).expect_err("no token");
        assert!(matches!(&error, KisError::Credential(failure) if failure.msg_cd == "EGW00103"), "{error:?}");
        assert_eq!(server.count(PATH), asked);
        assert!(matches!(keeper.bearer().await.map(drop), Err(KisError::Busy { .. })), "not twice in a second");
        timer.skip(TimeDelta::seconds(1));
    }
}

#[tokio::test]
async fn an_issue_that_failed_holds_the_next_one_back_for_a_minute_from_its_answer() {
    let timer = TestTimer::sleepless();
    let server = Server::start(|_, _| Act::Close).await;
    let keeper = keeper(&server, &Arc::new(MemoryTokenStore::default()), &timer);
    assert!(matches!(keeper.bearer().await.map(drop), Err(KisError::Unreachable(_))));
    let until = match keeper.bearer().await.map(drop) {
        Err(KisError::Busy { until, .. }) => until,
        other => panic!("held back, not {other:?}"),
    };
    let wait = until - timer.now();
    assert!(wait <= TimeDelta::seconds(61) && wait > TimeDelta::seconds(60), "{wait}");
    timer.skip(TimeDelta::seconds(61));
    assert!(matches!(keeper.bearer().await.map(drop), Err(KisError::Unreachable(_))));
    assert_eq!(server.count(PATH), 2);
}

#[tokio::test]
async fn a_store_that_was_put_back_is_the_truth() {
    let (timer, store) = (TestTimer::new(), Arc::new(MemoryTokenStore::default()));
    let server = issuer(&timer).await;
    let keeper = keeper(&server, &store, &timer);
    let first = keeper.bearer().await.map(|bearer| bearer.generation).expect("a token");
    keeper.refused(first);
    store.rows.lock().expect("the rows").clear();
    assert!(keeper.bearer().await.is_ok_and(|bearer| value(&bearer) == "token-1"));
}

/// A store in which a token takes its time to arrive: until somebody else has asked for the right to issue.
struct SlowStore {
    inner: MemoryTokenStore,
    asked: tokio::sync::Notify,
}

#[async_trait]
impl TokenStore for SlowStore {
    async fn load(&self, key: &KeyFingerprint) -> Result<StoredToken, StoreDown> {
        self.inner.load(key).await
    }

    async fn claim(
        &self,
        key: &KeyFingerprint,
        generation: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claim, StoreDown> {
        let claim = self.inner.claim(key, generation, now, until).await;
        if claim != Ok(Claim::Granted) {
            self.asked.notify_one();
        }
        claim
    }

    async fn put(&self, key: &KeyFingerprint, generation: i64, token: &AccessToken) -> Result<bool, StoreDown> {
        self.asked.notified().await;
        self.inner.put(key, generation, token).await
    }

    async fn settle(
        &self,
        key: &KeyFingerprint,
        claimed_until: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreDown> {
        self.inner.settle(key, claimed_until, until).await
    }

    async fn postpone(&self, key: &KeyFingerprint, until: DateTime<Utc>) -> Result<(), StoreDown> {
        self.inner.postpone(key, until).await
    }
}

#[tokio::test]
async fn a_claim_does_not_end_before_its_token_can_be_read() {
    let timer = TestTimer::new();
    let server = issuer(&timer).await;
    let store = Arc::new(SlowStore { inner: MemoryTokenStore::default(), asked: tokio::sync::Notify::new() });
    let [one, other] = [(); 2].map(|()| keeper_on(&server, Arc::<SlowStore>::clone(&store), &timer));
    let (issued, waited) = tokio::join!(one.bearer(), async {
        while server.count(PATH) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // The answer has come, and is on its way into the store.
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.bearer().await
    });
    for bearer in [issued, waited] {
        assert_eq!(bearer.map(|bearer| value(&bearer).to_owned()).ok().as_deref(), Some("token-0"));
    }
    assert_eq!(server.count(PATH), 1);
}
