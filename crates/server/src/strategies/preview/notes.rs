//! Why there is less to see than was asked for.

use chrono::NaiveDate;
use exodus_backtest::BacktestError;
use exodus_domain::{Interval, Symbol};

use crate::strategies::dto::Text;

pub(super) fn no_bars(symbol: Symbol, interval: Interval) -> Text {
    let (ko, en) = if interval == Interval::Day1 { ("일봉", "daily bars") } else { ("분봉", "minute bars") };
    Text {
        ko: format!("{symbol}의 {ko}이 없습니다. 먼저 이력을 가져오세요."),
        en: format!("There are no {en} of {symbol}; import its history first."),
    }
}

pub(super) fn bars_elsewhere(symbol: Symbol, first: NaiveDate, last: NaiveDate) -> Text {
    Text {
        ko: format!("이 기간에는 {symbol}의 봉이 없습니다. {first}부터 {last}까지 있습니다."),
        en: format!("There are no bars of {symbol} in this time; there are some from {first} to {last}."),
    }
}

pub(super) fn ranks() -> Text {
    Text {
        ko: "여러 종목을 서로 견주어 고르는 전략이라 한 종목으로는 미리 볼 수 없습니다. 백테스트로 확인하세요."
            .to_owned(),
        en: "This strategy ranks issues against each other, so one alone shows nothing; use a backtest.".to_owned(),
    }
}

pub(super) fn cut() -> Text {
    Text {
        ko: "기간이 길어 최근 부분만 보여 줍니다. 전체는 백테스트로 확인하세요.".to_owned(),
        en: "Only the newest part of this long time is shown; a backtest looks at all of it.".to_owned(),
    }
}

/// What the runner says where bars are there and nothing can be done with them.
pub(super) fn refused(error: &BacktestError) -> Text {
    let ko = match error {
        BacktestError::TooShort { needed, given, .. } => {
            format!("첫 판단에 봉 {needed}개가 필요하지만 {given}개뿐입니다. 이력을 더 가져오세요.")
        }
        BacktestError::CapitalBelowOneShare { capital, price, .. } => {
            format!("{capital}원으로는 {price}원짜리 한 주도 살 수 없습니다.")
        }
        BacktestError::NoBars { from, to } => format!("{from}부터 {to}까지 봉이 없습니다."),
        other => format!("미리 볼 수 없습니다: {other}"),
    };
    Text { ko, en: sentence(&error.to_string()) }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}
