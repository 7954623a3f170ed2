//! What holds for every text, good or bad.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::indicators::{EvaluationMode, StudyBar};

/// A line of a good document changed: left out, given twice, moved, cut, or a piece of it put in other words.
fn changed(text: &str, changes: &[(u8, usize, usize)]) -> String {
    const WORDS: [&str; 24] = [
        "null",
        "[]",
        "{}",
        "-1",
        "1e309",
        "0.0001",
        "\"5\"",
        "$nobody",
        "&a",
        "*a",
        "!!binary x",
        "|",
        ">-",
        "'",
        "\"",
        "\t",
        "? x",
        ":",
        "- - -",
        "999999999999999999999",
        "true",
        "가나다",
        "\u{0}",
        "<<: *a",
    ];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (kind, one, other) in changes {
        if lines.is_empty() {
            break;
        }
        let (one, word) = (one % lines.len(), WORDS[other % WORDS.len()]);
        let other = other % lines.len();
        match kind % 6 {
            0 => drop(lines.remove(one)),
            1 => lines.insert(one, lines[other].clone()),
            2 => lines.swap(one, other),
            3 => {
                let half = lines[one].chars().count() / 2;
                lines[one] = lines[one].chars().take(half).collect();
            }
            4 => {
                let key = lines[one].split(':').next().unwrap_or_default().to_owned();
                lines[one] = format!("{key}: {word}");
            }
            _ => lines[one].push_str(word),
        }
    }
    lines.join("\n") + "\n"
}

/// Nothing about `text` panics, and a document that runs comes back.
fn holds(text: &str) -> Result<(), TestCaseError> {
    let document = Document::parse(text);
    prop_assert_eq!(document.text(), text);
    // A carriage return ends a line of YAML too.
    let lines = 1 + text.matches(['\n', '\r']).count();
    for finding in document.findings() {
        prop_assert!((1..=lines).contains(&finding.line), "{:?} of {} lines", finding, lines);
    }
    let Ok(plan) = document.plan() else {
        prop_assert!(document.errors().next().is_some());
        return Ok(());
    };
    prop_assert!(document.errors().next().is_none());
    let written = document
        .export(Target::Backtester, &Extras::default())
        .map_err(|findings| TestCaseError::fail(format!("{findings:?}")))?;
    let again = Document::parse(&written);
    prop_assert_eq!(again.plan().ok().map(meaning), Some(meaning(plan)), "{}", written);
    prop_assert_eq!(again.export(Target::Backtester, &Extras::default()).ok(), Some(written));
    if let Ok(simple) = document.export(Target::StrategyBuilder, &Extras::default()) {
        prop_assert!(Document::parse(&simple).plan().is_ok(), "{}", simple);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        holds(&text)?;
    }

    #[test]
    fn any_yaml_like_text_is_read_without_panic(text in "([a-z]{1,8}: |- |  |\n|\\[|\\]|\\{|\\}|\"|'|&a |\\*a|#|\\||>|1.5|null|,|!!str |%|@|\t|---|\\?){0,60}") {
        holds(&text)?;
    }

    #[test]
    fn a_good_document_changed_is_refused_or_comes_back(
        preset in 0..10_usize,
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..6),
    ) {
        holds(&changed(presets()[preset].text, &changes))?;
    }

    /// An answer depends on the bars so far and on nothing else, whatever the bars are.
    #[test]
    fn later_bars_change_no_answer(
        preset in 0..10_usize,
        closes in prop::collection::vec(1_u32..5_000, 80..120),
        cut in 60..80_usize,
    ) {
        let document = Document::parse(presets()[preset].text);
        let plan = Arc::new(document.plan().expect("a preset runs").clone());
        let bars: Vec<_> = closes.iter().map(|close| {
            let close = f64::from(*close);
            StudyBar { open: close, high: close + 2.0, low: close - 1.0, close, volume: 10.0, benchmark: None }
        }).collect();
        let answers = |bars: &[StudyBar]| {
            let mut study = RulesStudy::new(plan.clone(), EvaluationMode::Exodus);
            bars.iter().map(|bar| study.step(bar)).collect::<Vec<_>>()
        };
        let (all, first) = (answers(&bars), answers(&bars[..cut]));
        prop_assert_eq!(&all[..cut], &first[..]);
        let ready = plan.ready_bars(EvaluationMode::Exodus);
        prop_assert!(all.iter().enumerate().all(|(place, answer)| answer.is_some() == (place + 1 >= ready)));
    }
}
