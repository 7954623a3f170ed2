//! The broker's REST API for one app key: token, budget, repeats of reads, and answers of many pages.

pub(crate) mod account;
pub(crate) mod http;
mod lists;
mod masters;
mod money;
mod orders;
mod quotations;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Symbol, Timer};
use rand::RngExt;
use secrecy::SecretString;

use crate::budget::{Governor, Limits, MemoryRateWindow, Priority, RateWindow};
use crate::credentials::{Credentials, KeyFingerprint};
use crate::environment::{Env, Environment, Hosts};
use crate::error::KisError;
use crate::etns::Etns;
use crate::order_line::OrderLine;
use crate::stream::Approval;
use crate::tls;
use crate::token::{MemoryTokenStore, TokenKeeper, TokenStore, over_http};
use crate::wire::call::{APPROVAL_PATH, Call, Kind, REVOKE_PATH};
use crate::wire::chain::{Chain, Link};
use crate::wire::envelope::{self, AnswerError, Failure};
use crate::wire::messages::{Class, class};
use crate::wire::oauth::{ApprovalAnswer, ApprovalRequest, CLIENT_CREDENTIALS, RevokeAnswer, RevokeRequest};
use crate::wire::{Paged, Read, Resume, to_query};
use http::{Answer, Http, HttpError};

pub use account::{AccountBalance, KisAccount};
pub use money::MoneyAnswer;
pub(crate) use money::Prepared;
pub use orders::ReservationNumber;

/// How often a read is tried in all.
const ATTEMPTS: u32 = 3;

/// The pause before the second try; the next one is longer. A part of it is left to chance, so that those who were
/// refused together do not come back together.
const PAUSE: TimeDelta = TimeDelta::milliseconds(250);

/// How often a list is begun again because it changed while it was read.
const RESTARTS: u32 = 3;

/// "The data has changed since the query": begin again (kis-openapi §3.4).
const CHANGED_MEANWHILE: &str = "SYDB0050";

/// The ledger's counter of calls a second, as against the gateway's.
const LEDGER_TOO_FAST: &str = "EGW00215";

/// What a [`Gateway`] is made of.
pub struct GatewayParts<E> {
    /// Where the environment answers.
    pub hosts: Hosts<E>,
    /// The key pair.
    pub credentials: Credentials<E>,
    /// How fast it may call.
    pub limits: Limits,
    /// Where the processes keep its token.
    pub tokens: Arc<dyn TokenStore>,
    /// Where the processes count its calls.
    pub window: Arc<dyn RateWindow>,
    /// The time.
    pub timer: Arc<dyn Timer>,
    /// The exchange-traded notes.
    pub etns: Etns,
    /// True once it has been checked that the gateway refuses for pace and token before the order system sees an order
    /// (safety B9). Until then such a refusal of an order is doubt.
    pub gateway_refusals_prove: bool,
}

impl<E: Env> GatewayParts<E> {
    /// Parts for a process that shares the key with no other.
    pub fn in_memory(hosts: Hosts<E>, credentials: Credentials<E>, timer: Arc<dyn Timer>) -> Self {
        Self {
            hosts,
            credentials,
            limits: Limits::of(E::ENVIRONMENT),
            tokens: Arc::new(MemoryTokenStore::default()),
            window: Arc::new(MemoryRateWindow::default()),
            timer,
            etns: Etns::default(),
            gateway_refusals_prove: false,
        }
    }
}

/// The way to the broker of one app key. Clones are the same gateway.
pub struct Gateway<E>(Arc<Shared<E>>);

struct Shared<E> {
    hosts: Hosts<E>,
    credentials: Credentials<E>,
    key: KeyFingerprint,
    http: Http,
    order_line: OrderLine,
    tokens: Arc<TokenKeeper>,
    governor: Governor,
    timer: Arc<dyn Timer>,
    etns: Etns,
    gateway_refusals_prove: bool,
}

impl<E> Clone for Gateway<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// One page of an answer.
struct Page<B> {
    body: B,
    tr_cont: String,
}

/// Why a read is tried again.
enum Retry {
    /// At once: the governor or the token keeper knows how to go on.
    Now(KisError),
    /// After a pause.
    Later(KisError),
}

#[async_trait]
impl<E: Env> Approval for Gateway<E> {
    async fn approval_key(&self) -> Result<SecretString, String> {
        Gateway::approval_key(self).await.map_err(|error| error.to_string())
    }
}

impl<E: Env> Gateway<E> {
    /// Makes the gateway of a key pair; must be called inside a tokio runtime. Sends nothing.
    ///
    /// # Errors
    /// [`KisError::Unreachable`] if this machine cannot speak TLS.
    pub fn new(parts: GatewayParts<E>) -> Result<Self, KisError> {
        let GatewayParts { hosts, credentials, limits, tokens, window, timer, etns, gateway_refusals_prove } = parts;
        let tls = tls::client_config();
        let http = Http::new(tls.clone())?;
        let order_line = OrderLine::new(hosts.rest(), tls).map_err(KisError::Unreachable)?;
        let key = credentials.fingerprint();
        let governor = Governor::new(&key, limits, window, Arc::clone(&timer));
        let issue = over_http(hosts.clone(), credentials.clone(), http.clone(), Arc::clone(&timer));
        let tokens = Arc::new(TokenKeeper::new(key.clone(), issue, tokens, Arc::clone(&timer)));
        Ok(Self(Arc::new(Shared {
            hosts,
            credentials,
            key,
            http,
            order_line,
            tokens,
            governor,
            timer,
            etns,
            gateway_refusals_prove,
        })))
    }

    /// The name of the key pair among processes.
    pub fn fingerprint(&self) -> &KeyFingerprint {
        &self.0.key
    }

    /// Where the environment answers.
    pub fn hosts(&self) -> &Hosts<E> {
        &self.0.hosts
    }

    /// The time that the gateway goes by.
    pub fn timer(&self) -> &Arc<dyn Timer> {
        &self.0.timer
    }

    /// The environment as a value.
    pub fn environment(&self) -> Environment {
        E::ENVIRONMENT
    }

    /// An issue as the broker names it.
    pub(crate) fn code_of(&self, symbol: Symbol) -> String {
        self.0.etns.code_of(symbol).to_string()
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.timer.now()
    }

    /// When to come back after a refusal for pace.
    fn soon(&self) -> DateTime<Utc> {
        self.now() + TimeDelta::seconds(1)
    }

    /// Makes sure that there is an access token, which proves the key pair, though not its environment (kis-openapi §1.2).
    ///
    /// # Errors
    /// [`KisError`] says whose turn it is.
    pub async fn check_token(&self) -> Result<(), KisError> {
        self.0.tokens.bearer().await.map(drop)
    }

    /// Has the broker forget the access token.
    ///
    /// # Errors
    /// [`KisError`] if the broker did not answer or said no.
    pub async fn revoke_token(&self) -> Result<(), KisError> {
        let bearer = self.0.tokens.bearer().await?;
        let request = RevokeRequest {
            appkey: self.0.credentials.app_key().clone(),
            appsecret: self.0.credentials.app_secret().clone(),
            token: bearer.value,
        };
        self.0.governor.slot(Priority::Quote, false).await?;
        let answered = self.0.http.post_auth::<RevokeAnswer>(self.0.hosts.rest(), REVOKE_PATH, &request).await;
        answered.map_err(|error| error.into_kis(self.soon()))?;
        self.0.tokens.revoked(bearer.generation);
        Ok(())
    }

    /// A new key to open a WebSocket session with (접속키). The broker gives one a second.
    ///
    /// # Errors
    /// [`KisError`] says whose turn it is.
    pub async fn approval_key(&self) -> Result<SecretString, KisError> {
        let request = ApprovalRequest {
            grant_type: CLIENT_CREDENTIALS.to_owned(),
            appkey: self.0.credentials.app_key().clone(),
            secretkey: self.0.credentials.app_secret().clone(),
        };
        self.0.governor.slot(Priority::Quote, false).await?;
        let answered = self.0.http.post_auth(self.0.hosts.rest(), APPROVAL_PATH, &request).await;
        let answer: ApprovalAnswer = answered.map_err(|error| error.into_kis(self.soon()))?;
        Ok(answer.approval_key)
    }

    /// Asks for one page.
    ///
    /// # Errors
    /// [`KisError`] says what to do next; nothing may be concluded from it.
    pub async fn read<Q: Read>(&self, query: &Q, priority: Priority) -> Result<Q::Body, KisError> {
        self.page(Q::CALL, query, "", priority).await.map(|page| page.body)
    }

    /// Asks for every page of a list.
    ///
    /// # Errors
    /// [`KisError::Incomplete`] if the chain of pages breaks anywhere, otherwise as [`Self::read`].
    pub async fn read_pages<Q>(&self, query: &Q, priority: Priority) -> Result<Vec<Q::Body>, KisError>
    where
        Q: Resume + Clone,
        Q::Body: Paged,
    {
        self.pages_of(Q::CALL, query, priority).await
    }

    /// The same by another call than the usual one of the query.
    async fn pages_of<Q>(&self, call: &'static Call, query: &Q, priority: Priority) -> Result<Vec<Q::Body>, KisError>
    where
        Q: Resume + Clone,
        Q::Body: Paged,
    {
        let mut restarts = 0;
        loop {
            match self.follow(call, query.clone(), priority).await {
                Err(error) if error.code() == Some(CHANGED_MEANWHILE) && restarts < RESTARTS => restarts += 1,
                outcome => return outcome,
            }
        }
    }

    async fn follow<Q>(&self, call: &Call, mut query: Q, priority: Priority) -> Result<Vec<Q::Body>, KisError>
    where
        Q: Resume,
        Q::Body: Paged,
    {
        let (mut pages, mut chain, mut tr_cont) = (Vec::new(), Chain::new(call.name), "");
        loop {
            let page = self.page(call, &query, tr_cont, priority).await?;
            let keys = page.body.keys();
            let link = chain.link(&page.tr_cont, keys.nk).map_err(KisError::Incomplete)?;
            if link == Link::Next {
                query.resume(keys.fk, keys.nk);
                tr_cont = "N";
            }
            pages.push(page.body);
            if link == Link::End {
                return Ok(pages);
            }
        }
    }

    /// Asks for one page until it is there or trying again is of no use.
    async fn page<Q: Read>(
        &self,
        call: &Call,
        query: &Q,
        tr_cont: &'static str,
        priority: Priority,
    ) -> Result<Page<Q::Body>, KisError> {
        let tr_id = call.tr_id(E::ENVIRONMENT).ok_or(KisError::NotServed(call.name))?;
        let url = format!("{}{}?{}", self.0.hosts.rest(), call.path, to_query(query));
        let mut attempt = 1;
        loop {
            let bearer = self.0.tokens.bearer().await?;
            let headers = http::headers(&self.0.credentials, &bearer.value, tr_id, tr_cont)?;
            self.0.governor.slot(priority, call.kind == Kind::Ledger).await?;
            let retry = match self.0.http.get(&url, headers).await {
                Ok(answer) => match self.understand::<Q>(answer) {
                    Ok(page) => return Ok(page),
                    Err(failure) => self.learn(failure, bearer.generation)?,
                },
                Err(error) => Retry::Later(error.into_kis(self.soon())),
            };
            let (Retry::Now(error) | Retry::Later(error)) = &retry;
            if attempt == ATTEMPTS {
                tracing::warn!(call = call.name, %error, "a read failed for good");
                let (Retry::Now(error) | Retry::Later(error)) = retry;
                return Err(error);
            }
            tracing::debug!(call = call.name, attempt, %error, "a read is tried again");
            if let Retry::Later(_) = retry {
                let chance: f64 = rand::rng().random_range(0.5..1.5);
                let pause = PAUSE * i32::try_from(attempt).unwrap_or(1);
                let millis = (pause.num_milliseconds() as f64 * chance) as i64;
                self.0.timer.sleep_until(self.now() + TimeDelta::milliseconds(millis)).await;
            }
            attempt += 1;
        }
    }

    fn understand<Q: Read>(&self, answer: Answer) -> Result<Page<Q::Body>, HttpError> {
        match envelope::read::<Q::Body>(&answer.body) {
            Ok(body) if answer.status == 200 => Ok(Page { body, tr_cont: answer.tr_cont }),
            Ok(_) => Err(HttpError::Unreadable(format!("success, but with status {}", answer.status))),
            // Some calls say "nothing to show" as a refusal.
            Err(AnswerError::Refused(failure)) if class(&failure.msg_cd, &failure.msg1) == Class::Nothing => {
                Ok(Page { body: Q::Body::default(), tr_cont: answer.tr_cont })
            }
            Err(AnswerError::Refused(failure)) => Err(HttpError::Refused(failure)),
            Err(AnswerError::Unreadable(why)) => Err(HttpError::Unreadable(format!("status {}: {why}", answer.status))),
        }
    }

    /// Draws the consequences of an answer that is none. An error ends the read.
    fn learn(&self, error: HttpError, generation: i64) -> Result<Retry, KisError> {
        let HttpError::Refused(failure) = error else { return Ok(Retry::Later(error.into_kis(self.soon()))) };
        let class = self.notice(&failure, generation);
        let changed = failure.msg_cd == CHANGED_MEANWHILE;
        let error = KisError::of(failure, self.soon());
        match class {
            Class::RateLimit | Class::Token => Ok(Retry::Now(error)),
            // The account is refused now and then without reason (kis-openapi §9, 18).
            Class::Again | Class::InDoubt | Class::Account if !changed => Ok(Retry::Later(error)),
            _ => Err(error),
        }
    }

    /// Tells budget and token keeper what a refusal means to them.
    fn notice(&self, failure: &Failure, generation: i64) -> Class {
        let class = class(&failure.msg_cd, &failure.msg1);
        match class {
            Class::RateLimit => self.0.governor.too_fast(failure.msg_cd == LEDGER_TOO_FAST),
            Class::Token => self.0.tokens.refused(generation),
            _ => {}
        }
        class
    }
}
