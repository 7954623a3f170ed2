//! The bus of one process.

use async_trait::async_trait;
use exodus_domain::{BusDown, EventBus, Notice, PortStream};
use futures::future::ready;
use futures::{Stream, StreamExt, stream};
use tokio::sync::broadcast::{self, Receiver, error::RecvError};

/// Notices a listener may be behind before it is told to re-read, and quotes before it misses the oldest.
const CAPACITY: usize = 4_096;

/// Carries notices within one process. Quotes and books go by a way of their own: however fast they come, they push no
/// other notice out.
#[derive(Clone, Debug)]
pub struct MemoryBus {
    quotes: broadcast::Sender<Notice>,
    others: broadcast::Sender<Notice>,
}

impl MemoryBus {
    /// A bus with nobody on it.
    pub fn new() -> Self {
        Self { quotes: broadcast::Sender::new(CAPACITY), others: broadcast::Sender::new(CAPACITY) }
    }
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl EventBus for MemoryBus {
    async fn publish(&self, notice: &Notice) -> Result<(), BusDown> {
        let way = match notice {
            Notice::Quote(_) | Notice::Book(_) => &self.quotes,
            _ => &self.others,
        };
        // Nobody listening is no failure: whoever comes later re-reads the store.
        let _ = way.send(notice.clone());
        Ok(())
    }

    async fn subscribe(&self) -> Result<PortStream<Option<Notice>>, BusDown> {
        // Of quotes the newest are all that counts: nothing has to be read again for those that were missed.
        let quotes = received(self.quotes.subscribe()).filter(|notice| ready(notice.is_some()));
        Ok(Box::pin(stream::select(received(self.others.subscribe()), quotes)))
    }
}

/// What comes in, `None` where something was missed.
fn received(receiver: Receiver<Notice>) -> impl Stream<Item = Option<Notice>> + Send {
    stream::unfold(receiver, async |mut receiver| match receiver.recv().await {
        Ok(notice) => Some((Some(notice), receiver)),
        Err(RecvError::Lagged(_)) => Some((None, receiver)),
        Err(RecvError::Closed) => None,
    })
}
