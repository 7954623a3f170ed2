//! How well an account does.

use exodus_domain::{Fill, kst_date};
use exodus_store::accounts::Account;
use exodus_store::{snapshots, trades};
use exodus_trading::{EquityCurve, TradeTally};

use super::books::Books;
use super::dto::{DateRange, EquityPoint, Performance};
use crate::bootstrap::App;
use crate::http::problem::Answer;

/// Measures the account over `range` from its snapshots, and from its value now unless the range ended before today.
pub(crate) async fn measure(app: &App, account: Account, range: DateRange) -> Answer<Performance> {
    let (user_id, account_id) = (account.user_id, account.id);
    let books = Books::read(app, account).await?;
    let today = kst_date(app.now());
    let days = snapshots::range(&app.store, account_id, range.from, range.to).await?;
    let mut equity: Vec<_> = days.iter().map(|day| (day.snapshot_date, day.total_assets, day.stock_value)).collect();
    if range.to.is_none_or(|to| to >= today) && range.from.is_none_or(|from| from <= today) {
        equity.retain(|(date, ..)| *date != today);
        equity.push((today, books.total_assets(), books.stock_value()));
    }
    // Without `from` the account is measured from its opening, else from the first day that is known.
    let first = equity.first().map(|(_, assets, _)| *assets).filter(|_| range.from.is_some());
    let mut curve = EquityCurve::new(first.unwrap_or(books.account().initial_cash));
    for (date, assets, stock_value) in equity {
        curve.push(date, assets, stock_value);
    }
    let filter = super::TradeFilter { symbol: None, from: range.from, to: range.to }.checked(account_id)?;
    let mut tally = TradeTally::default();
    for trade in trades::export(&app.store, user_id, &filter).await? {
        let trades::Trade { side, quantity, amount, commission, tax, .. } = trade;
        tally.add(&Fill { side, quantity, amount, commission, tax }, trade.realized_pnl.unwrap_or_default());
    }
    Ok(Performance {
        metrics: curve.metrics(&tally).into(),
        equity: curve.points().iter().map(EquityPoint::from).collect(),
    })
}
