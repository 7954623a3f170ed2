//! The name, the unit and, in Korean, the convention of each figure. The English convention travels with the result.

use exodus_trading::LocalText;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A ratio shown in hundredths.
    Percent,
    /// A ratio shown as a number.
    Ratio,
    /// Money.
    Won,
    /// A whole number.
    Count,
    /// Days with a fraction.
    Days,
    /// Ten-thousandths.
    BasisPoints,
}

/// How a figure is shown.
pub(crate) struct FigureText {
    /// Group and name with a full stop between.
    pub(crate) figure: &'static str,
    /// What it counts.
    pub(crate) unit: Unit,
    /// Its name.
    pub(crate) title: LocalText,
    /// Its convention in Korean.
    pub(crate) convention: &'static str,
}

/// The texts of `figure`.
pub(crate) fn text_of(figure: &str) -> Option<&'static FigureText> {
    TEXTS.iter().find(|text| text.figure == figure)
}

macro_rules! figure_texts {
    ($($group:literal { $($name:literal $unit:ident $ko:literal $en:literal $convention:literal)+ })+) => {
        /// Every figure of a report.
        pub(crate) const TEXTS: &[FigureText] = &[$($(FigureText {
            figure: concat!($group, ".", $name),
            unit: Unit::$unit,
            title: LocalText { ko: $ko, en: $en },
            convention: $convention,
        }),+),+];
    };
}

figure_texts! {
    "returns" {
        "total_return" Percent "총수익률" "Total return"
            "최종 자산 ÷ 초기 자금 - 1."
        "annual_return" Percent "연환산 수익률 (달력)" "Annual return (calendar)"
            "달력 365.25일 기준 복리 수익률. (1 + 총수익률)^(365.25 ÷ 일수) - 1이며 첫날과 마지막 날을 모두 셉니다."
        "annual_return_by_sessions" Percent "연환산 수익률 (거래일)" "Annual return (sessions)"
            "252거래일 기준 복리 수익률. (1 + 총수익률)^(252 ÷ 거래일 수) - 1."
        "mean_session" Percent "하루 평균 수익률" "Mean session"
            "거래일 수익률의 산술평균. 연환산하지 않습니다."
        "best_session" Percent "가장 좋은 날" "Best session"
            "가장 높은 거래일 수익률."
        "worst_session" Percent "가장 나쁜 날" "Worst session"
            "가장 낮은 거래일 수익률."
        "positive_sessions" Percent "오른 날의 비율" "Winning sessions"
            "수익률이 0보다 큰 거래일의 비율."
        "best_month" Percent "가장 좋은 달" "Best month"
            "가장 높은 월간 수익률. 첫 달과 마지막 달은 일부일 수 있습니다."
        "worst_month" Percent "가장 나쁜 달" "Worst month"
            "가장 낮은 월간 수익률. 첫 달과 마지막 달은 일부일 수 있습니다."
        "positive_months" Percent "오른 달의 비율" "Winning months"
            "수익률이 0보다 큰 달의 비율."
        "best_year" Percent "가장 좋은 해" "Best year"
            "가장 높은 연간 수익률. 첫해와 마지막 해는 일부일 수 있습니다."
        "worst_year" Percent "가장 나쁜 해" "Worst year"
            "가장 낮은 연간 수익률. 첫해와 마지막 해는 일부일 수 있습니다."
    }
    "risk" {
        "volatility" Percent "변동성" "Volatility"
            "거래일 수익률의 표본 표준편차(n - 1) × √252."
        "downside_deviation" Percent "하방 변동성" "Downside deviation"
            "0보다 낮은 거래일 수익률의 제곱을 전체 n일로 나눈 평균의 제곱근 × √252 (Sortino & Price 1994, 목표 0)."
        "sharpe_ratio" Ratio "샤프 지수" "Sharpe ratio"
            "거래일 수익률의 평균 ÷ 표본 표준편차(n - 1) × √252, 무위험 수익률 0 (Sharpe 1994)."
        "sortino_ratio" Ratio "소르티노 지수" "Sortino ratio"
            "거래일 수익률의 평균 × 252 ÷ 하방 변동성, 목표 0 (Sortino & Price 1994)."
        "calmar_ratio" Ratio "칼마 지수 (달력)" "Calmar ratio (calendar)"
            "달력 기준 연환산 수익률 ÷ 최대 낙폭의 크기 (Young 1991). 36개월이 아니라 전체 기간입니다."
        "calmar_ratio_by_sessions" Ratio "칼마 지수 (거래일)" "Calmar ratio (sessions)"
            "거래일 기준 연환산 수익률 ÷ 최대 낙폭의 크기."
        "omega_ratio" Ratio "오메가 지수" "Omega ratio"
            "0보다 큰 거래일 수익률의 합 ÷ 0보다 작은 수익률의 합의 크기 (Keating & Shadwick 2002, 기준 0)."
        "tail_ratio" Ratio "꼬리 비율" "Tail ratio"
            "거래일 수익률 95% 분위수의 크기 ÷ 5% 분위수의 크기 (Hyndman & Fan 1996, 유형 7)."
        "value_at_risk_95" Percent "VaR 95%" "VaR 95 %"
            "거래일 수익률의 5% 분위수. 분포를 가정하지 않으며 손실은 음수입니다."
        "value_at_risk_99" Percent "VaR 99%" "VaR 99 %"
            "거래일 수익률의 1% 분위수. 분포를 가정하지 않으며 손실은 음수입니다."
        "conditional_value_at_risk_95" Percent "CVaR 95%" "CVaR 95 %"
            "가장 낮은 5% 거래일 수익률의 평균. ⌊0.05 (n - 1)⌋ + 1일 (Rockafellar & Uryasev 2000)."
        "conditional_value_at_risk_99" Percent "CVaR 99%" "CVaR 99 %"
            "가장 낮은 1% 거래일 수익률의 평균. ⌊0.01 (n - 1)⌋ + 1일 (Rockafellar & Uryasev 2000)."
        "skewness" Ratio "왜도" "Skewness"
            "거래일 수익률의 표본 왜도 G1, 편향 보정 (Joanes & Gill 1998). 3거래일 이상."
        "excess_kurtosis" Ratio "초과 첨도" "Excess kurtosis"
            "거래일 수익률의 표본 초과 첨도 G2, 편향 보정. 정규분포는 0 (Joanes & Gill 1998). 4거래일 이상."
    }
    "drawdown" {
        "max_drawdown" Percent "최대 낙폭" "Max drawdown"
            "거래일 종료 자산이 초기 자금을 포함한 이전 최고치에서 가장 깊이 내려간 비율. 0 또는 음수."
        "current_drawdown" Percent "지금 낙폭" "Current drawdown"
            "마지막 거래일의 낙폭."
        "average_drawdown" Percent "평균 낙폭" "Average drawdown"
            "모든 낙폭 깊이의 평균. 진행 중인 낙폭을 포함합니다."
        "drawdowns" Count "낙폭 횟수" "Drawdowns"
            "낙폭의 수. 진행 중인 낙폭을 포함합니다."
        "longest_sessions" Count "가장 긴 낙폭 (거래일)" "Longest drawdown (sessions)"
            "가장 긴 낙폭의 거래일 수."
        "longest_days" Count "가장 긴 낙폭 (날짜)" "Longest drawdown (days)"
            "가장 긴 낙폭의 달력 일수. 첫날과 마지막 날을 모두 셉니다."
        "time_under_water" Percent "물 밑 시간" "Time under water"
            "이전 최고치 아래에 있던 거래일의 비율."
        "ulcer_index" Percent "궤양 지수" "Ulcer index"
            "모든 거래일 낙폭의 제곱 평균의 제곱근 (Martin & McCann 1989)."
    }
    "significance" {
        "probabilistic_sharpe_ratio" Percent "샤프가 0보다 클 확률 (PSR)" "Probabilistic Sharpe (PSR)"
            "참 샤프 지수가 0보다 클 확률. 왜도와 첨도를 반영합니다 (Bailey & López de Prado 2012)."
        "trials" Count "시도한 조합 수" "Trials"
            "이 결과를 고르기까지 시도한 변형의 수. 이 결과를 포함합니다."
        "expected_best_sharpe_ratio" Ratio "우연이 낼 최고 샤프" "Best Sharpe by luck"
            "쓸모없는 전략을 같은 횟수만큼 시도했을 때 가장 좋은 것에서 기대되는 샤프 지수 × √252 (Bailey & López de Prado 2014)."
        "deflated_sharpe_ratio" Percent "보정 샤프 확률 (DSR)" "Deflated Sharpe (DSR)"
            "참 샤프 지수가 우연히 기대되는 최고치보다 클 확률 (Bailey & López de Prado 2014)."
    }
    "benchmark" {
        "sessions" Count "비교한 거래일" "Sessions compared"
            "비교한 거래일 수."
        "total_return" Percent "지수 수익률" "Benchmark return"
            "비교한 거래일 동안의 비교 지수 수익률."
        "excess_return" Percent "초과 수익률" "Excess return"
            "비교한 거래일 동안의 수익률에서 비교 지수 수익률을 뺀 값."
        "beta" Ratio "베타" "Beta"
            "거래일 수익률의 공분산 ÷ 비교 지수의 분산."
        "alpha" Percent "알파" "Alpha"
            "거래일 평균 수익률 - 베타 × 비교 지수 평균 수익률, × 252, 무위험 수익률 0 (Jensen 1968)."
        "correlation" Ratio "상관계수" "Correlation"
            "거래일 수익률의 피어슨 상관계수."
        "r_squared" Ratio "결정계수" "R²"
            "상관계수의 제곱."
        "tracking_error" Percent "추적 오차" "Tracking error"
            "거래일 수익률 차이의 표본 표준편차(n - 1) × √252."
        "information_ratio" Ratio "정보 비율" "Information ratio"
            "거래일 수익률 차이의 평균 ÷ 표본 표준편차(n - 1) × √252 (Goodwin 1998)."
        "up_capture" Ratio "상승 포착률" "Up capture"
            "비교 지수가 오른 거래일만 모은 연환산 수익률의 비율."
        "down_capture" Ratio "하락 포착률" "Down capture"
            "비교 지수가 내린 거래일만 모은 연환산 수익률의 비율."
        "capture_ratio" Ratio "포착 비율" "Capture ratio"
            "상승 포착률 ÷ 하락 포착률."
    }
    "trips" {
        "closed" Count "끝난 매매" "Closed round trips"
            "첫 매수부터 잔량이 0이 될 때까지를 한 번으로 셉니다."
        "open" Count "열린 매매" "Open round trips"
            "아직 청산하지 않은 매매. 다른 지표에는 넣지 않습니다."
        "win_rate" Percent "매매 승률 (왕복 기준)" "Win rate (round trips)"
            "비용을 뺀 손익이 0보다 큰 매매의 비율."
        "profit_factor" Ratio "손익비 (총액)" "Profit factor"
            "이익 합계 ÷ 손실 합계."
        "payoff_ratio" Ratio "손익비 (평균)" "Payoff ratio"
            "평균 이익 ÷ 평균 손실."
        "expectancy" Won "매매당 기대 손익" "Expectancy"
            "매매당 평균 손익, 원 단위 반올림."
        "expectancy_return" Percent "매매당 기대 수익률" "Expectancy (return)"
            "매수 금액 대비 손익의 평균. 비용은 분모에 넣지 않습니다."
        "system_quality_number" Ratio "시스템 품질 (SQN)" "System quality (SQN)"
            "√n × 손익 평균 ÷ 표본 표준편차(n - 1), n에 상한 없음 (Tharp 2008, 위험 배수 대신 원)."
        "average_win" Won "평균 이익" "Average win"
            "이익 매매의 평균 손익."
        "average_loss" Won "평균 손실" "Average loss"
            "손실 매매의 평균 손익. 음수입니다."
        "largest_win" Won "가장 큰 이익" "Largest win"
            "가장 큰 이익."
        "largest_loss" Won "가장 큰 손실" "Largest loss"
            "가장 큰 손실. 음수입니다."
        "longest_winning_streak" Count "최장 연승" "Longest winning streak"
            "청산 순서로 이어진 이익 매매의 최대 횟수."
        "longest_losing_streak" Count "최장 연패" "Longest losing streak"
            "청산 순서로 이어진 손실 매매의 최대 횟수."
        "average_holding_days" Days "평균 보유 기간" "Average holding"
            "첫 매수부터 마지막 매도까지 달력 일수의 평균."
        "median_holding_days" Days "보유 기간 중앙값" "Median holding"
            "첫 매수부터 마지막 매도까지 달력 일수의 중앙값."
        "longest_holding_days" Days "최장 보유 기간" "Longest holding"
            "첫 매수부터 마지막 매도까지 달력 일수의 최댓값."
        "average_mae" Percent "평균 최대 역행 (MAE)" "Average MAE"
            "매수 금액 대비 가장 불리했던 평가 손익의 평균 (Sweeney 1997). 봉을 아는 매매만 셉니다."
        "average_mfe" Percent "평균 최대 순행 (MFE)" "Average MFE"
            "매수 금액 대비 가장 유리했던 평가 손익의 평균 (Sweeney 1997). 봉을 아는 매매만 셉니다."
        "worst_mae" Percent "가장 깊은 역행" "Worst MAE"
            "매수 금액 대비 가장 불리했던 평가 손익의 최솟값."
    }
    "activity" {
        "turnover" Ratio "연 회전율" "Yearly turnover"
            "매수·매도 금액의 절반 ÷ 평균 자산 × 252 ÷ 거래일 수."
        "exposure" Percent "평균 투자 비중" "Exposure"
            "거래일 종료 시점 자산 중 보유 주식 비중의 평균."
        "time_in_market" Percent "보유한 날의 비율" "Time in market"
            "무언가를 보유한 채 끝난 거래일의 비율."
        "bought" Won "매수 금액" "Bought"
            "비용을 빼기 전 매수 금액."
        "sold" Won "매도 금액" "Sold"
            "비용을 빼기 전 매도 금액."
        "costs" Won "수수료와 세금" "Commission and taxes"
            "수수료와 세금의 합."
        "costs_of_traded_bp" BasisPoints "거래 금액당 비용" "Cost per won traded"
            "수수료와 세금 ÷ 매수·매도 금액, bp."
        "cost_drag_bp" BasisPoints "연 비용 부담" "Yearly cost drag"
            "수수료와 세금 ÷ 평균 자산 × 252 ÷ 거래일 수, 연 bp."
        "filled_orders" Count "전량 체결 주문" "Filled orders"
            "전량 체결된 주문."
        "partial_orders" Count "일부 체결 주문" "Partly filled orders"
            "일부만 체결되고 끝난 주문."
        "unfilled_orders" Count "미체결 주문" "Unfilled orders"
            "체결 없이 끝난 주문."
        "rejected_orders" Count "거부된 주문" "Rejected orders"
            "위험 관리나 시장이 거부한 주문."
    }
}
