//! Bars as plain rows of SQL.

use std::fmt::Write;

use exodus_domain::{Bar, Interval, KST, Symbol};

/// Rows of one statement.
pub(super) const ROWS_AT_ONCE: usize = 500;

/// One statement for many rows of `market_data`; `more` are values that follow those of every bar, each after a comma.
/// Codes, times and numbers hold nothing that would have to be escaped.
pub(super) fn insertion(symbol: Symbol, interval: Interval, bars: &[Bar], more: &str) -> String {
    let mut sql = "INSERT INTO market_data VALUES ".to_owned();
    for (i, bar) in bars.iter().enumerate() {
        let time = bar.open_time.with_timezone(&KST).format("%Y-%m-%d %H:%M:%S");
        let [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(|price| price.0);
        let comma = if i == 0 { "" } else { "," };
        let volume = bar.volume.0;
        write!(sql, "{comma}('{symbol}','{time}',{open},{high},{low},{close},{volume},'{interval}'{more})")
            .expect("memory takes any text");
    }
    sql
}
