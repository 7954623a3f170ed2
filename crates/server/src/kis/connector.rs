//! Connects accounts at KIS to their sessions.

use std::sync::Arc;

use async_trait::async_trait;
use exodus_domain::{BrokerOrderId, Interval, Symbol};
use exodus_kis::stream::{Hint, Rank};
use exodus_kis::{Env, KisAccount, KisBroker};
use exodus_live::{BooksWatch, BrokerTerms, Connection, Connector, Feeds, History, LiveError};
use exodus_store::accounts::{self, Account, AccountEnv, AccountStatus};
use exodus_store::{StoreError, holdings, orders};
use futures::StreamExt;
use secrecy::ExposeSecret;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::check::{finding, problem_of};
use super::keys::AccountKeys;
use super::{Kis, Lane, Lanes, is_connected};
use crate::accounts::problem::{AccountProblem, ProblemCode};

/// Connects accounts at KIS.
pub(crate) struct KisConnector(pub(crate) Arc<Kis>);

#[async_trait]
impl Connector for KisConnector {
    async fn connect(&self, account: &Account) -> Result<Connection, LiveError> {
        let keys = match self.0.keys_of(account).await {
            Ok(keys) => keys,
            Err(error) => return Err(LiveError::NotConnected(error.to_string())),
        };
        match account.env {
            AccountEnv::Paper => self.connect_in(&self.0.paper, account, &keys).await,
            AccountEnv::Live => self.connect_in(&self.0.live, account, &keys).await,
        }
    }

    async fn history(&self, user_id: i64, interval: Interval) -> Result<Option<Arc<dyn History>>, LiveError> {
        let mut accounts = accounts::list_of_user(&self.0.store, user_id).await?;
        accounts.retain(|account| is_connected(account) && tells(account.env, interval));
        let Some(account) = accounts.first() else { return Ok(None) };
        let broker = self.0.reads(account).await.map_err(|error| LiveError::NotConnected(error.to_string()))?;
        Ok(Some(broker))
    }
}

/// True if the broker tells accounts of `env` bars of that length of the past: paper accounts have days only
/// (kis-openapi §1.3).
fn tells(env: AccountEnv, interval: Interval) -> bool {
    env == AccountEnv::Live || interval == Interval::Day1
}

impl KisConnector {
    async fn connect_in<E: Env>(
        &self,
        lanes: &Lanes<E>,
        account: &Account,
        keys: &AccountKeys,
    ) -> Result<Connection, LiveError> {
        let not_connected = |error: &dyn std::fmt::Display| LiveError::NotConnected(error.to_string());
        let lane = self.0.lane(lanes, keys).await.map_err(|error| not_connected(&error))?;
        let at_broker = KisAccount::new(lane.gateway.clone(), keys.number.clone());
        // The balance is the first thing a session reads. Asked here, what is wrong is kept with the account.
        let key = lane.gateway.fingerprint();
        if let Err(error) = at_broker.balance().await {
            let error = lanes.refusal(key, error, self.0.timer.now());
            let problem = problem_of(&finding(&error));
            let status = if problem.code.is_passing() { AccountStatus::Unreachable } else { AccountStatus::Refused };
            mark(&self.0, account.id, status, Some(&problem)).await;
            return Err(not_connected(&error));
        }
        lanes.accepted(key);
        let broker = KisBroker::new(at_broker);
        let stop = CancellationToken::new();
        let mut told = lane.stream.hints(keys.hts_id.expose_secret(), keys.number.digits());
        let hints = broker.hints();
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            while let Some(hint) = told.next().await {
                let id = match hint {
                    Hint::Order(id) => id,
                    // Which order it was is not known: the whole list is read at any hint.
                    Hint::Gap => BrokerOrderId(String::new()),
                };
                // Nobody listens yet, or any more.
                drop(hints.send(id));
            }
        }));
        let feeds = Feeds {
            held: Arc::new(lane.feed.at(Rank::Held)),
            traded: Arc::new(lane.feed.at(Rank::Strategy)),
            viewed: Arc::new(lane.feed.at(Rank::Viewed)),
        };
        let watch = Watch {
            kis: Arc::clone(&self.0),
            account_id: account.id,
            ready: if account.env == AccountEnv::Live { AccountStatus::NotArmed } else { AccountStatus::Ready },
            lane,
            _stop: stop.drop_guard(),
        };
        Ok(Connection { broker: Arc::new(broker), feeds, terms: BrokerTerms::KIS, watch: Some(Arc::new(watch)) })
    }
}

/// Keeps what is known of a connected account, and the connection for as long as its session lives.
struct Watch<E> {
    kis: Arc<Kis>,
    account_id: i64,
    ready: AccountStatus,
    lane: Arc<Lane<E>>,
    _stop: DropGuard,
}

#[async_trait]
impl<E: Env> BooksWatch for Watch<E> {
    async fn compared(&self, are_equal: bool) {
        match held(&self.kis, self.account_id).await {
            Ok(symbols) => self.lane.feed.hold(&symbols),
            Err(error) => tracing::warn!(account_id = self.account_id, %error, "what is held was not read"),
        }
        let problem = (!are_equal).then(|| AccountProblem::plain(ProblemCode::BalanceDiffers));
        mark(&self.kis, self.account_id, self.ready, problem.as_ref()).await;
    }
}

/// What an account holds or has on order: the first that its feed should tell.
async fn held(kis: &Kis, account_id: i64) -> Result<Vec<Symbol>, StoreError> {
    let holdings = holdings::of_account(&kis.store, account_id).await?;
    let orders = orders::open(&kis.store, account_id).await?;
    let symbols = holdings.iter().map(|record| record.holding.symbol);
    Ok(symbols.chain(orders.iter().map(|order| order.fields.symbol)).collect())
}

/// Keeps with the account what its broker says. That it could not be kept must not end a session.
async fn mark(kis: &Kis, account_id: i64, status: AccountStatus, problem: Option<&AccountProblem>) {
    let problem = problem.and_then(|problem| serde_json::to_value(problem).ok());
    if let Err(error) = accounts::mark_checked(&kis.store, account_id, status, problem, kis.timer.now()).await {
        tracing::warn!(account_id, %error, "what the broker says of an account was not kept");
    }
}
