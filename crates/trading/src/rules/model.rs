//! What a document says, apart from how it is written.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::finding::Path;
use super::node::Node;

/// Keys that the format does not know, with their values. They are kept and written again.
pub(super) type Unknown = Vec<(Node, Node)>;

/// A whole document. Its parts may still be wrong: [`Document`](super::Document) tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rules {
    /// Version of the format, digits and dots. Nothing depends on it.
    pub version: String,
    /// Name, author and the like.
    pub metadata: Metadata,
    /// `strategy.id`: letters, digits, `_`, `.` and `-`, at most 64.
    pub id: String,
    /// `strategy.category`, a free word.
    pub category: String,
    /// `strategy.params`, in the order of the document.
    pub parameters: Vec<RuleParameter>,
    /// `strategy.indicators`.
    pub indicators: Vec<IndicatorEntry>,
    /// `strategy.candlesticks`, and after them those that conditions name without a declaration.
    pub candlesticks: Vec<CandlestickEntry>,
    /// When to buy.
    pub entry: Group,
    /// When to sell.
    pub exit: Group,
    /// When to sell whatever `exit` says, and how much to hold at most.
    pub risk: Risk,
    #[serde(skip)]
    pub(super) unknown: Unknown,
    #[serde(skip)]
    pub(super) unknown_of_strategy: Unknown,
}

/// `metadata`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metadata {
    /// Name for people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Who wrote it.
    pub author: String,
    /// As written.
    pub created_at: Option<String>,
    /// As written.
    pub updated_at: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// A number with a name, `$name` in other places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleParameter {
    /// Name without `$`.
    pub name: String,
    /// Used unless a run gives another value: a number, or the word of an indicator's choice.
    pub default: Option<Value>,
    /// Least.
    pub min: Option<f64>,
    /// Greatest.
    pub max: Option<f64>,
    /// From one value of a slider or a sweep to the next.
    pub step: Option<f64>,
    /// Whether it must be whole.
    #[serde(rename = "type")]
    pub kind: Option<NumberKind>,
    /// What it is for.
    pub description: Option<String>,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// `type` of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// Whole numbers.
    Int,
    /// All numbers.
    Float,
}

/// One of `strategy.indicators`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicatorEntry {
    /// Kind, such as `sma`.
    pub id: String,
    /// Name that conditions use.
    pub alias: String,
    /// Name for people.
    pub name: Option<String>,
    /// As written, `$name` for a parameter of the document.
    #[serde(rename = "params", serialize_with = "as_map")]
    pub(super) parameters: Vec<(String, Node)>,
    /// Written as `output`; conditions name their own.
    pub output: Option<String>,
    /// Place in the list of the document, as entries without an id are left out here.
    #[serde(skip)]
    pub(super) place: usize,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

fn as_map<S: Serializer>(parameters: &[(String, Node)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parameters.iter().map(|(key, node)| (key, node.to_json())))
}

/// One of `strategy.candlesticks`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandlestickEntry {
    /// Pattern, such as `engulfing`.
    pub id: String,
    /// Name that conditions use.
    pub alias: String,
    /// Place in the list of the document.
    #[serde(skip)]
    pub(super) place: usize,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// `entry` or `exit`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Whether all conditions must hold, or one.
    pub logic: Logic,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// Place of each condition in the list of the document, as those that cannot be read are left out here.
    #[serde(skip)]
    pub(super) places: Vec<usize>,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

impl Group {
    /// Each condition with its path, which is below `path` of the group.
    pub(super) fn placed(&self, path: &Path) -> impl Iterator<Item = (Path, &Condition)> {
        let path = path.key("conditions");
        self.places.iter().zip(&self.conditions).map(move |(place, condition)| (path.index(*place), condition))
    }
}

/// How the conditions of a group go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Logic {
    /// All must hold.
    And,
    /// One must hold.
    Or,
}

impl Logic {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
        }
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// Two numbers.
    Comparison(Comparison),
    /// A candlestick pattern.
    Candlestick(CandlestickCondition),
}

/// A condition between two numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Left side.
    pub left: Operand,
    /// What must hold.
    pub operator: Operator,
    /// Right side.
    pub right: Right,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// A series: a price field, or an output of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operand {
    /// Price field or alias.
    pub name: String,
    /// Output of the indicator; `None` if none is named.
    pub output: Option<String>,
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// A number.
    Number(f64),
    /// A parameter, without `$`.
    Parameter(String),
    /// A series, scaled or not.
    Series(Operand, Option<Scale>),
}

/// What is done to the right series before it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// What to do.
    pub operation: ScaleOperation,
    /// With which number.
    pub factor: f64,
}

/// Signal of a candlestick pattern.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandlestickCondition {
    /// Alias of the pattern.
    pub alias: String,
    /// Which way it must point.
    pub signal: PatternSignal,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// Enumerations of words: what each is called in a document, the canonical word first.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $first:literal $(| $other:literal)*,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $first)] $variant,)+ }

        impl $name {
            /// Every word, with what it means.
            pub(super) const WORDS: &'static [(&'static str, Self)] =
                &[$(($first, Self::$variant), $(($other, Self::$variant),)*)+];

            /// The canonical word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $first,)+ }
            }

            /// What `word` means.
            pub(super) fn of(word: &str) -> Option<Self> {
                Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
            }
        }
    };
}

words! {
    /// What must hold between left and right.
    Operator {
        /// Left is greater.
        GreaterThan = "greater_than" | "gt" | ">" | "breaks",
        /// Left is less.
        LessThan = "less_than" | "lt" | "<",
        /// Left is greater or equal.
        GreaterEqual = "greater_equal" | "gte" | ">=",
        /// Left is less or equal.
        LessEqual = "less_equal" | "lte" | "<=",
        /// Both are equal to the last bit.
        Equal = "equal" | "==" | "equals" | "eq",
        /// Both differ.
        NotEqual = "not_equal" | "!=",
        /// Left is greater, and was not on the bar before.
        CrossAbove = "cross_above" | "crosses_above" | "crossover" | "indicator_cross_above",
        /// Left is less, and was not on the bar before.
        CrossBelow = "cross_below" | "crosses_below" | "crossunder" | "indicator_cross_below",
    }
}

impl Operator {
    /// Whether the bar before counts too.
    pub(super) const fn is_cross(self) -> bool {
        matches!(self, Self::CrossAbove | Self::CrossBelow)
    }
}

words! {
    /// What is done to the right series.
    ScaleOperation {
        /// Times the number.
        Multiply = "mul",
        /// Divided by the number.
        Divide = "div",
        /// The number added.
        Add = "add",
        /// The number taken away.
        Subtract = "sub",
    }
}

words! {
    /// Which way a pattern must point.
    PatternSignal {
        /// Either way.
        Detected = "detected",
        /// Up.
        Bullish = "bullish",
        /// Down.
        Bearish = "bearish",
    }
}

words! {
    /// A number of the bar itself.
    PriceField {
        /// Last price.
        Close = "close" | "price",
        /// First price.
        Open = "open",
        /// Highest price.
        High = "high",
        /// Lowest price.
        Low = "low",
        /// Shares traded.
        Volume = "volume",
    }
}

/// `risk`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Risk {
    /// Sell at this loss.
    pub stop_loss: Option<RiskRule>,
    /// Sell at this profit.
    pub take_profit: Option<RiskRule>,
    /// Sell this far below the highest close since the entry.
    pub trailing_stop: Option<RiskRule>,
    /// Most of the equity in one issue, 0 to 1.
    pub max_position_size: Option<f64>,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

/// One rule of `risk`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskRule {
    /// Whether it holds.
    pub enabled: bool,
    /// How far, in percent.
    pub percent: Option<f64>,
    #[serde(skip)]
    pub(super) unknown: Unknown,
}

impl RiskRule {
    /// The percentage, if the rule holds.
    pub fn active(rule: Option<&Self>) -> Option<f64> {
        rule.filter(|rule| rule.enabled).and_then(|rule| rule.percent)
    }
}
