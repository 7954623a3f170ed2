//! Fingerprints of data and results: equal exactly if everything that counts is equal, on any machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use exodus_domain::{Bar, CompactBar, CorporateAction, Fundamentals, Side, Symbol, Won};
use exodus_trading::EquityPoint;
use sha2::{Digest, Sha256};

use crate::membership::Membership;
use crate::result::BacktestTrade;
use crate::spec::Delisting;

/// A SHA-256 over numbers, each as eight little-endian bytes.
#[derive(Default)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    fn numbers<const N: usize>(&mut self, numbers: [i64; N]) {
        self.0.update(numbers.map(i64::to_le_bytes).as_flattened());
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.0.update(symbol.as_str());
    }

    /// Adds the bars of one issue.
    pub(crate) fn bars(&mut self, symbol: Symbol, bars: &[CompactBar]) {
        self.symbol(symbol);
        self.count(bars.len());
        self.0.update(digest(bars).as_bytes());
    }

    /// Adds corporate actions and delistings, in whatever order they come; nothing if there are none.
    pub(crate) fn events(&mut self, actions: &[CorporateAction], delistings: &[Delisting]) {
        let mut actions: Vec<_> = actions.iter().collect();
        actions.sort_by_key(|action| (action.symbol, action.ex_date));
        for CorporateAction { symbol, ex_date, kind, factor } in actions {
            self.symbol(*symbol);
            self.date(*ex_date);
            self.0.update(kind.as_str());
            self.numbers([factor.numerator(), factor.denominator()]);
        }
        let mut delistings: Vec<_> = delistings.iter().collect();
        delistings.sort_by_key(|delisting| delisting.symbol);
        for Delisting { symbol, date } in delistings {
            self.symbol(*symbol);
            self.date(*date);
        }
    }

    /// Adds what was published of issues; nothing if nothing was.
    pub(crate) fn fundamentals(&mut self, histories: &BTreeMap<Symbol, Arc<[Fundamentals]>>) {
        for (symbol, history) in histories {
            self.symbol(*symbol);
            self.count(history.len());
            for Fundamentals { symbol: _, known_on, bps, eps, listed_shares, sector } in history.iter() {
                self.date(*known_on);
                for value in [bps.map(|bps| bps.0), eps.map(|eps| eps.0), listed_shares.map(|shares| shares.0)] {
                    self.numbers([i64::from(value.is_some()), value.unwrap_or_default()]);
                }
                let sector = sector.as_deref().unwrap_or_default();
                self.count(sector.len());
                self.0.update(sector);
            }
        }
    }

    /// Adds a universe by date.
    pub(crate) fn membership(&mut self, membership: &Membership) {
        self.numbers([i64::from(membership.sell_on_exit)]);
        self.count(membership.lists().len());
        for (from, members) in membership.lists() {
            self.date(*from);
            self.count(members.len());
            members.iter().for_each(|symbol| self.symbol(*symbol));
        }
    }

    /// Adds the trades of a run.
    pub(crate) fn trades(&mut self, trades: &[BacktestTrade]) {
        self.count(trades.len());
        for trade in trades {
            self.symbol(trade.symbol);
            let side = match trade.side {
                Side::Buy => 0,
                Side::Sell => 1,
            };
            let Won(realized) = trade.realized_pnl.unwrap_or_default();
            self.numbers([side, trade.quantity.0, trade.price.0, trade.commission.0, trade.tax.0, realized]);
            self.numbers([trade.executed_at.timestamp_millis()]);
        }
    }

    /// Adds the equity of a run; drawdowns follow from it.
    pub(crate) fn equity(&mut self, points: &[EquityPoint]) {
        self.count(points.len());
        for point in points {
            self.date(point.date);
            self.numbers([point.equity.0]);
        }
    }

    fn date(&mut self, date: NaiveDate) {
        self.numbers([Bar::day_start(date).timestamp_millis()]);
    }

    fn count(&mut self, count: usize) {
        self.numbers([i64::try_from(count).expect("memory holds fewer items than i64 counts")]);
    }

    /// The hash in hexadecimal.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// A hash of bars. BLAKE3, because they are millions: SHA-256 takes longer for them than the rest of a run.
fn digest(bars: &[CompactBar]) -> blake3::Hash {
    /// Bars that are hashed at a time; many, for BLAKE3 works on several kilobytes at once.
    const PIECE: usize = 1_024;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = vec![[0; CompactBar::BYTES]; PIECE];
    for piece in bars.chunks(PIECE) {
        for (bytes, bar) in bytes.iter_mut().zip(piece) {
            *bytes = bar.to_bytes();
        }
        hasher.update(bytes[..piece.len()].as_flattened());
    }
    hasher.finalize()
}
