//! From the tree to the model: every key, its type, its default.

mod conditions;
mod fields;
mod risk;

use std::collections::{HashMap, HashSet};

use super::finding::{Findings, Path, Sentence, Stage, nearest};
use super::model::{
    CandlestickEntry, Condition, IndicatorEntry, Logic, Metadata, NumberKind, PriceField, RuleParameter, Rules,
};
use super::node::{Content, Node};
pub(super) use conditions::parameter_name;

use crate::candlesticks::{PatternError, pattern};
use fields::Fields;

/// Most indicators, and most conditions, of a document.
const MOST_ENTRIES: usize = 200;
/// Most parameters of a document.
const MOST_PARAMETERS: usize = 50;
/// Most letters of an id.
const MOST_ID: usize = 64;

/// Reads the model, as far as there is one, and tells what is wrong with it.
pub(super) fn read(root: &Node, findings: &mut Findings<'_>) -> Rules {
    let mut top = Fields::of(root, Path::default(), findings);
    let version = version(&mut top, findings);
    let metadata_given = top.take("metadata");
    let strategy_node = top.take("strategy");
    let empty = Node::new(Content::Mapping(Vec::new()));
    if strategy_node.is_none() {
        findings.error(
            Stage::Schema,
            &"strategy".into(),
            Sentence::new("'strategy'가 없습니다", "'strategy' is missing"),
        );
    }
    let mut strategy = Fields::of(strategy_node.unwrap_or(&empty), "strategy".into(), findings);
    let id = id(&mut strategy, strategy_node.is_some(), findings);
    let metadata = metadata(metadata_given, &id, findings);
    let category = strategy.text("category", findings).unwrap_or_else(|| "custom".to_owned());
    let parameters = parameters(&mut strategy, findings);

    let mut names = Names::default();
    let indicators: Vec<_> = strategy
        .list("indicators", findings)
        .into_iter()
        .enumerate()
        .filter_map(|(place, (path, node))| indicator(node, place, path, &mut names, findings))
        .collect();
    let mut candlesticks: Vec<_> = strategy
        .list("candlesticks", findings)
        .into_iter()
        .enumerate()
        .filter_map(|(place, (path, node))| candlestick(node, place, path, &mut names, findings))
        .collect();
    let entry = conditions::group(&mut strategy, "entry", Logic::And, findings);
    let exit = conditions::group(&mut strategy, "exit", Logic::Or, findings);
    candlesticks.extend(undeclared(entry.conditions.iter().chain(&exit.conditions), &names, candlesticks.len()));
    let risk = risk::read(&mut top, findings);

    let strategy_path = Path::from("strategy");
    let counts = [
        ("indicators", indicators.len() + candlesticks.len(), MOST_ENTRIES),
        ("entry", entry.conditions.len() + exit.conditions.len(), MOST_ENTRIES),
        ("params", parameters.len(), MOST_PARAMETERS),
    ];
    for (key, count, most) in counts.into_iter().filter(|(_, count, most)| count > most) {
        let message = Sentence::new(
            format!("{count}개입니다. 최대 {most}개까지 쓸 수 있습니다"),
            format!("has {count} entries; at most {most} can be used"),
        );
        findings.error(Stage::Schema, &strategy_path.key(key), message);
    }
    Rules {
        version,
        metadata,
        id,
        category,
        parameters,
        indicators,
        candlesticks,
        entry,
        exit,
        risk,
        unknown: top.unknown(),
        unknown_of_strategy: strategy.unknown(),
    }
}

fn version(top: &mut Fields<'_>, findings: &mut Findings<'_>) -> String {
    let default = "1.0".to_owned();
    if !top.has("version") {
        return default;
    }
    let Some(version) = top.text("version", findings) else { return default };
    let digits = version.replace('.', "");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = Sentence::new("버전은 숫자와 점으로 써야 합니다", "a version is made of digits and dots");
        findings.mendable(Stage::Schema, &"version".into(), message, Some("\"1.0\"".to_owned()));
    }
    version
}

/// An id that can name things everywhere. One that could name a file is refused, as nobody means it well.
fn id(strategy: &mut Fields<'_>, there: bool, findings: &mut Findings<'_>) -> String {
    let path = strategy.path.key("id");
    if !strategy.has("id") {
        if there {
            findings.error(Stage::Schema, &path, Sentence::new("'id'가 없습니다", "'id' is missing"));
        }
        return String::new();
    }
    let Some(given) = strategy.text("id", findings) else { return String::new() };
    let is_path = given.contains(['/', '\\', '\0', ':']) || given.starts_with(['.', '~']);
    if is_path || given.trim().is_empty() {
        let message = Sentence::new(
            "id는 파일 경로처럼 쓸 수 없습니다. 글자, 숫자, '_', '-'로 쓰세요",
            "an id must not look like a path: use letters, digits, '_' and '-'",
        );
        findings.error(Stage::Schema, &path, message);
        return String::new();
    }
    let fits =
        |letter: &char| letter.is_ascii_alphanumeric() || "_.-".contains(*letter) || ('가'..='힣').contains(letter);
    let mapped: String =
        given.trim().chars().take(MOST_ID).map(|letter| if fits(&letter) { letter } else { '_' }).collect();
    if mapped != given {
        let message = Sentence::new(
            format!("id에 쓸 수 없는 글자가 있어 '{mapped}'(으)로 바꾸어 씁니다"),
            format!("has letters that an id cannot have: '{mapped}' is used"),
        );
        findings.warning(Stage::Schema, &path, message);
    }
    mapped
}

fn metadata(given: Option<&Node>, id: &str, findings: &mut Findings<'_>) -> Metadata {
    let path = Path::from("metadata");
    let nameless = Sentence::new(
        format!("이름이 없어 '{id}'(으)로 부릅니다. 공식 백테스터는 이 파일을 거부합니다"),
        format!("has no name and is called '{id}'; the official backtester refuses the file"),
    );
    let Some(given) = given else {
        findings.warning(Stage::Schema, &path, nameless);
        return Metadata { name: id.to_owned(), author: "user".to_owned(), ..Metadata::default() };
    };
    let mut fields = Fields::of(given, path.clone(), findings);
    if !fields.has("name") {
        findings.warning(Stage::Schema, &path.key("name"), nameless);
    }
    let name = fields.text("name", findings).unwrap_or_else(|| id.to_owned());
    let tags = fields.list("tags", findings).into_iter().filter_map(|(path, tag)| {
        let text = tag.as_text().map(str::to_owned);
        if text.is_none() {
            fields::wrong(findings, &path, "글자", "a text");
        }
        text
    });
    let tags = tags.collect();
    Metadata {
        name,
        description: fields.text("description", findings).unwrap_or_default(),
        author: fields.text("author", findings).unwrap_or_else(|| "user".to_owned()),
        created_at: fields.text("created_at", findings),
        updated_at: fields.text("updated_at", findings),
        tags,
        unknown: fields.unknown(),
    }
}

fn parameters(strategy: &mut Fields<'_>, findings: &mut Findings<'_>) -> Vec<RuleParameter> {
    let Some(all) = strategy.fields("params", findings) else { return Vec::new() };
    let mut parameters = Vec::new();
    for (key, node) in all.rest() {
        let name = key.scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
        let path = all.path.key(&name);
        let mut fields = Fields::of(node, path.clone(), findings);
        let kind = fields.text("type", findings);
        let known = match kind.as_deref() {
            Some("int" | "integer") => Some(NumberKind::Int),
            Some("float" | "number") => Some(NumberKind::Float),
            None => None,
            Some(other) => {
                let message = Sentence::new(
                    format!("'{other}'은(는) 알 수 없는 형식이라 따지지 않습니다. int나 float를 쓰세요"),
                    format!("'{other}' is no known type and not checked: use int or float"),
                );
                findings.warning(Stage::Parameters, &path.key("type"), message);
                None
            }
        };
        let stage = Stage::Parameters;
        parameters.push(RuleParameter {
            name,
            default: fields.take("default").filter(|node| !node.is_null()).map(Node::to_json),
            min: fields.number("min", stage, findings),
            max: fields.number("max", stage, findings),
            step: fields.number("step", stage, findings),
            kind: known,
            description: fields.text("description", findings),
            unknown: fields.unknown(),
        });
    }
    parameters
}

/// The aliases of a document, and the numbers of those that are made up.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    unnamed: HashMap<String, usize>,
}

impl Names {
    /// The alias of an entry: as written, or `{id}_{n}` for the nth one of this id without an alias.
    fn alias(&mut self, id: &str, fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> String {
        let path = fields.path.key("alias");
        let written = if fields.has("alias") { fields.text("alias", findings) } else { None };
        let alias = written.unwrap_or_else(|| {
            let number = self.unnamed.entry(id.to_owned()).or_insert(0);
            *number += 1;
            format!("{id}_{number}")
        });
        if !self.taken.insert(alias.clone()) {
            let message = Sentence::new(
                format!("별칭 '{alias}'을(를) 이미 다른 지표가 씁니다"),
                format!("the alias '{alias}' is already used by another indicator"),
            );
            findings.error(Stage::Schema, &path, message);
        } else if PriceField::of(&alias).is_some() {
            let message = Sentence::new(
                format!("'{alias}'은(는) 가격 항목의 이름이라 별칭으로 쓸 수 없습니다"),
                format!("'{alias}' is the name of a price field and cannot be an alias"),
            );
            findings.error(Stage::Schema, &path, message);
        }
        alias
    }
}

/// The id of an entry; an error and nothing if there is none.
fn entry_id(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<String> {
    if !fields.has("id") {
        findings.error(Stage::Schema, &fields.path.key("id"), Sentence::new("'id'가 없습니다", "'id' is missing"));
        return None;
    }
    fields.text("id", findings)
}

fn indicator(
    node: &Node,
    place: usize,
    path: Path,
    names: &mut Names,
    findings: &mut Findings<'_>,
) -> Option<IndicatorEntry> {
    let mut fields = Fields::of(node, path, findings);
    let id = entry_id(&mut fields, findings)?;
    let alias = names.alias(&id, &mut fields, findings);
    let parameters = fields.fields("params", findings).map(|params| {
        let named = |(key, value): &(Node, Node)| Some((key.scalar()?.text.clone(), value.clone()));
        params.rest().filter_map(named).collect()
    });
    Some(IndicatorEntry {
        id,
        alias,
        name: fields.text("name", findings),
        parameters: parameters.unwrap_or_default(),
        output: fields.text("output", findings),
        place,
        unknown: fields.unknown(),
    })
}

fn candlestick(
    node: &Node,
    place: usize,
    path: Path,
    names: &mut Names,
    findings: &mut Findings<'_>,
) -> Option<CandlestickEntry> {
    let mut fields = Fields::of(node, path, findings);
    let id = entry_id(&mut fields, findings)?;
    let alias = names.alias(&id, &mut fields, findings);
    Some(CandlestickEntry { id, alias, place, unknown: fields.unknown() })
}

/// Patterns that conditions name without declaring them, in the order of the document: a pattern's id, or its id with a
/// number.
fn undeclared<'a>(
    conditions: impl Iterator<Item = &'a Condition>,
    names: &Names,
    declared: usize,
) -> Vec<CandlestickEntry> {
    let mut added: Vec<CandlestickEntry> = Vec::new();
    for condition in conditions {
        let Condition::Candlestick(condition) = condition else { continue };
        let alias = &condition.alias;
        if names.taken.contains(alias) || added.iter().any(|entry| entry.alias == *alias) {
            continue;
        }
        if let Some(id) = pattern_of(alias) {
            let place = declared + added.len();
            added.push(CandlestickEntry { id: id.to_owned(), alias: alias.clone(), place, unknown: Vec::new() });
        }
    }
    added
}

/// The pattern that an alias names by itself: `engulfing`, `engulfing_2`.
fn pattern_of(alias: &str) -> Option<&str> {
    let without = alias.rsplit_once('_').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let candidates = [Some(alias), without.map(|(id, _)| id)];
    candidates.into_iter().flatten().find(|id| !matches!(pattern(id), Err(PatternError::Unknown)))
}

/// A word not known in its place, with the nearest one that is.
fn unknown_word<'a>(
    stage: Stage,
    path: &Path,
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    findings: &mut Findings<'_>,
) {
    let meant = nearest(given, known);
    let message = match meant {
        Some(meant) => Sentence::new(
            format!("'{given}'은(는) 쓸 수 없습니다. '{meant}'을(를) 뜻하셨나요?"),
            format!("'{given}' cannot be used; is it '{meant}'?"),
        ),
        None => Sentence::new(format!("'{given}'은(는) 쓸 수 없습니다"), format!("'{given}' cannot be used")),
    };
    findings.mendable(stage, path, message, meant.map(str::to_owned));
}
