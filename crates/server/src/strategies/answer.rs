//! Strategies as the API tells them, with what lies in other tables.

use std::collections::HashMap;

use exodus_store::backtests::{self, LatestBacktest};
use exodus_store::{accounts, strategies};
use exodus_trading::EquityPoint;

use super::dto::{LastBacktest, Strategy, TradedAccount};
use crate::backtests::result::short_curve;
use crate::bootstrap::App;
use crate::http::kst;
use crate::http::problem::Answer;

/// One strategy.
pub(super) async fn answer(app: &App, strategy: strategies::Strategy) -> Answer<Strategy> {
    let shown = Shown::read(app, strategy.user_id, &[strategy.id]).await?;
    Ok(shown.answer(strategy))
}

/// What is shown with some strategies of a user.
pub(super) struct Shown {
    accounts: Vec<TradedAccount>,
    latest: HashMap<i64, LastBacktest>,
}

impl Shown {
    /// Reads it by one statement for the accounts and one for all backtests.
    pub(super) async fn read(app: &App, user_id: i64, strategy_ids: &[i64]) -> Answer<Self> {
        let accounts = accounts::list_of_user(&app.store, user_id).await?;
        let mut latest = HashMap::new();
        for backtest in backtests::latest_done(&app.store, user_id, strategy_ids).await? {
            let curve = match &backtest.curve {
                Some(curve) => curve.clone(),
                None => missing_curve(app, user_id, &backtest).await?,
            };
            latest.insert(backtest.strategy_id, last_backtest(backtest, curve));
        }
        Ok(Self { accounts: accounts.into_iter().map(TradedAccount::from).collect(), latest })
    }

    pub(super) fn answer(&self, strategy: strategies::Strategy) -> Strategy {
        let is_active = strategy.active_version.is_some();
        let account_id = strategy.account_id;
        let trades_on = |id| account_id == Some(id);
        let fields = strategy.fields;
        Strategy {
            id: strategy.id,
            name: fields.name,
            description: fields.description,
            strategy_type: fields.strategy_type,
            parameters: fields.parameters,
            symbols: fields.symbols.iter().map(ToString::to_string).collect(),
            version: strategy.version,
            is_active,
            active_version: strategy.active_version,
            active_accounts: self.accounts.iter().filter(|account| trades_on(account.id)).cloned().collect(),
            is_archived: strategy.archived_at.is_some(),
            created_at: kst(strategy.created_at),
            updated_at: kst(strategy.updated_at),
            last_backtest: self.latest.get(&strategy.id).cloned(),
        }
    }
}

/// The curve of a result that an older version stored: made of its large result once, and kept.
async fn missing_curve(app: &App, user_id: i64, backtest: &LatestBacktest) -> Answer<Vec<f64>> {
    let result = backtests::results(&app.store, user_id, backtest.id).await?;
    let equity =
        result.and_then(|mut result| serde_json::from_value::<Vec<EquityPoint>>(result.get_mut("equity")?.take()).ok());
    let curve = short_curve(&equity.unwrap_or_default(), backtest.initial_capital);
    backtests::set_curve(&app.store, backtest.id, &curve).await?;
    Ok(curve)
}

fn last_backtest(backtest: LatestBacktest, curve: Vec<f64>) -> LastBacktest {
    let LatestBacktest { id, strategy_version, summary, start_date, end_date, created_at, .. } = backtest;
    LastBacktest {
        id,
        version: strategy_version,
        total_return: summary.total_return,
        annual_return: summary.annual_return,
        max_drawdown: summary.max_drawdown,
        sharpe_ratio: summary.sharpe_ratio,
        trades_count: summary.trades_count,
        start_date,
        end_date,
        created_at: kst(created_at),
        curve,
    }
}
