//! What of the gateway survives a restart: tokens, approval keys and reservations. The world keeps its own.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::EmulatorError;
use crate::keys::Issued;
use crate::rest::reservations::Reservations;
use crate::shared::Shared;

/// What was read back.
#[derive(Default, Deserialize)]
pub(crate) struct Saved {
    pub(crate) issued: Issued,
    pub(crate) reservations: Reservations,
}

#[derive(Serialize)]
struct Saving<'a> {
    issued: &'a Issued,
    reservations: &'a Reservations,
}

fn file(folder: &Path) -> PathBuf {
    folder.join("gateway.json")
}

/// Reads what a folder holds; nothing if there is none.
pub(crate) fn read(folder: Option<&Path>) -> Result<Saved, EmulatorError> {
    let Some(path) = folder.map(file) else { return Ok(Saved::default()) };
    let told = |cause| EmulatorError::State { path: path.clone(), cause };
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|cause| told(cause.into())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Saved::default()),
        Err(cause) => Err(told(cause)),
    }
}

/// Writes it whole or not at all.
pub(crate) fn write(shared: &Shared) -> Result<(), EmulatorError> {
    let Some(folder) = &shared.settings.state else { return Ok(()) };
    let path = file(folder);
    let told = |cause| EmulatorError::State { path: path.clone(), cause };
    let text = {
        let (keys, reservations) = (shared.keys(), shared.reservations());
        serde_json::to_vec_pretty(&Saving { issued: keys.issued(), reservations: &reservations })
    };
    let beside = path.with_extension("new");
    let text = text.map_err(|cause| told(cause.into()))?;
    std::fs::create_dir_all(folder).map_err(told)?;
    std::fs::write(&beside, text).map_err(told)?;
    std::fs::rename(&beside, &path).map_err(told)
}
