//! Kill switches, and the cancels they lead to.

use exodus_domain::KillState;

use super::order::Order;
use super::{Command, Engine};

impl Engine {
    /// Takes a switch of the account, or of one strategy.
    pub(super) fn on_kill(&mut self, strategy_id: Option<i64>, state: KillState, out: &mut Vec<Command>) {
        match strategy_id {
            None => self.kill = state,
            // A strategy that does not run is told its switch when it is added.
            Some(id) => {
                if let Some(running) = self.strategies.get_mut(&id) {
                    running.kill = state;
                }
            }
        }
        if state == KillState::Halted {
            self.cancel_open(strategy_id, out);
        }
    }

    /// Cancels every open order, or those of one strategy, oldest first.
    pub(super) fn cancel_open(&self, strategy_id: Option<i64>, out: &mut Vec<Command>) {
        for (client_ref, index) in &self.orders {
            let open = |order: &&Order| order.client_ref == *client_ref;
            let Some(order) = self.issues[index.0].open.iter().find(open) else { continue };
            if strategy_id.is_none() || order.strategy_id == strategy_id {
                out.push(Command::Cancel { client_ref: *client_ref });
            }
        }
    }
}
