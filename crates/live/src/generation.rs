//! The generation file: the last claims, kept beside the database and not in it (safety §2.8).
//!
//! A database that was put back to an older state, or a replica that lost its last writes, does not know orders that may
//! be at the broker. This file does: it names the newest attempts that this machine let out. If the database does not
//! know one of them, accounts only read until a person has looked.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use exodus_store::{Store, StoreError, orders};

use crate::kill_file;

/// How long the file grows before it begins anew with its last line.
const LONGEST: u64 = 64 * 1024;

/// What a machine keeps beside its database.
#[derive(Clone)]
pub struct LocalFiles {
    /// While it is there, nothing is claimed; see [`kill_file`](crate::kill_file).
    pub kill_file: PathBuf,
    /// The last claims.
    pub generation: Arc<Generation>,
}

impl LocalFiles {
    /// Those of a data folder for a database, whose name no other database has.
    pub fn new(data_dir: &Path, database: &str) -> Self {
        Self { kill_file: kill_file::path(data_dir), generation: Arc::new(Generation::new(data_dir, database)) }
    }
}

/// The generation file of this machine and database.
pub struct Generation {
    path: PathBuf,
    file: Mutex<Option<File>>,
}

/// A claim as the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Number of the attempt.
    pub attempt_id: i64,
    /// Its order.
    pub order_id: i64,
}

impl Claim {
    fn parse(line: &str) -> Option<Self> {
        let (attempt_id, order_id) = line.split_once(' ')?;
        Some(Self { attempt_id: attempt_id.parse().ok()?, order_id: order_id.parse().ok()? })
    }
}

impl Generation {
    /// The file of a database in a data folder. `database` is a name that no other database has.
    pub fn new(data_dir: &Path, database: &str) -> Self {
        Self { path: data_dir.join(format!("generation-{database}")), file: Mutex::new(None) }
    }

    /// The newest claim that is known to be on disk. A line that was cut short by a crash was not let out.
    ///
    /// # Errors
    /// Whatever the disk refuses; a file that is not there holds nothing.
    pub fn last(&self) -> io::Result<Option<Claim>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => {
                let whole = text.rfind('\n').map_or("", |end| &text[..end]);
                Ok(whole.lines().rev().find_map(Claim::parse))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Adds a claim, for good. Only then may its request be written.
    ///
    /// # Errors
    /// Whatever the disk refuses: the request must not be sent then.
    pub fn add(&self, claim: Claim) -> io::Result<()> {
        let mut kept = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match kept.take() {
            Some(file) => file,
            None => File::options().create(true).append(true).open(&self.path)?,
        };
        if file.stream_position()? > LONGEST {
            file.set_len(0)?;
        }
        writeln!(file, "{} {}", claim.attempt_id, claim.order_id)?;
        file.sync_data()?;
        *kept = Some(file);
        Ok(())
    }

    /// Puts the file aside, once every account has been told of what it knows.
    ///
    /// # Errors
    /// Whatever the disk refuses.
    pub fn put_aside(&self) -> io::Result<()> {
        let mut kept = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = None;
        fs::rename(&self.path, self.path.with_extension("behind"))
    }

    /// What the file knows and the database does not; `None` if the database is not behind.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub async fn missing_in(&self, store: &Store) -> Result<Option<String>, StoreError> {
        let last = match self.last() {
            Ok(Some(last)) => last,
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(format!("the generation file cannot be read: {error}"))),
        };
        let is_known = orders::has_attempt(store, last.attempt_id, last.order_id).await?;
        Ok((!is_known).then(|| {
            let Claim { attempt_id, order_id } = last;
            format!("the database does not know attempt {attempt_id} of order {order_id}, which this machine sent")
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_line_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let generation = Generation::new(folder.path(), "one");
        assert_eq!(generation.last().expect("read"), None);
        let claims: Vec<Claim> = (1..=9_000).map(|id| Claim { attempt_id: id, order_id: id + 7 }).collect();
        for claim in &claims[..3] {
            generation.add(*claim).expect("written");
        }
        assert_eq!(generation.last().expect("read"), Some(claims[2]));
        let mut torn = File::options().append(true).open(&generation.path).expect("there");
        write!(torn, "99 1").expect("written");
        assert_eq!(generation.last().expect("read"), Some(claims[2]), "a torn line was not let out");
    }

    #[test]
    fn another_database_has_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (Generation::new(folder.path(), "one"), Generation::new(folder.path(), "two"));
        one.add(Claim { attempt_id: 1, order_id: 1 }).expect("written");
        assert_eq!(two.last().expect("read"), None);
    }
}
