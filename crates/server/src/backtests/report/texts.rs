//! Every sentence of the report but the names of figures.

use exodus_backtest::robustness::CheckOutcome;
use exodus_backtest::{FillTiming, Note};
use exodus_domain::Side;
use exodus_trading::{LocalText, Regime};

macro_rules! texts {
    ($($name:ident: $ko:literal, $en:literal;)+) => {
        $(pub(super) const $name: LocalText = LocalText { ko: $ko, en: $en };)+
    };
}

texts! {
    REPORT: "백테스트 보고서", "Backtest report";
    FINAL_CAPITAL: "최종 자산", "Final equity";
    OVER_BENCHMARK: "비교 지수 대비", "Over the benchmark";

    EQUITY: "자산 추이", "Equity";
    EQUITY_LABEL: "세션별 자산 추이 차트", "Chart of equity by session";
    THIS_BACKTEST: "이 백테스트", "This backtest";
    LOGARITHMIC: "세로축은 로그 눈금입니다.", "The vertical axis is logarithmic.";
    UNDERWATER: "고점 대비 낙폭", "Below the high";
    UNDERWATER_LABEL: "고점 대비 낙폭 차트", "Chart of the drawdown from the high";
    ROLLING: "1년 구간의 변화", "A year at a time";
    ROLLING_SHARPE_LABEL: "최근 252거래일의 샤프 지수 차트", "Chart of the Sharpe ratio over the last 252 sessions";
    ROLLING_SHARPE: "직전 252거래일 기준 샤프 지수입니다.", "Sharpe ratio over the last 252 sessions.";

    MONTHS: "월별 수익률 (%)", "Monthly returns (%)";
    YEAR: "연도", "Year";
    WHOLE_YEAR: "연간", "Year";

    DRAWDOWNS: "큰 낙폭", "Deepest drawdowns";
    DEPTH: "낙폭", "Depth";
    PEAK: "고점", "High";
    TROUGH: "저점", "Low";
    RECOVERY: "회복", "Recovered";
    NOT_RECOVERED: "회복 전", "Not yet";
    AT_START: "시작", "Start";
    SESSIONS: "거래일 수", "Sessions";
    NO_DRAWDOWN: "고점 아래로 내려간 날이 없습니다.", "Equity never fell below its high.";

    REGIMES: "시장 국면별 성과", "By state of the market";
    REGIMES_OF_BENCHMARK:
        "비교 지수의 직전 60거래일 수익률이 +5% 이상이면 상승장, -5% 이하이면 하락장입니다.",
        "A bull market is one whose benchmark rose by 5 % or more over the 60 sessions before; a bear market fell by as much.";
    REGIMES_OF_EQUITY:
        "비교 지수가 없어 이 백테스트 자산의 직전 60거래일 수익률로 나누었습니다. +5% 이상이면 상승, -5% 이하이면 하락입니다.",
        "Without a benchmark, by the equity itself: it rose by 5 % or more over the 60 sessions before, fell by as much, or neither.";
    REGIME: "국면", "State";
    BULL: "상승장", "Bull";
    BEAR: "하락장", "Bear";
    SIDEWAYS: "횡보장", "Sideways";
    RETURN: "수익률", "Return";
    A_YEAR: "연환산", "A year";
    VOLATILITY: "변동성", "Volatility";
    SHARPE: "샤프", "Sharpe";

    FIGURES: "성과 지표", "Figures";
    RETURNS_GROUP: "수익", "Returns";
    RISK_GROUP: "위험", "Risk";
    DRAWDOWN_GROUP: "낙폭", "Drawdown";
    SIGNIFICANCE_GROUP: "믿을 만한가", "Significance";
    BENCHMARK_GROUP: "비교 지수", "Against the benchmark";
    TRIPS_GROUP: "매매 (왕복)", "Round trips";
    ACTIVITY_GROUP: "거래와 비용", "Trading and costs";

    CHECKS: "견고성 시험", "Robustness";
    PASSED: "통과", "Passed";
    FAILED: "실패", "Failed";
    SKIPPED: "건너뜀", "Skipped";
    CHECKS_HINT:
        "통과했다고 앞으로도 벌린다는 뜻은 아닙니다. 통과하지 못하면 믿지 마세요.",
        "Passing promises no profit. Failing means: do not trust the result.";

    TRIPS: "매매 내역", "Round trips";
    NO_TRIPS: "매매가 없습니다.", "There was no round trip.";
    OPENED: "진입", "Opened";
    CLOSED: "청산", "Closed";
    STILL_HELD: "보유 중", "Held";
    BOUGHT: "매수 금액", "Bought";
    SOLD: "매도 금액", "Sold";
    COSTS: "수수료·세금", "Fees & tax";
    PROFIT: "손익", "P&L";

    TRADES: "체결 내역", "Trades";
    NO_TRADES: "체결이 없습니다.", "There was no trade.";
    TIME: "체결 시각", "Time";
    ISSUE: "종목", "Symbol";
    SIDE: "구분", "Side";
    QUANTITY: "수량", "Shares";
    PRICE: "체결가", "Price";
    REALISED: "실현 손익", "Realised P&L";
    BUY: "매수", "Buy";
    SELL: "매도", "Sell";

    SETUP: "설정", "Set-up";
    NOTE: "메모", "Note";
    PERIOD: "기간", "Period";
    CAPITAL: "초기 자금", "Initial capital";
    ISSUES: "종목", "Issues";
    UNIVERSE: "종목 선정", "Universe";
    BENCHMARK: "비교 지수", "Benchmark";
    COMMISSION: "수수료", "Commission";
    FILLS: "체결 방식", "Fills";
    NEXT_OPEN: "다음 봉 시가", "Next open";
    CLOSING_AUCTION: "종가 단일가", "Closing auction";
    LIMIT_WITHIN_BAR: "다음 봉 안의 지정가", "Limit within the next bar";
    VOLUME_SHARE: "거래량 한도", "volume share";
    SLIPPAGE: "슬리피지", "slippage";
    NO_SLIPPAGE: "슬리피지 없음", "no slippage";
    TICKS: "호가", "ticks";
    SEED: "난수 시드", "Seed";
    CREATED: "요청 시각", "Asked for";

    MANIFEST: "재현 정보", "To repeat it";
    MANIFEST_HINT:
        "데이터·규칙·프로그램이 같으면 결과도 원 단위까지 같습니다.",
        "With the same data, rules and program the result is the same to the won.";
    RESULT_FINGERPRINT: "결과 지문", "Result fingerprint";
    DATA_FINGERPRINT: "데이터 지문", "Data fingerprint";
    PROGRAM: "프로그램", "Program";
    RULES: "시장 규칙", "Market rules";
    PRICES: "가격", "Prices";
    ADJUSTED: "수정주가", "Adjusted";
    UNADJUSTED: "원주가", "As traded";
    BARS: "사용한 봉", "Bars";

    DISCLAIMER:
        "과거 성과는 미래 수익을 보장하지 않습니다.",
        "What was earned in the past says nothing certain of the future.";
}

/// Months as the heads of columns.
pub(super) const MONTH_NAMES: [LocalText; 12] = {
    const fn month(ko: &'static str, en: &'static str) -> LocalText {
        LocalText { ko, en }
    }
    [
        month("1월", "Jan"),
        month("2월", "Feb"),
        month("3월", "Mar"),
        month("4월", "Apr"),
        month("5월", "May"),
        month("6월", "Jun"),
        month("7월", "Jul"),
        month("8월", "Aug"),
        month("9월", "Sep"),
        month("10월", "Oct"),
        month("11월", "Nov"),
        month("12월", "Dec"),
    ]
};

/// Heading of a group of figures.
pub(super) fn group(group: &str) -> Option<LocalText> {
    Some(match group {
        "returns" => RETURNS_GROUP,
        "risk" => RISK_GROUP,
        "drawdown" => DRAWDOWN_GROUP,
        "significance" => SIGNIFICANCE_GROUP,
        "benchmark" => BENCHMARK_GROUP,
        "trips" => TRIPS_GROUP,
        "activity" => ACTIVITY_GROUP,
        _ => return None,
    })
}

pub(super) fn outcome(outcome: CheckOutcome) -> LocalText {
    match outcome {
        CheckOutcome::Passed => PASSED,
        CheckOutcome::Failed => FAILED,
        CheckOutcome::Skipped => SKIPPED,
    }
}

pub(super) fn regime(regime: Regime) -> LocalText {
    match regime {
        Regime::Bull => BULL,
        Regime::Bear => BEAR,
        Regime::Sideways => SIDEWAYS,
    }
}

pub(super) fn side(side: Side) -> LocalText {
    match side {
        Side::Buy => BUY,
        Side::Sell => SELL,
    }
}

pub(super) fn timing(timing: FillTiming) -> LocalText {
    match timing {
        FillTiming::NextOpen => NEXT_OPEN,
        FillTiming::ClosingAuction => CLOSING_AUCTION,
        FillTiming::LimitWithinBar => LIMIT_WITHIN_BAR,
    }
}

/// What a reader has to know to judge a result.
pub(super) fn note(note: Note) -> LocalText {
    let (ko, en) = match note {
        Note::AdjustedPricesNoTickCheck => (
            "수정주가를 사용해 호가 단위와 상·하한가를 확인하지 않았습니다.",
            "Prices are adjusted, so tick sizes and daily limits were not checked.",
        ),
        Note::RawPricesJumpAtCorporateActions => (
            "원주가를 사용했습니다. 액면 분할이나 증자 때 가격이 뛴 것은 실제 손익이 아닙니다.",
            "Prices are as traded: a jump at a split or a rights issue is nobody's gain or loss.",
        ),
        Note::OrdersCutToCash => (
            "체결 전에 가격이 올라 살 수 있는 만큼만 주문한 경우가 있습니다.",
            "Some orders were cut to what cash paid for, because the price rose before the fill.",
        ),
        Note::OrdersCutToVolume => {
            ("거래량에 비해 큰 주문은 일부만 체결했습니다.", "Some orders were cut to their share of the day's volume.")
        }
        Note::OrdersUnfilled => (
            "거래 정지나 상·하한가로 체결되지 않은 주문이 있습니다.",
            "Some orders went unfilled: halted, locked at a limit, or not traded.",
        ),
        Note::OrdersDenied => ("위험 관리에서 거부한 주문이 있습니다.", "The risk check refused some orders."),
        Note::HeldBeyondLastBar => (
            "데이터가 먼저 끝난 종목은 마지막 종가로 평가했습니다.",
            "A holding whose data ends early is valued at its last close.",
        ),
        Note::CorporateActionsApplied => (
            "원주가를 사용했고, 알려진 액면 분할·증자 등에 맞춰 보유 수량을 조정했습니다.",
            "Prices are as traded, and holdings followed the corporate actions that are known.",
        ),
        Note::DelistedAtLastClose => (
            "보유 중 상장폐지된 종목은 마지막 종가에 매도한 것으로 계산했습니다.",
            "An issue that was held when it left the market counts as sold at its last close.",
        ),
        Note::DelistedWithoutValue => (
            "거래 정지 후 상장폐지된 보유 종목은 가치가 없는 것으로 계산했습니다.",
            "An issue that was held when it left the market after a long halt counts as worth nothing.",
        ),
        Note::FundamentalsMissing => (
            "재무 정보가 없는 종목은 그 점수를 평균으로 계산했습니다.",
            "Of some issues no fundamentals are known: by them they count as the average of the others.",
        ),
        Note::WarmUpInsidePeriod => (
            "데이터가 늦게 시작한 종목은 기간 안의 봉으로 지표를 준비했습니다.",
            "The history of an issue begins so late that its first decisions fall into the period.",
        ),
        Note::UndefinedValues => (
            "조건의 값을 계산할 수 없는 봉이 있습니다. 그 봉에서는 매매를 판단하지 않았습니다.",
            "On some bars a value of a condition was undefined, and nothing was decided there.",
        ),
    };
    LocalText { ko, en }
}
