//! What was published of the books of issues.

use exodus_domain::{ActionKind, AvgPrice, CorporateAction, Fundamentals, PriceFactor, Qty};
use exodus_store::import::{FundamentalsFile, ImportError, ImportReport, run_fundamentals};
use exodus_store::{Store, actions, fundamentals};

use crate::harness::{at, on_each_database, symbol};

on_each_database!(
    facts_come_from_a_file_and_again_change_nothing,
    what_is_published_later_is_not_read_for_an_earlier_date,
    figures_meet_the_prices_they_are_held_against,
    each_wrong_row_is_set_aside_with_its_field,
    a_file_that_tells_nothing_is_refused,
);

const FILE: &str = "\
Symbol,known_on,BPS,eps,listed_shares,sector
005930,2026-03-11,52002.5,-2131.0001,5969782550,전기·전자
005930,2026-05-15,,2131,,
A000660,2026-03-11,86904,,,
";

async fn import(store: &Store, text: &str, strict: bool) -> Result<ImportReport, ImportError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("written");
    let file = FundamentalsFile { path: file.path().to_owned(), file_name: "fundamentals.csv".to_owned(), strict };
    run_fundamentals(store, &file, at(0)).await
}

async fn known(store: &Store, code: &str, to: &str) -> Vec<Fundamentals> {
    let to = to.parse().expect("a date");
    let mut found = fundamentals::of_symbols(store, &[symbol(code)], to).await.expect("a read");
    found.remove(&symbol(code)).unwrap_or_default()
}

async fn facts_come_from_a_file_and_again_change_nothing(store: Store) {
    let report = import(&store, FILE, true).await.expect("imported");
    assert_eq!((report.rows_read, report.rows_added, report.symbols), (3, 3, 2));
    let stored = known(&store, "005930", "2027-01-01").await;
    let expected = Fundamentals {
        symbol: symbol("005930"),
        known_on: "2026-03-11".parse().expect("a date"),
        bps: Some(AvgPrice(520_025_000)),
        eps: Some(AvgPrice(-21_310_001)),
        listed_shares: Some(Qty(5_969_782_550)),
        sector: Some("전기·전자".to_owned()),
    };
    assert_eq!(stored[0], expected);
    assert_eq!((stored[1].bps, stored[1].eps, &stored[1].sector), (None, Some(AvgPrice(21_310_000)), &None));
    assert_eq!(known(&store, "000660", "2027-01-01").await.len(), 1);

    let corrected = FILE.replace("2131,,", "2132,,");
    let again = import(&store, &corrected, true).await.expect("imported");
    assert_eq!((again.rows_added, again.rows_changed, again.rows_unchanged), (0, 1, 2));
    assert_eq!(known(&store, "005930", "2027-01-01").await[1].eps, Some(AvgPrice(21_320_000)));
}

async fn what_is_published_later_is_not_read_for_an_earlier_date(store: Store) {
    import(&store, FILE, true).await.expect("imported");
    assert_eq!(known(&store, "005930", "2026-05-14").await.len(), 1);
    assert_eq!(known(&store, "005930", "2026-05-15").await.len(), 2);
    assert_eq!(known(&store, "005930", "2026-03-10").await, []);
}

async fn figures_meet_the_prices_they_are_held_against(store: Store) {
    import(&store, FILE, true).await.expect("imported");
    let date = |text: &str| text.parse().expect("a date");
    let factor = PriceFactor::new(1, 5).expect("a factor");
    let split =
        CorporateAction { symbol: symbol("005930"), ex_date: date("2026-05-04"), kind: ActionKind::Split, factor };
    let tx = store.begin().await.expect("a transaction");
    actions::put(&tx, &[split], "test", at(0)).await.expect("stored");
    tx.commit().await.expect("committed");
    let shares = |history: &[Fundamentals]| history.iter().map(|state| state.listed_shares).collect::<Vec<_>>();
    let (one, five) = (Some(Qty(5_969_782_550)), Some(Qty(5 * 5_969_782_550)));
    let rows = [
        (None, "2026-12-31", vec![one, five, five]),
        (None, "2026-05-03", vec![one]),
        (Some(date("2026-12-31")), "2026-05-03", vec![five]),
        (Some(date("2026-12-31")), "2026-12-31", vec![five, five, five]),
    ];
    for (adjusted_as_of, to, expected) in rows {
        let issues = [(symbol("005930"), adjusted_as_of), (symbol("000020"), None)];
        let found = fundamentals::histories(&store, &issues, date(to)).await.expect("a read");
        assert_eq!(found.len(), 1, "nothing was told of the other one");
        assert_eq!(shares(&found[&symbol("005930")]), expected, "{adjusted_as_of:?} {to}");
    }
}

async fn each_wrong_row_is_set_aside_with_its_field(store: Store) {
    let header = "symbol,known_on,bps,eps,listed_shares,sector\n";
    let rows = [
        ("5930,2026-03-11,1,1,1,x", "symbol", "unknown_symbol", "is not a symbol"),
        ("005930,2026-13-11,1,1,1,x", "known_on", "bad_date", "is no date"),
        ("005930,2027-01-01,1,1,1,x", "known_on", "future", "the day on which it was published"),
        ("005930,2026-03-11,\"1,000\",1,1,x", "bps", "unreadable", "\"1,000\" is no number of won"),
        ("005930,2026-03-11,1,1.23456,1,x", "eps", "unreadable", "at most four after a point"),
        ("005930,2026-03-11,1,99999999999,1,x", "eps", "too_large", "more than a billion won"),
        ("005930,2026-03-11,1,1,1.5,x", "listed_shares", "unreadable", "is not a whole number"),
        ("005930,2026-03-11,1,1,-1,x", "listed_shares", "negative", "\"-1\" is negative"),
        ("005930,2026-03-11,1,1,0,x", "listed_shares", "unreadable", "leave the cell empty"),
        ("005930,2026-03-11,1,1,1000000000001,x", "listed_shares", "too_large", "than any company has"),
        ("005930,2026-03-11,,,,", "symbol", "unreadable", "the row tells nothing"),
        ("005930,2026-03-11,1", "symbol", "unreadable", "3 fields instead of 6"),
    ];
    let long = format!("005930,2026-03-11,1,1,1,{}", "x".repeat(101));
    let rows = rows.into_iter().chain([(long.as_str(), "sector", "too_large", "longer than 100 characters")]);
    for (row, field, reason, sentence) in rows {
        let text = format!("{header}000020,2026-01-02,1,,,\n{row}\n");
        let report = import(&store, &text, false).await.expect("imported");
        let aside = &report.quarantined[..];
        assert_eq!(aside.len(), 1, "{row}");
        assert_eq!((aside[0].row, aside[0].field.as_str(), aside[0].reason.as_str()), (2, field, reason), "{row}");
        let refused = import(&store, &text, true).await.expect_err("refused").to_string();
        assert!(refused.contains(sentence), "{row}: {refused}");
    }
    let twice = format!("{header}005930,2026-03-11,1,,,\n005930,2026-03-11,2,,,\n");
    let refused = import(&store, &twice, true).await.expect_err("refused").to_string();
    assert!(refused.contains("row 2, column known_on: the same symbol and date as row 1"), "{refused}");
}

async fn a_file_that_tells_nothing_is_refused(store: Store) {
    let rows = [
        ("symbol,bps\n005930,1\n", "the column known_on is missing"),
        ("symbol,known_on\n005930,2026-03-11\n", "one of the columns bps, eps, listed_shares and sector is needed"),
        ("symbol,known_on,bps\n", "the file has no rows"),
    ];
    for (text, sentence) in rows {
        let refused = import(&store, text, false).await.expect_err("refused").to_string();
        assert!(refused.contains(sentence), "{refused}");
    }
}
