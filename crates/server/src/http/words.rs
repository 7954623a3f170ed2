//! The closed word lists of the domain as OpenAPI schemas, taken from the domain itself so that they cannot differ.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

fn enumeration(words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build().into()
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                enumeration($words)
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

words! {
    /// Side of an order or trade.
    Side = exodus_domain::Side::ALL.iter().map(|word| word.as_str());
    /// Pricing of an order.
    OrderType = exodus_domain::OrderType::ALL.iter().map(|word| word.as_str());
    /// Coarse status of an order.
    OrderStatus = exodus_domain::OrderStatus::ALL.iter().map(|word| word.as_str());
    /// Fine state of an order; `queued` while no worker has taken the request.
    OrderState = std::iter::once(QUEUED).chain(exodus_domain::OrderState::ALL.iter().map(|word| word.as_str()));
    /// Reason of a denial.
    RiskCode = exodus_domain::RiskCode::ALL.iter().map(|word| word.as_str());
    /// A limit of the risk gate.
    LimitName = exodus_domain::LimitName::ALL.iter().map(|word| word.as_str());
    /// Whose list keeps an issue from being traded.
    RestrictedBy = exodus_trading::RestrictedBy::ALL.iter().map(|word| word.as_str());
    /// Why the program stopped a strategy.
    DisabledBy = exodus_trading::DisabledBy::ALL.iter().map(|word| word.as_str());
    /// What a limit of the risk gate is counted in.
    RiskUnit = exodus_domain::RiskUnit::ALL.iter().map(|word| word.as_str());
    /// Who may let trading go on.
    ClearedBy = exodus_domain::ClearedBy::ALL.iter().map(|word| word.as_str());
    /// What a kill switch covers.
    KillScope = exodus_domain::KillScope::ALL.iter().map(|word| word.as_str());
    /// How far a kill switch is pulled.
    KillState = exodus_domain::KillState::ALL.iter().map(|word| word.as_str());
    /// Which rule limits the prices of an issue on a day.
    LimitRule = exodus_domain::LimitRule::WORDS;
    /// Price list of a broker.
    CommissionPlan = exodus_domain::CommissionPlan::ALL.iter().map(|word| word.as_str());
    /// Won that a commission is a multiple of.
    RoundingUnit = exodus_domain::RoundingUnit::ALL.iter().map(|word| word.as_str());
    /// Which multiple of the unit a commission is.
    RoundingMode = exodus_domain::RoundingMode::ALL.iter().map(|word| word.as_str());
    /// Kind of issue, as far as the rules tell kinds apart.
    InstrumentKind = exodus_domain::InstrumentKind::ALL.iter().map(|word| word.as_str());
    /// What a person must hear of.
    NotificationKind = exodus_domain::NotificationKind::ALL.iter().map(|word| word.as_str());
    /// What must be before a strategy can be armed.
    ArmingNeed = exodus_domain::ArmingNeed::ALL.iter().map(|word| word.as_str());
    /// Why an arming ended.
    ArmingEnd = exodus_domain::ArmingEnd::ALL.iter().map(|word| word.as_str());
    /// Why a trading day on paper does not count.
    PaperFlaw = exodus_domain::PaperFlaw::ALL.iter().map(|word| word.as_str());
    /// Whether new orders may go to a broker.
    CircuitState = exodus_domain::CircuitState::ALL.iter().map(|word| word.as_str());
    /// Why new orders may not go to a broker.
    CircuitCause = exodus_domain::CircuitCause::ALL.iter().map(|word| word.as_str());
    /// Direction of a signal.
    SignalType = exodus_domain::SignalType::ALL.iter().map(|word| word.as_str());
    /// What a user may do; each role may do what the next one may.
    Role = exodus_store::users::Role::ALL.iter().map(|word| word.as_str());
    /// How far a job is; `dead` if it is out of attempts.
    JobStatus = exodus_store::jobs::JobStatus::ALL.iter().map(|word| word.as_str());
    /// Whether there is trading now.
    MarketSession = ["open", "closed", "demo"];
    /// Market division.
    Market = exodus_domain::Market::ALL.iter().map(|word| word.as_str());
    /// How sure it is that a day is, or is not, a session.
    DayStatus = exodus_domain::DayStatus::ALL.iter().map(|word| word.as_str());
    /// What makes the hours of a session special.
    SessionNote = exodus_domain::SessionNote::ALL.iter().map(|word| word.as_str());
    /// Where orders are matched.
    TradingVenue = exodus_domain::TradingVenue::ALL.iter().map(|word| word.as_str());
    /// A part of the trading day.
    Phase = exodus_domain::Phase::ALL.iter().map(|word| word.as_str());
    /// What holds up the trading of an issue, or of a whole market.
    Brake = exodus_domain::Brake::ALL.iter().map(|word| word.as_str());
    /// How orders meet.
    Matching = exodus_domain::Matching::ALL.iter().map(|word| word.as_str());
    /// Kind of issue.
    SecurityKind = exodus_store::instruments::SecurityKind::ALL.iter().map(|word| word.as_str());
    /// Whether an issue is still on the market.
    ListingStatus = exodus_store::instruments::ListingStatus::ALL.iter().map(|word| word.as_str());
    /// How the gains of an ETF or ETN are taxed.
    TaxClass = exodus_store::instruments::TaxClass::ALL.iter().map(|word| word.as_str());
    /// What is said of an issue.
    IssueState = exodus_domain::IssueState::ALL.iter().map(|word| word.as_str());
    /// What prices are.
    PriceBasis = exodus_store::prices::PriceBasis::ALL.iter().map(|word| word.as_str());
    /// Which prices are wanted.
    PriceChoice = crate::market::candles::PriceChoice::ALL.iter().map(|word| word.as_str());
    /// What a file holds.
    ImportKind = exodus_store::imports::ImportKind::ALL.iter().map(|word| word.as_str());
    /// Who brought what is imported.
    ImportSource = exodus_store::imports::ImportSource::ALL.iter().map(|word| word.as_str());
    /// What happened to an issue.
    ActionKind = exodus_domain::ActionKind::ALL.iter().map(|word| word.as_str());
    /// Format of exported bars.
    ExportFormat = exodus_store::export::ExportFormat::ALL.iter().map(|word| word.as_str());
    /// Length of a bar.
    Interval = exodus_domain::Interval::ALL.iter().map(|word| word.as_str());
    /// Length of a bar that feeds give; the others are made of minutes.
    FeedInterval = [exodus_domain::Interval::Minute1.as_str(), exodus_domain::Interval::Day1.as_str()];
    /// When the orders of a backtest meet the market.
    FillTiming = ["next_open", "closing_auction", "limit_within_bar"];
    /// What makes an issue large.
    RankBy = ["value", "market_cap"];
    /// How often the members of a universe are chosen.
    Rebalance = ["monthly", "quarterly", "yearly"];
    /// Which end of a figure is wanted.
    Direction = ["maximize", "minimize"];
    /// In what two runs of a backtest differ.
    Difference = ["data", "rules", "code", "parameters", "result"];
    /// By what strategies are sorted.
    StrategySort = exodus_store::strategies::StrategySort::ALL.iter().map(|word| word.as_str());
    /// Who holds an account.
    AccountBroker = exodus_store::accounts::AccountBroker::ALL.iter().map(|word| word.as_str());
    /// Whether the money of an account is real.
    AccountEnv = exodus_store::accounts::AccountEnv::ALL.iter().map(|word| word.as_str());
    /// Whether an account can be used.
    AccountStatus = exodus_store::accounts::AccountStatus::ALL.iter().map(|word| word.as_str());
    /// What is wrong with an account.
    AccountProblemCode = crate::accounts::problem::ProblemCode::ALL.iter().map(|word| word.as_str());
    /// What is asked of a broker about an account.
    CheckStep = crate::accounts::problem::CheckStep::ALL.iter().map(|word| word.as_str());
    /// How a step of a check ended.
    StepState = crate::accounts::problem::StepState::ALL.iter().map(|word| word.as_str());
    /// Why a day has fewer bars than it could.
    GapReason = exodus_store::coverage::GapReason::ALL.iter().map(|word| word.as_str());
}

/// The state of an order request that no worker has taken yet.
pub(crate) const QUEUED: &str = "queued";
