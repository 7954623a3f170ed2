//! How often the rules of issues are read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::World;
use super::strategies::activate_momentum;

/// Counts the reads of this thread.
#[derive(Default)]
struct Reads(Arc<AtomicU64>);

impl Reads {
    fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Recorder for Reads {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "exodus_rule_reads_total" => Counter::from_arc(Arc::clone(&self.0)),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn bars_that_close_together_cost_one_read_and_unwatched_ones_none() {
    let reads = Reads::default();
    let _counting = metrics::set_default_local_recorder(&reads);
    let world = World::new().await;
    activate_momentum(&world, "1m").await;
    activate_momentum(&world, "1m").await;
    let mut process = world.start().await;
    process.pass(&world.clock, 5 * 60).await;
    // Four issues, two strategies, five minutes.
    assert_eq!(reads.take(), 5);

    let world = World::new().await;
    activate_momentum(&world, "1d").await;
    let mut process = world.start().await;
    process.pass(&world.clock, 5 * 60).await;
    assert_eq!(reads.take(), 0, "nobody decides on minutes");
}
