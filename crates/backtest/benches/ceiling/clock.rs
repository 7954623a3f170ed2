//! Cpu time of this thread: other programs on the machine do not count.

use std::time::Instant;

/// A running measurement.
pub(crate) enum CpuTime {
    /// Nanoseconds on a core so far, as Linux counts them.
    Cpu(u64),
    /// Elsewhere, time on the wall.
    Wall(Instant),
}

impl CpuTime {
    pub(crate) fn start() -> Self {
        on_core().map_or_else(|| Self::Wall(Instant::now()), Self::Cpu)
    }

    /// Nanoseconds since the start.
    pub(crate) fn elapsed(&self) -> f64 {
        match self {
            Self::Cpu(start) => on_core().map_or(f64::NAN, |now| (now - start) as f64),
            Self::Wall(start) => start.elapsed().as_nanos() as f64,
        }
    }
}

fn on_core() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
