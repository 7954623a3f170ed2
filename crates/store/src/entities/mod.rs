//! The tables as SeaORM sees them. Private: other crates meet the records of each module.

#![allow(unreachable_pub, reason = "SeaORM's macros need pub items, and this module is private")]

pub(crate) mod account_days;
pub(crate) mod account_snapshots;
pub(crate) mod accounts;
pub(crate) mod armings;
pub(crate) mod audit_log;
pub(crate) mod backfills;
pub(crate) mod backtest_checks;
pub(crate) mod backtest_results;
pub(crate) mod backtest_round_trips;
pub(crate) mod backtest_trades;
pub(crate) mod broker_circuits;
pub(crate) mod broker_credentials;
pub(crate) mod broker_orders;
pub(crate) mod broker_tokens;
pub(crate) mod checked_days;
pub(crate) mod corporate_actions;
pub(crate) mod fundamentals;
pub(crate) mod holdings;
pub(crate) mod imports;
pub(crate) mod index_closes;
pub(crate) mod instruments;
pub(crate) mod job_runs;
pub(crate) mod jobs;
pub(crate) mod kill_switches;
pub(crate) mod leases;
pub(crate) mod limit_changes;
pub(crate) mod notifications;
pub(crate) mod order_attempts;
pub(crate) mod order_cancels;
pub(crate) mod order_events;
pub(crate) mod order_requests;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod packed_bars;
pub(crate) mod quarantined_rows;
pub(crate) mod refresh_tokens;
pub(crate) mod restricted_issues;
pub(crate) mod risk_decisions;
pub(crate) mod session_families;
pub(crate) mod settings;
pub(crate) mod signals;
pub(crate) mod strategies;
pub(crate) mod strategy_stops;
pub(crate) mod strategy_versions;
pub(crate) mod sweep_trials;
pub(crate) mod sweeps;
pub(crate) mod trades;
pub(crate) mod trading_days;
#[allow(dead_code)]
pub(crate) mod unmatched_notices;
pub(crate) mod users;
