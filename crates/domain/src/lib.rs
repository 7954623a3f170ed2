//! Pure types and rules of the Korean equity market and of the order path.
//!
//! Nothing here does I/O, reads a clock or draws chance: time and data are passed in, answers are values.

#[macro_use]
mod text_enum;

mod aggregate;
mod amendments;
mod arming;
mod base_price;
mod calendar;
mod circuit;
mod commission;
mod compact_bar;
mod corporate_actions;
mod costs;
mod fundamentals;
mod holding;
mod instrument;
mod isin;
mod limits;
mod market_brakes;
mod market_data;
mod master_record;
mod money;
mod notice;
mod notification;
mod order;
mod order_style;
mod ports;
mod quality;
mod restatement;
mod risk;
mod risk_limits;
mod rounding;
mod sending;
mod settlement;
mod signal;
mod states;
mod symbol;
pub mod testing;
mod ticks;
mod time;
mod timetable;
mod trading_hours;
mod volatility_interruption;

pub use aggregate::aggregate;
pub use amendments::{AmendedHours, AmendmentError, Amendments};
pub use arming::{
    ArmingEnd, ArmingNeed, FIRST_DAY_ORDERS, FIRST_DAY_PART, MAX_ARMED_DAYS, PAPER_DAYS, PaperFlaw, WorstCase,
    armed_days, arming_sentences, is_arming_sentence,
};
pub use base_price::{BasePriceEvent, ReopeningCause, SessionBase, base_price, base_price_after};
pub use calendar::{
    AlreadyInForce, Closure, DayStatus, SessionHours, SessionNote, TradingCalendar, add_sessions, closure, closures,
    day_status, is_session, next_session, previous_session, rules_version, session_hours, session_note, sessions,
    settlement_date, trading_calendar,
};
pub use circuit::{Circuit, CircuitCause, CircuitChange, CircuitEvent, CircuitRecord, CircuitState, Opening};
pub use commission::{CommissionPlan, CommissionSchedule, CommissionTerms};
pub use compact_bar::CompactBar;
pub use corporate_actions::{ActionKind, Adjustment, CorporateAction, PriceFactor};
pub use costs::{
    ContractNote, OrderCosts, SaleTax, SaleTaxRates, contract_note, order_costs, sale_tax, sale_tax_rates,
};
pub use fundamentals::Fundamentals;
pub use holding::{Fill, Holding, OverSold};
pub use instrument::Instrument;
pub use isin::{Isin, IsinError};
pub use limits::{LimitRule, LimitTerms, PriceLimits, after_hours_single_limits, price_limits};
pub use market_brakes::{
    BadIndexLevel, CircuitBreaker, FutureSituation, HALT, IndexLevel, IndexSituation, REOPENING_AUCTION, SIDECAR,
    Sidecar,
};
pub use market_data::{Bar, FeedEvent, Interval, Level, OrderBook, Quote, Venue};
pub use master_record::MasterRecord;
pub use money::{AvgPrice, AvgPriceError, Price, Qty, Won};
pub use notice::Notice;
pub use notification::NotificationKind;
pub use order::{
    ForbiddenTransition, OrderEvent, OrderFields, OrderState, OrderStatus, OrderType, RowEnd, RowFacts, Side,
    average_fill_price,
};
pub use order_style::{Brake, OrderSituation, OrderStyle, StyleRefusal};
pub use ports::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, BusDown, Clock, EventBus, LateAnswer, MarketFeed,
    NoAnswer, OrderAnswer, OrderLine, PortStream, Sent, Timer,
};
pub use quality::{DayRange, Finding, Flaw, findings, missing_days};
pub use restatement::Restated;
pub use risk::{ClearedBy, Denial, Halt, KillScope, KillState, RiskCode};
pub use risk_limits::{AccountLimits, HardCaps, LimitName, LimitSpec, RiskUnit};
pub use rounding::{Rounding, RoundingMode, RoundingUnit};
pub use sending::{AnswerClass, UnsentProof};
pub use settlement::{CashBuckets, CashLedger};
pub use signal::{Reason, ReasonCondition, Signal, SignalType};
pub use states::{IssueState, IssueStates};
pub use symbol::{InstrumentKind, Market, Symbol, SymbolError};
pub use text_enum::UnknownWord;
pub use ticks::{
    ceil_to_tick, floor_to_tick, is_on_tick, is_valid_print, round_to_tick, tick_down, tick_size, tick_up,
};
pub use time::{KST, from_kst, kst_date, kst_time};
pub use timetable::{Matching, Phase, PhaseWindow, TradingVenue, phase_at, phase_windows, timetable};
pub use trading_hours::{CLOSING_PRINT, Stretch, TradingHours};
pub use volatility_interruption::{VI_AUCTION_SECONDS, ViClass, ViKind, ViSituation};

/// The state of the market rules in this crate: ticks, limits, calendar, taxes and commissions as known on that day.
/// It changes with every change of a rule, so that a stored result tells which rules made it.
pub const RULES_VERSION: &str = "2026-11-22";
