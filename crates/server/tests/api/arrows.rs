//! Which crate may use which, as ARCHITECTURE.md says it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

const ALLOWED: &[(&str, &[&str])] = &[
    ("exodus-domain", &[]),
    ("exodus-trading", &["exodus-domain"]),
    ("exodus-simulator", &["exodus-domain"]),
    ("exodus-store", &["exodus-domain"]),
    ("exodus-kis", &["exodus-domain"]),
    ("exodus-kis-emulator", &["exodus-simulator", "exodus-kis", "exodus-domain"]),
    ("exodus-backtest", &["exodus-trading", "exodus-simulator", "exodus-domain"]),
    ("exodus-live", &["exodus-trading", "exodus-simulator", "exodus-store", "exodus-domain"]),
    (
        "exodus-dst",
        &[
            "exodus-domain",
            "exodus-trading",
            "exodus-simulator",
            "exodus-store",
            "exodus-backtest",
            "exodus-live",
            "exodus-kis",
            "exodus-kis-emulator",
        ],
    ),
    (
        "exodus-server",
        &[
            "exodus-domain",
            "exodus-trading",
            "exodus-simulator",
            "exodus-store",
            "exodus-backtest",
            "exodus-live",
            "exodus-kis",
            "exodus-kis-emulator",
        ],
    ),
];

/// Nothing that waits, draws lots or reaches out may get into the crates whose runs must repeat byte for byte.
const PURE: &[&str] = &["exodus-domain", "exodus-trading", "exodus-simulator", "exodus-backtest"];
const IMPURE: &[&str] = &["tokio", "reqwest", "axum", "sea-orm", "redis", "rand", "hyper", "sqlx"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
    let crates = metadata.packages.iter().filter(|package| package.name.starts_with("exodus-"));
    crates
        .map(|package| {
            // What only tests use is not in the program.
            let used = package.dependencies.iter().filter(|used| used.kind != DependencyKind::Development);
            (package.name.to_string(), used.map(|used| used.name.clone()).collect())
        })
        .collect()
}

#[test]
fn arrows_run_as_the_architecture_says() {
    let dependencies = dependencies();
    let known: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    assert!(dependencies.keys().all(|name| known.contains(&name.as_str())), "a crate without a row: {dependencies:?}");
    for (name, allowed) in ALLOWED {
        let used = dependencies.get(*name).unwrap_or_else(|| panic!("{name} is gone"));
        let ours = used.iter().filter(|used| used.starts_with("exodus-"));
        let forbidden: Vec<_> = ours.filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(forbidden.is_empty(), "{name} must not use {forbidden:?}");
    }
}

#[test]
fn pure_crates_use_nothing_that_reaches_out() {
    let dependencies = dependencies();
    for name in PURE {
        let impure: Vec<_> = dependencies[*name].iter().filter(|used| IMPURE.contains(&used.as_str())).collect();
        assert!(impure.is_empty(), "{name} uses {impure:?}");
    }
}
