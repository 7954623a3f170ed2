//! Parameters that every type that ranks has.

use crate::catalog::{Choice, LocalText, ParameterRange, ParameterSpec, Unit};

/// How many issues are held.
pub(crate) const HOLD_COUNT: ParameterSpec = ParameterSpec {
    key: "hold_count",
    title: LocalText { ko: "보유 종목 수", en: "Issues held" },
    description: LocalText {
        ko: "순위가 높은 종목을 이만큼 보유합니다.", en: "Holds so many of the best."
    },
    unit: Some(Unit::Count),
    group: "ranking",
    when: &[],
    range: ParameterRange::Integer { minimum: 1, maximum: 200, default: 10 },
};

/// How often is decided.
pub(crate) const REBALANCE: ParameterSpec = ParameterSpec {
    key: "rebalance",
    title: LocalText { ko: "교체 주기", en: "Rebalance" },
    description: LocalText {
        ko: "새 기간의 첫 봉이 마감될 때 순위를 다시 매겨 종목을 바꿉니다.",
        en: "Ranks anew, and trades, at the first close of each new period.",
    },
    unit: None,
    group: "ranking",
    when: &[],
    range: ParameterRange::Choice(&[
        Choice { value: "month", title: LocalText { ko: "매월", en: "Monthly" } },
        Choice { value: "quarter", title: LocalText { ko: "분기마다", en: "Quarterly" } },
        Choice { value: "week", title: LocalText { ko: "매주", en: "Weekly" } },
        Choice { value: "day", title: LocalText { ko: "매일", en: "Daily" } },
    ]),
};
