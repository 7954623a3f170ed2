//! The program `exodus` as it is shipped: its commands, its refusals, and how it survives its end.

#[path = "../support/http.rs"]
mod http;
#[path = "../support/postgres.rs"]
mod postgres;
mod program;

mod audit;
mod backfill;
mod backtest;
mod clock;
mod endings;
mod import;
mod indicator;
mod kill;
mod market_rules;
mod one_token;
mod refusals;
mod rules;
mod settings;
mod split;
mod strategy;
mod sweep;
mod symbols;
mod user;
