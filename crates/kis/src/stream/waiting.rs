//! Keeps a session alive: makes one while something is wanted, waits before the next.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::session::{Session, SessionEnd};
use super::{Approval, MarketEvent, Shared, StreamProblem, Told};
use crate::wire::stream::answer;

/// A connection that takes longer is none.
const CONNECT_WITHIN: TimeDelta = TimeDelta::seconds(10);
/// An approval key is good for a day; only the start of a session looks at it (§2.3).
const APPROVAL_LIVES: TimeDelta = TimeDelta::hours(23);
/// The first wait after a session has ended; it doubles up to the longest.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(1);
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(60);
/// A session that was cut off is in the way of the next for up to a minute (§7.10).
const WAIT_FOR_OTHER: TimeDelta = TimeDelta::seconds(30);
/// A session that lived so long was a good one: waiting begins anew.
const GOOD_SESSION: TimeDelta = TimeDelta::seconds(60);

/// The task behind a stream.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    approval: Arc<dyn Approval>,
    key: Option<(SecretString, DateTime<Utc>)>,
    /// Sessions that failed one after the other.
    failures: u32,
}

impl Keeper {
    pub(super) fn new(shared: Arc<Shared>, approval: Arc<dyn Approval>) -> Self {
        Self { shared, approval, key: None, failures: 0 }
    }

    pub(super) async fn keep(mut self) {
        loop {
            self.wait_for_wishes().await;
            let began = self.shared.timer.now();
            let end = self.session().await;
            self.tell(&end);
            if self.shared.timer.now() - began >= GOOD_SESSION {
                self.failures = 0;
            }
            let wait = self.wait_after(&end);
            self.shared.timer.sleep_until(self.shared.timer.now() + wait).await;
        }
    }

    /// Waits until something is wanted.
    async fn wait_for_wishes(&self) {
        let Shared { timer, changed, .. } = &*self.shared;
        loop {
            let now = timer.now();
            if !self.shared.wanted(now).is_empty() {
                return;
            }
            let again_at = self.shared.next_again(now).unwrap_or(now + LONGEST_WAIT);
            tokio::select! {
                () = changed.notified() => {}
                () = timer.sleep_until(again_at) => {}
            }
        }
    }

    /// One session, from the approval key to its end.
    async fn session(&mut self) -> SessionEnd {
        let timer = Arc::clone(&self.shared.timer);
        let key = match self.approval_key().await {
            Ok(key) => key,
            Err(error) => return SessionEnd::Lost(error),
        };
        let connected = tokio::select! {
            connected = Session::connect(Arc::clone(&self.shared), key) => connected,
            () = timer.sleep_until(timer.now() + CONNECT_WITHIN) => Err("the connection took too long".to_owned()),
        };
        match connected {
            Ok(session) => session.run().await,
            Err(error) => SessionEnd::Lost(error),
        }
    }

    async fn approval_key(&mut self) -> Result<SecretString, String> {
        let now = self.shared.timer.now();
        if let Some((key, issued_at)) = &self.key
            && now - *issued_at < APPROVAL_LIVES
        {
            return Ok(key.clone());
        }
        let key = self.approval.approval_key().await?;
        self.key = Some((key.clone(), now));
        Ok(key)
    }

    /// Tells everybody that the session is over, and why.
    fn tell(&mut self, end: &SessionEnd) {
        let problem = match end {
            SessionEnd::Lost(error) => StreamProblem::Unreachable(error.clone()),
            SessionEnd::Mute => StreamProblem::Unreachable("the session had gone mute".to_owned()),
            SessionEnd::Garbled => StreamProblem::Unreachable("too much could not be read".to_owned()),
            SessionEnd::Refused { code, message } => {
                StreamProblem::Refused { code: code.clone(), message: message.clone() }
            }
        };
        tracing::warn!(%problem, failures = self.failures, "the stream of KIS is made anew");
        let was_connected = self.shared.status.borrow().connected_since.is_some();
        self.shared.status.send_modify(|status| {
            status.connected_since = None;
            status.held.clear();
            status.problem = Some(problem);
        });
        if was_connected {
            // Nobody listens is no error.
            let _ = self.shared.market.send(MarketEvent::Gap);
            let _ = self.shared.hints.send(Told::Gap);
        }
    }

    /// How long to wait before the next session.
    fn wait_after(&mut self, end: &SessionEnd) -> TimeDelta {
        let is = |code: &str, answers: &[crate::wire::stream::Answer]| answers.iter().any(|one| one.code == code);
        let mut wait = (FIRST_WAIT * (1 << self.failures.min(6))).min(LONGEST_WAIT);
        self.failures += 1;
        if let SessionEnd::Refused { code, .. } = end {
            if is(code, &[answer::IN_USE]) {
                wait = WAIT_FOR_OTHER;
            }
            if is(code, &[answer::INVALID_APPROVAL, answer::WRONG_APP_KEY, answer::INVALID_APP_KEY]) {
                self.key = None;
            }
        }
        // Clients that were cut off together do not come back together.
        let jitter = rand::random_range(0..=wait.num_milliseconds() / 2);
        wait + TimeDelta::milliseconds(jitter)
    }
}
