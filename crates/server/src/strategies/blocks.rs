//! What documents of rules are made of: indicators, candlesticks, price fields, operators, and documents to start from.

use exodus_trading::rules::{Operator, PriceField, RulesPreset, presets};
use exodus_trading::{
    Category, IndicatorParameter, IndicatorType, LocalText, Pane, ParameterKind, PatternType, Signals, indicators,
    patterns, unavailable_patterns,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::Text;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::Json;
use crate::http::problem::{Answer, Refusals};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(blocks))
}

/// What a document of rules can be made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Blocks {
    /// Indicators, shelf by shelf.
    indicators: Vec<IndicatorBlock>,
    /// Candlestick patterns; those that files may name and nothing can look for come last.
    candlesticks: Vec<CandlestickBlock>,
    /// Numbers of the bar itself.
    price_fields: Vec<NamedBlock>,
    /// Comparisons.
    operators: Vec<NamedBlock>,
    /// Documents to start from.
    presets: Vec<DocumentPreset>,
}

/// An indicator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndicatorBlock {
    /// Word in documents, such as `sma`.
    id: &'static str,
    /// Name.
    title: Text,
    /// What it tells.
    description: Text,
    /// Its shelf.
    category: IndicatorCategory,
    /// Where a chart draws its default output.
    pane: ChartPane,
    /// False for one that is measured against a market index, which strategies are not told.
    available: bool,
    /// Its parameters, in the order of a form.
    parameters: Vec<IndicatorParameterBlock>,
    /// Names of its outputs.
    outputs: Vec<&'static str>,
    /// The output meant when none is named.
    default_output: &'static str,
}

/// A parameter of an indicator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndicatorParameterBlock {
    /// Key in documents.
    key: &'static str,
    /// Label.
    title: Text,
    /// What it can be.
    kind: IndicatorParameterKind,
    /// The value to start with.
    default: Value,
    /// Least value; null for a choice.
    #[schema(required)]
    minimum: Option<f64>,
    /// Greatest value; null for a choice.
    #[schema(required)]
    maximum: Option<f64>,
    /// Least value of the broker's editor, which warns of less; null for a choice.
    #[schema(required)]
    usual_minimum: Option<f64>,
    /// Greatest value of the broker's editor, which warns of more; null for a choice.
    #[schema(required)]
    usual_maximum: Option<f64>,
    /// From one value of a slider to the next; null for a choice.
    #[schema(required)]
    step: Option<f64>,
    /// The words of a choice.
    choices: Vec<&'static str>,
}

/// What a parameter of an indicator can be.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndicatorParameterKind {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A word.
    Choice,
}

/// The shelf an indicator stands on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndicatorCategory {
    /// Averages of prices.
    MovingAverage,
    /// Values that swing around a middle or between two ends.
    Oscillator,
    /// Direction and strength of a trend.
    Trend,
    /// Made of the shares traded.
    Volume,
    /// How far prices swing, and bands of it.
    Volatility,
    /// Everything else.
    Other,
}

/// Where a chart draws a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChartPane {
    /// Over the bars: it is a price.
    Price,
    /// Below them, on a scale of its own.
    Own,
}

/// A candlestick pattern.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandlestickBlock {
    /// Word in documents, such as `engulfing`.
    id: &'static str,
    /// Name; the id where no definition is known.
    title: Text,
    /// What it looks like and what it is taken for.
    description: Text,
    /// Bars it is made of.
    bars: usize,
    /// The ways it can point: `bullish`, `bearish`.
    signals: Vec<&'static str>,
    /// False for one that files may name and nothing can look for.
    available: bool,
}

/// A word of documents with its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedBlock {
    /// Word in documents.
    id: &'static str,
    /// Name.
    title: Text,
}

/// A document to start from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentPreset {
    /// Stable word.
    id: &'static str,
    /// Name.
    name: Text,
    /// The document.
    document: &'static str,
}

/// What documents of rules are made of: the same for everybody, as long as the program stays the same.
#[utoipa::path(
    get,
    path = "/strategies/blocks",
    operation_id = "list_blocks",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Blocks), Refusals)
)]
async fn blocks(_: Reader) -> Answer<Json<Blocks>> {
    let unavailable = unavailable_patterns().iter().map(|id| CandlestickBlock::unavailable(id));
    Ok(Json(Blocks {
        indicators: indicators().map(IndicatorBlock::from).collect(),
        candlesticks: patterns().iter().map(CandlestickBlock::from).chain(unavailable).collect(),
        price_fields: PRICE_FIELDS.iter().map(|(field, ko, en)| named(field.as_str(), ko, en)).collect(),
        operators: OPERATORS.iter().map(|(operator, ko, en)| named(operator.as_str(), ko, en)).collect(),
        presets: presets().iter().map(DocumentPreset::from).collect(),
    }))
}

const PRICE_FIELDS: [(PriceField, &str, &str); 5] = [
    (PriceField::Close, "종가", "Close"),
    (PriceField::Open, "시가", "Open"),
    (PriceField::High, "고가", "High"),
    (PriceField::Low, "저가", "Low"),
    (PriceField::Volume, "거래량", "Volume"),
];

const OPERATORS: [(Operator, &str, &str); 8] = [
    (Operator::CrossAbove, "상향 돌파", "crosses above"),
    (Operator::CrossBelow, "하향 돌파", "crosses below"),
    (Operator::GreaterThan, "초과", "is above"),
    (Operator::LessThan, "미만", "is below"),
    (Operator::GreaterEqual, "이상", "is at least"),
    (Operator::LessEqual, "이하", "is at most"),
    (Operator::Equal, "같음", "equals"),
    (Operator::NotEqual, "다름", "differs from"),
];

fn named(id: &'static str, ko: &'static str, en: &'static str) -> NamedBlock {
    NamedBlock { id, title: LocalText { ko, en }.into() }
}

impl From<&'static IndicatorType> for IndicatorBlock {
    fn from(indicator: &'static IndicatorType) -> Self {
        Self {
            id: indicator.id,
            title: indicator.title.into(),
            description: indicator.description.into(),
            category: match indicator.category {
                Category::MovingAverage => IndicatorCategory::MovingAverage,
                Category::Oscillator => IndicatorCategory::Oscillator,
                Category::Trend => IndicatorCategory::Trend,
                Category::Volume => IndicatorCategory::Volume,
                Category::Volatility => IndicatorCategory::Volatility,
                Category::Other => IndicatorCategory::Other,
            },
            pane: indicator.pane(indicator.default_output).into(),
            available: !indicator.needs_index(),
            parameters: indicator.parameters.iter().map(IndicatorParameterBlock::from).collect(),
            outputs: indicator.outputs.to_vec(),
            default_output: indicator.outputs[indicator.default_output],
        }
    }
}

impl From<Pane> for ChartPane {
    fn from(pane: Pane) -> Self {
        match pane {
            Pane::Price => Self::Price,
            Pane::Own => Self::Own,
        }
    }
}

impl From<&IndicatorParameter> for IndicatorParameterBlock {
    fn from(parameter: &IndicatorParameter) -> Self {
        let blank = |kind, default| Self {
            key: parameter.key,
            title: parameter.title.into(),
            kind,
            default,
            minimum: None,
            maximum: None,
            usual_minimum: None,
            usual_maximum: None,
            step: None,
            choices: Vec::new(),
        };
        match parameter.kind {
            ParameterKind::Integer { default, usual, limit } => Self {
                minimum: Some(limit.0.into()),
                maximum: Some(limit.1.into()),
                usual_minimum: Some(usual.0.into()),
                usual_maximum: Some(usual.1.into()),
                step: Some(1.0),
                ..blank(IndicatorParameterKind::Integer, default.into())
            },
            ParameterKind::Number { default, usual, step, limit } => Self {
                minimum: Some(limit.0),
                maximum: Some(limit.1),
                usual_minimum: Some(usual.0),
                usual_maximum: Some(usual.1),
                step: Some(step),
                ..blank(IndicatorParameterKind::Number, default.into())
            },
            ParameterKind::Choice(words) => {
                Self { choices: words.to_vec(), ..blank(IndicatorParameterKind::Choice, words.first().copied().into()) }
            }
        }
    }
}

impl From<&PatternType> for CandlestickBlock {
    fn from(pattern: &PatternType) -> Self {
        Self {
            id: pattern.id,
            title: pattern.title.into(),
            description: pattern.description.into(),
            bars: pattern.bars,
            signals: match pattern.signals {
                Signals::Bullish => vec!["bullish"],
                Signals::Bearish => vec!["bearish"],
                Signals::Both => vec!["bullish", "bearish"],
            },
            available: true,
        }
    }
}

impl CandlestickBlock {
    /// A pattern that the official tools know by name only.
    fn unavailable(id: &'static str) -> Self {
        let description = LocalText {
            ko: "공식 도구에도 정의가 없어 쓸 수 없습니다.",
            en: "Not available: the official tools have no definition of it either.",
        };
        let title = LocalText { ko: id, en: id };
        Self {
            id,
            title: title.into(),
            description: description.into(),
            bars: 0,
            signals: Vec::new(),
            available: false,
        }
    }
}

impl From<&RulesPreset> for DocumentPreset {
    fn from(preset: &RulesPreset) -> Self {
        Self { id: preset.id, name: preset.name.into(), document: preset.text }
    }
}
