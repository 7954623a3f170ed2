//! A decision that is asked for again, because nothing of its order reached the broker (safety T7).

use chrono::{DateTime, Utc};
use exodus_domain::{Denial, OrderFields, Won};

use super::order::Order;
use super::{ClientRef, Engine, EngineError, PositionIndex};
use crate::risk::{Approved, RiskInputs};

/// An order that the gate does not let pass when it is asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The check that failed.
    pub denial: Denial,
    /// What the decision rests on.
    pub inputs: RiskInputs,
}

impl Engine {
    /// Asks the gate once more about an order that was placed and never sent, by what is known at `at`. Its first decision,
    /// its reserved cash and its lock count for nothing in that. `confirmed` is what a person typed to confirm its size.
    /// The engine goes on following the order, whatever the gate says.
    ///
    /// # Errors
    /// [`EngineError::UnknownOrder`] if it is not open.
    pub fn decide_again(
        &mut self,
        client_ref: ClientRef,
        confirmed: Option<Won>,
        at: DateTime<Utc>,
    ) -> Result<Result<Approved<OrderFields>, Box<Refused>>, EngineError> {
        let unknown = EngineError::UnknownOrder(client_ref);
        let index = *self.orders.get(&client_ref).ok_or(unknown)?;
        let open = &mut self.issues[index.0].open;
        let place = open.iter().position(|order| order.client_ref == client_ref).ok_or(unknown)?;
        let order = open.remove(place);
        self.portfolio.reserve(order.reserved, Won::ZERO);
        let first = self.live.as_mut().and_then(|live| live.forget(&order));
        let decision = self.decide_on(&order, index, confirmed, at);
        if let Some(live) = &mut self.live {
            live.remember_again(first, decision.is_ok().then_some(at));
        }
        self.portfolio.reserve(Won::ZERO, order.reserved);
        self.issues[index.0].open.insert(place, order);
        Ok(decision)
    }

    fn decide_on(
        &self,
        order: &Order,
        index: PositionIndex,
        confirmed: Option<Won>,
        at: DateTime<Utc>,
    ) -> Result<Approved<OrderFields>, Box<Refused>> {
        let own = order.strategy_id.and_then(|id| self.strategies.get(&id));
        let kill = own.map_or(self.kill, |own| self.kill.max(own.kill));
        let mut inputs = self.inputs(Some(index), order.fields.side, order.strategy_id, kill, at);
        if let Some(live) = &mut inputs.live {
            live.confirmed = confirmed;
        }
        self.gate.check(&order.fields, &inputs, at).map_err(|denial| Box::new(Refused { denial: *denial, inputs }))
    }
}
