//! What is durable at an instant, as somebody sees it who looks at the database from outside.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exodus_domain::{BusDown, EventBus, Notice, OrderFields, OrderState, PortStream};
use exodus_store::{MemoryBus, Store, orders};

use crate::process::Process;

enum Question {
    /// The order with these fields that is SENDING.
    Sending(OrderFields, Sender<Option<i64>>),
    /// The state of an order.
    State(i64, Sender<Option<OrderState>>),
}

/// Looks at the database from a thread of its own, so that a process can be looked at while it runs.
pub(crate) struct Ledger {
    questions: Option<Sender<Question>>,
    thread: Option<JoinHandle<()>>,
}

impl Ledger {
    pub(crate) fn open(database: &Path, account_id: i64) -> anyhow::Result<Self> {
        let (questions, asked) = channel::<Question>();
        let database = database.to_owned();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || answer(&database, account_id, &asked))?;
        Ok(Self { questions: Some(questions), thread: Some(thread) })
    }

    /// The order with these fields that is SENDING in the database now. `None` if there is none, or it cannot be told.
    pub(crate) fn sending(&self, fields: &OrderFields) -> Option<i64> {
        self.ask(|answer| Question::Sending(fields.clone(), answer))
    }

    /// The state that an order has in the database now.
    fn state(&self, order_id: i64) -> Option<OrderState> {
        self.ask(|answer| Question::State(order_id, answer))
    }

    fn ask<T>(&self, question: impl FnOnce(Sender<Option<T>>) -> Question) -> Option<T> {
        let (answer, answered) = channel();
        self.questions.as_ref()?.send(question(answer)).ok()?;
        answered.recv().ok().flatten()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.questions.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell.
            let _ = thread.join();
        }
    }
}

fn answer(database: &Path, account_id: i64, asked: &Receiver<Question>) {
    let Ok(process) = Process::new(Arc::new(true.into()), DateTime::<Utc>::UNIX_EPOCH) else { return };
    let Some(Ok(store)) = process.block_on(Store::connect_alone(database)) else { return };
    process.watch(&store);
    while let Ok(question) = asked.recv() {
        // Whoever asked waits.
        let _ = match question {
            Question::Sending(fields, answer) => {
                let open = process.block_on(orders::open(&store, account_id)).and_then(Result::ok);
                let fits = |order: &&orders::Order| order.state == OrderState::Sending && order.fields == fields;
                answer.send(open.and_then(|open| open.iter().find(fits).map(|order| order.id))).ok()
            }
            Question::State(order_id, answer) => {
                let order = process.block_on(orders::find(&store, order_id)).and_then(Result::ok).flatten();
                answer.send(order.map(|order| order.state)).ok()
            }
        };
    }
    process.kill();
}

/// The bus, with a screen on it: it reads an order whenever it is told that the order changed, and at no other time.
pub(crate) struct Screen {
    bus: MemoryBus,
    ledger: Arc<Ledger>,
    shown: Mutex<BTreeMap<i64, OrderState>>,
}

impl Screen {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self { bus: MemoryBus::new(), ledger, shown: Mutex::default() }
    }

    /// The state of each order as the screen has it.
    pub(crate) fn shown(&self) -> BTreeMap<i64, OrderState> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl EventBus for Screen {
    async fn publish(&self, notice: &Notice) -> Result<(), BusDown> {
        if let Notice::OrderChanged { order_id, .. } = notice
            && let Some(state) = self.ledger.state(*order_id)
        {
            self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(*order_id, state);
        }
        self.bus.publish(notice).await
    }

    async fn subscribe(&self) -> Result<PortStream<Option<Notice>>, BusDown> {
        self.bus.subscribe().await
    }
}
