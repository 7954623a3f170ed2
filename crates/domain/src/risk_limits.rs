//! The limits that a person sets on an account (`safety` specification §3.2): their names, units, defaults and bounds, in
//! one table.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Won;

text_enum! {
    /// A limit of the risk gate.
    LimitName {
        /// RK10: how old a quote may be, by exchange time and by arrival.
        MaxQuoteAge = "max_quote_age",
        /// RK11: how far a price may be from the last price, and beyond the best opposite quote.
        PriceCollar = "price_collar",
        /// RK12: what an order may be worth.
        MaxOrderNotional = "max_order_notional",
        /// RK13: part of the average daily volume of 20 sessions that an order may be.
        MaxVolumeShare = "max_volume_share",
        /// RK14: how many times the median of the account's last 20 orders an order may be worth.
        FatFingerTimes = "fat_finger_times",
        /// RK14: part of equity that an order may be worth.
        FatFingerEquity = "fat_finger_equity",
        /// RK15: part of equity that a position may become.
        MaxPosition = "max_position",
        /// RK16: part of equity that all positions together may become.
        MaxGross = "max_gross",
        /// RK17: open orders of the account.
        MaxOpenOrders = "max_open_orders",
        /// RK17: open orders of one issue.
        MaxOpenOrdersPerSymbol = "max_open_orders_per_symbol",
        /// RK18: orders of the account in a minute.
        MaxOrdersPerMinute = "max_orders_per_minute",
        /// RK18: orders of one issue in a minute.
        MaxOrdersPerMinutePerSymbol = "max_orders_per_minute_per_symbol",
        /// RK18: orders of the account on a day.
        MaxOrdersPerDay = "max_orders_per_day",
        /// RK18: cancels of the account in a minute; they are counted apart.
        MaxCancelsPerMinute = "max_cancels_per_minute",
        /// RK09: time in which a strategy orders no more than once of the same issue and side. Longer is stricter.
        DuplicateWindow = "duplicate_window",
        /// RK19: fills of a strategy on a day, after which a person has to enable it again.
        MaxFillsPerDay = "max_fills_per_day",
        /// RK19: refusals by the broker in a row, likewise.
        MaxRefusalsInARow = "max_refusals_in_a_row",
        /// RK20: loss of a day in won, after which the account only reduces until the day ends.
        MaxDailyLoss = "max_daily_loss",
        /// RK20: the same as a part of the opening equity; the lesser of the two counts.
        MaxDailyLossShare = "max_daily_loss_share",
    }
}

text_enum! {
    /// In what a limit, and what is held against it, is counted.
    RiskUnit {
        /// Won.
        Won = "won",
        /// Shares.
        Shares = "shares",
        /// Hundredths of a percent.
        BasisPoints = "basis_points",
        /// How many times as much.
        Times = "times",
        /// Things that are counted: orders, fills, refusals.
        Count = "count",
        /// Thousandths of a second.
        Milliseconds = "milliseconds",
        /// Seconds.
        Seconds = "seconds",
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSpec {
    /// What values are counted in.
    pub unit: RiskUnit,
    /// Value of an account at a broker that nobody has changed.
    pub at_broker: i64,
    /// Value of a demo account that nobody has changed.
    pub on_demo: i64,
    /// The least value a person may set.
    pub least: i64,
    /// The greatest value a person may set, unless the operator set another hard cap.
    pub most: i64,
}

impl LimitName {
    /// Unit, defaults and bounds.
    pub const fn spec(self) -> LimitSpec {
        use RiskUnit as U;
        let (unit, at_broker, on_demo, least, most) = match self {
            Self::MaxQuoteAge => (U::Milliseconds, 3_000, 10_000, 500, 60_000),
            // A demo order may rest anywhere within the limits of its day.
            Self::PriceCollar => (U::BasisPoints, 300, 5_000, 10, 5_000),
            Self::MaxOrderNotional => (U::Won, 1_000_000, 20_000_000, 0, 50_000_000),
            Self::MaxVolumeShare => (U::BasisPoints, 100, 1_000, 0, 2_500),
            Self::FatFingerTimes => (U::Times, 5, 20, 1, 100),
            Self::FatFingerEquity => (U::BasisPoints, 2_500, 2_500, 0, 10_000),
            Self::MaxPosition => (U::BasisPoints, 2_000, 2_000, 0, 10_000),
            Self::MaxGross => (U::BasisPoints, 10_000, 10_000, 0, 10_000),
            Self::MaxOpenOrders => (U::Count, 10, 100, 0, 200),
            Self::MaxOpenOrdersPerSymbol => (U::Count, 2, 20, 0, 50),
            Self::MaxOrdersPerMinute => (U::Count, 10, 200, 0, 600),
            Self::MaxOrdersPerMinutePerSymbol => (U::Count, 3, 60, 0, 100),
            Self::MaxOrdersPerDay => (U::Count, 100, 5_000, 0, 10_000),
            Self::MaxCancelsPerMinute => (U::Count, 20, 200, 0, 600),
            Self::DuplicateWindow => (U::Seconds, 60, 20, 10, 86_400),
            Self::MaxFillsPerDay => (U::Count, 20, 1_000, 0, 10_000),
            Self::MaxRefusalsInARow => (U::Count, 3, 5, 1, 20),
            Self::MaxDailyLoss => (U::Won, 300_000, 5_000_000, 0, 1_000_000_000),
            Self::MaxDailyLossShare => (U::BasisPoints, 200, 500, 0, 10_000),
        };
        LimitSpec { unit, at_broker, on_demo, least, most }
    }

    /// True if `to` lets more pass than `from`.
    pub const fn is_raise(self, from: i64, to: i64) -> bool {
        match self {
            Self::DuplicateWindow => to < from,
            _ => to > from,
        }
    }
}

/// The limits in force on an account; in JSON an object of names and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLimits([i64; LimitName::ALL.len()]);

impl AccountLimits {
    /// Those of an account at a broker that nobody has changed.
    pub fn at_broker() -> Self {
        Self::of(|name| name.spec().at_broker)
    }

    /// Those of a demo account that nobody has changed.
    pub fn on_demo() -> Self {
        Self::of(|name| name.spec().on_demo)
    }

    /// The value of a limit, in its unit.
    pub fn get(&self, name: LimitName) -> i64 {
        self.0[name as usize]
    }

    /// These limits with another value of one.
    #[must_use]
    pub fn with(mut self, name: LimitName, value: i64) -> Self {
        self.0[name as usize] = value;
        self
    }

    /// Every limit with its value.
    pub fn iter(&self) -> impl Iterator<Item = (LimitName, i64)> {
        LimitName::ALL.iter().map(|name| (*name, self.get(*name)))
    }

    fn of(value: impl Fn(LimitName) -> i64) -> Self {
        let mut limits = Self([0; LimitName::ALL.len()]);
        for name in LimitName::ALL {
            limits.0[*name as usize] = value(*name);
        }
        limits
    }
}

impl Serialize for AccountLimits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for AccountLimits {
    /// A name that is missing has the value of an account at a broker.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = BTreeMap::<LimitName, i64>::deserialize(deserializer)?;
        Ok(values.into_iter().fold(Self::at_broker(), |limits, (name, value)| limits.with(name, value)))
    }
}

/// The greatest values that the operator allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HardCaps(pub BTreeMap<LimitName, i64>);

impl HardCaps {
    /// The greatest value of a limit.
    pub fn of(&self, name: LimitName) -> i64 {
        self.0.get(&name).copied().unwrap_or(name.spec().most)
    }

    /// The most that any order may be worth, a sale of a large holding included.
    pub fn order_notional(&self) -> Won {
        Won(self.of(LimitName::MaxOrderNotional))
    }

    /// A value as far as the operator allows it.
    pub fn cut(&self, name: LimitName, value: i64) -> i64 {
        value.min(self.of(name)).max(name.spec().least.min(self.of(name)))
    }
}

/// Text of the form `max_order_notional=30000000, max_gross=5000`.
impl std::str::FromStr for HardCaps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut caps = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("\"{part}\": write name=value"))?;
            let name: LimitName = name.trim().parse().map_err(|error: crate::UnknownWord| error.to_string())?;
            let value = value.trim();
            let whole = value.replace('_', "").parse::<i64>().ok().filter(|value| *value >= name.spec().least);
            let unit = name.spec().unit;
            let least = name.spec().least;
            let value = whole.ok_or_else(|| format!("{name} is \"{value}\": write whole {unit}, {least} or more"))?;
            caps.insert(name, value);
        }
        Ok(Self(caps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_lie_within_their_bounds_and_a_demo_is_not_narrower() {
        for name in LimitName::ALL {
            let LimitSpec { at_broker, on_demo, least, most, .. } = name.spec();
            for value in [at_broker, on_demo] {
                assert!((least..=most).contains(&value), "{name}");
            }
            assert!(!name.is_raise(on_demo, at_broker), "{name}");
        }
        assert_eq!(LimitName::FatFingerEquity.spec().at_broker, 2_500);
        assert_eq!(LimitName::MaxPosition.spec().at_broker, 2_000);
    }

    #[test]
    fn limits_are_an_object_of_names_in_json() {
        let limits = AccountLimits::on_demo().with(LimitName::MaxGross, 5_000);
        let json = serde_json::to_string(&limits).expect("JSON");
        assert!(json.contains(r#""max_gross":5000"#), "{json}");
        assert_eq!(serde_json::from_str::<AccountLimits>(&json).ok(), Some(limits));
        assert_eq!(serde_json::from_str::<AccountLimits>("{}").ok(), Some(AccountLimits::at_broker()));
    }

    #[test]
    fn a_shorter_window_is_a_raise_and_a_smaller_order_is_none() {
        assert!(LimitName::DuplicateWindow.is_raise(60, 30));
        assert!(!LimitName::DuplicateWindow.is_raise(60, 90));
        assert!(LimitName::MaxOrderNotional.is_raise(1, 2));
        assert!(!LimitName::MaxOrderNotional.is_raise(2, 2));
    }

    #[test]
    fn hard_caps_are_read_from_text_and_cut() {
        let caps: HardCaps = " max_order_notional = 30_000_000, max_gross=5000,".parse().expect("valid");
        assert_eq!(caps.order_notional(), Won(30_000_000));
        assert_eq!(caps.cut(LimitName::MaxGross, 10_000), 5_000);
        assert_eq!(caps.cut(LimitName::MaxGross, -1), 0);
        assert_eq!(caps.of(LimitName::MaxOpenOrders), 200);
        for bad in ["max_gross", "max_gross=many", "max_gross=-1", "size=3", "max_gross=1.5"] {
            assert!(bad.parse::<HardCaps>().is_err(), "{bad}");
        }
        assert_eq!("".parse::<HardCaps>(), Ok(HardCaps::default()));
    }
}
