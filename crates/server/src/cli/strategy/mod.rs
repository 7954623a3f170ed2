//! `exodus strategy`: `.kis.yaml` documents looked at without an installation. Nothing is stored, nothing is executed.

mod check;
mod orders;
mod show;
mod signals;

use std::fs::File;
use std::io::{ErrorKind, Read};

use anyhow::Context;
use clap::{Args, Subcommand};
use exodus_trading::rules::{Document, Finding, MOST_BYTES, Plan, preset, presets};
use serde_json::{Map, Value, json};

use self::check::Findings;
use super::backtest::parameter;
use super::print;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a document and print all that is found in it; fails if it cannot run
    Validate(DocumentArguments),
    /// Print what a document means: indicators, conditions, risk, parameters, and what runs differently elsewhere
    Show(DocumentArguments),
    /// Print what a document says on each bar of a file, and the orders that follow from it
    Signals(Box<signals::Arguments>),
    /// List the documents to start from, with their ids in the broker's own tools
    ListPresets {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A document and how it is run.
#[derive(Debug, Args)]
pub(super) struct DocumentArguments {
    /// A .kis.yaml file, `-` for standard input, or the id of a preset, ours or that of one of the broker's tools
    file: String,
    /// A parameter of the document in place of its default, as name=value; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Validate(arguments) => check::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Signals(arguments) => signals::run(&arguments),
        Command::ListPresets { json } => list_presets(json),
    }
}

/// A document that can run.
struct Running {
    document: Document,
    overrides: Map<String, Value>,
    plan: Plan,
}

impl DocumentArguments {
    fn overrides(&self) -> anyhow::Result<Map<String, Value>> {
        self.parameters.iter().map(|text| parameter(text)).collect()
    }

    /// The document; a finding if it is no text of a document's size.
    fn read(&self) -> anyhow::Result<Result<Document, Finding>> {
        let mut bytes = Vec::new();
        let (most, failed) = (MOST_BYTES as u64 + 1, || format!("{} cannot be read", self.file));
        if self.file == "-" {
            std::io::stdin().lock().take(most).read_to_end(&mut bytes).with_context(failed)?;
            return Ok(Document::from_bytes(&bytes));
        }
        match File::open(&self.file) {
            Ok(file) => file.take(most).read_to_end(&mut bytes).with_context(failed)?,
            Err(error) if error.kind() == ErrorKind::NotFound => match preset(&self.file) {
                Some(preset) => return Ok(Ok(Document::parse(preset.text))),
                None => return Err(error).with_context(failed),
            },
            Err(error) => return Err(error).with_context(failed),
        };
        Ok(Document::from_bytes(&bytes))
    }

    /// The document ready to run. One that cannot run is told as `validate` tells it.
    fn running(&self) -> anyhow::Result<Running> {
        let overrides = self.overrides()?;
        let read = self.read()?;
        let planned = read.as_ref().ok().and_then(|document| document.plan_with(&overrides).ok());
        match (read, planned) {
            (Ok(document), Some(plan)) => Ok(Running { document, overrides, plan }),
            (read, _) => Err(Findings::of(&read, &overrides).refuse(self)),
        }
    }
}

fn list_presets(json: bool) -> anyhow::Result<()> {
    if json {
        let all = presets().iter().map(|preset| {
            let [backtester, builder] = preset.official_ids;
            json!({ "id": preset.id, "name": { "ko": preset.name.ko, "en": preset.name.en },
                    "backtester_id": backtester, "builder_id": builder })
        });
        return print(&Value::from_iter(all).to_string());
    }
    let lines = presets().iter().map(|preset| {
        let [backtester, builder] = preset.official_ids;
        format!(
            "{:20} {} ({}; in the broker's tools {backtester}, {builder})",
            preset.id, preset.name.en, preset.name.ko
        )
    });
    print(&lines.collect::<Vec<_>>().join("\n"))
}
