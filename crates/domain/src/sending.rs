//! What an answer to a request that moves money is worth (safety §2.4).

text_enum! {
    /// The class of an answer. There is no fifth: what fits nowhere is [`AnswerClass::Unknown`].
    AnswerClass {
        /// A: accepted.
        Accepted = "a",
        /// R: refused with a code that is known to be a refusal.
        Refused = "r",
        /// P: proven that the request was not accepted.
        Unsent = "p",
        /// U: the request may or may not have been accepted.
        Unknown = "u",
    }
}

text_enum! {
    /// Why it is certain that a request was not accepted.
    UnsentProof {
        /// P1: no byte of it was written.
        NoBytes = "p1",
        /// P2: the gateway turned it away for its rate (`EGW00201`).
        RateLimit = "p2",
        /// P3: the gateway did not take the token (`EGW00121`, `EGW00123`).
        Token = "p3",
    }
}
