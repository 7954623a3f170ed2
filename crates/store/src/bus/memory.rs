//! The bus of one process.

use async_trait::async_trait;
use exodus_domain::{BusDown, EventBus, Notice, PortStream};
use futures::stream;
use tokio::sync::broadcast::{self, error::RecvError};

/// Notices a listener may be behind before it is told to re-read.
const CAPACITY: usize = 4_096;

/// Carries notices within one process.
#[derive(Clone, Debug)]
pub struct MemoryBus {
    sender: broadcast::Sender<Notice>,
}

impl MemoryBus {
    /// A bus with nobody on it.
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(CAPACITY) }
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
        // Nobody listening is no failure: whoever comes later re-reads the store.
        let _ = self.sender.send(notice.clone());
        Ok(())
    }

    async fn subscribe(&self) -> Result<PortStream<Option<Notice>>, BusDown> {
        let receiver = self.sender.subscribe();
        Ok(Box::pin(stream::unfold(receiver, |mut receiver| async {
            match receiver.recv().await {
                Ok(notice) => Some((Some(notice), receiver)),
                Err(RecvError::Lagged(_)) => Some((None, receiver)),
                Err(RecvError::Closed) => None,
            }
        })))
    }
}
