//! Which issues are exchange-traded notes: the broker writes a `Q` before their codes (kis-openapi §5.2, §6, §7.2).

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use exodus_domain::Symbol;

use crate::wire::stream::ShortCode;

/// The exchange-traded notes (ETN). A code alone does not tell that it is one's, a symbol master does. Clones are the same
/// list, so that what is learnt in the morning is known to connections that stand already.
#[derive(Clone, Debug, Default)]
pub struct Etns(Arc<RwLock<HashSet<Symbol>>>);

impl Etns {
    /// Names them all, in place of those known before.
    pub fn set(&self, symbols: HashSet<Symbol>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = symbols;
    }

    /// An issue as the broker names it, in orders, questions and registrations alike.
    pub(crate) fn code_of(&self, symbol: Symbol) -> ShortCode {
        ShortCode { symbol, is_etn: self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&symbol) }
    }
}
