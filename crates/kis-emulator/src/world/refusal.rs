//! Why the broker does not take a request.

use chrono::NaiveDate;
use exodus_domain::{Phase, Price, Qty, StyleRefusal, Symbol, Won};

/// A refusal at entry; nothing changed. The REST side has a code of the broker for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such account.
    #[error("there is no account of that number")]
    UnknownAccount,
    /// The number is taken.
    #[error("there is an account of that number: choose another")]
    AccountExists,
    /// Not listed here.
    #[error("{0} is not listed in this market")]
    UnknownSymbol(Symbol),
    /// No trading on that day.
    #[error("the exchange is closed on {0}")]
    NoSession(NaiveDate),
    /// No phase takes orders yet.
    #[error("the exchange takes no orders yet")]
    BeforeOpen,
    /// No phase takes orders any more, or one will later.
    #[error("the exchange takes no orders now")]
    AfterClose,
    /// The order type does not fit venue, phase or issue.
    #[error(transparent)]
    Style(#[from] StyleRefusal),
    /// The order type names another phase than the one that is held.
    #[error("this order type is not for the phase {0}")]
    OtherSession(Phase),
    /// Trading of the issue is halted: cancels are taken.
    #[error("the issue is halted: new orders are void, cancels are taken")]
    Halted,
    /// Fewer than one share, or more than money can pay.
    #[error("the quantity is below one share or beyond all money")]
    BadQuantity,
    /// A price where none belongs, or none where one does; or a stop price likewise.
    #[error("the order type and the price do not go together")]
    BadPrice,
    /// Between two ticks.
    #[error("{0} won is between two ticks")]
    OffTick(Price),
    /// Beyond the limits of the day.
    #[error("{price} won is outside the limits {lower} to {upper} of the day")]
    OutsideLimits {
        /// Price of the order.
        price: Price,
        /// Lower limit.
        lower: Price,
        /// Upper limit.
        upper: Price,
    },
    /// A best-price or mid-price order, and nobody shows such a price.
    #[error("nobody shows the price that the order refers to")]
    NoReference,
    /// Too little cash.
    #[error("the order needs {needed} won, {orderable} won are free")]
    NoCash {
        /// Won that the order would hold back.
        needed: Won,
        /// Won free.
        orderable: Won,
    },
    /// Too few shares.
    #[error("{wanted} shares to sell, {sellable} are free")]
    NoShares {
        /// Shares of the order.
        wanted: Qty,
        /// Shares free.
        sellable: Qty,
    },
    /// No order of that number today.
    #[error("there is no order of that number today")]
    UnknownOrder,
    /// Nothing of it is open any more.
    #[error("nothing of the order is open")]
    NothingOpen,
    /// Less is open than should be changed.
    #[error("less of the order is open than should be changed")]
    TooMany,
    /// The state could not be written to disk, so nothing was done.
    #[error("the state of the emulator could not be written: look at its disk")]
    StateNotWritten,
}
