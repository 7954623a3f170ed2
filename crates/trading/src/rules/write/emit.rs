//! From a tree to text, quoted so that both official readers read the same again.

use super::super::node::{Content, Node, Scalar, number};

/// The text of a document.
pub(super) fn emit(root: &Node) -> String {
    let mut out = String::new();
    value(root, 0, &mut out);
    out
}

/// Writes what follows a key or a dash, up to the end of its last line.
fn value(node: &Node, indent: usize, out: &mut String) {
    match &node.content {
        Content::Scalar(one) => {
            out.push_str(&scalar(one));
            out.push('\n');
        }
        Content::Sequence(items) if items.is_empty() => out.push_str("[]\n"),
        Content::Mapping(members) if members.is_empty() => out.push_str("{}\n"),
        Content::Sequence(items) => {
            for item in items {
                spaces(indent, out);
                out.push_str("- ");
                in_line(item, indent, out);
            }
        }
        Content::Mapping(members) => {
            for (place, (key, below)) in members.iter().enumerate() {
                spaces(indent, out);
                member(key, below, indent, out);
                // Top-level parts stand apart.
                if indent == 0 && place + 1 < members.len() && !matches!(below.content, Content::Scalar(_)) {
                    out.push('\n');
                }
            }
        }
    }
}

/// Writes an item beside its dash: a map begins on the same line.
fn in_line(item: &Node, indent: usize, out: &mut String) {
    match &item.content {
        Content::Mapping(members) if !members.is_empty() => {
            for (place, (key, below)) in members.iter().enumerate() {
                if place > 0 {
                    spaces(indent + 2, out);
                }
                member(key, below, indent + 2, out);
            }
        }
        Content::Sequence(items) if !items.is_empty() => {
            out.push('\n');
            value(item, indent + 2, out);
        }
        _ => value(item, indent, out),
    }
}

fn member(key: &Node, below: &Node, indent: usize, out: &mut String) {
    out.push_str(&key.scalar().map(scalar).unwrap_or_default());
    out.push(':');
    let is_block = match &below.content {
        Content::Scalar(_) => false,
        Content::Sequence(items) => !items.is_empty(),
        Content::Mapping(members) => !members.is_empty(),
    };
    out.push(if is_block { '\n' } else { ' ' });
    value(below, indent + 2, out);
}

fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

fn scalar(scalar: &Scalar) -> String {
    let text = &scalar.text;
    if is_safe(text) && (scalar.plain || !means_something_else(text)) {
        return text.clone();
    }
    if scalar.plain && (text.is_empty() || text == "~") {
        return "null".to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if is_printable(letter) => quoted.push(letter),
            letter if u32::from(letter) < 0x1_0000 => quoted.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => quoted.push_str(&format!("\\U{:08X}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// Letters that may stand in a YAML text as they are.
fn is_printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Text that needs no quotes for its letters.
fn is_safe(text: &str) -> bool {
    let begins = text.starts_with(|letter: char| letter.is_alphanumeric() || "$_.+-~".contains(letter));
    let is_sign = text.starts_with(['.', '+', '-', '~']) && number(text).is_none();
    let plain = |letter: char| is_printable(letter) && !":#{}[],&*!|>'\"%@`".contains(letter);
    begins && !is_sign && text.chars().all(plain) && !text.ends_with(' ')
}

/// Text that would be read as a number, a boolean, nothing or a time.
fn means_something_else(text: &str) -> bool {
    let word = text.to_lowercase();
    matches!(word.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null" | "~" | ".inf" | ".nan")
        || text.starts_with(|letter: char| letter.is_ascii_digit() || "+-.".contains(letter))
        || number(text).is_some()
}
