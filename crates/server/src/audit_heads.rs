//! The ends of the audit chains, signed and kept in a file outside of the database (safety SE61): whoever changes the
//! database, even as a whole, cannot make the file say the same.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use exodus_domain::NotificationKind;
use exodus_store::audit::{self, Head, StreamCheck};
use exodus_store::jobs::JobError;
use exodus_store::notifications::{self, NewNotification};
use exodus_store::users::{self, Role};
use exodus_store::{Db, Store, StoreError};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::bootstrap::Platform;
use crate::secret::hmac;

/// Its name in the data folder.
const FILE: &str = "audit-heads.jsonl";

/// One line of the file: where the chains that had grown stood.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: DateTime<Utc>,
    heads: Vec<Head>,
    /// The signature of the line before; empty in the first.
    previous: String,
    /// HMAC-SHA-256 over the others.
    signature: String,
}

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Every head, oldest first.
    pub(crate) heads: Vec<Head>,
    signature: String,
}

/// The file cannot be relied upon.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadsError {
    /// It cannot be read or written.
    #[error("the signed heads in {0} cannot be used: {1}")]
    File(PathBuf, std::io::Error),
    /// A line is not what was signed.
    #[error("line {line} of {path} is not what was signed, or was signed with another secret")]
    Forged {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
}

/// Where the file lies.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

/// Reads the file; empty if nothing was ever signed.
pub(crate) fn read(path: &Path, key: &SecretBox<[u8; 32]>) -> Result<Kept, HeadsError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(HeadsError::File(path.to_owned(), error)),
    };
    let mut kept = Kept::default();
    for (n, text) in text.lines().enumerate() {
        let forged = || HeadsError::Forged { path: path.to_owned(), line: n + 1 };
        let line: Line = serde_json::from_str(text).map_err(|_| forged())?;
        if line.previous != kept.signature || line.signature != signature(&line, key) {
            return Err(forged());
        }
        kept.heads.extend(line.heads);
        kept.signature = line.signature;
    }
    Ok(kept)
}

fn signature(line: &Line, key: &SecretBox<[u8; 32]>) -> String {
    let content = json!([line.at.timestamp_micros(), line.heads, line.previous]).to_string();
    hex::encode(hmac(key.expose_secret(), content.as_bytes()))
}

/// Adds a line, for good.
fn append(path: &Path, line: &Line) -> Result<(), HeadsError> {
    let failed = |error| HeadsError::File(path.to_owned(), error);
    let mut text = serde_json::to_string(line).map_err(|error| failed(error.into()))?;
    text.push('\n');
    let mut file = std::fs::File::options().create(true).append(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Checks what was recorded since the last signed heads, and signs the new ends. A chain that does not fit is not signed;
/// the admins hear of it.
pub(crate) async fn sign(platform: &Platform) -> Result<(), JobError> {
    let path = path(&platform.data_dir);
    let key = platform.audit_key();
    let now = platform.clock.now();
    let kept = match read(&path, key) {
        Ok(kept) => kept,
        Err(error) => {
            tell_admins(&platform.store, &error.to_string(), now).await?;
            return Err(JobError::Failed(error.to_string()));
        }
    };
    let checks = check_since(&platform.store, &kept).await?;
    if let Some((stream, seq, sentence)) = first_flaw(&checks) {
        let sentence = format!("audit chain {stream}, entry {seq}: {sentence}");
        tell_admins(&platform.store, &sentence, now).await?;
        return Err(JobError::Failed(sentence));
    }
    let known = newest(&kept.heads);
    let grown = checks.into_iter().map(|check| check.intact_to);
    let heads: Vec<Head> = grown.filter(|head| head.seq > 0 && known.get(&head.stream) != Some(head)).collect();
    if heads.is_empty() {
        return Ok(());
    }
    let mut line = Line { at: now, heads, previous: kept.signature, signature: String::new() };
    line.signature = signature(&line, key);
    append(&path, &line).map_err(|error| JobError::Retry(error.to_string()))
}

/// The last head of each chain.
fn newest(heads: &[Head]) -> BTreeMap<i64, Head> {
    heads.iter().map(|head| (head.stream, head.clone())).collect()
}

/// Walks each chain from the entry before its last signed head, so that the head itself is compared.
async fn check_since(db: &dyn Db, kept: &Kept) -> Result<Vec<StreamCheck>, StoreError> {
    let mut checks = Vec::new();
    let mut signed = newest(&kept.heads);
    for now in audit::heads(db).await? {
        let stream = now.stream;
        checks.push(match signed.remove(&stream) {
            Some(head) => audit::verify_after(db, &head).await?,
            None => audit::verify_from(db, Head::start(stream), &[]).await?,
        });
    }
    for head in signed.into_values() {
        checks.push(audit::verify_after(db, &head).await?);
    }
    Ok(checks)
}

/// The first chain that does not fit: its number, the place, and what is wrong.
pub(crate) fn first_flaw(checks: &[StreamCheck]) -> Option<(i64, i64, &'static str)> {
    checks.iter().find_map(|check| check.flaw.map(|(seq, flaw)| (check.intact_to.stream, seq, flaw.sentence())))
}

async fn tell_admins(store: &Store, sentence: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    tracing::error!(sentence, "the audit log does not verify");
    for user_id in users::ids_of(store, Role::Admin).await? {
        let new = NewNotification {
            user_id,
            account_id: None,
            order_id: None,
            kind: NotificationKind::AuditBroken,
            subject: "audit".to_owned(),
            values: json!({ "detail": sentence }),
        };
        notifications::raise(store, &new, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new([byte; 32]))
    }

    fn head(stream: i64, seq: i64) -> Head {
        Head { stream, seq, hash: format!("{stream}-{seq}") }
    }

    fn write(path: &Path, key: &SecretBox<[u8; 32]>, rounds: &[&[Head]]) {
        for (n, heads) in rounds.iter().enumerate() {
            let previous = read(path, key).expect("readable").signature;
            let at = DateTime::from_timestamp(1_795_000_000 + i64::try_from(n).expect("few"), 0).expect("a time");
            let mut line = Line { at, heads: heads.to_vec(), previous, signature: String::new() };
            line.signature = signature(&line, key);
            append(path, &line).expect("written");
        }
    }

    #[test]
    fn what_was_signed_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = path(folder.path());
        assert!(read(&path, &key(1)).expect("nothing yet").heads.is_empty());
        write(&path, &key(1), &[&[head(0, 3), head(7, 1)], &[head(7, 2)], &[head(0, 9)]]);
        let kept = read(&path, &key(1)).expect("signed");
        assert_eq!(kept.heads, [head(0, 3), head(7, 1), head(7, 2), head(0, 9)]);
        assert_eq!(newest(&kept.heads).into_values().collect::<Vec<_>>(), [head(0, 9), head(7, 2)]);
        assert!(matches!(read(&path, &key(2)), Err(HeadsError::Forged { line: 1, .. })), "another secret");

        let text = std::fs::read_to_string(&path).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        let tampered = [
            ("changed", text.replace("7-2", "7-x"), 2),
            ("removed", [lines[0], lines[2]].join("\n"), 2),
            ("moved", [lines[1], lines[0], lines[2]].join("\n"), 1),
            ("repeated", [lines[0], lines[0]].join("\n"), 2),
            ("no JSON", format!("{}\nx", lines[0]), 2),
        ];
        for (story, text, line) in tampered {
            std::fs::write(&path, text).expect("written");
            let found = read(&path, &key(1));
            assert!(matches!(&found, Err(HeadsError::Forged { line: at, .. }) if *at == line), "{story}: {found:?}");
        }
    }
}
