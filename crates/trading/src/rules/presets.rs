//! Ten documents to start from, by the intents of the presets that the broker's tools ship.
//!
//! Written anew: several of the official ones can never trigger (a close above a maximum that includes it), lose their
//! thresholds, or keep parameters that nothing reads.

use crate::catalog::LocalText;

/// A document to start from.
#[derive(Clone, Copy, Debug)]
pub struct RulesPreset {
    /// Stable word; also `strategy.id` of the document.
    pub id: &'static str,
    /// Name.
    pub name: LocalText,
    /// Ids of the same intent in the official backtester and in Strategy Builder.
    pub official_ids: [&'static str; 2],
    /// The document.
    pub text: &'static str,
}

/// Lists presets with their texts beside this file.
macro_rules! presets {
    ($($id:literal, $ko:literal, $en:literal, $backtester:literal, $builder:literal;)+) => {
        &[$(RulesPreset {
            id: $id,
            name: LocalText { ko: $ko, en: $en },
            official_ids: [$backtester, $builder],
            text: include_str!(concat!("presets/", $id, ".kis.yaml")),
        }),+]
    };
}

/// Every preset, in the order of the broker's tools.
pub const fn presets() -> &'static [RulesPreset] {
    presets![
        "golden_cross", "골든크로스", "Golden cross", "sma_crossover", "golden_cross";
        "rate_of_change", "모멘텀", "Momentum", "momentum", "momentum";
        "week52_high", "52주 신고가", "52-week high", "week52_high", "week52_high";
        "consecutive_moves", "연속 상승·하락", "Consecutive moves", "consecutive_moves", "consecutive";
        "disparity", "이격도", "Disparity", "ma_divergence", "disparity";
        "breakout_fail", "돌파 후 이탈", "Breakout until it fails", "false_breakout", "breakout_fail";
        "strong_close", "강한 종가", "Strong close", "strong_close", "strong_close";
        "volatility_breakout", "변동성 축소 후 확장", "Expansion after quiet", "volatility_breakout", "volatility";
        "short_term_reversal", "단기 반전", "Short-term reversal", "short_term_reversal", "mean_reversion";
        "trend_filter", "추세 필터", "Trend filter", "trend_filter_signal", "trend_filter";
    ]
}

/// The preset with this id, ours or one of the official tools'.
pub fn preset(id: &str) -> Option<&'static RulesPreset> {
    let all = presets();
    all.iter().find(|preset| preset.id == id).or_else(|| all.iter().find(|preset| preset.official_ids.contains(&id)))
}
