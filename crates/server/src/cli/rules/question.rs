//! One question to the rule book, asked by arguments or by the rows of a CSV.

use std::io::{IsTerminal, Read, Write};
use std::str::FromStr;

use anyhow::{anyhow, bail};
use clap::{ArgMatches, Args, FromArgMatches};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A kind of question; its value is one case, its fields are the arguments and the columns.
pub(in crate::cli) trait Question: Args + DeserializeOwned {
    /// The columns that a CSV must have; others of the case may be left out, and columns of no case pass through.
    const ASKED: &'static [&'static str];
    /// The columns that are added.
    const ANSWERED: &'static [&'static str];

    /// What the rules say of the case, by the columns of [`Self::ANSWERED`].
    fn answer(&self) -> Result<Vec<Value>, BadCase>;

    /// The answer to a single case as JSON.
    fn json(&self) -> Result<Value, BadCase> {
        let answers = Self::ANSWERED.iter().map(ToString::to_string).zip(self.answer()?);
        Ok(Value::Object(answers.collect::<Map<_, _>>()))
    }

    /// The answer to a single case for a reader.
    fn text(&self) -> Result<String, BadCase> {
        let width = Self::ANSWERED.iter().map(|name| name.len()).max().unwrap_or_default();
        let answers = Self::ANSWERED.iter().zip(self.answer()?).filter(|(_, answer)| !answer.is_null());
        let lines: Vec<String> = answers.map(|(name, answer)| format!("{name:width$}  {}", cell(&answer))).collect();
        Ok(lines.join("\n"))
    }
}

/// The rules have no answer to a case, because of what stands in one of its columns.
#[derive(Debug)]
pub(in crate::cli) struct BadCase {
    column: &'static str,
    reason: String,
}

impl BadCase {
    pub(super) fn new(column: &'static str, reason: impl Into<String>) -> Self {
        Self { column, reason: reason.into() }
    }
}

/// A question as it came by the command line.
#[derive(Debug, Args)]
pub(in crate::cli) struct Asked<Q: Question> {
    /// Answer in JSON; for a CSV one line for each row
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    case: OneCase<Q>,
}

/// A case given by arguments, or nothing at all: then the cases come on standard input.
#[derive(Debug)]
struct OneCase<Q>(Option<Q>);

// The derived Args of a question demands its arguments. Here all of them may be missing together, as in an update, and
// if one is there `Q` itself asks for the others.
impl<Q: Args> Args for OneCase<Q> {
    fn group_id() -> Option<clap::Id> {
        Q::group_id()
    }

    fn augment_args(command: clap::Command) -> clap::Command {
        Q::augment_args_for_update(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Q::augment_args_for_update(command)
    }
}

impl<Q: Args> FromArgMatches for OneCase<Q> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_given = Q::group_id().is_some_and(|group| matches.contains_id(group.as_str()));
        let case = is_given.then(|| Q::from_arg_matches(matches)).transpose()?;
        Ok(Self(case))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<Q: Question> Asked<Q> {
    /// Prints the answer to the case, or to every row of standard input; nothing if one of them is wrong.
    pub(super) fn answer(self) -> anyhow::Result<()> {
        let Some(case) = self.case.0 else {
            let input = std::io::stdin();
            if input.is_terminal() {
                bail!("name a case by arguments, or give a CSV with the columns {} as input", Q::ASKED.join(", "));
            }
            let answers = answer_rows::<Q>(input.lock(), self.json)?;
            let mut out = std::io::stdout().lock();
            out.write_all(&answers)?;
            return Ok(out.flush()?);
        };
        let answer = if self.json { case.json().map(|answer| answer.to_string()) } else { case.text() };
        crate::cli::print(
            &answer.map_err(|BadCase { column, reason }| anyhow!("--{}: {reason}", column.replace('_', "-")))?,
        )
    }
}

/// Answers the rows of a CSV: the same rows with the answers beside them, or one JSON object for each.
fn answer_rows<Q: Question>(input: impl Read, json: bool) -> anyhow::Result<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let header = reader.headers()?.clone();
    check_header::<Q>(&header)?;
    let columns: csv::StringRecord = header.iter().map(str::to_lowercase).collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut lines = Vec::new();
    if !json {
        table.write_record(header.iter().chain(Q::ANSWERED.iter().copied()))?;
    }
    for (row, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| anyhow!("row {row}: {}", shape_error(&error)))?;
        let case = case_of::<Q>(&record, &columns).map_err(|reason| anyhow!("row {row}, {reason}"))?;
        let bad = |BadCase { column, reason }| anyhow!("row {row}, column {column}: {reason}");
        if json {
            serde_json::to_writer(&mut lines, &case.json().map_err(bad)?)?;
            lines.push(b'\n');
        } else {
            let answers = case.answer().map_err(bad)?;
            table.write_record(record.iter().map(ToOwned::to_owned).chain(answers.iter().map(cell)))?;
        }
    }
    Ok(if json { lines } else { table.into_inner()? })
}

fn check_header<Q: Question>(header: &csv::StringRecord) -> anyhow::Result<()> {
    let has = |column: &str| header.iter().filter(|name| name.eq_ignore_ascii_case(column)).count();
    let missing: Vec<&str> = Q::ASKED.iter().copied().filter(|column| has(column) == 0).collect();
    if !missing.is_empty() {
        bail!("the header has no column {}: it needs {}", missing.join(", "), Q::ASKED.join(", "));
    }
    if let Some(name) = header.iter().find(|name| has(name) > 1) {
        bail!("the header has the column {name} twice: name each column once");
    }
    if let Some(name) = Q::ANSWERED.iter().find(|name| has(name) > 0) {
        bail!("the header has the column {name}, which the answer would add: leave it out or rename it");
    }
    Ok(())
}

/// Reads a row as a case; words may be in capitals, an empty cell is none. The reason names the column and what stands
/// there.
fn case_of<Q: Question>(record: &csv::StringRecord, columns: &csv::StringRecord) -> Result<Q, String> {
    let cell_of = |column: &str| columns.iter().position(|name| name == column).and_then(|place| record.get(place));
    if let Some(column) = Q::ASKED.iter().find(|column| cell_of(column).is_none_or(str::is_empty)) {
        return Err(format!("column {column}: it is empty"));
    }
    // Read as the fields of a query string are: csv's own reader does not say which cell is wrong.
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (column, cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        pairs.append_pair(column, &cell.to_lowercase());
    }
    let pairs = pairs.finish();
    let fields = serde_urlencoded::Deserializer::new(form_urlencoded::parse(pairs.as_bytes()));
    serde_path_to_error::deserialize(fields).map_err(|error| {
        let column = error.path().to_string();
        let cell = cell_of(&column).unwrap_or_default();
        format!("column {column}: {cell:?} cannot be read: {}", error.inner())
    })
}

fn shape_error(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} fields instead of {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a word of the rule book; capitals are as good.
pub(super) fn word<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.to_lowercase().parse()
}

/// A value as it stands in a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
