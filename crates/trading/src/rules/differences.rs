//! What a document does differently in the broker's own tools, where they have a defect or disagree with each other.

use super::finding::{Findings, Path, Sentence, Stage};
use super::model::{
    CandlestickEntry, Condition, IndicatorEntry, Operand, Operator, PriceField, Right, Risk, RiskRule, Rules,
};
use super::plan::Plan;
use crate::indicators::EvaluationMode;

/// Indicators that the Strategy Builder works out as everybody else does.
const SAME_IN_BUILDER: &[&str] = &[
    "sma",
    "kama",
    "lwma",
    "cci",
    "roc",
    "rvi",
    "chop",
    "cmf",
    "vwma",
    "donchian",
    "midpoint",
    "midprice",
    "consecutive",
    "disparity",
    "change",
    "volatility_ind",
];
/// Operators that the Strategy Builder's importer knows; it takes all others for `greater_than`.
const KNOWN_TO_BUILDER: &[&str] = &[
    "greater_than",
    "gt",
    "less_than",
    "lt",
    "greater_equal",
    "gte",
    "less_equal",
    "lte",
    "equals",
    "eq",
    "cross_above",
    "crosses_above",
    "cross_below",
    "crosses_below",
];

/// Tells each difference once, at the first place that meets it.
pub(super) fn tell(rules: &Rules, plan: Option<&Plan>, findings: &mut Findings<'_>) {
    execution(rules, plan, findings);
    indicators(rules, findings);
    candlesticks(rules, findings);
    conditions(rules, findings);
    risk(&rules.risk, findings);
}

fn execution(rules: &Rules, plan: Option<&Plan>, findings: &mut Findings<'_>) {
    let mut tell = |path: &Path, ko: String, en: String| {
        findings.difference(Stage::Schema, path, Sentence::new(ko, en));
    };
    let strategy = Path::from("strategy");
    tell(
        &strategy,
        "공식 백테스터는 판단한 봉의 종가에 바로 체결합니다. 여기서는 다음 시가에 체결합니다".to_owned(),
        "the official backtester fills at the very close it decides on; here orders fill at the next open".to_owned(),
    );
    if let Some(bars) = plan.map(|plan| plan.ready_bars(EvaluationMode::Official) - 1).filter(|bars| *bars > 0) {
        tell(
            &strategy,
            format!(
                "공식 백테스터는 지난 봉을 쓰지 않아 처음 {bars}개 봉 동안 쉽니다. 여기서는 시작일 전의 봉으로 준비합니다"
            ),
            format!(
                "the official backtester stands idle for the first {bars} bars; here the bars before the first day are used"
            ),
        );
    }
    if !rules.parameters.is_empty() {
        tell(
            &strategy.key("params"),
            "Strategy Builder와 공식 일괄 실행은 $매개변수를 값으로 바꾸지 않습니다".to_owned(),
            "Strategy Builder and the official batch run put no value in place of a $parameter".to_owned(),
        );
    }
}

fn indicators(rules: &Rules, findings: &mut Findings<'_>) {
    let path = |entry: &IndicatorEntry| Path::from("strategy.indicators").index(entry.place);
    let cards = [
        (
            &["returns"][..],
            "공식 백테스터의 returns는 100배 큽니다. 여기서는 퍼센트입니다",
            "returns is a hundred times too large in the official backtester; here it is in percent",
        ),
        (
            &["kst"],
            "공식 백테스터는 kst의 설정 순서를 뒤바꾸어 계산합니다",
            "the official backtester works kst out with its settings in the wrong order",
        ),
        (
            &["beta", "alpha"],
            "공식 백테스터는 beta와 alpha에서 멈춥니다. 여기서는 KOSPI 지수를 아는 곳에서 그것과 비교합니다",
            "the official backtester stops at beta and alpha; here they are taken against KOSPI where its levels are known",
        ),
        (
            &["pivot"],
            "공식 백테스터는 pivot의 high와 low에서 멈춥니다. 여기서는 마지막으로 확정된 고점과 저점입니다",
            "the official backtester stops at high and low of pivot; here they are the last confirmed swings",
        ),
        (
            &["ppo"],
            "공식 백테스터의 ppo 신호선은 원 단위입니다. 여기서는 퍼센트입니다",
            "the signal of ppo is in won in the official backtester; here it is in percent",
        ),
    ];
    for (ids, ko, en) in cards {
        if let Some(entry) = rules.indicators.iter().find(|entry| ids.contains(&entry.id.as_str())) {
            findings.difference(Stage::Indicators, &path(entry).key("id"), Sentence::new(ko, en));
        }
    }
    let differs = |id: &str| !SAME_IN_BUILDER.contains(&id) && crate::indicators::indicator(id).is_some();
    let mut differing: Vec<&str> =
        rules.indicators.iter().map(|entry| entry.id.as_str()).filter(|id| differs(id)).collect();
    differing.sort_unstable();
    differing.dedup();
    if let Some(entry) = rules.indicators.iter().find(|entry| differs(&entry.id)) {
        let ids = differing.join(", ");
        let message = Sentence::new(
            format!("Strategy Builder는 {ids}을(를) 다르게, 최대 100개 봉으로 계산합니다"),
            format!("Strategy Builder works {ids} out differently, from at most 100 bars"),
        );
        findings.difference(Stage::Indicators, &path(entry).key("id"), message);
    }
}

fn candlesticks(rules: &Rules, findings: &mut Findings<'_>) {
    let path = |entry: &CandlestickEntry| Path::from("strategy.candlesticks").index(entry.place);
    let is_numbered = |id: &str, alias: &str| {
        alias.strip_prefix(id).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| rest.parse::<u32>().is_ok())
    };
    if let Some(entry) = rules.candlesticks.iter().find(|entry| !is_numbered(&entry.id, &entry.alias)) {
        let message = Sentence::new(
            "Strategy Builder는 '패턴_번호' 꼴이 아닌 별칭의 패턴을 찾지 못합니다",
            "Strategy Builder finds no pattern by an alias that is not 'pattern_number'",
        );
        findings.difference(Stage::Candlesticks, &path(entry).key("alias"), message);
    }
    if let Some(entry) =
        rules.candlesticks.iter().find(|entry| entry.id.ends_with("_three_methods") && !entry.id.starts_with("up"))
    {
        let message = Sentence::new(
            "공식 백테스터에서는 상승·하락 삼법이 한 패턴이라 두 방향 모두 신호를 냅니다",
            "rising and falling three methods are one pattern to the official backtester and signal both ways",
        );
        findings.difference(Stage::Candlesticks, &path(entry).key("id"), message);
    }
    if let Some(entry) = rules.candlesticks.first() {
        let message = Sentence::new(
            "Strategy Builder는 캔들 패턴을 고정 비율로 찾아 신호가 다릅니다",
            "Strategy Builder looks for patterns by fixed ratios, and its signals differ",
        );
        findings.difference(Stage::Candlesticks, &path(entry), message);
    }
}

/// Differences in conditions, each told once.
struct Told<'a, 'b> {
    findings: &'a mut Findings<'b>,
    told: Vec<&'static str>,
}

impl Told<'_, '_> {
    fn once(&mut self, path: &Path, ko: &str, en: &'static str) {
        if !self.told.contains(&en) {
            self.told.push(en);
            self.findings.difference(Stage::Conditions, path, Sentence::new(ko, en));
        }
    }
}

fn conditions(rules: &Rules, findings: &mut Findings<'_>) {
    let mut told = Told { findings, told: Vec::new() };
    for (key, group) in [("entry", &rules.entry), ("exit", &rules.exit)] {
        for (path, condition) in group.placed(&Path::from("strategy").key(key)) {
            let Condition::Comparison(comparison) = condition else { continue };
            crosses(comparison.operator, &path, &mut told);
            words(&path, &mut told);
            let right = match &comparison.right {
                Right::Series(operand, scale) => {
                    if scale.is_some() {
                        told.once(
                            &path.key("compare_scalar"),
                            "Strategy Builder는 compare_scalar를 버립니다",
                            "Strategy Builder drops compare_scalar",
                        );
                    }
                    Some(operand)
                }
                _ => None,
            };
            for operand in [Some(&comparison.left), right].into_iter().flatten() {
                price_field(operand, comparison.operator, &path, &mut told);
            }
        }
    }
}

fn crosses(operator: Operator, path: &Path, told: &mut Told<'_, '_>) {
    let path = &path.key("operator");
    if operator == Operator::CrossAbove {
        told.once(
            path,
            "공식 백테스터는 첫 평가 봉에서 앞 봉의 값을 0으로 보아 거짓 돌파 신호를 냅니다",
            "the official backtester takes the bar before its first for zero, and sees a cross that was none",
        );
    }
    if operator.is_cross() {
        told.once(
            path,
            "Strategy Builder는 앞 봉에서 두 값이 같았으면 교차로 보지 않습니다",
            "Strategy Builder sees no cross if both sides were equal on the bar before",
        );
    }
}

/// Words of the text that only one of the tools knows.
fn words(path: &Path, told: &mut Told<'_, '_>) {
    let at = path.key("operator");
    if let Some(word) = told.findings.node_at(&at).and_then(|node| node.as_text()) {
        if ["equals", "eq"].contains(&word) {
            told.once(
                &at,
                "공식 백테스터는 equals를 거부합니다. equal로 써야 합니다",
                "the official backtester refuses equals: it wants equal",
            );
        } else if !KNOWN_TO_BUILDER.contains(&word) {
            told.once(
                &at,
                "Strategy Builder는 이 연산자를 몰라 greater_than으로 읽습니다",
                "Strategy Builder does not know this operator and reads greater_than",
            );
        }
    }
    let at = path.key("value");
    if told.findings.node_at(&at).is_some() {
        told.once(
            &at,
            "Strategy Builder는 value를 0으로 바꿉니다. compare_to만 읽습니다",
            "Strategy Builder puts 0 in place of value: it reads compare_to only",
        );
    }
}

fn price_field(operand: &Operand, operator: Operator, path: &Path, told: &mut Told<'_, '_>) {
    let Some(field) = PriceField::of(&operand.name) else { return };
    if operator.is_cross() && field != PriceField::Close {
        told.once(
            path,
            "공식 백테스터는 시가·고가·저가·거래량의 앞 봉 값을 0으로 봅니다",
            "the official backtester takes open, high, low and volume of the bar before for zero",
        );
    }
    if matches!(field, PriceField::High | PriceField::Low) && !operator.is_cross() {
        told.once(
            path,
            "Strategy Builder에서 high와 low는 최근 20개 봉의 최고가와 최저가입니다",
            "high and low are the extremes of the last 20 bars to Strategy Builder",
        );
    }
    if field == PriceField::Volume || operand.name == "price" {
        told.once(
            path,
            "Strategy Builder는 price와 volume을 모릅니다",
            "Strategy Builder knows neither price nor volume",
        );
    }
}

fn risk(risk: &Risk, findings: &mut Findings<'_>) {
    let rules =
        [("stop_loss", &risk.stop_loss), ("take_profit", &risk.take_profit), ("trailing_stop", &risk.trailing_stop)];
    let active = rules.iter().find(|(_, rule)| RiskRule::active(rule.as_ref()).is_some());
    if let Some((key, _)) = active {
        let message = Sentence::new(
            "공식 백테스터는 신호 봉의 종가를 기준으로 손절·익절하고, Strategy Builder는 실행하지 않습니다. 여기서는 평균 매입가가 기준입니다",
            "the official backtester measures exits from the close of the signal and Strategy Builder never acts on them; \
             here they are measured from the average price paid",
        );
        findings.difference(Stage::Risk, &Path::from("risk").key(key), message);
    }
    if risk.max_position_size.is_some() {
        let message = Sentence::new(
            "공식 도구는 max_position_size를 무시합니다. 여기서는 지킵니다",
            "the official tools ignore max_position_size; here it holds",
        );
        findings.difference(Stage::Risk, &Path::from("risk").key("max_position_size"), message);
    }
}
