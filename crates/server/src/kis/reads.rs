//! What the product asks the broker beside the sessions of accounts: of the market, not of an account.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Interval, Market, NoAnswer, Symbol};
use exodus_kis::wire::quotations::lists::{RankedIssue, RecentTrade};
use exodus_kis::{Env, KisError};
use exodus_live::{History, Told};
use exodus_store::StoreError;
use exodus_store::accounts::{self, Account, AccountBroker, AccountEnv, AccountStatus};

use super::keys::KeysError;
use super::{Kis, Lane};

/// Questions about the market that any app key may ask, the past of issues among them.
#[async_trait]
pub(crate) trait BrokerReads: History {
    /// False if an emulator stands in the broker's place.
    fn is_broker(&self) -> bool;
    /// Sees to it that there is an access token that lasts.
    async fn has_token(&self) -> Result<(), KisError>;
    /// The symbol master of a market; empty if it lists nothing.
    async fn master(&self, market: Market) -> Result<Vec<u8>, KisError>;
    /// Some weeks of days, and whether the market opens on them.
    async fn sessions(&self, from: NaiveDate) -> Result<Vec<(NaiveDate, bool)>, KisError>;
    /// Closing levels of an index in hundredths of a point.
    async fn index_levels(&self, code: &str, from: NaiveDate, to: NaiveDate)
    -> Result<Vec<(NaiveDate, i64)>, KisError>;
    /// The last trades of an issue, newest first.
    async fn recent_trades(&self, symbol: Symbol) -> Result<Vec<RecentTrade>, KisError>;
    /// The issues of which most was traded today.
    async fn most_traded(&self) -> Result<Vec<RankedIssue>, KisError>;
}

#[async_trait]
impl<E: Env> BrokerReads for Lane<E> {
    fn is_broker(&self) -> bool {
        self.gateway.hosts().is_broker()
    }

    async fn has_token(&self) -> Result<(), KisError> {
        self.gateway.check_token().await
    }

    async fn master(&self, market: Market) -> Result<Vec<u8>, KisError> {
        self.gateway.master(market).await
    }

    async fn sessions(&self, from: NaiveDate) -> Result<Vec<(NaiveDate, bool)>, KisError> {
        self.gateway.sessions(from).await
    }

    async fn index_levels(
        &self,
        code: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>, KisError> {
        self.gateway.index_levels(code, from, to).await
    }

    async fn recent_trades(&self, symbol: Symbol) -> Result<Vec<RecentTrade>, KisError> {
        self.gateway.recent_trades(symbol).await
    }

    async fn most_traded(&self) -> Result<Vec<RankedIssue>, KisError> {
        self.gateway.most_traded().await
    }
}

#[async_trait]
impl<E: Env> History for Lane<E> {
    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Told, NoAnswer> {
        let chart = self.feed.history(symbol, interval, from, to).await?;
        Ok(Told { bars: chart.bars, requests: chart.requests })
    }
}

/// The broker cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAsked {
    /// The keys of the account are not to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// They are no keys, or this machine cannot speak TLS.
    #[error(transparent)]
    Kis(#[from] KisError),
}

impl Kis {
    /// A way to ask about the market with the keys of an account.
    pub(crate) async fn reads(&self, account: &Account) -> Result<Arc<dyn BrokerReads>, NotAsked> {
        let keys = self.keys_of(account).await?;
        Ok(match account.env {
            AccountEnv::Paper => self.lane(&self.paper, &keys).await?,
            AccountEnv::Live => self.lane(&self.live, &keys).await?,
        })
    }

    /// The account whose keys are used for what belongs to everybody: one of real money if there is one, because paper
    /// keys are told less, and the oldest of those. `None` if no account is connected.
    pub(crate) async fn account_for_all(&self) -> Result<Option<Account>, StoreError> {
        let usable = accounts::list(&self.store).await?.into_iter().filter(is_connected);
        Ok(usable.min_by_key(|account| (account.env != AccountEnv::Live, account.id)))
    }
}

/// True if the broker takes the keys of an account.
pub(crate) fn is_connected(account: &Account) -> bool {
    account.broker == AccountBroker::Kis && matches!(account.status, AccountStatus::Ready | AccountStatus::NotArmed)
}
