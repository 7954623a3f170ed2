//! Symbol masters are imported: CSV, and the broker's `.mst` files. No sample of the latter can be part of this project,
//! so their records are written here by the specification, independently of the reader's table.

use std::path::{Path, PathBuf};

use encoding_rs::EUC_KR;
use exodus_domain::{Instrument, InstrumentKind, IssueState, IssueStates, Market};
use exodus_store::Store;
use exodus_store::import::ImportError;
use exodus_store::instruments::{self, Issue, ListingStatus, SecurityKind, TaxClass};
use exodus_store::symbols::{self, SkipReason, SymbolFile, SymbolReport};

use crate::harness::{at, on_each_database, symbol};

on_each_database!(
    a_list_comes_in_once_and_again_changes_nothing,
    a_row_that_cannot_be_right_is_skipped_and_named,
    a_file_that_is_no_master_is_refused,
    an_issue_known_by_its_bars_is_completed,
    a_strict_list_is_refused_with_all_rows_that_cannot_be_right,
    the_bars_of_others_tell_when_an_issue_left,
    a_file_may_tell_when_an_issue_left,
    the_broker_s_masters_are_read,
    the_issues_of_the_demo_market_stay_as_they_are,
    each_file_replaces_only_what_it_tells,
    the_real_list_comes_in_whole,
);

const HEADER: &str = "symbol,isin,name_ko,name_en,market,asset,security_group,stock_kind,dept,listed_on,par_value,\
                      listed_shares,tax_type,status";
const NARU: &str =
    "00I900,KR700I900005,나루전자,Naru Electronics,KOSPI,STOCK,주권,보통주,,2001-05-02,500,5969782,,LISTED";
const GAON: &str =
    "00O910,KR700O910006,가온,Gaon,KOSDAQ GLOBAL,STOCK,주권,보통주,관리종목(소속부없음),2011-05-02,100,70,,LISTED";
const FUND: &str =
    "00U920,KR700U920007,미리내 인버스2X,Mirinae,KOSPI,ETF,합성(패시브),원자재,국내,2020-01-02,,90,비과세,LISTED";
const RIGHT: &str = "00I900WR,KRA00I900WR0,나루전자3WR,,KOSPI,DELISTED,,,,,,,,DELISTED";

async fn import(store: &Store, name: &str, bytes: &[u8], seconds: i64) -> Result<SymbolReport, ImportError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("written");
    let file = SymbolFile { path: file.path().to_owned(), file_name: name.to_owned(), strict: false };
    symbols::import(store, &file, at(seconds)).await
}

/// Imports a list that is right.
pub(crate) async fn import_csv(store: &Store, text: &str) -> SymbolReport {
    let report = import(store, "symbols.csv", text.as_bytes(), 0).await.expect("imported");
    assert_eq!(report.skipped, []);
    report
}

fn csv(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn counts(report: &SymbolReport) -> [u64; 4] {
    [report.rows_read, report.rows_added, report.rows_changed, report.rows_unchanged]
}

async fn issue(store: &Store, code: &str) -> Issue {
    instruments::get(store, code).await.expect("a read").expect("the issue").issue
}

async fn a_list_comes_in_once_and_again_changes_nothing(store: Store) {
    let list = csv(&[NARU, GAON, FUND, RIGHT]);
    assert_eq!(counts(&import_csv(&store, &list).await), [4, 4, 0, 0]);
    let next_day = import(&store, "symbols.csv", list.as_bytes(), 86_400).await.expect("imported");
    assert_eq!(counts(&next_day), [4, 0, 0, 4]);

    let naru = issue(&store, "00I900").await;
    assert_eq!(naru.isin.map(|isin| isin.to_string()).as_deref(), Some("KR700I900005"));
    assert_eq!((naru.name_ko.as_str(), naru.english_name()), ("나루전자", "Naru Electronics"));
    assert_eq!((naru.par_value, naru.listed_shares), (Some(500), Some(5_969_782)));
    assert_eq!((naru.listed_on, naru.states_on), ("2001-05-02".parse().ok(), None));
    let gaon = issue(&store, "00O910").await;
    assert_eq!((gaon.market, gaon.section.as_deref()), (Market::Kosdaq, Some("관리종목(소속부없음)")));
    assert_eq!(gaon.states, IssueStates::from_iter([IssueState::Administrative]));
    let doubted = GAON.replace("관리종목(소속부없음)", "투자주의환기종목(소속부없음)");
    import_csv(&store, &csv(&[&doubted])).await;
    let precaution = IssueStates::from_iter([IssueState::InvestmentPrecaution]);
    assert_eq!(issue(&store, "00O910").await.states, precaution);
    let fund = issue(&store, "00U920").await;
    assert_eq!(
        (fund.kind, fund.tax_class, fund.limit_multiple),
        (SecurityKind::Etf, Some(TaxClass::DomesticEquity), 200)
    );

    // What has eight characters is known, and nothing that could be traded.
    let right = issue(&store, "00I900WR").await;
    assert_eq!((right.kind, right.status), (SecurityKind::Right, ListingStatus::Delisted));
    assert_eq!((right.symbol(), right.instrument(), right.english_name()), (None, None, "나루전자3WR"));

    let moved = NARU.replace("나루전자", "새나루전자").replace("5969782", "6000000");
    let left = GAON.replace("LISTED", "DELISTED").replace("STOCK", "DELISTED");
    let changed = import_csv(&store, &csv(&[&moved, &left, FUND])).await;
    assert_eq!(counts(&changed), [3, 0, 2, 1]);
    assert_eq!(issue(&store, "00I900").await.name_ko, "새나루전자");
    let found = instruments::find_many(&store, &[symbol("00O910")]).await.expect("a read");
    assert!(found[0].states.contains(IssueState::Delisted), "{found:?}");
    assert_eq!(issue(&store, "00I900WR").await, right, "what a file does not name stays");

    // That an issue is gone does not say what it was, and need not: it is known.
    let gone = "00U920,KR700U920007,미리내 인버스2X,,KOSPI,DELISTED,,,,,,,,DELISTED";
    assert_eq!(counts(&import_csv(&store, &csv(&[gone])).await), [1, 0, 1, 0]);
    let gone = issue(&store, "00U920").await;
    assert_eq!((gone.kind, gone.status, gone.limit_multiple), (SecurityKind::Etf, ListingStatus::Delisted, 200));
}

async fn a_row_that_cannot_be_right_is_skipped_and_named(store: Store) {
    let cases = [
        (NARU.replace("KR700I900005", "KR700I900006"), SkipReason::Isin, "isin", "must be 5"),
        (NARU.replace("KR700I900005", "KR700I90000"), SkipReason::Isin, "isin", "is not an ISIN"),
        (NARU.replace("00I900,", "A00I900,"), SkipReason::Code, "symbol", "A00I900"),
        (NARU.replace("KOSPI", "NYSE"), SkipReason::Unreadable, "market", "NYSE"),
        (NARU.replace("STOCK", "BOND"), SkipReason::Unreadable, "asset", "BOND"),
        (NARU.replace("2001-05-02", "2001-02-30"), SkipReason::Unreadable, "listed_on", "2001-02-30"),
        (NARU.replace(",500,", ",5.5,"), SkipReason::Unreadable, "par_value", "5.5"),
        (NARU.replace("5969782", "-1"), SkipReason::Unreadable, "listed_shares", "-1"),
        (GAON.replacen("00O910", "00U920", 1), SkipReason::Duplicate, "symbol", "row 1"),
    ];
    for (row, reason, column, part) in cases {
        let report = import(&store, "symbols.csv", csv(&[FUND, &row]).as_bytes(), 0).await.expect("imported");
        assert_eq!((report.rows_read, report.skipped.len()), (2, 1), "{row}");
        let skipped = &report.skipped[0];
        assert_eq!((skipped.row, skipped.reason, skipped.column), (2, reason, column), "{row}");
        assert!(skipped.detail.contains(part), "{skipped:?}");
        assert_eq!(report.reasons().into_iter().collect::<Vec<_>>(), [(reason.as_str(), 1)]);
    }
    assert!(instruments::get(&store, "00I900").await.expect("a read").is_none());
}

async fn a_file_that_is_no_master_is_refused(store: Store) {
    let wrong = NARU.replace("KR700I900005", "KR700I900006");
    let files: [(&str, Vec<u8>, &str); 7] = [
        ("symbols.csv", Vec::new(), "column symbol is missing"),
        ("symbols.csv", HEADER.into(), "no rows"),
        ("symbols.csv", HEADER.replace("isin", "number").into(), "column isin is missing"),
        ("symbols.csv", csv(&[&wrong]).into(), "row 1, isin"),
        ("symbols.csv", EUC_KR.encode(&csv(&[NARU])).0.into(), "UTF-8"),
        ("master.mst", konex("00I900", "KR700I900005", "나루", "NNN", "00"), "its name does not tell the market"),
        ("kospi_code.mst", konex("00I900", "KR700I900005", "나루", "NNN", "00"), "row 1"),
    ];
    for (name, bytes, part) in files {
        match import(&store, name, &bytes, 0).await {
            Err(ImportError::Format { file, reason }) => {
                assert!(file == name && reason.contains(part), "{name}: {reason}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let nowhere =
        SymbolFile { path: PathBuf::from("/nowhere.csv"), file_name: "nowhere.csv".to_owned(), strict: false };
    let missing = symbols::import(&store, &nowhere, at(0)).await;
    assert!(matches!(missing, Err(ImportError::Io(_))), "{missing:?}");
}

async fn an_issue_known_by_its_bars_is_completed(store: Store) {
    let import_bars = async |columns: &str, cells: &str| {
        let prices = tempfile::NamedTempFile::new().expect("a temporary file");
        let header = "symbol,date,open,high,low,close,volume";
        let text = format!("{header}{columns}\n00O910,2026-08-20,10,10,10,10,5{cells}\n");
        std::fs::write(prices.path(), text).expect("written");
        let file = exodus_store::import::ImportFile {
            path: prices.path().to_owned(),
            file_name: "prices.csv".to_owned(),
            interval: exodus_domain::Interval::Day1,
            adjusted: true,
            strict: true,
        };
        let cancel = tokio_util::sync::CancellationToken::new();
        exodus_store::import::run(&store, &file, &mut |_| {}, &cancel, at(0)).await.expect("imported");
        let issue = issue(&store, "00O910").await;
        (issue.name_ko, issue.market, issue.is_assumed)
    };
    let known = |name: &str, market, is_assumed| (name.to_owned(), market, is_assumed);
    assert_eq!(import_bars("", "").await, known("00O910", Market::Kospi, true));
    assert_eq!(import_bars(",market", ",KOSDAQ").await, known("00O910", Market::Kosdaq, true));
    assert_eq!(import_bars(",name", ",가온").await, known("가온", Market::Kosdaq, true));
    assert_eq!(import_bars("", "").await, known("가온", Market::Kosdaq, true));
    assert_eq!(counts(&import_csv(&store, &csv(&[GAON])).await), [1, 0, 1, 0]);
    let renamed = import_bars(",name,market", ",새가온,KONEX").await;
    assert_eq!(renamed, known("가온", Market::Kosdaq, false), "a master knows better than a file of bars");
}

async fn a_strict_list_is_refused_with_all_rows_that_cannot_be_right(store: Store) {
    let wrong = [GAON.replace("KR700O910006", "KR700O910007"), FUND.replace("2020-01-02", "2020-02-30")];
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), csv(&[NARU, &wrong[0], &wrong[1]])).expect("written");
    let file = SymbolFile { path: file.path().to_owned(), file_name: "symbols.csv".to_owned(), strict: true };
    match symbols::import(&store, &file, at(0)).await {
        Err(ImportError::Refused { row: 2, column, report, .. }) => {
            assert_eq!(column, "isin");
            let rows: Vec<_> = report.quarantined.iter().map(|row| (row.row, row.reason.as_str())).collect();
            assert_eq!(rows, [(2, "isin"), (3, "unreadable")]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(instruments::all(&store).await.expect("a read"), [], "nothing came in");
}

/// Imports daily bars, given as code and days.
async fn import_days(store: &Store, series: &[(&str, &[&str])]) {
    let rows = series.iter().flat_map(|(code, days)| days.iter().map(move |day| format!("{code},{day},10,10,10,10,5")));
    let text = format!("symbol,date,open,high,low,close,volume\n{}\n", rows.collect::<Vec<_>>().join("\n"));
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("written");
    let file = exodus_store::import::ImportFile {
        path: file.path().to_owned(),
        file_name: "bars.csv".to_owned(),
        interval: exodus_domain::Interval::Day1,
        adjusted: false,
        strict: true,
    };
    let cancel = tokio_util::sync::CancellationToken::new();
    exodus_store::import::run(store, &file, &mut |_| {}, &cancel, at(0)).await.expect("imported");
}

async fn the_bars_of_others_tell_when_an_issue_left(store: Store) {
    let gone = GAON.replace("LISTED", "DELISTED").replace("STOCK", "DELISTED");
    let left = async || issue(&store, "00O910").await.delisted_on.map(|day| day.to_string());
    import_csv(&store, &csv(&[NARU, &gone])).await;
    import_days(&store, &[("00O910", &["2024-03-04", "2024-03-05"])]).await;
    assert_eq!(left().await, None, "no other has bars: nobody knows how far the file reaches");
    import_days(&store, &[("00I900", &["2024-03-04", "2024-03-05"])]).await;
    assert_eq!(left().await, None, "it may have been traded on the day after");
    import_days(&store, &[("00I900", &["2024-05-02"])]).await;
    assert_eq!(left().await, None, "it left at some time in two months");
    import_days(&store, &[("00I900", &["2024-03-07", "2024-03-08"])]).await;
    assert_eq!(left().await.as_deref(), Some("2024-03-07"));
    import_days(&store, &[("00O910", &["2024-03-07"])]).await;
    assert_eq!(left().await.as_deref(), Some("2024-03-08"), "it was there after all");
    import_csv(&store, &csv(&[&gone])).await;
    assert_eq!(left().await.as_deref(), Some("2024-03-08"), "the list says nothing of the day");
    import_csv(&store, &csv(&[GAON])).await;
    assert_eq!(left().await, None, "it is back");
}

async fn a_file_may_tell_when_an_issue_left(store: Store) {
    let gone = GAON.replace("LISTED", "DELISTED").replace("STOCK", "DELISTED");
    let told = |day: &str| format!("{HEADER},delisted_on\n{gone},{day}\n");
    import_csv(&store, &told("2024-03-06")).await;
    import_days(&store, &[("00O910", &["2024-03-04"]), ("00I900", &["2024-03-04", "2024-03-05"])]).await;
    let left = issue(&store, "00O910").await.delisted_on;
    assert_eq!(left, "2024-03-06".parse().ok(), "bars that end before contradict nothing");
    let wrong = import(&store, "symbols.csv", told("06.03.2024").as_bytes(), 0).await;
    assert!(matches!(wrong, Err(ImportError::Format { .. })), "{wrong:?}");
}

/// A record as the broker writes it: code, number, a name padded to 40 bytes of CP949, and the tail.
fn record(code: &str, isin: &str, name: &str, tail: &str) -> Vec<u8> {
    let (name, _, unknown) = EUC_KR.encode(name);
    assert!(!unknown, "a character that CP949 has not");
    let mut line = format!("{code:<9}{isin}").into_bytes();
    line.extend_from_slice(&name);
    line.resize(9 + 12 + 40, b' ');
    line.extend_from_slice(tail.as_bytes());
    line.push(b'\n');
    line
}

/// Base price to preferred class: the part that the tails of all markets share, in characters 9, 5, 5, 1, 1, 1, 2, 1,
/// 1, 1, 2, 2, 2, 3, 1, 3, 12, 12, 8, 15, 21, 2, 7, 1.
fn middle(flags: &str, warning: &str, par: u64, listed: &str, thousands: u64, preferred: char) -> String {
    let text = format!(
        "{:09}{:05}{:05}{flags}{warning}NNN000000{:03}Y{:03}{:012}{par:012}{listed}{thousands:015}{:021}12{:7}{preferred}",
        12_300, 1, 1, 40, 90, 123_456, 298_489_100_000u64, ""
    );
    assert_eq!(text.len(), 9 + 5 + 5 + 3 + 2 + 3 + 6 + 3 + 1 + 3 + 12 + 12 + 8 + 15 + 21 + 2 + 7 + 1);
    text
}

/// Sales to market cap, in characters 9, 9, 9, 5, 9, 8, 9.
const FIGURES: &str = "00000123000000012300000012301230000012.3420251231000004567";

struct Kospi<'a> {
    group: &'a str,
    low_liquidity: &'a str,
    overheated: char,
    flags: &'a str,
    warning: &'a str,
    thousands: u64,
    preferred: char,
}

const PLAIN: Kospi<'_> = Kospi {
    group: "ST",
    low_liquidity: "N",
    overheated: '0',
    flags: "NNN",
    warning: "00",
    thousands: 5_969,
    preferred: '0',
};

impl Kospi<'_> {
    fn record(&self, code: &str, isin: &str, name: &str) -> Vec<u8> {
        let Self { group, low_liquidity, overheated, flags, warning, thousands, preferred } = self;
        let middle = middle(flags, warning, 100, "20010502", *thousands, *preferred);
        let tail = format!(
            "{group}1001300110000N{low_liquidity}N0NNN NNNNNNNNN{overheated}NN NNNNN{middle}NNNN{FIGURES}   NNN"
        );
        assert_eq!(tail.len(), 227);
        record(code, isin, name, &tail)
    }
}

/// `auctions` are the flags of low liquidity, of overheating and of the issues that KOSDAQ calls attention to.
fn kosdaq(code: &str, isin: &str, name: &str, auctions: [char; 3], flags: &str) -> Vec<u8> {
    let middle = middle(flags, "00", 500, "20110502", 70, '0');
    let [low_liquidity, overheated, precaution] = auctions;
    let tail =
        format!("ST1100910240000N{low_liquidity}N NNNNNNNN{overheated}NN{precaution}NNNNN{middle}NNN{FIGURES}   NNN");
    assert_eq!(tail.len(), 221);
    record(code, isin, name, &tail)
}

fn konex(code: &str, isin: &str, name: &str, flags: &str, warning: &str) -> Vec<u8> {
    let tail = format!("ST{}NNN{FIGURES}NNN", middle(flags, warning, 500, "20150518", 4_871, '0'));
    assert_eq!(tail.len(), 184);
    record(code, isin, name, &tail)
}

async fn the_broker_s_masters_are_read(store: Store) {
    use IssueState::{Administrative, Halted, InvestmentAlert, InvestmentRisk, Liquidation, LowLiquidity, Overheated};
    // 똠 is a syllable of CP949 that EUC-KR has not.
    let mut kospi = PLAIN.record("00I900", "KR700I900005", "똠양꿍식품");
    kospi.extend(Kospi { preferred: '1', low_liquidity: "Y", ..PLAIN }.record(
        "00I905",
        "KR700I905004",
        "똠양꿍식품우",
    ));
    kospi.extend(Kospi { overheated: '2', warning: "02", ..PLAIN }.record("00I910", "KR700I910004", "A&B 나루(주)"));
    kospi.extend(Kospi { overheated: '1', flags: "YNY", warning: "03", ..PLAIN }.record(
        "00I920",
        "KR700I920003",
        "가온",
    ));
    kospi.extend(Kospi { group: "EF", ..PLAIN }.record("00U920", "KR700U920007", "미리내 200선물인버스2X"));
    kospi.extend(Kospi { group: "EN", ..PLAIN }.record("Q0I9001", "KRG50I900015", "미리내 레버리지 은 ETN"));
    kospi.extend(Kospi { group: "BC", ..PLAIN }.record("FU0100001", "KR5U01000017", "미리내 부동산1호 A"));
    kospi.extend(Kospi { group: "SW", ..PLAIN }.record("J00I900WR", "KRA00I900WR0", "똠양꿍식품 3WR"));
    let report = import(&store, "kospi_code.mst", &kospi, 0).await.expect("imported");
    assert_eq!((counts(&report), report.reasons().into_iter().collect::<Vec<_>>()), ([8, 7, 0, 0], vec![("right", 1)]));
    let again = import(&store, "KOSPI_CODE.MST", &kospi, 86_400).await.expect("imported");
    assert_eq!(counts(&again), [8, 0, 0, 7]);

    let states = |states: &[IssueState]| states.iter().copied().collect::<IssueStates>();
    let food = issue(&store, "00I900").await;
    assert_eq!((food.name_ko.as_str(), food.listed_shares, food.par_value), ("똠양꿍식품", Some(5_969_000), Some(100)));
    assert_eq!((food.listed_on, food.states), ("2001-05-02".parse().ok(), states(&[])));
    assert_eq!((food.security_group.as_deref(), food.share_kind.as_deref()), (Some("주권"), Some("보통주")));
    assert_eq!(food.states_on, Some(exodus_domain::kst_date(at(0))));
    for (code, expected) in [
        ("00I905", &[LowLiquidity][..]),
        ("00I910", &[InvestmentAlert, Overheated]),
        ("00I920", &[Administrative, InvestmentRisk, Halted]), // Overheating was announced only.
    ] {
        assert_eq!(issue(&store, code).await.states, states(expected), "{code}");
    }
    assert_eq!(issue(&store, "00I905").await.share_kind.as_deref(), Some("구형우선주"));
    let (fund, note) = (issue(&store, "00U920").await, issue(&store, "0I9001").await);
    assert_eq!((fund.kind, fund.limit_multiple), (SecurityKind::Etf, 200));
    assert_eq!((note.kind, note.limit_multiple), (SecurityKind::Etn, 200));
    assert_eq!(issue(&store, "U0100001").await.kind, SecurityKind::Fund);

    let one = kosdaq("00O910", "KR700O910006", "가온소프트", ['Y', '3', 'N'], "NYN");
    import(&store, "kosdaq_code.mst", &one, 0).await.expect("imported");
    let soft = issue(&store, "00O910").await;
    assert_eq!((soft.market, soft.states), (Market::Kosdaq, states(&[Overheated, LowLiquidity, Liquidation])));
    let doubted = kosdaq("00O910", "KR700O910006", "가온소프트", ['N', '0', 'Y'], "NNN");
    import(&store, "kosdaq_code.mst", &doubted, 0).await.expect("imported");
    assert_eq!(issue(&store, "00O910").await.states, states(&[IssueState::InvestmentPrecaution]));
    let mut konex_rows = konex("00O930", "KR700O930004", "해", "YNN", "01");
    konex_rows.extend(konex("00O920", "KR700O920006", "달", "NNN", "01"));
    let report = import(&store, "konex_code.mst", &konex_rows, 0).await.expect("imported");
    let skipped = &report.skipped[0];
    assert_eq!((skipped.row, skipped.code.as_str(), skipped.reason), (2, "00O920", SkipReason::Isin));
    let sun = issue(&store, "00O930").await;
    assert_eq!((sun.market, sun.states), (Market::Konex, states(&[IssueState::InvestmentCaution, Halted])));
}

async fn each_file_replaces_only_what_it_tells(store: Store) {
    import_csv(&store, &csv(&[NARU])).await;
    let mst = Kospi { flags: "YNN", ..PLAIN }.record("00I900", "KR700I900005", "나루전자");
    let report = import(&store, "kospi_code.mst", &mst, 0).await.expect("imported");
    assert_eq!(counts(&report), [1, 0, 1, 0]);
    let naru = issue(&store, "00I900").await;
    assert_eq!(naru.listed_shares, Some(5_969_782), "5,969 thousand say no more");
    assert_eq!((naru.name_en.as_deref(), naru.states.contains(IssueState::Halted)), (Some("Naru Electronics"), true));
    // The list has no halts: it neither sets nor lifts one. Its par value is another one.
    let list = import_csv(&store, &csv(&[NARU])).await;
    assert_eq!(counts(&list), [1, 0, 1, 0]);
    let naru = issue(&store, "00I900").await;
    assert_eq!((naru.par_value, naru.states.contains(IssueState::Halted)), (Some(500), true));
    // The demo market's issuers stay as they are.
    let mut demo = Instrument::new(symbol("00I010"), Market::Kospi, InstrumentKind::Stock).named("가온", "Gaon");
    demo.is_demo = true;
    instruments::upsert(&store, &[demo.clone()], at(0)).await.expect("stored");
    import_csv(&store, &csv(&[NARU])).await;
    assert_eq!(instruments::find_many(&store, &[demo.symbol]).await.expect("a read"), [demo]);
}

/// The list of every code there ever was, if this machine has it.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
pub(crate) fn shared_master() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var("EXODUS_SHARED_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("krx_symbols_2026-08-21.csv");
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: no data");
    None
}

async fn the_real_list_comes_in_whole(store: Store) {
    let Some(path) = shared_master() else { return };
    let file = SymbolFile { path, file_name: "symbols.csv".to_owned(), strict: false };
    let first = symbols::import(&store, &file, at(0)).await.expect("imported");
    assert_eq!((counts(&first), first.skipped.len()), ([8_571, 8_571, 0, 0], 0));
    let again = symbols::import(&store, &file, at(9)).await.expect("imported");
    assert_eq!(counts(&again), [8_571, 0, 0, 8_571]);
    assert_eq!(issue(&store, "009730").await.states, IssueStates::from_iter([IssueState::InvestmentPrecaution]));
    let samsung = issue(&store, "005930").await;
    assert_eq!((samsung.english_name(), samsung.par_value), ("SamsungElectronics", Some(100)));
    let initials = instruments::InstrumentFilter { text: Some("ㅅㅅㅈㅈ".to_owned()), ..Default::default() };
    let found = instruments::search(&store, &initials, crate::harness::ALL).await.expect("a search");
    assert_eq!(found.items[0].issue.code, "005930", "the largest of those with these initials");
}

async fn the_issues_of_the_demo_market_stay_as_they_are(store: Store) {
    let mut demo = Instrument::new(symbol("00I900"), Market::Kospi, InstrumentKind::Etn);
    demo.is_demo = true;
    demo.name_ko = "도깨비".to_owned();
    instruments::upsert(&store, &[demo.clone()], at(0)).await.expect("stored");
    let report = import_csv(&store, &csv(&[NARU, GAON])).await;
    assert_eq!((report.rows_added, report.rows_changed, report.rows_unchanged), (1, 0, 1));
    assert_eq!(instruments::find_many(&store, &[demo.symbol]).await.expect("a read"), [demo.clone()]);
    assert_eq!(instruments::symbols_of(&store, SecurityKind::Etn).await.expect("a read"), [demo.symbol]);
}
