//! The state on disk: what stood when a session began, and every command since, written before it is carried out. The
//! commands of a session, given again at their times, make the same world.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, IssueStates, Symbol};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::market_change::MarketChange;
use super::orders::{Amend, Change, NewOrder, Origin};
use super::setup::{AccountTerms, WorldError};

/// Something that somebody wants of the world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Command {
    OpenAccount(AccountTerms),
    Place { account: String, order: NewOrder, origin: Origin },
    Amend { account: String, amend: Amend },
    Cancel { account: String, change: Change },
    Market { symbol: Symbol, change: MarketChange },
}

/// A command with its time.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) at: DateTime<Utc>,
    pub(super) command: Command,
}

/// What stands when a session begins.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// The market that it belongs to.
    pub(super) market: String,
    /// The session.
    pub(super) date: NaiveDate,
    pub(super) accounts: Vec<Account>,
    pub(super) lived: BTreeMap<NaiveDate, BTreeMap<Symbol, Bar>>,
    pub(super) states: BTreeMap<Symbol, IssueStates>,
}

/// What a folder holds: the last snapshot and the commands since.
pub(super) struct Kept {
    pub(super) snapshot: Snapshot,
    pub(super) commands: Vec<Entry>,
}

/// The folder of the state.
#[derive(Debug)]
pub(super) struct StateFolder {
    folder: PathBuf,
    journal: Option<File>,
}

const SNAPSHOT: &str = "state.json";

impl StateFolder {
    /// The folder, made if it is not there, and what it holds.
    pub(super) fn open(folder: &Path) -> Result<(Self, Option<Kept>), WorldError> {
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
        let mut state = Self { folder: folder.to_owned(), journal: None };
        let path = folder.join(SNAPSHOT);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok((state, None)),
            Err(cause) => return Err(failed(&path)(cause)),
        };
        let snapshot: Snapshot = serde_json::from_slice(&text).map_err(|error| bad_line(&path, 0, &error))?;
        let path = state.journal_path(snapshot.date);
        let commands = read_journal(&path)?;
        state.journal = Some(append_to(&path).map_err(failed(&path))?);
        Ok((state, Some(Kept { snapshot, commands })))
    }

    /// Removes what a folder keeps.
    pub(super) fn clear(folder: &Path) -> Result<(), WorldError> {
        for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
            let path = entry.map_err(failed(folder))?.path();
            if is_journal(&path) || path.file_name().is_some_and(|name| name == SNAPSHOT) {
                std::fs::remove_file(&path).map_err(failed(&path))?;
            }
        }
        Ok(())
    }

    /// Replaces the snapshot in one step, begins a new journal and removes the old ones.
    pub(super) fn begin_session(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let (path, fresh) = (self.folder.join(SNAPSHOT), self.folder.join("state.json.new"));
        let journal = self.journal_path(snapshot.date);
        self.journal = None;
        // The journal comes first: a snapshot must never stand beside commands that it already holds.
        let journal_file = File::create(&journal)?;
        let mut file = File::create(&fresh)?;
        file.write_all(&serde_json::to_vec(snapshot)?)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        File::open(&self.folder)?.sync_all()?;
        self.journal = Some(journal_file);
        for entry in std::fs::read_dir(&self.folder)? {
            let other = entry?.path();
            if other != journal && is_journal(&other) {
                std::fs::remove_file(other)?;
            }
        }
        Ok(())
    }

    /// Writes a command down; it is on disk when this returns. After a failure nothing more is written until the next
    /// session or restart: half a line may stand at the end, and nothing may come behind it.
    pub(super) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let Some(mut journal) = self.journal.take() else {
            return Err(io::Error::other("the journal could not be written before: restart the emulator"));
        };
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        journal.write_all(&line)?;
        journal.sync_data()?;
        self.journal = Some(journal);
        Ok(())
    }

    fn journal_path(&self, date: NaiveDate) -> PathBuf {
        self.folder.join(format!("commands-{date}.jsonl"))
    }
}

/// The commands of a journal. A last line without an end was never answered: it is cut off.
fn read_journal(path: &Path) -> Result<Vec<Entry>, WorldError> {
    let mut text = match std::fs::read(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(failed(path)(cause)),
    };
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    if whole < text.len() {
        text.truncate(whole);
        std::fs::write(path, &text).map_err(failed(path))?;
    }
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let entry = |(line, text): (u64, &[u8])| serde_json::from_slice(text).map_err(|error| bad_line(path, line, &error));
    (1u64..).zip(lines).map(entry).collect()
}

fn is_journal(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> WorldError + use<> {
    let path = path.to_owned();
    move |cause| WorldError::File { path, cause }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn bad_line(path: &Path, line: u64, error: &serde_json::Error) -> WorldError {
    WorldError::Line { path: path.to_owned(), line, problem: error.to_string() }
}
