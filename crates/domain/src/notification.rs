//! What a person must hear of, wherever they are (safety §7).

text_enum! {
    /// What happened.
    NotificationKind {
        /// A phase of the trading day came too late and was left out.
        JobDropped = "job_dropped",
        /// New orders of an account wait until its broker has proven itself.
        CircuitOpened = "circuit_opened",
        /// New orders of an account may go again.
        CircuitClosed = "circuit_closed",
        /// The independent monitor found what must not be, and halted the account.
        MonitorTripped = "monitor_tripped",
        /// A check before the open failed, and the account was halted.
        PreOpenFailed = "preopen_failed",
        /// An order has been without an answer for a minute.
        OrderUnknown = "order_unknown",
        /// A person must say what became of an order.
        OrderAmbiguous = "order_ambiguous",
        /// An order appeared at the broker after it was taken for lost.
        OrderReappeared = "order_reappeared",
        /// The program halted an account.
        AccountHalted = "account_halted",
        /// An account only reads until a person releases it.
        AccountReview = "account_review",
        /// A strategy may not order with real money any more.
        ArmingEnded = "arming_ended",
        /// A sign-in was used by two, and was ended.
        TokenReused = "token_reused",
        /// The audit log was tampered with.
        AuditBroken = "audit_broken",
        /// The report of a day is there.
        DayReport = "day_report",
    }
}

impl NotificationKind {
    /// True if it is told again and again until the person has seen it.
    pub const fn is_repeated(self) -> bool {
        match self {
            Self::CircuitOpened
            | Self::MonitorTripped
            | Self::PreOpenFailed
            | Self::OrderUnknown
            | Self::OrderAmbiguous
            | Self::OrderReappeared
            | Self::AccountHalted
            | Self::AccountReview
            | Self::TokenReused
            | Self::AuditBroken => true,
            Self::JobDropped | Self::CircuitClosed | Self::ArmingEnded | Self::DayReport => false,
        }
    }
}
