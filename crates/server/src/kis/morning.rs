//! When the broker is asked for what it publishes for everybody: each morning before the first session of any venue, and
//! soon after the first account is connected.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use exodus_domain::{from_kst, kst_date};
use exodus_store::StoreError;
use exodus_store::schedule::claim_tick;

use crate::bootstrap::Platform;
use crate::jobs::broker_data;

/// Half an hour before NXT opens, and after the broker has renewed its masters (kis-openapi §6.12).
const AT: NaiveTime = NaiveTime::from_hms_opt(7, 30, 0).expect("half past seven is a time");

/// Between two looks at the clock and at the accounts.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Between two looks at which issues are ETNs: what one process takes in, the connections of the others must hear of.
const LEARN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Queues it once a day, whichever process sees it first. Never ends.
pub(crate) async fn keep(platform: Platform) {
    let (mut done, mut learnt_at) = (None, DateTime::<Utc>::MIN_UTC);
    loop {
        let now = platform.clock.now();
        if now - learnt_at >= LEARN_EVERY {
            learnt_at = now;
            if let Err(error) = platform.kis.learn_etns().await {
                tracing::warn!(%error, "which issues are ETNs is read again later");
            }
        }
        let tick = newest_tick(now);
        if done != Some(tick) {
            match ask(&platform, tick, now).await {
                Ok(true) => done = Some(tick),
                // Nobody is connected, or what was asked before has not come in.
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the broker is asked for its symbol masters later"),
            }
        }
        platform.clock.sleep_until(now + LOOK_EVERY).await;
    }
}

/// The last time that the broker was to be asked. Every day of the week: that a day is no session is our opinion.
fn newest_tick(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = kst_date(now);
    let tick = from_kst(today, AT);
    if tick <= now { tick } else { from_kst(today - Days::new(1), AT) }
}

/// True if it is queued, by this process or by another.
async fn ask(platform: &Platform, tick: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(account) = platform.kis.account_for_all().await? else { return Ok(false) };
    let tx = platform.store.begin().await?;
    if !broker_data::enqueue(&tx, account.env, now).await? {
        return Ok(false);
    }
    // The claim comes last: a refused one ends the transaction, and what was queued with it.
    if claim_tick(&tx, broker_data::KIND.name, tick, now).await? {
        tx.commit().await?;
        tracing::info!(job = broker_data::KIND.name, "the broker is asked for symbol masters");
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tick_is_half_past_seven_in_korea() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let cases = [
            ("2026-11-23T07:30:00+09:00", "2026-11-23T07:30:00+09:00"),
            ("2026-11-23T07:29:59+09:00", "2026-11-22T07:30:00+09:00"),
            ("2026-11-23T23:59:59+09:00", "2026-11-23T07:30:00+09:00"),
        ];
        for (now, tick) in cases {
            assert_eq!(newest_tick(at(now)), at(tick), "at {now}");
        }
    }
}
