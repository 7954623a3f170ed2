//! What may be said in the log (safety SE33): every line of the product names its values as structured fields, and every
//! field is on this list. A new one is added here by somebody who has asked what it can hold.

use std::collections::BTreeSet;
use std::path::Path;

/// Fields that hold no name, no address, no key, no token, no account number and no body of a request. `error` holds
/// errors of the product's own types, which a test of planted secrets goes through; `key` is a fingerprint.
const ALLOWED: &[&str] = &[
    "account_id",
    "added",
    "after",
    "again_at",
    "answer",
    "attempt",
    "bars",
    "before",
    "broker_code",
    "by",
    "call",
    "cause",
    "change",
    "code",
    "date",
    "day",
    "denial",
    "difference",
    "doubts",
    "down",
    "end",
    "env",
    "error",
    "errors",
    "expires_at",
    "factor",
    "failures",
    "feed",
    "generation",
    "holds",
    "interval",
    "is_raise",
    "job",
    "key",
    "kind",
    "left",
    "limit",
    "loss",
    "message",
    "method",
    "missing",
    "name",
    "now",
    "observed",
    "opening",
    "order",
    "order_id",
    "outcome",
    "path",
    "percent",
    "problem",
    "read",
    "reason",
    "reject",
    "run",
    "said",
    "scope",
    "scope_id",
    "seconds",
    "sentence",
    "session",
    "since_start",
    "state",
    "strategy_id",
    "symbol",
    "terms",
    "told",
    "trace_id",
    "turn",
    "user_id",
    "value",
    "version",
    "why",
];

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

#[test]
fn log_lines_hold_listed_fields_only() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut lines, mut unlisted) = (0, BTreeSet::new());
    for file in sources(&crates) {
        let text = std::fs::read_to_string(&file).expect("a source");
        for (at, path) in text.match_indices("tracing::") {
            let call = &text[at + path.len()..];
            let Some((level, call)) = call.split_once("!(").filter(|(level, _)| LEVELS.contains(level)) else {
                continue;
            };
            lines += 1;
            for part in arguments(call) {
                let is_sentence = part.starts_with('"');
                // A value inside the sentence would pass the list by.
                if is_sentence && !part.contains('{') || ALLOWED.contains(&name(&part)) {
                    continue;
                }
                unlisted.insert(format!("{}: {level}: {part}", file.display()));
            }
        }
    }
    assert!(lines > 90, "the log has {lines} lines: they are not found any more");
    assert!(unlisted.is_empty(), "not on the list: {unlisted:#?}");
}

/// Rust sources of the product, without its tests.
fn sources(crates: &Path) -> Vec<std::path::PathBuf> {
    let mut folders: Vec<_> = children(crates).into_iter().map(|one| one.join("src")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in children(&folder) {
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files.retain(|path| !path.components().any(|part| part.as_os_str() == "tests"));
    files
}

fn children(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The arguments of a macro, up to its closing bracket.
fn arguments(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 1);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                part.push(letter);
                // To the end of the text, whatever it holds.
                while let Some(inner) = letters.next() {
                    part.push(inner);
                    match inner {
                        '\\' => part.extend(letters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        match letter {
            _ if depth == 0 => break,
            ',' if depth == 1 => parts.push(std::mem::take(&mut part)),
            _ => part.push(letter),
        }
    }
    parts.push(part);
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The name of a field: `%error`, `?end`, `order_id = order.id`.
fn name(part: &str) -> &str {
    let end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    part.trim_start_matches(['%', '?']).split(end).next().unwrap_or_default()
}

#[test]
fn the_reader_of_log_lines_reads_them() {
    let text = r#"order_id = order.id(1, 2), %error, why = ?a["x, y"], "said, and {done}\"") rest"#;
    let parts = arguments(text);
    assert_eq!(parts, ["order_id = order.id(1, 2)", "%error", r#"why = ?a["x, y"]"#, r#""said, and {done}\"""#]);
    assert_eq!(parts.iter().map(|part| name(part)).collect::<Vec<_>>(), ["order_id", "error", "why", ""]);
}
