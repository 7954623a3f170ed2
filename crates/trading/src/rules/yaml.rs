//! From text to a tree: YAML as both official readers take it, within limits that no document of a person meets.
//!
//! A text is only ever read. Tags that would make an object of it are refused, aliases are counted as what they stand
//! for, and depth and size end a document before it can use up memory or the stack.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span, StrInput, Tag};

use super::finding::{Finding, Path, Sentence, Severity, Stage};
use super::node::{Content, Node, Scalar};

/// Most bytes of a document.
pub const MOST_BYTES: usize = 256 * 1024;
/// Most lists and maps inside each other.
const MOST_DEPTH: usize = 20;
/// Most values, each alias counted as all that it stands for.
const MOST_NODES: usize = 10_000;

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Node, Finding> {
    if text.len() > MOST_BYTES {
        return Err(too_long());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0 };
    // At the end of a text without a last line break, the parser counts one line too many.
    reader.document().map_err(|finding| Finding { line: finding.line.min(lines(text)), ..finding })
}

/// Lines of a text, by the line breaks of YAML.
fn lines(text: &str) -> usize {
    1 + text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

/// Keys and values of a map.
type Members = Vec<(Node, Node)>;

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Node, Finding> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_none() => {
                    let (event, span) = self.next()?;
                    root = Some(self.node(event, span, 0)?);
                }
                _ => {
                    let message = ("문서는 하나여야 합니다", "there must be one document only");
                    return Err(finding(line(span), Sentence::new(message.0, message.1)));
                }
            }
        }
        match root {
            Some(root) if matches!(root.content, Content::Mapping(_)) => Ok(root),
            Some(root) if !root.is_null() => Err(finding(
                root.line,
                Sentence::new(
                    "문서의 맨 위는 '키: 값'의 묶음이어야 합니다",
                    "the document must be a map of keys and values",
                ),
            )),
            _ => Err(finding(1, Sentence::new("문서가 비어 있습니다", "the document is empty"))),
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Finding> {
        match self.parser.next_event() {
            Some(event) => event.map_err(|error| not_yaml(&error)),
            None => Err(finding(1, Sentence::new("문서가 끝나지 않았습니다", "the document has no end"))),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Finding> {
        let line = line(span);
        self.count(1, line)?;
        if depth > MOST_DEPTH {
            return Err(too_deep(line));
        }
        let before = self.nodes;
        let (anchor, content) = match event {
            Event::Alias(anchor) => return self.alias(anchor, line, depth),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == saphyr_parser::ScalarStyle::Plain && !is_text_tag(tag.as_deref());
                check_tag(tag.as_deref(), line)?;
                (anchor, Content::Scalar(Scalar { text: text.into_owned(), plain }))
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), line)?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                (anchor, Content::Sequence(items))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), line)?;
                (anchor, self.mapping(depth)?)
            }
            other => unreachable!("the parser begins a node with {other:?}"),
        };
        let node = Node { line, content };
        if anchor > 0 {
            let anchored = Anchored { nodes: 1 + self.nodes - before, depth: depth_of(&node), node: node.clone() };
            self.anchors.insert(anchor, anchored);
        }
        Ok(node)
    }

    fn mapping(&mut self, depth: usize) -> Result<Content, Finding> {
        let mut members: Members = Vec::new();
        let mut merged: Members = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if key.scalar().is_some_and(|name| name.plain && name.text == "<<") {
                merge(&mut merged, value)?;
                continue;
            }
            let Content::Scalar(name) = &key.content else {
                return Err(finding(key.line, Sentence::new("키는 글자여야 합니다", "a key must be a word")));
            };
            if members.iter().any(|(before, _)| before.content == key.content) {
                return Err(finding(
                    key.line,
                    Sentence::new(
                        format!("키 '{}'이(가) 두 번 있습니다", name.text),
                        format!("the key '{}' is given twice", name.text),
                    ),
                ));
            }
            members.push((key, value));
        }
        for (key, value) in merged {
            if !members.iter().any(|(before, _)| *before == key) {
                members.push((key, value));
            }
        }
        Ok(Content::Mapping(members))
    }

    fn alias(&mut self, anchor: usize, line: usize, depth: usize) -> Result<Node, Finding> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            let message = ("앵커가 자기 자신을 가리킵니다", "an anchor must not stand inside itself");
            return Err(finding(line, Sentence::new(message.0, message.1)));
        };
        if depth + anchored.depth > MOST_DEPTH {
            return Err(too_deep(line));
        }
        let nodes = anchored.nodes;
        self.count(nodes, line)?;
        Ok(self.anchors[&anchor].node.clone())
    }

    fn count(&mut self, nodes: usize, line: usize) -> Result<(), Finding> {
        self.nodes += nodes;
        if self.nodes <= MOST_NODES {
            return Ok(());
        }
        Err(finding(
            line,
            Sentence::new(
                format!("값이 {MOST_NODES}개를 넘습니다(별칭은 펼친 수로 셉니다)"),
                format!("there are more than {MOST_NODES} values, aliases counted as what they stand for"),
            ),
        ))
    }
}

/// Takes what a merge key brings; what comes first counts (the YAML merge type, 2005).
fn merge(merged: &mut Members, value: Node) -> Result<(), Finding> {
    let line = value.line;
    let maps = match value.content {
        Content::Sequence(items) => items,
        _ => vec![value],
    };
    for map in maps {
        let Content::Mapping(members) = map.content else {
            let message = ("'<<'의 값은 묶음이어야 합니다", "the value of '<<' must be a map");
            return Err(finding(line, Sentence::new(message.0, message.1)));
        };
        for (key, value) in members {
            if !merged.iter().any(|(before, _)| *before == key) {
                merged.push((key, value));
            }
        }
    }
    Ok(())
}

/// Lists and maps inside each other, itself included.
fn depth_of(node: &Node) -> usize {
    match &node.content {
        Content::Scalar(_) => 0,
        Content::Sequence(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Content::Mapping(members) => 1 + members.iter().map(|(_, value)| depth_of(value)).max().unwrap_or(0),
    }
}

fn is_text_tag(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.suffix == "str" || tag.handle.is_empty() && tag.suffix == "!")
}

/// Refuses tags that a safe loader does not know.
fn check_tag(tag: Option<&Tag>, line: usize) -> Result<(), Finding> {
    let Some(tag) = tag else { return Ok(()) };
    let known = ["str", "int", "float", "bool", "null", "seq", "map", "timestamp"];
    let is_bare = tag.handle.is_empty() && tag.suffix == "!";
    if is_bare || tag.is_yaml_core_schema() && known.contains(&tag.suffix.as_str()) {
        return Ok(());
    }
    Err(finding(
        line,
        Sentence::new(
            format!("태그 {tag}은(는) 쓸 수 없습니다. 지우세요"),
            format!("the tag {tag} cannot be used: remove it"),
        ),
    ))
}

fn line(span: Span) -> usize {
    span.start.line().max(1)
}

pub(super) fn too_long() -> Finding {
    finding(
        1,
        Sentence::new(
            format!("문서는 {MOST_BYTES}바이트를 넘을 수 없습니다"),
            format!("a document must not be longer than {MOST_BYTES} bytes"),
        ),
    )
}

fn too_deep(line: usize) -> Finding {
    finding(
        line,
        Sentence::new(
            format!("{MOST_DEPTH}단계보다 깊이 들어갑니다"),
            format!("goes deeper than {MOST_DEPTH} lists and maps"),
        ),
    )
}

fn not_yaml(error: &ScanError) -> Finding {
    let column = error.marker().col() + 1;
    finding(
        error.marker().line().max(1),
        Sentence::new(
            format!("YAML로 읽을 수 없습니다({column}번째 글자): {}", error.info()),
            format!("cannot be read as YAML (column {column}): {}", error.info()),
        ),
    )
}

pub(super) fn finding(line: usize, message: Sentence) -> Finding {
    Finding { severity: Severity::Error, stage: Stage::Yaml, path: Path::default(), line, message, suggestion: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, String) {
        let finding = read(text).expect_err("refused");
        (finding.line, finding.message.en)
    }

    #[test]
    fn what_is_no_single_map_is_refused_with_its_line() {
        let rows = [
            ("", 1, "empty"),
            ("# only a remark\n", 1, "empty"),
            ("- a\n- b\n", 1, "map"),
            ("text", 1, "map"),
            ("a: 1\n---\nb: 2\n", 2, "one document"),
            ("a: 1\nb: 2\na: 3\n", 3, "'a' is given twice"),
            ("a:\n\tb: 1\n", 2, "cannot be read"),
            ("a: [1, 2\n", 2, "cannot be read"),
            ("a: *nobody\n", 1, "cannot be read"),
            ("a: &a [*a]\n", 1, "inside itself"),
            ("a: !!python/object:os.system {}\n", 1, "tag"),
            ("[1]: 2\n", 1, "key must be a word"),
            ("<<: 1\n", 1, "<<"),
        ];
        for (text, line, part) in rows {
            let (at, message) = refused(text);
            assert!(message.contains(part), "{text:?}: {message}");
            assert_eq!(at, line, "{text:?}: {message}");
        }
    }

    #[test]
    fn bombs_end_at_the_limits() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        assert!(refused(&bomb).1.contains("10000 values"));
        let deep = |levels| format!("a: {}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(19)).is_ok());
        assert!(refused(&deep(21)).1.contains("deeper"));
        assert!(read(&deep(100_000)).is_err());
        assert!(read(&"- ".repeat(100_000)).is_err());
        let hidden = "a: &a [[[[[[[[[[1]]]]]]]]]]\nb: [[[[[[[[[[[*a]]]]]]]]]]]\n";
        assert!(refused(hidden).1.contains("deeper"));
        assert!(refused(&format!("a: {}", "x".repeat(MOST_BYTES))).1.contains("bytes"));
    }

    #[test]
    fn aliases_and_merge_keys_are_what_they_stand_for() {
        let node = read("base: &base {period: 5, note: x}\nfast: {<<: *base, period: 9}\n").expect("fits");
        let fast = node.at(&"fast".into()).expect("there");
        assert_eq!(fast.at(&"period".into()).and_then(Node::as_number), Some(9.0));
        assert_eq!(fast.at(&"note".into()).and_then(Node::as_text), Some("x"));
    }

    #[test]
    fn a_quoted_number_stays_a_text() {
        let node = read("a: \"1.0\"\nb: !!str 1.0\nc: 1.0\n").expect("fits");
        assert_eq!(node.at(&"a".into()).and_then(Node::as_text), Some("1.0"));
        assert_eq!(node.at(&"b".into()).and_then(Node::as_text), Some("1.0"));
        assert_eq!(node.at(&"c".into()).and_then(Node::as_number), Some(1.0));
    }
}
