//! Parts of the client that the simulation runs by themselves, without a network.

use std::sync::Arc;

use exodus_domain::Timer;
use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::budget::{Governor, Limits, Priority, RateWindow};
use crate::credentials::KeyFingerprint;
use crate::environment::Environment;
use crate::error::StoreDown;
use crate::rest::account::listed_exchanges;
use crate::rest::http::HttpError;
use crate::token::{AccessToken, TokenKeeper, TokenStore};

/// The rate governor of a key.
#[derive(Clone)]
pub struct Pace(Governor);

impl Pace {
    /// Begins to hand out slots; must be called inside a tokio runtime.
    pub fn new(key: &KeyFingerprint, limits: Limits, window: Arc<dyn RateWindow>, timer: Arc<dyn Timer>) -> Self {
        Self(Governor::new(key, limits, window, timer))
    }

    /// Waits for a slot. It counts from the moment it is handed out: send at once.
    ///
    /// # Errors
    /// [`StoreDown`] if the shared window does not answer.
    pub async fn slot(&self, priority: Priority, is_ledger: bool) -> Result<(), StoreDown> {
        self.0.slot(priority, is_ledger).await
    }

    /// Slows down, because the broker refused a call for its pace.
    pub fn too_fast(&self, is_ledger: bool) {
        self.0.too_fast(is_ledger);
    }
}

/// The keeper of the token of a key.
#[derive(Clone)]
pub struct Tokens(Arc<TokenKeeper>);

impl Tokens {
    /// Keeps the token that `issue` gets; the error of that says why there is none.
    pub fn new(
        key: &KeyFingerprint,
        issue: impl Fn() -> BoxFuture<'static, Result<AccessToken, String>> + Send + Sync + 'static,
        store: Arc<dyn TokenStore>,
        timer: Arc<dyn Timer>,
    ) -> Self {
        let issue = move || -> BoxFuture<'static, Result<AccessToken, HttpError>> {
            let issued = issue();
            Box::pin(async move { issued.await.map_err(HttpError::Unreachable) })
        };
        Self(Arc::new(TokenKeeper::new(key.clone(), Box::new(issue), store, timer)))
    }

    /// A token to send now, with the generation to name if the broker refuses it.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn bearer(&self) -> Result<(i64, SecretString), String> {
        let bearer = self.0.bearer().await.map_err(|error| error.to_string())?;
        Ok((bearer.generation, bearer.value))
    }

    /// Takes notice that the broker refused a token.
    pub fn refused(&self, generation: i64) {
        self.0.refused(generation);
    }
}

/// True if a list of the day has the orders of every exchange.
pub fn lists_all_exchanges() -> bool {
    listed_exchanges(Environment::Live) == "ALL"
}
