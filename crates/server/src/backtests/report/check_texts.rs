//! What the robustness checks are called, and what came of them.

use exodus_trading::LocalText;

/// The texts of a check. Names in braces stand for its values.
pub(super) struct CheckText {
    /// Its word.
    pub(super) code: &'static str,
    /// Its name.
    pub(super) title: LocalText,
    /// What is said if it was passed.
    pub(super) passed: LocalText,
    /// What is said if it was not.
    pub(super) failed: LocalText,
}

const fn text(ko: &'static str, en: &'static str) -> LocalText {
    LocalText { ko, en }
}

/// Every check.
pub(super) const CHECKS: &[CheckText] = &[
    CheckText {
        code: "look_ahead",
        title: text("미래 엿보기", "Look-ahead"),
        passed: text(
            "{cuts}곳에서 데이터를 끊어 보았고 매매가 모두 같았습니다.",
            "Cut at {cuts} places, the trades were the same every time.",
        ),
        failed: text(
            "{cuts}곳 가운데 {differing_cuts}곳에서 매매가 달라졌습니다. 처음 달라진 날은 {date}입니다.",
            "The trades differed at {differing_cuts} of {cuts} cuts, first on {date}.",
        ),
    },
    CheckText {
        code: "warm_up",
        title: text("준비 기간", "Warm-up"),
        passed: text("준비 기간을 두 배로 늘려도 같은 매매를 했습니다.", "Twice the warm-up gave the same trades."),
        failed: text(
            "준비 기간을 두 배로 늘리자 매매가 달라졌습니다. 시작 시점에 따라 결과가 달라집니다.",
            "Twice the warm-up gave other trades: the result depends on where history begins.",
        ),
    },
    CheckText {
        code: "delay_one_bar",
        title: text("한 봉 늦은 체결", "One bar late"),
        passed: text(
            "총수익률 {total_return}이(가) 한 봉 늦게 체결해도 {stressed_total_return} 남았습니다.",
            "Of {total_return} total return, {stressed_total_return} is left with fills one bar later.",
        ),
        failed: text(
            "총수익률 {total_return}이(가) 한 봉 늦게 체결하면 {stressed_total_return}(으)로 줄어, 절반을 지키지 못했습니다.",
            "Of {total_return} total return only {stressed_total_return} is left with fills one bar later: less than half.",
        ),
    },
    CheckText {
        code: "double_cost",
        title: text("두 배 비용", "Double cost"),
        passed: text(
            "비용이 두 배여도 총수익률이 {total_return}에서 {stressed_total_return}(으)로, 여전히 이익입니다.",
            "With costs doubled the total return goes from {total_return} to {stressed_total_return}: still a gain.",
        ),
        failed: text(
            "비용이 두 배면 총수익률이 {total_return}에서 {stressed_total_return}(으)로, 이익이 사라집니다.",
            "With costs doubled the total return goes from {total_return} to {stressed_total_return}: the gain is gone.",
        ),
    },
    CheckText {
        code: "trade_order",
        title: text("매매 순서 섞기", "Shuffled trades"),
        passed: text(
            "{round_trips}번의 매매를 {draws}번 다시 뽑았더니 95%가 {final_equity_5} 이상으로 끝났습니다. 순서만 섞어도 최대 낙폭은 {max_drawdown_5}까지 깊어질 수 있었습니다.",
            "Drawing the {round_trips} round trips {draws} times, 95 % ended above {final_equity_5}. In another order alone the deepest drawdown could have been {max_drawdown_5}.",
        ),
        failed: text(
            "{round_trips}번의 매매를 {draws}번 다시 뽑았더니 운이 나쁜 5%는 {final_equity_5} 아래로, 처음 자본보다 적게 끝났습니다. 순서만 섞어도 최대 낙폭은 {max_drawdown_5}까지 깊어질 수 있었습니다.",
            "Drawing the {round_trips} round trips {draws} times, the unlucky 5 % ended below {final_equity_5}, less than the initial capital. In another order alone the deepest drawdown could have been {max_drawdown_5}.",
        ),
    },
];

/// Why a check was skipped, by its word.
pub(super) const REASONS: &[(&str, LocalText)] = &[
    ("no_session", text("거래일이 없어 끊어 볼 곳이 없습니다.", "There is no session to cut at.")),
    ("no_gain", text("원래 수익이 없어 견줄 것이 없습니다.", "There was no gain to begin with.")),
    (
        "too_few_round_trips",
        text("끝난 매매가 20번은 있어야 판단할 수 있습니다.", "At least 20 closed round trips are needed to judge."),
    ),
    (
        "too_few_bars",
        text("준비 기간을 두 배로 줄 만큼 앞선 데이터가 없습니다.", "There is not enough history before the period."),
    ),
];
