//! The phases of the trading day that need what only this crate has: keys of brokers, and the secret.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use exodus_domain::CircuitEvent;
use exodus_live::{AUDIT_HEADS, BROKER_DATA, BROKER_TOKENS, in_time};
use exodus_store::accounts::{self, Account, AccountBroker, AccountStatus};
use exodus_store::circuits;
use exodus_store::jobs::{JobContext, JobError, JobRunner};

use super::broker_data;
use crate::audit_heads;
use crate::bootstrap::Platform;

/// Adds them to the runner of phases.
pub(crate) fn register(runner: JobRunner, platform: &Platform) -> JobRunner {
    let [data, tokens, heads] = [platform, platform, platform].map(|platform| Arc::new(platform.clone()));
    runner
        .register(&BROKER_DATA, move |context: JobContext, payload| {
            let platform = Arc::clone(&data);
            async move {
                in_time(&context, payload, platform.clock.now()).await?;
                ask(&platform, platform.clock.now()).await
            }
        })
        .register(&BROKER_TOKENS, move |context: JobContext, payload| {
            let platform = Arc::clone(&tokens);
            async move {
                in_time(&context, payload, platform.clock.now()).await?;
                renew_tokens(&platform).await
            }
        })
        .register(&AUDIT_HEADS, move |context: JobContext, payload| {
            let platform = Arc::clone(&heads);
            async move {
                in_time(&context, payload, platform.clock.now()).await?;
                audit_heads::sign(&platform).await
            }
        })
}

/// Queues what the broker publishes for everybody. Done if it is under way already, by the hand of a person.
async fn ask(platform: &Platform, now: DateTime<Utc>) -> Result<(), JobError> {
    let Some(account) = platform.kis.account_for_all().await? else {
        return Err(JobError::Retry("no account at the broker is connected".to_owned()));
    };
    let tx = platform.store.begin().await?;
    if broker_data::enqueue(&tx, account.env, now).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// Sees to it that every app key has a token that lasts; the circuits of those that have none hear of it.
async fn renew_tokens(platform: &Platform) -> Result<(), JobError> {
    let mut failed = Vec::new();
    for account in accounts::list(&platform.store).await? {
        let is_refused = matches!(account.status, AccountStatus::Refused | AccountStatus::Checking);
        if account.broker == AccountBroker::Demo || is_refused {
            continue;
        }
        let event = match has_token(platform, &account).await {
            Ok(()) => CircuitEvent::TokenRenewed,
            Err(why) => {
                failed.push(format!("account {}: {why}", account.id));
                CircuitEvent::TokenFailed(why)
            }
        };
        circuits::tell(&platform.store, account.id, &event, "system", platform.clock.now()).await?;
    }
    if failed.is_empty() { Ok(()) } else { Err(JobError::Retry(failed.join("; "))) }
}

async fn has_token(platform: &Platform, account: &Account) -> Result<(), String> {
    let broker = platform.kis.reads(account).await.map_err(|error| error.to_string())?;
    broker.has_token().await.map_err(|error| error.to_string())
}
