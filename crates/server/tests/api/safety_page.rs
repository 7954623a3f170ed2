//! The page that names the test of each fault (`docs/safety.md`) names tests that exist, and leaves no row out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/safety.md")).expect("the page")
}

/// Words in backticks that are shaped like the name of a test: small letters, and underscores between them.
fn named_tests(page: &str) -> BTreeSet<&str> {
    let quoted = page.split('`').skip(1).step_by(2);
    let is_name = |word: &&str| {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        word.matches('_').count() >= 2 && word.chars().all(is_letter)
    };
    quoted.filter(is_name).collect()
}

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_test_that_the_safety_page_names_exists() {
    let (page, mut text) = (page(), String::new());
    sources(&root().join("crates"), &mut text);
    let names = named_tests(&page);
    let missing: Vec<_> = names.iter().filter(|name| !text.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "docs/safety.md names tests that do not exist: {missing:?}");
    assert!(names.len() > 50, "the page names {} tests: they are not found any more", names.len());
}

#[test]
fn no_row_of_the_specification_is_left_out() {
    let page = page();
    let rows: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter(|line| line.split('|').nth(1).is_some_and(|cell| !cell.trim().is_empty()))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let lists = [("F", 38), ("RK", 24), ("T", 19), ("I", 28)];
    let all = lists.iter().flat_map(|&(letter, last)| {
        (1..=last).map(move |n| match letter {
            "F" | "RK" => format!("{letter}{n:02}"),
            _ => format!("{letter}{n}"),
        })
    });
    let missing: Vec<String> = all.filter(|row| !rows.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/safety.md says nothing of {missing:?}");
}
