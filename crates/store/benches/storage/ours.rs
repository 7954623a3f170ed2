//! What the product does: the store's own functions.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, CompactBar, Interval, Symbol};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::{Durability, Store, StoreUrl};

use super::Layout;
use super::place::Place;

pub(crate) struct Ours {
    store: Store,
    kind: SeriesKind,
    place: Place,
}

impl Ours {
    pub(crate) async fn open(place: &Place, interval: Interval) -> Self {
        let store = Store::connect(&place.store_url(), Durability::Required).await.expect("the database opens");
        store.migrate_up().await.expect("tables");
        Self { store, kind: SeriesKind::krx(interval, false), place: place.clone() }
    }
}

#[async_trait::async_trait]
impl Layout for Ours {
    async fn import(&self, series: Vec<(Symbol, Vec<Bar>)>) {
        let tx = self.store.begin().await.expect("a transaction");
        bars::append_many(&tx, self.kind, &series).await.expect("stored");
        tx.commit().await.expect("committed");
    }

    async fn append(&self, bars: Vec<(Symbol, Bar)>) {
        self.import(bars.into_iter().map(|(symbol, bar)| (symbol, vec![bar])).collect()).await;
    }

    async fn load(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        let loaded = bars::load_many::<CompactBar>(&self.store, symbols, self.kind, bars::Span { before: 0, from, to })
            .await
            .expect("a read");
        loaded.iter().map(|(_, bars)| bars.len()).sum()
    }

    async fn bytes(&self) -> u64 {
        self.place.bytes("packed_bars").await
    }

    async fn close(self: Box<Self>) {
        self.store.close().await.expect("the database closes");
    }
}

/// A period that holds every bar.
pub(crate) fn ever() -> (DateTime<Utc>, DateTime<Utc>) {
    (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(36_500))
}

impl Place {
    fn store_url(&self) -> StoreUrl {
        match self {
            Self::Sqlite(path) => StoreUrl::Sqlite(path.clone()),
            Self::Postgres { url, .. } => StoreUrl::Postgres(url.clone()),
        }
    }
}
