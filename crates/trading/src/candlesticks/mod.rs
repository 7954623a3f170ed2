//! Candlestick patterns: one closed bar in, −1, 0 or 1 out.
//!
//! The definitions are those of TA-Lib (<https://ta-lib.org/functions/>), which the engine behind the official
//! backtester took over; they go back to Nison, "Japanese Candlestick Charting Techniques" (1991), and Morris,
//! "Candlestick Charting Explained" (1992). The word in capitals that starts a definition is TA-Lib's name for it. None
//! of them looks at the trend before a pattern: whether there is something to reverse is for the strategy to ask.
//!
//! `scripts/peers.sh` holds all of them against TA-Lib on generated and real bars, and lists where the two differ on
//! purpose.

mod candle;
mod four_and_five_bars;
mod one_bar;
mod stars;
#[cfg(test)]
mod tests;
mod three_bars;
mod two_bars;

use candle::Candles;

use crate::catalog::LocalText;
use crate::indicators::{EvaluationMode, StudyBar};

/// Looks for a pattern that ends at the newest bar.
type Rule = fn(&Candles) -> i8;

/// A candlestick pattern of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct PatternType {
    /// Word in `.kis.yaml` files, such as `engulfing`.
    pub id: &'static str,
    /// Name.
    pub title: LocalText,
    /// What it looks like and what it is taken for, in one or two sentences.
    pub description: LocalText,
    /// Bars needed before the first signal.
    pub bars: usize,
    /// The signals it gives.
    pub signals: Signals,
    rule: Rule,
}

/// The signals a pattern gives beside 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// Only 1.
    Bullish,
    /// Only −1.
    Bearish,
    /// 1 and −1.
    Both,
}

impl Signals {
    const fn include(self, signal: i8) -> bool {
        match self {
            Self::Bullish => signal >= 0,
            Self::Bearish => signal <= 0,
            Self::Both => true,
        }
    }
}

/// A pattern that cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The official tools know the id, but their backtester has no definition of it either.
    #[error("the candlestick pattern {0} is not available: choose one of the 57 that are")]
    NotAvailable(&'static str),
    /// No tool knows the id.
    #[error("no candlestick pattern has this id: choose one of the catalogue")]
    Unknown,
}

/// Every pattern that can be looked for.
pub fn patterns() -> &'static [PatternType] {
    static PATTERNS: [PatternType; 57] = [
        one_bar::DOJI,
        one_bar::DRAGONFLY_DOJI,
        one_bar::GRAVESTONE_DOJI,
        one_bar::LONG_LEGGED_DOJI,
        one_bar::RICKSHAW_MAN,
        one_bar::MARUBOZU,
        one_bar::CLOSING_MARUBOZU,
        one_bar::BELT_HOLD,
        one_bar::SPINNING_TOP,
        one_bar::HIGH_WAVE,
        one_bar::HAMMER,
        one_bar::HANGING_MAN,
        one_bar::INVERTED_HAMMER,
        one_bar::SHOOTING_STAR,
        two_bars::ENGULFING,
        two_bars::HARAMI,
        two_bars::HARAMI_CROSS,
        two_bars::HOMING_PIGEON,
        two_bars::PIERCING,
        two_bars::DARK_CLOUD_COVER,
        two_bars::ON_NECK,
        two_bars::IN_NECK,
        two_bars::THRUSTING,
        two_bars::COUNTERATTACK,
        two_bars::SEPARATING_LINES,
        two_bars::KICKING,
        two_bars::KICKING_BY_LENGTH,
        two_bars::MATCHING_LOW,
        stars::DOJI_STAR,
        stars::MORNING_STAR,
        stars::MORNING_DOJI_STAR,
        stars::EVENING_STAR,
        stars::EVENING_DOJI_STAR,
        stars::ABANDONED_BABY,
        stars::TRISTAR,
        three_bars::THREE_WHITE_SOLDIERS,
        three_bars::ADVANCE_BLOCK,
        three_bars::STALLED_PATTERN,
        three_bars::THREE_BLACK_CROWS,
        three_bars::IDENTICAL_THREE_CROWS,
        three_bars::TWO_CROWS,
        three_bars::UPSIDE_GAP_TWO_CROWS,
        three_bars::THREE_INSIDE,
        three_bars::THREE_OUTSIDE,
        three_bars::THREE_STARS_IN_SOUTH,
        three_bars::UNIQUE_THREE_RIVER,
        three_bars::STICK_SANDWICH,
        three_bars::TASUKI_GAP,
        three_bars::GAP_SIDE_BY_SIDE_WHITE,
        three_bars::UP_DOWN_GAP_THREE_METHODS,
        four_and_five_bars::THREE_LINE_STRIKE,
        four_and_five_bars::CONCEALING_BABY_SWALLOW,
        four_and_five_bars::BREAKAWAY,
        four_and_five_bars::LADDER_BOTTOM,
        four_and_five_bars::MAT_HOLD,
        four_and_five_bars::RISING_THREE_METHODS,
        four_and_five_bars::FALLING_THREE_METHODS,
    ];
    &PATTERNS
}

/// Ids that files may contain and nothing can run: the official backtester refuses them too.
pub fn unavailable_patterns() -> &'static [&'static str] {
    &[
        "opening_marubozu",
        "tweezer_top",
        "tweezer_bottom",
        "meeting_lines",
        "matching_high",
        "deliberation",
        "downside_tasuki_gap",
        "upside_tasuki_gap",
        "side_by_side_white_lines",
    ]
}

/// The pattern called `id`.
///
/// # Errors
/// The id is one of [`unavailable_patterns`], or nobody's.
pub fn pattern(id: &str) -> Result<&'static PatternType, PatternError> {
    if let Some(known) = patterns().iter().find(|pattern| pattern.id == id) {
        return Ok(known);
    }
    let unavailable = unavailable_patterns().iter().find(|unavailable| **unavailable == id);
    Err(unavailable.map_or(PatternError::Unknown, |id| PatternError::NotAvailable(id)))
}

impl PatternType {
    /// Starts looking for the pattern in the bars of one issue.
    ///
    /// In the official engine `rising_three_methods` and `falling_three_methods` are one pattern that signals both
    /// ways; ours signal 1 and −1 only. Nothing else depends on the mode.
    pub fn start(&self, mode: EvaluationMode) -> PatternStudy {
        let signals = match mode {
            EvaluationMode::Exodus => self.signals,
            EvaluationMode::Official => Signals::Both,
        };
        PatternStudy { rule: self.rule, bars: self.bars, signals, candles: Candles::default() }
    }
}

/// A pattern at work on the bars of one issue.
#[derive(Clone, Copy, Debug)]
pub struct PatternStudy {
    rule: Rule,
    bars: usize,
    signals: Signals,
    candles: Candles,
}

impl PatternStudy {
    /// Takes the next closed bar: 1 where the pattern ends at it as a bullish one, −1 as a bearish one, 0 where it does
    /// not. `None` until there are enough bars.
    pub fn step(&mut self, bar: &StudyBar) -> Option<i8> {
        self.candles.push(bar);
        if self.candles.seen() < self.bars {
            return None;
        }
        let signal = (self.rule)(&self.candles);
        Some(if self.signals.include(signal) { signal } else { 0 })
    }
}

fn bullish(found: bool) -> i8 {
    i8::from(found)
}

fn bearish(found: bool) -> i8 {
    -i8::from(found)
}

/// `signal` where the pattern was found.
fn signal_if(found: bool, signal: i8) -> i8 {
    if found { signal } else { 0 }
}
