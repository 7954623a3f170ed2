//! The page at `/emulator/`: clock, accounts with their true books, faults, and what clients asked.

mod text;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use chrono::{DateTime, Utc};
use exodus_domain::{KST, Side};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use crate::control::clock_view;
use crate::control::view::{AccountView, OrderView, accounts};
use crate::environment::Environment;
use crate::log::LogEntry;
use crate::rest::Desk;
use text::Words;

/// Entries of the log on the page.
const ENTRIES: usize = 60;
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The routes.
pub(crate) fn router() -> Router<Desk> {
    Router::new().route("/emulator", get(async || Redirect::permanent("/emulator/"))).route("/emulator/", get(show))
}

#[derive(Deserialize)]
struct Wanted {
    lang: Option<String>,
}

async fn show(State(desk): State<Desk>, Query(wanted): Query<Wanted>) -> Html<String> {
    let words = if wanted.lang.as_deref() == Some("en") { &text::ENGLISH } else { &text::KOREAN };
    Html(page(&desk, words).into_string())
}

fn page(desk: &Desk, words: &Words) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (words.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (words.title) }
                    nav { a href="?lang=ko" lang="ko" { "한국어" } a href="?lang=en" lang="en" { "English" } }
                }
                p.notice { (words.notice) }
                p #said role="status" {}
                main { (contents(desk, words)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// What the page fetches again every few seconds.
fn contents(desk: &Desk, words: &Words) -> Markup {
    let accounts = accounts(desk);
    html! {
        (clock(desk, words))
        section {
            h2 { (words.accounts) }
            @for account in &accounts { (account_view(account, words)) }
        }
        (faults(desk, words))
        (log(desk, words))
    }
}

fn clock(desk: &Desk, words: &Words) -> Markup {
    let clock = clock_view(desk);
    html! {
        section {
            h2 { (words.clock) }
            p.clock { time { (clock.now.with_timezone(&KST).format("%Y-%m-%d %H:%M:%S")) } " KST" }
            p {
                @match clock.mode {
                    "real" => (words.clock_real),
                    "stepped" => (words.clock_stepped),
                    _ => { (words.clock_scaled) " ×" (clock.factor) },
                }
            }
            p.acts {
                @if clock.mode == "stepped" {
                    @for (label, seconds) in [("1 s", 1), ("1 min", 60), ("10 min", 600), ("1 h", 3600)] {
                        button data-path="clock/step" data-body={ "{\"seconds\":" (seconds) "}" } { "+" (label) }
                    }
                }
                button data-path="tokens/revoke" data-body="{}" { (words.revoke) }
                button.danger data-path="reset" data-body="{}" data-ask=(words.reset_ask) { (words.reset) }
            }
        }
    }
}

fn account_view(account: &AccountView, words: &Words) -> Markup {
    let credentials = &account.credentials;
    let environment = match credentials.environment {
        Environment::Real => words.real,
        Environment::Mock => words.mock,
    };
    html! {
        details open[!account.orders.is_empty()] {
            summary { strong { (credentials.account_no) } " " (environment) " · " (won(account.cash.total)) }
            dl {
                dt { (words.app_key) } dd { code { (credentials.app_key) } }
                dt { (words.app_secret) } dd { code { (credentials.app_secret) } }
                dt { (words.hts_id) } dd { code { (credentials.hts_id) } }
                dt { (words.deposit) } dd { (won(account.cash.d)) }
                dt { "D+1" } dd { (won(account.cash.d1)) }
                dt { "D+2" } dd { (won(account.cash.d2)) }
                dt { (words.orderable) } dd { (won(account.cash.orderable)) }
            }
            @if !account.holdings.is_empty() {
                div.wide { table {
                    thead { tr { th { (words.issue) } th { (words.quantity) } th { (words.sellable) } th { (words.cost) } th { (words.value) } } }
                    tbody { @for row in &account.holdings {
                        tr { td { (row.symbol) " " (row.name) } td { (count(row.quantity)) } td { (count(row.sellable)) } td { (won(row.cost)) } td { (won(row.value)) } }
                    } }
                } }
            }
            @if !account.orders.is_empty() { (orders(&account.orders, words)) }
        }
    }
}

fn orders(orders: &[OrderView], words: &Words) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { (words.time) } th { (words.number) } th { (words.order) } th { (words.issue) } th { (words.quantity) }
                th { (words.price) } th { (words.filled) } th { (words.open) }
            } }
            tbody { @for row in orders.iter().rev() {
                tr {
                    td { (time(row.at)) }
                    td { (row.odno) @if let Some(original) = &row.original { " ← " (original) } }
                    td { (order_words(row, words)) }
                    td { (row.symbol) }
                    td { (count(row.quantity)) }
                    td { @match row.price { Some(price) => (count(price)), None => (words.market_price) } }
                    td { (count(row.filled)) }
                    td { (count(row.remaining)) }
                }
            } }
        } }
    }
}

fn order_words(row: &OrderView, words: &Words) -> Markup {
    let side = match row.side {
        Side::Buy => words.buy,
        Side::Sell => words.sell,
    };
    let action = match row.action {
        "amend" => words.amend,
        "cancel" => words.cancel,
        _ => "",
    };
    html! { (side) " " (action) @if row.by_hand { " (" (words.by_hand) ")" } }
}

fn faults(desk: &Desk, words: &Words) -> Markup {
    let faults = desk.shared.faults();
    let report = faults.report();
    html! {
        section {
            h2 { (words.faults) }
            @if report.is_empty() { p { (words.no_faults) } }
            @for fault in &report { pre { (serde_json::to_string(fault).unwrap_or_default()) } }
        }
    }
}

fn log(desk: &Desk, words: &Words) -> Markup {
    let log = desk.shared.log();
    html! {
        section {
            h2 { (words.log) " (" (log.total()) ")" }
            div.wide { table {
                thead { tr {
                    th { (words.time) } th { (words.account) } th { (words.call) } th { "TR" } th { (words.parameters) }
                    th { (words.answer) } th { "ms" } th { (words.fault) }
                } }
                tbody { @for entry in log.newest(ENTRIES) { (log_row(entry)) } }
            } }
        }
    }
}

fn log_row(entry: &LogEntry) -> Markup {
    html! {
        tr.bad[entry.status >= 400] {
            td { (time(entry.at)) }
            td { (entry.account) }
            td { (entry.call) }
            td { (entry.tr_id) }
            td.small { (entry.parameters) }
            td { (entry.status) " " (entry.code) }
            td { (entry.milliseconds) }
            td { (entry.fault) }
        }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.with_timezone(&KST).format("%H:%M:%S").to_string()
}

fn won(amount: i64) -> String {
    format!("₩{}", count(amount))
}

/// A number with its digits in groups of three.
fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, -1_234_567].map(count), ["0", "999", "1,000", "-1,234,567"]);
    }
}
