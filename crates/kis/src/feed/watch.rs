//! The task behind a feed: listens to the stream, reads by REST what the stream does not tell, and tells the listeners.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, FeedEvent, NoAnswer, Price, Symbol, TradingHours, Venue, kst_date};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::issue::{CHECK_EVERY, Issue};
use super::minutes::{GRACE, Owed};
use super::{Shared, Snapshot};
use crate::Environment;
use crate::stream::{KisStream, MarketEvent, Rank, Registration, Urgency, is_trading_time};
use crate::wire::stream::{Feed, ShortCode};

/// Reads that run at the same time. The budget of the app key says how fast they really are.
const READS: usize = 2;
/// Two reads of the same issue are so far apart, where the stream does not tell it.
const POLL_EVERY: TimeDelta = TimeDelta::seconds(3);
/// Two polls of any issues are so far apart: other reads need the budget, too.
const POLL_PACE: TimeDelta = TimeDelta::milliseconds(250);
const MOCK_POLL_PACE: TimeDelta = TimeDelta::milliseconds(2_500);
/// Two looks at whether the stream tells the truth are so far apart: the budget of the mock environment lets two issues
/// have theirs every ten seconds.
const CHECK_PACE: TimeDelta = TimeDelta::seconds(1);
const MOCK_CHECK_PACE: TimeDelta = TimeDelta::seconds(5);
/// A read that failed is tried again after this, then after twice as long, and so on up to the most.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);
const MOST_WAITS: i32 = 60;
/// After so many failures minutes are given up: history is filled again later, and newer bars must not wait for ever.
const TRIES: u32 = 5;
/// The stream of an open market is silent for so long before it is compared with REST.
const SILENCE: TimeDelta = TimeDelta::seconds(20);
/// The bar of a day is read so long after the close: an interruption prolongs the closing auction by two and a half
/// minutes.
const DAY_AFTER_CLOSE: TimeDelta = TimeDelta::minutes(3);

/// What is read by REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// The day of an issue, for its base price or because the stream does not tell it.
    Quote,
    /// The same after the close, for the bar of the day.
    Day,
    /// The same, to see whether the stream has gone mute.
    Comparison,
    /// The same, to see whether the stream tells the truth: it had told this price.
    Check(Price),
    /// Minutes that the stream did not tell.
    Minutes(Owed),
}

enum Answer {
    Snapshot(Result<Snapshot, NoAnswer>),
    Minutes(Result<Vec<Bar>, NoAnswer>),
}

pub(super) struct Watch {
    shared: Arc<Shared>,
    stream: KisStream,
    market: broadcast::Receiver<MarketEvent>,
    /// The issues somebody listens to, with how much they matter.
    ranks: BTreeMap<Symbol, Rank>,
    issues: HashMap<Symbol, Issue>,
    reads: FuturesUnordered<BoxFuture<'static, (Symbol, Read, Answer)>>,
    reading: BTreeSet<Symbol>,
    failures: HashMap<Symbol, (u32, DateTime<Utc>)>,
    next_poll_at: DateTime<Utc>,
    next_look_at: DateTime<Utc>,
    next_check_at: DateTime<Utc>,
    /// When the stream told something last.
    heard_at: DateTime<Utc>,
    /// When it was compared with REST last.
    compared_at: DateTime<Utc>,
    /// When REST was seen to be ahead of it.
    suspected_at: Option<DateTime<Utc>>,
}

impl Watch {
    pub(super) fn new(shared: Arc<Shared>, stream: KisStream) -> Self {
        let now = shared.timer.now();
        Self {
            market: stream.market(),
            shared,
            stream,
            ranks: BTreeMap::new(),
            issues: HashMap::new(),
            reads: FuturesUnordered::new(),
            reading: BTreeSet::new(),
            failures: HashMap::new(),
            next_poll_at: now,
            next_look_at: now,
            next_check_at: now,
            heard_at: now,
            compared_at: now,
            suspected_at: None,
        }
    }

    pub(super) async fn keep(mut self) {
        loop {
            let now = self.shared.timer.now();
            if now >= self.next_look_at {
                self.close_minutes(now);
                self.judge_silence(now);
                self.begin_reads(now);
                self.next_look_at = self.next_wake(now);
            }
            let shared = Arc::clone(&self.shared);
            tokio::select! {
                event = self.market.recv() => match event {
                    Ok(event) => self.hear(event),
                    Err(RecvError::Lagged(_)) => self.hear(MarketEvent::Gap),
                    Err(RecvError::Closed) => return,
                },
                Some((symbol, read, answer)) = self.reads.next(), if !self.reads.is_empty() => {
                    self.answered(symbol, read, answer);
                    self.next_look_at = now;
                }
                () = shared.changed.notified() => {
                    self.look_at_listeners();
                    self.next_look_at = now;
                }
                () = shared.timer.sleep_until(self.next_look_at) => {}
            }
        }
    }

    /// When something must be done that nobody tells.
    fn next_wake(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let closes = self.issues.values().filter_map(|issue| issue.minutes.due());
        let times = closes.chain([self.next_poll_at, self.next_check_at]).filter(|at| *at > now);
        times.fold(now + TimeDelta::seconds(1), DateTime::min)
    }

    /// Somebody came or went, or something else is held now.
    fn look_at_listeners(&mut self) {
        let now = self.shared.timer.now();
        self.ranks = self.shared.listeners().ranks();
        self.issues.retain(|symbol, _| self.ranks.contains_key(symbol));
        let held = self.stream.status().held;
        for symbol in self.ranks.keys() {
            let is_streamed = held.contains(&self.trades_of(*symbol));
            self.issues.entry(*symbol).or_insert_with(|| {
                let mut issue = Issue::new(*symbol, now, newest_day_over(now));
                issue.set_streamed(is_streamed, now);
                issue
            });
        }
        let mut wanted = BTreeMap::new();
        for (symbol, rank) in &self.ranks {
            let key = self.shared.code_of(*symbol).to_string();
            let mut want = |feed, urgency| wanted.insert(Registration { feed, key: key.clone() }, urgency);
            want(Feed::Trades(Venue::Krx), Urgency::Trade(*rank));
            want(Feed::Books(Venue::Krx), Urgency::Book(*rank));
            want(Feed::Operations(Venue::Krx), Urgency::Operation(*rank));
        }
        self.stream.want(wanted);
    }

    fn trades_of(&self, symbol: Symbol) -> Registration {
        Registration { feed: Feed::Trades(Venue::Krx), key: self.shared.code_of(symbol).to_string() }
    }

    fn hear(&mut self, event: MarketEvent) {
        let now = self.shared.timer.now();
        match event {
            MarketEvent::Trade(trade) => {
                self.heard_at = now;
                let Some(issue) = self.issues.get_mut(&trade.code.symbol) else { return };
                let quote = issue.traded(&trade);
                let bars: Vec<FeedEvent> = issue.minutes.take(now).into_iter().map(|bar| issue.minute(bar)).collect();
                self.tell(quote.into_iter().chain(bars));
            }
            MarketEvent::Book(book) => {
                self.heard_at = now;
                let told = self.issues.get_mut(&book.book.code.symbol).map(|issue| issue.booked(&book, now));
                self.tell(told.into_iter().flatten());
            }
            MarketEvent::Operation { code, operation, is_vi } => {
                let told = self.issues.get_mut(&code.symbol).and_then(|issue| issue.operated(operation, is_vi));
                self.tell(told);
            }
            MarketEvent::Joined(registration) => self.streamed(&registration, true, now),
            MarketEvent::Left(registration) => self.streamed(&registration, false, now),
            MarketEvent::Gap => self.issues.values_mut().for_each(|issue| issue.set_streamed(false, now)),
        }
    }

    /// The trades of an issue are told by the stream from now on, or no more.
    fn streamed(&mut self, registration: &Registration, is_streamed: bool, now: DateTime<Utc>) {
        self.heard_at = now;
        let code = registration.key.parse::<ShortCode>();
        if registration.feed == Feed::Trades(Venue::Krx)
            && let Some(issue) = code.ok().and_then(|code| self.issues.get_mut(&code.symbol))
        {
            issue.set_streamed(is_streamed, now);
        }
    }

    fn tell(&self, events: impl IntoIterator<Item = FeedEvent>) {
        for event in events {
            self.shared.listeners().tell(&event);
        }
    }

    fn close_minutes(&mut self, now: DateTime<Utc>) {
        let mut told = Vec::new();
        for issue in self.issues.values_mut() {
            issue.minutes.tick(now);
            told.extend(issue.minutes.take(now).into_iter().map(|bar| (bar.open_time, issue.symbol, bar)));
        }
        told.sort_by_key(|(open_time, symbol, _)| (*open_time, *symbol));
        let events: Vec<FeedEvent> =
            told.into_iter().filter_map(|(_, symbol, bar)| Some(self.issues.get(&symbol)?.minute(bar))).collect();
        self.tell(events);
    }

    /// REST has told more than the stream. If what is missing has not come by now, the stream is mute.
    fn judge_silence(&mut self, now: DateTime<Utc>) {
        let Some(suspected_at) = self.suspected_at.filter(|at| now >= *at + GRACE) else { return };
        self.suspected_at = None;
        if self.heard_at < suspected_at {
            self.stream.is_mute();
        }
    }

    /// Begins the reads that matter most, as many as may run.
    fn begin_reads(&mut self, now: DateTime<Utc>) {
        while self.reads.len() < READS {
            let Some((symbol, read)) = self.next_read(now) else { return };
            self.reading.insert(symbol);
            let quotations = Arc::clone(&self.shared.quotations);
            let reading = async move {
                let answer = match read {
                    Read::Minutes(owed) if owed.is_short() => {
                        Answer::Minutes(quotations.minutes_until(symbol, owed.to).await)
                    }
                    Read::Minutes(owed) => {
                        let chart = quotations.minutes(symbol, kst_date(owed.from)).await;
                        Answer::Minutes(chart.map(|chart| chart.bars))
                    }
                    Read::Quote | Read::Day | Read::Comparison | Read::Check(_) => {
                        Answer::Snapshot(quotations.snapshot(symbol).await)
                    }
                };
                (symbol, read, answer)
            };
            self.reads.push(reading.boxed());
        }
    }

    /// What to read next: base prices first, then bars, then what the stream does not tell.
    fn next_read(&mut self, now: DateTime<Utc>) -> Option<(Symbol, Read)> {
        let day_due = day_to_tell(now);
        let mut free: Vec<(Symbol, Rank)> = self.ranks.iter().map(|(symbol, rank)| (*symbol, *rank)).collect();
        free.retain(|(symbol, _)| {
            !self.reading.contains(symbol) && self.failures.get(symbol).is_none_or(|(_, again_at)| *again_at <= now)
        });
        free.sort_by_key(|(symbol, rank)| (Reverse(*rank), *symbol));
        let issue = |symbol: &Symbol| self.issues.get(symbol);
        if let Some((symbol, _)) = free.iter().find(|(symbol, _)| issue(symbol).is_some_and(|one| one.needs_base(now)))
        {
            return Some((*symbol, Read::Quote));
        }
        let watched: Vec<Symbol> =
            free.iter().filter(|(_, rank)| *rank >= Rank::Strategy).map(|(symbol, _)| *symbol).collect();
        if let Some(symbol) =
            watched.iter().find(|one| day_due.is_some_and(|due| issue(one).is_some_and(|one| one.day_told < due)))
        {
            return Some((*symbol, Read::Day));
        }
        for symbol in &watched {
            if let Some(owed) = self.issues.get_mut(symbol).and_then(|issue| issue.minutes.owed(now)) {
                return Some((*symbol, Read::Minutes(owed)));
            }
        }
        self.next_comparison(now, &free).or_else(|| self.next_poll(now, &free)).or_else(|| self.next_check(now, &free))
    }

    /// An open market is not silent: one issue tells whether it is the stream that is.
    fn next_comparison(&mut self, now: DateTime<Utc>, free: &[(Symbol, Rank)]) -> Option<(Symbol, Read)> {
        let is_silent = now - self.heard_at >= SILENCE && now - self.compared_at >= SILENCE;
        if !is_silent || !is_continuous(now) {
            return None;
        }
        let busiest = free.iter().map(|(symbol, _)| *symbol).filter(|symbol| self.issues[symbol].is_streamed());
        let symbol = busiest.max_by_key(|symbol| self.issues[symbol].volume())?;
        self.compared_at = now;
        Some((symbol, Read::Comparison))
    }

    fn next_poll(&mut self, now: DateTime<Utc>, free: &[(Symbol, Rank)]) -> Option<(Symbol, Read)> {
        if now < self.next_poll_at || !is_trading_time(now) {
            return None;
        }
        let asked_at = |symbol: &Symbol| self.issues[symbol].asked_at.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let polled = free.iter().map(|(symbol, _)| *symbol).filter(|symbol| !self.issues[symbol].is_streamed());
        let symbol = polled.min_by_key(asked_at).filter(|symbol| now - asked_at(symbol) >= POLL_EVERY)?;
        self.next_poll_at = now + self.by_environment(POLL_PACE, MOCK_POLL_PACE);
        Some((symbol, Read::Quote))
    }

    /// What is held, or has an open order, is looked at in turn, and only when nothing else waits: the stream is not
    /// encrypted, so what it tells is held against REST (safety SE45).
    fn next_check(&mut self, now: DateTime<Utc>, free: &[(Symbol, Rank)]) -> Option<(Symbol, Read)> {
        if now < self.next_check_at || !is_trading_time(now) {
            return None;
        }
        let traded = free.iter().filter(|(_, rank)| *rank == Rank::Held).map(|(symbol, _)| *symbol);
        let heard = traded.filter_map(|symbol| Some((symbol, self.issues[&symbol].heard()?)));
        let checked_at = |symbol: &Symbol| self.issues[symbol].checked_at.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let (symbol, price) = heard
            .filter(|(symbol, _)| now - CHECK_EVERY >= checked_at(symbol))
            .min_by_key(|(symbol, _)| checked_at(symbol))?;
        self.next_check_at = now + self.by_environment(CHECK_PACE, MOCK_CHECK_PACE);
        Some((symbol, Read::Check(price)))
    }

    fn by_environment(&self, live: TimeDelta, paper: TimeDelta) -> TimeDelta {
        match self.stream.environment() {
            Environment::Live => live,
            Environment::Paper => paper,
        }
    }

    fn answered(&mut self, symbol: Symbol, read: Read, answer: Answer) {
        let now = self.shared.timer.now();
        self.reading.remove(&symbol);
        let Some(issue) = self.issues.get_mut(&symbol) else { return };
        let mut told: Vec<FeedEvent> = Vec::new();
        let failed = match (read, answer) {
            (Read::Minutes(owed), Answer::Minutes(Ok(bars))) => {
                let bars = issue.minutes.read(owed, &bars);
                told.extend(bars.into_iter().map(|bar| issue.minute(bar)));
                None
            }
            (_, Answer::Snapshot(Ok(snapshot))) => {
                issue.asked_at = Some(now);
                if read == Read::Comparison && snapshot.quote.volume > issue.volume() {
                    self.suspected_at = Some(now);
                }
                if let Read::Check(asked) = read {
                    told.extend(issue.check(snapshot.quote.price, asked, now));
                }
                told.extend(issue.read(&snapshot, now));
                if let (Read::Day, Some(date)) = (read, day_to_tell(now)) {
                    told.push(issue.day(&snapshot, date));
                }
                None
            }
            (_, Answer::Minutes(Err(error)) | Answer::Snapshot(Err(error))) => Some(error),
            (_, Answer::Minutes(Ok(_))) => None,
        };
        match failed {
            None => drop(self.failures.remove(&symbol)),
            Some(error) => {
                let (count, again_at) = self.failures.entry(symbol).or_insert((0, now));
                *count += 1;
                *again_at = now + AGAIN_AFTER * i32::try_from(*count).unwrap_or(i32::MAX).min(MOST_WAITS);
                tracing::warn!(%symbol, ?read, %error, "KIS did not answer a read of the feed");
                if let (Read::Minutes(owed), true) = (read, *count >= TRIES) {
                    issue.minutes.read(owed, &[]);
                    *count = 0;
                }
            }
        }
        self.tell(told);
    }
}

/// The newest trade date whose bar is due at `now`, if it is today's.
fn day_to_tell(now: DateTime<Utc>) -> Option<NaiveDate> {
    let date = kst_date(now);
    let close = TradingHours::Krx.stretches(date).last()?.end;
    (now >= close + DAY_AFTER_CLOSE).then_some(date)
}

/// The newest date of which no bar is owed any more to somebody who begins to listen at `now`.
fn newest_day_over(now: DateTime<Utc>) -> NaiveDate {
    let today = kst_date(now);
    day_to_tell(now).unwrap_or_else(|| today.pred_opt().unwrap_or(today))
}

/// True while an issue that is traded at all should have news.
fn is_continuous(now: DateTime<Utc>) -> bool {
    let stretches = TradingHours::Krx.stretches(kst_date(now));
    stretches.iter().any(|stretch| stretch.start + SILENCE <= now && now < stretch.continuous_end)
}
