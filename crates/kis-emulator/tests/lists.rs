//! What the client reads of the market beside quotes and bars: masters, days, indices, trades and the ranking.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use exodus_domain::{Bar, InstrumentKind, Market, OrderFields, OrderType, Price, Qty, Side, Symbol, Timer, sessions};
use exodus_kis::wire::master;
use exodus_kis::{Credentials, Etns, Gateway, GatewayParts, Hosts, KisAccount, Limits, Live, Rate};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::world::MarketSource;
use exodus_kis_emulator::{Emulator, EmulatorConfig, Environment};
use serde_json::Value;

const NOTE: &str = "500001";

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, day).expect("a day")
}

/// A share of KOSPI since spring, and a note since yesterday.
fn bars() -> String {
    let mut text = "symbol,time,open,high,low,close,volume,name,market,kind\n".to_owned();
    let from = NaiveDate::from_ymd_opt(2026, 4, 1).expect("a day");
    for day in sessions(from, day(1) - Days::new(1)) {
        text += &format!("005930,{day},70500,70500,70500,70500,1000000,Samsung,kospi,stock\n");
    }
    text + "500001,2026-09-30,10000,10000,10000,10000,5000,Note,kospi,etn
005930,2026-10-01T09:00:00+09:00,70500,70500,70500,70500,1000,,,
500001,2026-10-01T09:00:00+09:00,10000,10000,10000,10000,10,,,
"
}

async fn stage() -> (Emulator, Gateway<Live>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("bars.csv");
    std::fs::write(&file, bars()).expect("the bars are written");
    let start: DateTime<Utc> = "2026-10-01T10:00:00+09:00".parse().expect("a time");
    let config = EmulatorConfig {
        clock: ClockMode::Stepped { start },
        market: MarketSource::Bars(vec![file]),
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await.expect("the emulator starts");
    let account = account(&emulator);
    let at = emulator.real.expect("it is served");
    let hosts = Hosts::loopback(at.rest, at.ws).expect("it is on this machine");
    let pair = Credentials::new(account.app_key.into(), account.app_secret.into()).expect("a key pair");
    let timer: Arc<dyn Timer> = emulator.clock();
    let rate = Rate { calls: 10_000, per: chrono::TimeDelta::seconds(1) };
    let etns = Etns::default();
    etns.set([symbol(NOTE)].into());
    let limits = Limits { all: rate, ledger: rate };
    let parts = GatewayParts { etns, limits, ..GatewayParts::in_memory(hosts, pair, timer) };
    (emulator, Gateway::new(parts).expect("a gateway"))
}

fn account(emulator: &Emulator) -> exodus_kis_emulator::Credentials {
    emulator.accounts().into_iter().find(|one| one.environment == Environment::Real).expect("an account")
}

fn symbol(code: &str) -> Symbol {
    code.parse().expect("a code")
}

#[tokio::test]
async fn masters_and_days_are_read() {
    let (_emulator, gateway) = stage().await;
    let file = gateway.master(Market::Kospi).await.expect("a master");
    let issues: Vec<(Symbol, InstrumentKind)> = master::read(&file, Market::Kospi)
        .entries
        .iter()
        .map(|one| (one.instrument.symbol, one.instrument.kind))
        .collect();
    assert_eq!(issues, [(symbol("005930"), InstrumentKind::Stock), (symbol(NOTE), InstrumentKind::Etn)]);
    assert_eq!(gateway.master(Market::Konex).await, Ok(Vec::new()), "it lists nothing there");
    let days = gateway.sessions(day(1)).await.expect("days");
    assert_eq!(&days[..3], [(day(1), true), (day(2), true), (day(3), false)]);
}

#[tokio::test]
async fn trades_levels_and_the_ranking_are_read() {
    let (_emulator, gateway) = stage().await;
    let trades = gateway.recent_trades(symbol("005930")).await.expect("trades");
    assert!(!trades.is_empty() && trades.iter().all(|trade| trade.price == Price(70_500)), "{trades:?}");
    let levels = gateway.index_levels("0001", day(1) - Days::new(150), day(1)).await.expect("levels");
    assert!(levels.len() > 100, "three pages: {}", levels.len());
    assert!(levels.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, each day once");
    let ranking = gateway.most_traded().await.expect("a ranking");
    assert_eq!((ranking[0].rank, ranking[0].symbol), (1, symbol("005930")));
}

#[tokio::test]
async fn a_note_is_named_with_its_letter_everywhere() {
    let (emulator, gateway) = stage().await;
    let (note, yesterday) = (symbol(NOTE), day(1) - Days::new(1));
    gateway.quote(note).await.expect("a quote");
    gateway.order_book(note).await.expect("a book");
    gateway.recent_trades(note).await.expect("trades");
    let chart = gateway.daily_bars(note, yesterday, yesterday).await.expect("bars");
    assert_eq!(chart.bars.iter().map(|bar| bar.open_time).collect::<Vec<_>>(), [Bar::day_start(yesterday)]);
    gateway.minute_bars_today(note).await.expect("bars");
    let at_broker = KisAccount::new(gateway.clone(), account(&emulator).account_no.parse().expect("a number"));
    at_broker.buyable(Some((note, Some(Price(10_000))))).await.expect("what can be bought");
    at_broker.sellable(note).await.expect("what can be sold");
    let order = OrderFields {
        symbol: note,
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(1),
        price: Some(Price(10_000)),
    };
    at_broker.reserve(&order, None).await;

    // Another test of this process may have done it.
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = format!("{}/emulator/log?limit=200", gateway.hosts().rest());
    let log: Value = reqwest::get(url).await.expect("an answer").json().await.expect("a log");
    let named: Vec<String> = texts(&log).filter(|text| text.contains(NOTE)).collect();
    assert!(named.len() >= 8, "{named:?}");
    let bare = named.iter().find(|text| !text.contains(&format!("Q{NOTE}")));
    assert_eq!(bare, None, "asked for without the letter");
}

/// The parameters of every request in the log.
fn texts(log: &Value) -> impl Iterator<Item = String> {
    let entries = log["entries"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter_map(|entry| Some(entry["parameters"].as_str()?.to_owned()))
}
