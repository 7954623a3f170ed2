//! What every repository and port promises, checked on SQLite and memory always, and on PostgreSQL and Redis when
//! `EXODUS_TEST_POSTGRES_URL` and `EXODUS_TEST_REDIS_URL` name servers that the tests may fill.

mod harness;

mod accounts;
mod armings;
mod backtests;
mod bars;
mod broker_accounts;
mod broker_lists;
mod coordination;
mod coverage;
mod fundamentals;
mod import;
mod indices;
mod instruments;
mod invariants;
mod jobs;
mod migrations;
mod orders;
mod ports;
mod prices;
mod risk;
mod strategies;
mod sweeps;
mod symbols;
mod trading;
mod walls;
mod watching;
