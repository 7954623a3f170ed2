//! The API against the real application: router, worker and demo market in this process, on SQLite with everything
//! built in, and on PostgreSQL with Redis where the environment names them.

#[path = "../support/http.rs"]
mod http;
mod installation;
#[path = "../support/postgres.rs"]
mod postgres;

mod acceptance;
mod accounts;
mod accounts_at_kis;
mod arming;
mod arrows;
mod auth;
mod backtest_checks;
mod backtest_setup;
mod backtests;
mod bad_input;
mod broker_data;
mod commission;
mod contract;
mod coverage;
mod documented;
mod doubts;
mod imports;
mod isolation;
mod kill_switch;
mod kis_day;
mod log_fields;
mod order_flow;
mod orders;
mod paging;
mod preview;
mod price_rules;
mod risk;
mod roles;
mod safety_page;
mod session_rules;
mod strategies;
mod stream;
mod sweeps;
mod symbols;
mod system;
mod versions;
mod watching;
