//! Lists come in pages that neither repeat nor lose a row.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::documented::operations;
use crate::installation::{Installation, on_each_database};
use crate::strategies;

on_each_database!(pages_add_up_to_the_list);

async fn pages_add_up_to_the_list(installation: &Installation) {
    let admin = installation.admin().await;
    for number in 1..=5 {
        admin.post("/strategies", &strategies::momentum(&format!("Number {number}"))).await.ok(201);
    }
    let mut names = Vec::new();
    for page in 1..=3 {
        let answer = admin.get(&format!("/strategies?page={page}&page_size=2")).await.ok(200);
        assert_eq!((&answer["page"], &answer["page_size"], &answer["total"]), (&page.into(), &2.into(), &5.into()));
        let items = answer["items"].as_array().expect("items");
        assert_eq!(items.len(), if page == 3 { 1 } else { 2 });
        names.extend(items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()));
    }
    assert_eq!(names, ["Number 5", "Number 4", "Number 3", "Number 2", "Number 1"], "newest first");
    let beyond = admin.get("/strategies?page=4&page_size=2").await.ok(200);
    assert_eq!((&beyond["items"], &beyond["total"]), (&Value::Array(vec![]), &5.into()));
    assert_eq!(admin.get("/strategies?page=1000000&page_size=200").await.ok(200)["total"], 5);
    let first = admin.get("/strategies").await.ok(200);
    assert_eq!((&first["page"], &first["page_size"]), (&1.into(), &50.into()));

    let mut symbols = BTreeSet::new();
    for page in 1..=4 {
        let answer = admin.get(&format!("/market/symbols?source=demo&page={page}&page_size=7")).await.ok(200);
        assert_eq!(answer["total"], 20);
        let items = answer["items"].as_array().expect("items").clone();
        symbols.extend(items.iter().map(|item| item["symbol"].to_string()));
    }
    assert_eq!(symbols.len(), 20);

    // Every list that is documented keeps the same bounds.
    let lists: Vec<_> = operations().into_iter().filter(|o| o.query.iter().any(|name| name == "page_size")).collect();
    assert!(lists.len() >= 10, "{lists:?}");
    for list in lists {
        let path = list.path_with("1");
        let bad = [
            ("page_size", "0"),
            ("page_size", "201"),
            ("page_size", "1000"),
            ("page_size", "-1"),
            ("page_size", "ten"),
            ("page_size", "99999999999999999999"),
            ("page", "0"),
            ("page", "-1"),
            ("page", "1.5"),
            ("page", "1000001"),
            ("page", "18446744073709551615"),
        ];
        for (name, value) in bad {
            let problem = admin.get(&format!("{path}?{name}={value}")).await.refused(400, "INVALID_QUERY");
            assert_eq!(problem["field"], name, "{path}?{name}={value}: {problem}");
        }
    }
}
