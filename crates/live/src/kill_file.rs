//! The `KILL` file: a halt of everything that needs neither API nor database (safety §3.3).
//!
//! While it is there, no order is claimed. Nothing but a person takes it away.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// Its name in the data folder.
const NAME: &str = "KILL";

/// Where it lies.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

/// True if it is there, and also if that cannot be found out: what is unreadable halts.
pub fn is_present(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Puts it there for good, with the time and the reason for whoever finds it. What an earlier one says is kept.
///
/// # Errors
/// Whatever the disk refuses. The file may be there all the same, empty.
pub fn write(path: &Path, reason: &str, now: DateTime<Utc>) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    writeln!(file, "{} {}", now.to_rfc3339(), reason.replace(['\n', '\r'], " "))?;
    file.sync_all()?;
    // The name is durable once its folder is.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// What it says, newest last; empty if it is not there or cannot be read.
pub fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

/// Takes it away.
///
/// # Errors
/// Whatever the disk refuses; a file that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halts_from_writing_until_removal_and_keeps_every_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let kill = path(folder.path());
        assert!(!is_present(&kill));
        for reason in ["the first", "the\nsecond"] {
            write(&kill, reason, DateTime::UNIX_EPOCH).expect("written");
        }
        assert!(is_present(&kill));
        assert_eq!(text(&kill), "1970-01-01T00:00:00+00:00 the first\n1970-01-01T00:00:00+00:00 the second");
        remove(&kill).expect("removed");
        remove(&kill).expect("nothing to remove");
        assert!(!is_present(&kill));
    }

    #[test]
    fn a_place_that_cannot_be_looked_at_halts() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        File::create(&file).expect("a file");
        // A file is no folder: looking into it is an error, not an absence.
        assert!(is_present(&file.join("KILL")));
    }
}
