//! Which program this is: a deploy ends what was armed with another (safety SE51).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::VERSION;

/// Bytes that are read at either end. The first of them hold what the linker calls the build.
const END: u64 = 64 * 1_024;

static IDENTITY: OnceLock<String> = OnceLock::new();

/// The name of the running program: its version, and a digest of the size and both ends of its file, so that every machine
/// that was given the same file says the same.
pub(crate) fn identity() -> &'static str {
    IDENTITY.get_or_init(|| match std::env::current_exe().and_then(File::open).and_then(digest) {
        Ok(digest) => format!("{VERSION}+{digest}"),
        Err(error) => {
            tracing::warn!(%error, "the program cannot read its own file: builds of one version count as the same");
            VERSION.to_owned()
        }
    })
}

fn digest(mut file: File) -> std::io::Result<String> {
    let size = file.metadata()?.len();
    let mut hasher = Sha256::new();
    hasher.update(size.to_be_bytes());
    let mut bytes = Vec::new();
    (&mut file).take(END).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(size.saturating_sub(END)))?;
    file.take(END).read_to_end(&mut bytes)?;
    hasher.update(&bytes);
    Ok(hex::encode(&hasher.finalize()[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_builds_have_two_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            digest(File::open(path).expect("open")).expect("readable")
        };
        let long = vec![7_u8; 300_000];
        let (mut head, mut tail) = (long.clone(), long.clone());
        (head[10], tail[299_990]) = (8, 8);
        let names = [made("a", &long), made("b", &head), made("c", &tail), made("d", &long[1..]), made("e", b"")];
        for (place, name) in names.iter().enumerate() {
            assert!(!names[..place].contains(name), "{names:?}");
        }
        assert_eq!(made("f", &long), names[0]);
        assert!(identity().starts_with(VERSION) && identity().len() > VERSION.len());
    }
}
