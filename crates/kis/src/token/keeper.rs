//! Keeps the token of one key pair for one process.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Timer;
use futures::future::BoxFuture;
use secrecy::SecretString;

use super::{AccessToken, Claim, StoredToken, TokenStore};
use crate::credentials::{Credentials, KeyFingerprint};
use crate::environment::{Env, Hosts};
use crate::error::{KisError, StoreDown};
use crate::rest::http::{Http, HttpError, REQUEST_TIMEOUT};
use crate::wire::call::TOKEN_PATH;
use crate::wire::envelope::Failure;
use crate::wire::messages::{Class, class};
use crate::wire::oauth::{CLIENT_CREDENTIALS, TokenAnswer, TokenRequest};

/// Two issues are at least so far apart: the broker gives one a minute (EGW00133).
const SPACING: TimeDelta = TimeDelta::seconds(61);

/// After the broker said that the keys are wrong, which issued nothing: the pace of calls for a token (kis-openapi §4).
const AFTER_WRONG_KEYS: TimeDelta = TimeDelta::seconds(1);

/// A claimer that has not begun to issue after so long gives up: it may have been stopped, and the claim be another's.
const START: TimeDelta = TimeDelta::seconds(10);

/// After two refusals for speed, and between two renewals because the broker refused a token.
const LONG_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// How often the store is asked while another process issues.
const POLL: TimeDelta = TimeDelta::milliseconds(200);

/// The refusal "one issue a minute".
const ISSUED_TOO_OFTEN: &str = "EGW00133";

/// A token on its way to a header, with the generation to name if the broker refuses it.
pub(crate) struct Bearer {
    pub(crate) generation: i64,
    pub(crate) value: SecretString,
}

/// Asks the broker for a token.
pub(crate) type Issue = Box<dyn Fn() -> BoxFuture<'static, Result<AccessToken, HttpError>> + Send + Sync>;

/// Asks for tokens of a key pair over HTTP.
pub(crate) fn over_http<E: Env>(
    hosts: Hosts<E>,
    credentials: Credentials<E>,
    http: Http,
    timer: Arc<dyn Timer>,
) -> Issue {
    Box::new(move || {
        let (hosts, http, timer) = (hosts.clone(), http.clone(), Arc::clone(&timer));
        let request = TokenRequest {
            grant_type: CLIENT_CREDENTIALS.to_owned(),
            appkey: credentials.app_key().clone(),
            appsecret: credentials.app_secret().clone(),
        };
        Box::pin(async move {
            let answer: TokenAnswer = http.post_auth(hosts.rest(), TOKEN_PATH, &request).await?;
            let issued_at = timer.now();
            let expires_at = answer.expires_at().unwrap_or_else(|| {
                // The spoken time is the better one (§2.1), the seconds are better than none.
                let seconds = i64::try_from(answer.expires_in).unwrap_or_default();
                issued_at + TimeDelta::try_seconds(seconds).unwrap_or_default()
            });
            Ok(AccessToken { value: answer.access_token, issued_at, expires_at })
        })
    })
}

/// Keeps the token of one key pair.
pub(crate) struct TokenKeeper {
    key: KeyFingerprint,
    issue: Issue,
    store: Arc<dyn TokenStore>,
    timer: Arc<dyn Timer>,
    known: Mutex<Known>,
    /// Held by the one task of this process that loads or issues.
    renewing: tokio::sync::Mutex<()>,
}

/// What this process knows of the token.
#[derive(Default)]
struct Known {
    stored: StoredToken,
    /// The newest generation that the broker refused.
    refused: i64,
    /// When a refused token was last replaced.
    replaced_at: Option<DateTime<Utc>>,
    /// Issues refused for speed, in a row.
    too_often: u32,
}

impl Known {
    fn usable(&self, now: DateTime<Utc>) -> Option<(Bearer, bool)> {
        let token = self.stored.token.as_ref().filter(|token| token.is_usable(now))?;
        let bearer = Bearer { generation: self.stored.generation, value: token.value.clone() };
        (self.stored.generation > self.refused).then(|| (bearer, token.is_due(now)))
    }
}

impl TokenKeeper {
    pub(crate) fn new(key: KeyFingerprint, issue: Issue, store: Arc<dyn TokenStore>, timer: Arc<dyn Timer>) -> Self {
        let (known, renewing) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { key, issue, store, timer, known, renewing }
    }

    /// A token to send now. One that is due is renewed beside the requests that still use it.
    ///
    /// # Errors
    /// [`KisError`] if there is none and none can be had.
    pub(crate) async fn bearer(self: &Arc<Self>) -> Result<Bearer, KisError> {
        if let Some((bearer, is_due)) = self.known(|known| known.usable(self.timer.now())) {
            if is_due {
                self.renew_in_background();
            }
            return Ok(bearer);
        }
        let _only_one = self.renewing.lock().await;
        self.load_or_issue().await
    }

    /// Takes notice that the broker refused a token. The next request replaces it, once.
    pub(crate) fn refused(&self, generation: i64) {
        tracing::warn!(key = %self.key, generation, "the broker refused the access token");
        self.known(|known| known.refused = known.refused.max(generation));
    }

    /// Forgets the token, which the owner had revoked.
    pub(crate) fn revoked(&self, generation: i64) {
        self.known(|known| known.refused = known.refused.max(generation));
    }

    fn known<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn renew_in_background(self: &Arc<Self>) {
        let keeper = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(_only_one) = keeper.renewing.try_lock() else { return };
            let generation = match keeper.load().await {
                Ok(generation) => generation,
                Err(error) => return tracing::warn!(key = %keeper.key, %error, "the access token was not renewed"),
            };
            // Another process may have renewed it.
            let is_due = keeper.known(|known| known.usable(keeper.timer.now()).is_none_or(|(_, is_due)| is_due));
            if is_due && let Err(error) = keeper.claim_and_issue(generation).await {
                tracing::warn!(key = %keeper.key, %error, "the access token was not renewed, the old one stays in use");
            }
        });
    }

    async fn load_or_issue(&self) -> Result<Bearer, KisError> {
        let mut generation = self.load().await?;
        loop {
            let now = self.timer.now();
            if let Some((bearer, _)) = self.known(|known| known.usable(now)) {
                return Ok(bearer);
            }
            self.hold_back(generation, now)?;
            match self.claim_and_issue(generation).await? {
                Some(until) if now + POLL < until - SPACING => {
                    // Whoever holds the claim may be issuing right now.
                    self.timer.sleep_until(now + POLL).await;
                }
                Some(until) => return Err(KisError::Busy { until, failure: None }),
                None => {}
            }
            generation = self.load().await?;
        }
    }

    /// A token that is refused again soon after it replaced a refused one is not replaced at once: something else is
    /// wrong, and more issues would block the key.
    fn hold_back(&self, generation: i64, now: DateTime<Utc>) -> Result<(), KisError> {
        let replaced_at =
            self.known(|known| known.replaced_at.filter(|_| generation > 0 && generation <= known.refused));
        match replaced_at.map(|at| at + LONG_PAUSE) {
            Some(until) if now < until => Err(KisError::Busy { until, failure: None }),
            _ => Ok(()),
        }
    }

    /// Reads the store, and returns the newest generation.
    async fn load(&self) -> Result<i64, StoreDown> {
        let stored = self.store.load(&self.key).await?;
        Ok(self.known(|known| {
            if stored.generation < known.stored.generation {
                // The store was put back to an earlier state, and its numbers start again.
                known.refused = 0;
            }
            known.stored = stored;
            known.stored.generation
        }))
    }

    /// Issues the token after `generation` if nobody else does; otherwise tells until when the claim of the other holds.
    async fn claim_and_issue(&self, generation: i64) -> Result<Option<DateTime<Utc>>, KisError> {
        let claimed_at = self.timer.now();
        let request_time = TimeDelta::from_std(REQUEST_TIMEOUT).unwrap_or(TimeDelta::zero());
        let until = claimed_at + START + request_time + SPACING;
        match self.store.claim(&self.key, generation, claimed_at, until).await? {
            Claim::Held { until } => return Ok(Some(until)),
            Claim::Superseded => return Ok(None),
            Claim::Granted => {}
        }
        if self.timer.now() > claimed_at + START {
            return Err(KisError::Busy { until, failure: None });
        }
        let issued = (self.issue)().await;
        let next_at = self.timer.now() + pause_after(&issued);
        let failed = match issued {
            Ok(token) => {
                // Before the claim ends: who waits for it must find the token, not a claim that holds nothing back.
                self.take_over(generation, token).await;
                None
            }
            Err(error) => Some(error),
        };
        if let Err(error) = self.store.settle(&self.key, until, next_at).await {
            tracing::warn!(key = %self.key, %error, "the claim to issue a token lasts longer than it would have to");
        }
        match failed {
            None => Ok(None),
            Some(HttpError::Refused(failure)) if failure.msg_cd == ISSUED_TOO_OFTEN => {
                Err(self.back_off(next_at, failure).await?)
            }
            Some(error) => Err(error.into_kis(next_at)),
        }
    }

    async fn take_over(&self, generation: i64, token: AccessToken) {
        tracing::info!(key = %self.key, generation = generation + 1, expires_at = %token.expires_at, "a new access token");
        match self.store.put(&self.key, generation, &token).await {
            Ok(true) => {}
            Ok(false) => return tracing::warn!(key = %self.key, "another process stored an access token meanwhile"),
            // It is good for this process at least.
            Err(error) => tracing::warn!(key = %self.key, %error, "the access token could not be shared"),
        }
        let now = self.timer.now();
        self.known(|known| {
            known.too_often = 0;
            if generation > 0 && generation <= known.refused {
                known.replaced_at = Some(now);
            }
            known.stored = StoredToken { generation: generation + 1, token: Some(token) };
        });
    }

    /// Another program of the owner issues too. Once that is told again, wait long.
    async fn back_off(&self, until: DateTime<Utc>, failure: Failure) -> Result<KisError, StoreDown> {
        let too_often = self.known(|known| {
            known.too_often += 1;
            known.too_often
        });
        let until = if too_often > 1 { until.max(self.timer.now() + LONG_PAUSE) } else { until };
        self.store.postpone(&self.key, until).await?;
        Ok(KisError::Busy { until, failure: Some(failure) })
    }
}

/// How long nobody issues after this answer. One that was not understood, or did not come, may have issued a token.
fn pause_after(issued: &Result<AccessToken, HttpError>) -> TimeDelta {
    match issued {
        Err(HttpError::Refused(failure)) if class(&failure.msg_cd, &failure.msg1) == Class::Credential => {
            AFTER_WRONG_KEYS
        }
        _ => SPACING,
    }
}
