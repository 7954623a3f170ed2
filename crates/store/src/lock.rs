//! One process per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::StoreError;

/// Keeps every other process off a data folder while it lives. The operating system releases it with the process,
/// however that ends.
#[derive(Debug)]
pub struct DataFolderLock {
    _file: File,
}

impl DataFolderLock {
    /// Takes the folder for this process; makes it if it does not exist.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with a sentence for the operator if another process has it or it cannot be written.
    pub fn acquire(folder: &Path) -> Result<Self, StoreError> {
        let unusable = |e: std::io::Error| {
            StoreError::Refused(format!("the data folder {} cannot be used: {e}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let path = folder.join("exodus.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Refused(format!(
                "another exodus process uses the data folder {}: stop it, or set DATABASE_URL and REDIS_URL to \
                 PostgreSQL and Redis, where several processes may run",
                folder.display()
            ))),
            Err(TryLockError::Error(e)) => Err(unusable(e)),
        }
    }
}
