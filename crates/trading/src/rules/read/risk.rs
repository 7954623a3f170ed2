//! `risk`.

use super::super::finding::{Findings, Sentence, Stage};
use super::super::model::{Risk, RiskRule};
use super::super::node::Scalar;
use super::fields::Fields;

pub(super) fn read(top: &mut Fields<'_>, findings: &mut Findings<'_>) -> Risk {
    let Some(node) = top.take("risk").filter(|node| !node.is_null()) else { return Risk::default() };
    let mut fields = Fields::of(node, "risk".into(), findings);
    let [stop_loss, take_profit, trailing_stop] =
        ["stop_loss", "take_profit", "trailing_stop"].map(|key| rule(&mut fields, key, findings));
    let max_position_size = fields.number("max_position_size", Stage::Risk, findings);
    if max_position_size.is_some_and(|size| !(0.0..=1.0).contains(&size)) {
        let message = Sentence::new("0과 1 사이의 수여야 합니다", "must be a number from 0 to 1");
        findings.error(Stage::Risk, &fields.path.key("max_position_size"), message);
    }
    Risk { stop_loss, take_profit, trailing_stop, max_position_size, unknown: fields.unknown() }
}

fn rule(risk: &mut Fields<'_>, key: &str, findings: &mut Findings<'_>) -> Option<RiskRule> {
    let path = risk.path.key(key);
    let node = risk.take(key).filter(|node| !node.is_null())?;
    let mut fields = Fields::of(node, path.clone(), findings);
    let enabled = match fields.take("enabled") {
        None => false,
        Some(node) => node.scalar().and_then(Scalar::as_bool).unwrap_or_else(|| {
            let message = Sentence::new(
                "true나 false여야 합니다(따옴표 없이). 공식 백테스터는 다른 값을 켜진 것으로 봅니다",
                "must be true or false without quotes: the official backtester takes anything else for on",
            );
            findings.mendable(Stage::Risk, &path.key("enabled"), message, Some("true".to_owned()));
            false
        }),
    };
    let percent = fields.number("percent", Stage::Risk, findings);
    match percent {
        Some(percent) if !(0.0..=100.0).contains(&percent) => {
            let message = Sentence::new("0과 100 사이의 수여야 합니다", "must be a number from 0 to 100");
            findings.error(Stage::Risk, &path.key("percent"), message);
        }
        Some(0.0) if enabled => {
            let message = Sentence::new(
                "0%이면 산 값과 같은 종가에서도 작동합니다. 끄려면 enabled를 false로 하세요",
                "at 0 percent it acts on a close equal to the price paid: to switch it off, set enabled to false",
            );
            findings.warning(Stage::Risk, &path.key("percent"), message);
        }
        None if enabled => {
            let message = Sentence::new(
                "percent가 없으면 작동하지 않습니다. 값을 쓰거나 enabled를 false로 하세요",
                "does nothing without percent: give one, or set enabled to false",
            );
            findings.error(Stage::Risk, &path.key("percent"), message);
        }
        _ => {}
    }
    Some(RiskRule { enabled, percent, unknown: fields.unknown() })
}
