//! What is durable at an instant, as somebody sees it who looks at the database from outside.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use exodus_domain::{OrderFields, OrderState};
use exodus_store::{Store, orders};

use crate::process::Process;

type Question = (OrderFields, Sender<Option<i64>>);

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
        let (answer, answered) = channel();
        self.questions.as_ref()?.send((fields.clone(), answer)).ok()?;
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
    while let Ok((fields, answer)) = asked.recv() {
        let open = process.block_on(orders::open(&store, account_id));
        let sending = open.and_then(Result::ok).and_then(|open| {
            let fits = |order: &&orders::Order| order.state == OrderState::Sending && order.fields == fields;
            open.iter().find(fits).map(|order| order.id)
        });
        // Whoever asked waits.
        let _ = answer.send(sending);
    }
    process.kill();
}
