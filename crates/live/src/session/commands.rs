//! Carrying out what the engine commands.

use chrono::TimeDelta;
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{
    Denial, KillState, LimitName, OrderAnswer, OrderCosts, OrderFields, OrderState, Qty, RiskCode, Signal, Won,
};
use exodus_store::StoreError;
use exodus_store::orders::{self, CancelCause, CancelCreation, CancelLimits, Creation, Order};
use exodus_store::signals::{self, NewSignal};
use exodus_trading::{Approved, Cause, ClientRef, Command, EngineEvent};

use futures::FutureExt;

use super::Session;
use crate::LiveError;
use crate::executor::{Origin, SentOrder};
use crate::reconcile::halt;

/// A list that was asked for longer ago does not show what is open now: open orders are read as often (R2).
const FRESH_LIST: TimeDelta = TimeDelta::seconds(5);

/// What made a strategy speak, as the end of the key of its signal. It holds nothing random.
fn moment_of(event: &EngineEvent) -> String {
    match event {
        EngineEvent::BarsClosed { interval, open_time, .. } => format!("{interval}:{}", open_time.timestamp()),
        // A price, or an order that had to end first.
        EngineEvent::Price { at, .. } | EngineEvent::OrderUpdate { at, .. } => format!("at:{}", at.timestamp_micros()),
        EngineEvent::ManualOrder { .. } | EngineEvent::ManualCancel { .. } | EngineEvent::Kill { .. } => String::new(),
    }
}

impl Session {
    /// Steps the engine and carries out what follows.
    pub(super) async fn step(&mut self, event: &EngineEvent) -> Result<(), LiveError> {
        let mut commands = Vec::new();
        self.tell_circuit();
        self.engine.step(event, &mut commands)?;
        // Boxed, because what becomes of an order is told to the engine by another step.
        if commands.is_empty() { Ok(()) } else { Box::pin(self.carry_out(commands, &moment_of(event))).await }
    }

    /// Tells the risk gate whether the circuit to the broker is open (RK03).
    fn tell_circuit(&mut self) {
        let circuit_open = !self.deps.breaker.is_closed();
        if let Some(live) = self.engine.live_mut() {
            live.standing_mut().circuit_open = circuit_open;
        }
    }

    pub(super) async fn carry_out(&mut self, commands: Vec<Command>, moment: &str) -> Result<(), LiveError> {
        for command in commands {
            match command {
                Command::Signal { strategy_id, signal } => {
                    let signal = self.new_signal(strategy_id, signal, moment);
                    signals::record(&self.deps.store, &signal, self.now()).await?;
                }
                Command::Place { client_ref, cause, order } => {
                    let origin = self.origin(cause, moment);
                    self.place(client_ref, &order, &origin).await?;
                }
                Command::Deny { cause, fields, denial, inputs, .. } => {
                    let origin = self.origin(cause, moment);
                    tracing::info!(account_id = self.account.id, %denial, "an order was denied");
                    self.executor.write_denied(&fields, &inputs, &denial, &origin).await?;
                }
                Command::Cancel { client_ref } => {
                    if let Some(order) = self.stored(client_ref).await? {
                        let cause = if self.account_kill == KillState::Halted {
                            CancelCause::Kill
                        } else if order.strategy_id.is_some() {
                            CancelCause::Strategy
                        } else {
                            CancelCause::Person
                        };
                        self.cancel(&order, cause).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes an order down and sends it.
    async fn place(
        &mut self,
        client_ref: ClientRef,
        order: &Approved<OrderFields>,
        origin: &Origin,
    ) -> Result<(), LiveError> {
        if order.inputs().live.is_none() {
            // Every way to an order is through the facts of the account; one that is not is a defect, and is not sent.
            let detail = "The order was decided without the facts of the account: report a defect.";
            let denial = Denial { input: Some("facts".to_owned()), ..Denial::new(RiskCode::InputMissing, detail) };
            self.executor.write_denied(order.get(), order.inputs(), &denial, origin).await?;
            return self.drop_from_engine(client_ref).await;
        }
        match self.executor.write(order, origin).await? {
            Creation::Created(written) => {
                self.refs.insert(client_ref, written.id);
                // A person confirmed what was asked for, and it may have been lowered.
                let OrderFields { quantity, price, .. } = *order.get();
                let typed = order.inputs().live.as_ref().and_then(|live| live.confirmed);
                let confirmed = typed.map(|typed| price.map_or(typed, |price| price * quantity));
                self.send(client_ref, written, confirmed).await
            }
            // The same cause was seen before a restart; its order goes its own way.
            Creation::Existing(existing) => {
                tracing::warn!(order_id = existing.id, "an order for the same cause exists");
                self.drop_from_engine(client_ref).await
            }
            Creation::InDoubt { order_id } => {
                let detail =
                    format!("Order {order_id} of the same issue and side is in doubt: wait until it is resolved.");
                let denial = Denial::new(RiskCode::OrderInDoubt, detail);
                self.executor.write_denied(order.get(), order.inputs(), &denial, origin).await?;
                self.drop_from_engine(client_ref).await
            }
        }
    }

    /// Sends an order that was written down, and listens on for an answer that does not come in time. An attempt that the
    /// broker is proven not to have taken may be followed by another, if the risk gate lets it (T7).
    async fn send(&mut self, client_ref: ClientRef, written: Order, confirmed: Option<Won>) -> Result<(), LiveError> {
        let mut waiting = written;
        loop {
            // Many orders of one close take longer than a tick.
            self.keep_lease().await?;
            let SentOrder { mut order, late } = self.executor.send(&waiting, &self.lease).await?;
            if let Some(late) = late {
                let order_id = order.id;
                self.late.push(late.map(move |answer| (order_id, answer)).boxed());
            }
            if order.state == OrderState::Created {
                order = self.decide_again(client_ref, &order, confirmed).await?;
            }
            if order.state != OrderState::Created {
                return self.follow(&order).await;
            }
            waiting = order;
        }
    }

    /// Asks the risk gate again about an order of which nothing was sent, by the facts of now.
    async fn decide_again(
        &mut self,
        client_ref: ClientRef,
        order: &Order,
        confirmed: Option<Won>,
    ) -> Result<Order, LiveError> {
        self.refresh_issue(order.fields.symbol).await?;
        self.refresh_facts().await?;
        self.tell_circuit();
        let decision = self.engine.decide_again(client_ref, confirmed, self.now())?;
        let order = self.executor.write_again(order.id, &decision).await?;
        tracing::info!(order_id = order.id, state = %order.state, "the risk gate was asked again: nothing had been sent");
        Ok(order)
    }

    /// T11: an answer on the connection of an order whose outcome was in doubt.
    pub(super) async fn on_late_answer(&mut self, order_id: i64, answer: &OrderAnswer) -> Result<(), LiveError> {
        if planted(Defect::LateAnswerIgnored) {
            return Ok(());
        }
        let now = self.now();
        match orders::record_answer(&self.deps.store, order_id, answer, false, None, now).await {
            Ok(order) => self.follow(&order).await,
            Err(StoreError::Conflict(_)) => {
                reach(Point::BindConflict);
                let reason =
                    format!("BIND_CONFLICT: order {order_id} was answered under another number than it is bound to");
                Ok(halt(&self.deps.store, self.account.id, &reason, now).await?)
            }
            // It was decided otherwise meanwhile; the list has the last word.
            Err(StoreError::Transition(_)) => Box::pin(self.read_orders()).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The engine placed an order that was never sent.
    async fn drop_from_engine(&mut self, client_ref: ClientRef) -> Result<(), LiveError> {
        let event = EngineEvent::OrderUpdate {
            client_ref,
            state: OrderState::NotSent,
            cum_quantity: Qty::ZERO,
            cum_amount: Won::ZERO,
            costs: OrderCosts::default(),
            at: self.now(),
        };
        self.step(&event).await
    }

    fn origin(&self, cause: Cause, moment: &str) -> Origin {
        match cause {
            Cause::Request { request_id } => Origin { request_id: Some(request_id), ..Origin::default() },
            Cause::Strategy { strategy_id, signal } => {
                let signal = self.new_signal(strategy_id, signal, moment);
                Origin { strategy_id: Some(strategy_id), signal: Some(signal), request_id: None }
            }
        }
    }

    /// A signal to be written down. Its key holds nothing random, so a bar that is seen twice gives one signal.
    fn new_signal(&self, strategy_id: i64, signal: Signal, moment: &str) -> NewSignal {
        let signal_key = format!("{}:{}:{}:{moment}", self.account.id, signal.symbol, signal.signal_type);
        let strategy_version = self.strategies.get(&strategy_id).map(|running| running.version);
        let (user_id, account_id) = (self.account.user_id, self.account.id);
        NewSignal { user_id, account_id, strategy_id, strategy_version, signal, signal_key }
    }

    pub(super) async fn stored(&mut self, client_ref: ClientRef) -> Result<Option<Order>, LiveError> {
        let Some(order_id) = self.refs.ids.get(&client_ref) else { return Ok(None) };
        Ok(orders::find(&self.deps.store, *order_id).await?)
    }

    /// Asks the broker to cancel the open rest of an order: at most three times, each time after a list has shown it open
    /// (safety §2.6). What is beyond the cap on cancels waits for its turn. `None` if nothing was sent.
    pub(super) async fn cancel(&mut self, order: &Order, cause: CancelCause) -> Result<Option<OrderAnswer>, LiveError> {
        let cancel = match self.create_cancel(order, cause).await? {
            CancelCreation::Created(cancel) => cancel,
            CancelCreation::UnderWay(_) | CancelCreation::NotOpen(_) => return Ok(None),
            CancelCreation::UsedUp => {
                tracing::error!(order_id = order.id, "the order is still open after its last cancel");
                return Ok(None);
            }
            CancelCreation::TooMany { again_at } => {
                tracing::warn!(order_id = order.id, %again_at, "the cancel waits: the account cancels too often");
                self.cancels_wait.insert(order.id, (cause, again_at));
                return Ok(None);
            }
        };
        self.keep_lease().await?;
        let answer = self.executor.cancel(order, &cancel, &self.lease).await?;
        tracing::info!(order_id = order.id, ?answer, "a cancel was sent");
        // Whatever the answer is, only the list tells what became of the order.
        Box::pin(self.read_orders()).await?;
        Ok(answer)
    }

    /// Writes a cancel down, after a look at the list if the last is not fresh. A list that cannot be read holds no first
    /// cancel up: it takes risk away.
    async fn create_cancel(&mut self, order: &Order, cause: CancelCause) -> Result<CancelCreation, LiveError> {
        if self.now() - self.listed_at > FRESH_LIST {
            Box::pin(self.read_orders()).await?;
        }
        let a_minute = self.engine.live().map_or(i64::MAX, |live| live.limits().get(LimitName::MaxCancelsPerMinute));
        let limits = CancelLimits { listed_at: self.listed_at, a_minute };
        Ok(orders::create_cancel(&self.deps.store, order.id, cause, limits, self.now()).await?)
    }

    /// Tries the cancels again that waited for the cap on cancels.
    pub(super) async fn cancel_what_waits(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        let due = self.cancels_wait.extract_if(.., |_, (_, again_at)| *again_at <= now);
        for (order_id, (cause, _)) in due.collect::<Vec<_>>() {
            if let Some(order) = orders::find(&self.deps.store, order_id).await? {
                self.cancel(&order, cause).await?;
            }
        }
        Ok(())
    }
}
