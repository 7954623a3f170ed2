//! What a strategy looks at, as indicators that a chart can draw.

use serde_json::{Value, json};

use crate::indicators::indicator;
use crate::rules::PlannedIndicator;
use crate::strategies::mean_reversion::ReversionSignal;
use crate::strategies::{Strategy, StrategyKind};

fn planned(alias: &str, id: &str, parameters: Value) -> Option<PlannedIndicator> {
    let kind = indicator(id)?;
    let parameters = kind.check(parameters.as_object()?).ok()?;
    Some(PlannedIndicator { kind, alias: alias.to_owned(), parameters })
}

impl Strategy {
    /// The indicators it decides by, in the order in which it names them; none where no indicator says what it looks at.
    pub fn indicators(&self) -> Vec<PlannedIndicator> {
        let indicators = match &self.kind {
            StrategyKind::Rules(parameters) => return parameters.plan().indicators().to_vec(),
            StrategyKind::Momentum(parameters) => {
                vec![planned("momentum", "roc", json!({ "period": parameters.lookback }))]
            }
            StrategyKind::MeanReversion(parameters) => {
                let signal = match parameters.signal {
                    ReversionSignal::Rsi => planned("rsi", "rsi", json!({ "period": parameters.rsi_period })),
                    ReversionSignal::Bollinger => {
                        let given = json!({ "period": parameters.band_period, "std": parameters.band_deviations });
                        planned("bands", "bollinger", given)
                    }
                    ReversionSignal::ZScore => planned("mean", "sma", json!({ "period": parameters.z_period })),
                };
                let trend = (parameters.trend_period > 0)
                    .then(|| planned("trend", "sma", json!({ "period": parameters.trend_period })));
                vec![signal, trend.flatten()]
            }
            // It looks at all its issues together.
            StrategyKind::Factor(_) => Vec::new(),
            StrategyKind::MovingAverageCross(parameters) => vec![
                planned("fast", "sma", json!({ "period": parameters.fast })),
                planned("slow", "sma", json!({ "period": parameters.slow })),
            ],
        };
        indicators.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{catalog, validate};

    #[test]
    fn every_preset_has_something_to_draw() {
        let aliases =
            |strategy: &Strategy| -> Vec<String> { strategy.indicators().into_iter().map(|one| one.alias).collect() };
        for preset in catalog().iter().flat_map(|kind| kind.presets) {
            let strategy = (preset.strategy)();
            let draws_nothing = ["rules", "factor"].contains(&strategy.type_id());
            assert!(!aliases(&strategy).is_empty() || draws_nothing, "{}", preset.name.en);
        }
        let cross = validate("moving_average_cross", &json!({ "fast": 1, "slow": 500 })).expect("valid");
        assert_eq!(aliases(&cross), ["fast", "slow"]);
        let dip = validate("mean_reversion", &json!({ "signal": "z_score", "trend_period": 1 })).expect("valid");
        assert_eq!(aliases(&dip), ["mean", "trend"]);
        let far = validate("momentum", &json!({ "lookback": 500 })).expect("valid");
        assert_eq!(aliases(&far), ["momentum"]);
    }
}
