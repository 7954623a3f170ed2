//! For crash tests: this very process is killed or stopped at a place of the order path that a file names (safety §6.2).
//! The file is read at each place, so a test can aim while the process runs.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use exodus_domain::testing::{Point, on_reach};
use rustix::process::{Signal, getpid, kill_process};

/// Path of the file. It holds `kill K07`, `stop K09`, or `kill K07 3` for the third visit from now on.
const VARIABLE: &str = "EXODUS_TEST_STRIKE";

static FILE: OnceLock<PathBuf> = OnceLock::new();
/// What the file said last, and how often its place was visited since.
static VISITS: Mutex<(String, u32)> = Mutex::new((String::new(), 0));

/// Has every place look into the file, if one is named.
pub(crate) fn arm() {
    if let Some(path) = std::env::var_os(VARIABLE) {
        FILE.get_or_init(|| PathBuf::from(path));
        on_reach(strike);
    }
}

fn strike(point: Point) {
    let Some(file) = FILE.get() else { return };
    let Ok(aim) = std::fs::read_to_string(file) else { return };
    let mut words = aim.split_whitespace();
    let signal = match words.next() {
        Some("kill") => Signal::KILL,
        Some("stop") => Signal::STOP,
        _ => return,
    };
    if words.next() != Some(point.as_str()) {
        return;
    }
    let wanted = words.next().and_then(|visits| visits.parse().ok()).unwrap_or(1);
    if visits(&aim) < wanted {
        return;
    }
    // Whoever removes it strikes: neither a second process nor the one that is started next may be hit as well.
    if std::fs::remove_file(file).is_ok() && kill_process(getpid(), signal).is_err() {
        std::process::abort();
    }
}

fn visits(aim: &str) -> u32 {
    let mut visits = VISITS.lock().unwrap_or_else(PoisonError::into_inner);
    if visits.0 != aim {
        *visits = (aim.to_owned(), 0);
    }
    visits.1 += 1;
    visits.1
}
