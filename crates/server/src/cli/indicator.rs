//! `exodus indicator`: the values of an indicator, or the signals of a candlestick pattern, on the bars of a file.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use exodus_trading::rules::nearest_words;
use exodus_trading::{
    EvaluationMode, IndicatorParameter, IndicatorType, ParameterKind, Parameters, PatternError, PatternStudy,
    PatternType, Study, StudyBar, Values, indicator, indicators, pattern, patterns,
};
use serde_json::{Map, Value, json};

use super::backtest::parameter;
use super::bars::{BarsArguments, FileBars, Mode, index_levels};
use super::print;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id, as in `.kis.yaml` documents: sma, macd, engulfing
    name: String,
    /// A parameter as name=value, the name as short as it is clear; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    #[command(flatten)]
    bars: BarsArguments,
    /// Whose values
    #[arg(long, value_enum, default_value = "exodus")]
    mode: Mode,
    /// File of index levels with the columns symbol, date, close, for beta and alpha
    #[arg(long, value_name = "FILE")]
    index: Option<PathBuf>,
    /// Print one JSON document; without it a CSV
    #[arg(long)]
    json: bool,
}

/// What is asked for, with its parameters.
enum Asked {
    Indicator(&'static IndicatorType, Parameters),
    Pattern(&'static PatternType),
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let given = arguments.parameters.iter().map(|text| parameter(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let asked = Asked::of(&arguments.name, given)?;
    if let (Asked::Indicator(kind, _), None) = (&asked, &arguments.index)
        && kind.needs_index()
    {
        bail!("{} is measured against a market index: name a file of its levels with --index", kind.id);
    }
    let levels = arguments.index.as_deref().map(index_levels).transpose()?.unwrap_or_default();
    let file = arguments.bars.read()?;
    let mut study = asked.start(arguments.mode);
    let rows: Vec<Row> = file
        .traded()
        .map(|bar| {
            let benchmark = levels.get(&bar.trade_date()).copied();
            let values = study.step(&StudyBar { benchmark, ..StudyBar::from(bar) });
            Row { time: file.shown(bar.open_time), values: asked.outputs(values) }
        })
        .collect();
    print(&if arguments.json { asked.json(&file, arguments.mode, &rows) } else { asked.csv(&rows) })
}

/// The values on one bar, in the order of the outputs.
struct Row {
    time: String,
    values: Vec<Option<f64>>,
}

impl Asked {
    fn of(name: &str, given: Vec<(String, Value)>) -> anyhow::Result<Self> {
        if let Some(kind) = indicator(name) {
            let parameters = kind.check(&in_full(kind, given)?).map_err(|errors| {
                let sentences: Vec<String> = errors.iter().map(|error| format!("--param {error}")).collect();
                anyhow!("{}: {}", kind.id, sentences.join("; "))
            })?;
            return Ok(Self::Indicator(kind, parameters));
        }
        match pattern(name) {
            Ok(kind) if given.is_empty() => Ok(Self::Pattern(kind)),
            Ok(kind) => bail!("{} is a candlestick pattern and has no parameters: leave out --param", kind.id),
            Err(error @ PatternError::NotAvailable(_)) => Err(error.into()),
            Err(PatternError::Unknown) => {
                let known = indicators().map(|kind| kind.id).chain(patterns().iter().map(|kind| kind.id));
                let near: Vec<&str> = nearest_words(name, known).into_iter().take(3).collect();
                let name: String = name.chars().take(64).collect();
                match near[..] {
                    [] => bail!("there is no indicator or candlestick pattern {name:?}"),
                    _ => bail!("there is no indicator or candlestick pattern {name:?}: is it {}?", near.join(" or ")),
                }
            }
        }
    }

    fn start(&self, mode: Mode) -> Box<dyn Study> {
        match self {
            Self::Indicator(kind, parameters) => kind.start(parameters, mode.into()),
            Self::Pattern(kind) => Box::new(Signals(kind.start(mode.into()))),
        }
    }

    fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Indicator(kind, _) => kind.outputs,
            Self::Pattern(_) => &["signal"],
        }
    }

    fn outputs(&self, values: Option<Values>) -> Vec<Option<f64>> {
        let places = 0..self.names().len();
        places.map(|place| values.and_then(|values| values.get(place))).collect()
    }

    fn json(&self, file: &FileBars, mode: Mode, rows: &[Row]) -> String {
        let (id, parameters, ready) = match self {
            Self::Indicator(kind, parameters) => (kind.id, parameters.to_json(), kind.ready(parameters, mode.into())),
            Self::Pattern(kind) => (kind.id, Map::new(), kind.bars),
        };
        let row = |row: &Row| {
            let values = self.names().iter().zip(&row.values).map(|(name, value)| ((*name).to_owned(), json!(value)));
            Value::Object(std::iter::once(("time".to_owned(), json!(row.time))).chain(values).collect())
        };
        let is_undefined = |row: &&Row| row.values.iter().any(Option::is_none);
        let answer = json!({
            "indicator": id,
            "parameters": parameters,
            "mode": EvaluationMode::from(mode),
            "symbol": file.symbol,
            "interval": file.interval,
            "outputs": self.names(),
            "ready_bars": ready,
            "undefined_bars": rows.iter().skip(ready - 1).filter(is_undefined).count(),
            "rows_set_aside": file.rows_set_aside,
            "series": rows.iter().map(row).collect::<Vec<_>>(),
        });
        answer.to_string()
    }

    fn csv(&self, rows: &[Row]) -> String {
        let header = std::iter::once("time").chain(self.names().iter().copied()).collect::<Vec<_>>().join(",");
        let cell = |value: &Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let row = |row: &Row| format!("{},{}", row.time, row.values.iter().map(cell).collect::<Vec<_>>().join(","));
        std::iter::once(header).chain(rows.iter().map(row)).collect::<Vec<_>>().join("\n")
    }
}

/// A candlestick pattern as a series of one output.
#[derive(Debug)]
struct Signals(PatternStudy);

impl Study for Signals {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.step(bar).map(|signal| Values::from(f64::from(signal)))
    }
}

/// The parameters by their whole names: `p` is `period` where no other begins with it.
fn in_full(kind: &IndicatorType, given: Vec<(String, Value)>) -> anyhow::Result<Map<String, Value>> {
    let mut parameters = Map::new();
    for (name, value) in given {
        let exact = kind.parameters.iter().find(|known| known.key == name);
        let mut begun = kind.parameters.iter().filter(|known| !name.is_empty() && known.key.starts_with(&name));
        let meant = match (exact, begun.next(), begun.next()) {
            (Some(known), ..) | (None, Some(known), None) => known.key,
            _ => bail!("{} has no parameter {name:?}: it takes {}", kind.id, taken(kind)),
        };
        if parameters.insert(meant.to_owned(), value).is_some() {
            bail!("--param {meant} is given twice: give it once");
        }
    }
    Ok(parameters)
}

/// The parameters of an indicator with what they may be.
fn taken(kind: &IndicatorType) -> String {
    let one = |known: &IndicatorParameter| match known.kind {
        ParameterKind::Integer { limit: (least, most), .. } => format!("{} ({least} to {most})", known.key),
        ParameterKind::Number { limit: (least, most), .. } => format!("{} ({least} to {most})", known.key),
        ParameterKind::Choice(words) => format!("{} ({})", known.key, words.join(" or ")),
    };
    match kind.parameters {
        [] => "none".to_owned(),
        some => some.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}
