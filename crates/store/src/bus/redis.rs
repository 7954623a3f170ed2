//! The bus between processes.

use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use exodus_domain::{BusDown, EventBus, Notice, PortStream};
use futures::{Stream, StreamExt, stream};
use redis::aio::ConnectionManager;
use redis::{AsyncCommands, Client, Msg, RedisError};

use crate::kv::manager;

/// Pause between attempts to subscribe again.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Carries notices between processes by Redis publish/subscribe, which forgets what it could not deliver.
pub struct RedisBus {
    publisher: ConnectionManager,
    client: Client,
    channel: String,
}

fn down(error: RedisError) -> BusDown {
    BusDown(error.to_string())
}

impl RedisBus {
    /// Connects. Buses with the same prefix hear each other.
    ///
    /// # Errors
    /// [`BusDown`] if the server cannot be reached now.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self, BusDown> {
        Ok(Self {
            publisher: manager(url).await.map_err(down)?,
            client: Client::open(url).map_err(down)?,
            channel: format!("{prefix}notices"),
        })
    }
}

type Messages = Pin<Box<dyn Stream<Item = Msg> + Send>>;

async fn messages(client: &Client, channel: &str) -> Result<Messages, RedisError> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe(channel).await?;
    Ok(Box::pin(subscription.into_on_message()))
}

#[async_trait]
impl EventBus for RedisBus {
    async fn publish(&self, notice: &Notice) -> Result<(), BusDown> {
        let text = serde_json::to_string(notice).map_err(|e| BusDown(e.to_string()))?;
        let () = self.publisher.clone().publish(&self.channel, text).await.map_err(down)?;
        Ok(())
    }

    async fn subscribe(&self) -> Result<PortStream<Option<Notice>>, BusDown> {
        let first = messages(&self.client, &self.channel).await.map_err(down)?;
        let listener = (self.client.clone(), self.channel.clone(), first);
        Ok(Box::pin(stream::unfold(listener, |(client, channel, mut current)| async {
            match current.next().await {
                // What cannot be read comes from another version; the listener re-reads.
                Some(message) => {
                    let notice = serde_json::from_slice(message.get_payload_bytes()).ok();
                    Some((notice, (client, channel, current)))
                }
                // The connection broke: what was published until the next one stands is lost.
                None => {
                    let current = again(&client, &channel).await;
                    Some((None, (client, channel, current)))
                }
            }
        })))
    }
}

/// Subscribes again, however long it takes.
async fn again(client: &Client, channel: &str) -> Messages {
    loop {
        match messages(client, channel).await {
            Ok(messages) => return messages,
            Err(error) => tracing::warn!(%error, "the bus cannot be heard"),
        }
        tokio::time::sleep(RETRY_PAUSE).await;
    }
}
