//! Lists in pages (kis-openapi §3.4).

use super::Ask;
use super::answer::{Reject, padded_key};
use super::fate::PageFault;

/// A page of a list, with the keys of the next one.
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) tr_cont: &'static str,
    /// What to say: more, or done.
    pub(crate) code: &'static str,
    pub(crate) fk: String,
    pub(crate) nk: String,
}

/// Cuts out of `rows` the page that is asked for. `nk` is the key that the client echoes: it names the last row it has,
/// so that a list that grew meanwhile neither repeats nor skips one. `criteria` make up the other key.
///
/// # Errors
/// SYDB0050 if the row that the key names is no longer in the list.
pub(crate) fn page<T: Clone>(
    ask: &Ask<'_>,
    rows: Vec<T>,
    key_of: impl Fn(&T) -> String,
    criteria: &[&str],
    nk: &str,
    width: usize,
) -> Result<Page<T>, Reject> {
    let total = rows.len();
    let nk = nk.trim();
    let first = match ask.is_continued() && !nk.is_empty() {
        false => 0,
        true => match rows.iter().position(|row| key_of(row) == nk) {
            Some(last_seen) => last_seen + 1,
            None => return Err(Reject::business("SYDB0050")),
        },
    };
    let first = match ask.faults.page {
        Some(PageFault::Lost) => (first + ask.rows()).min(total),
        Some(PageFault::Inserted) => first.saturating_sub(1),
        Some(PageFault::Empty) => total,
        _ => first,
    };
    let last = (first + ask.rows()).min(total);
    let fk = padded_key(
        &format!("{}!^{}!^{}!^", ask.credentials.cano(), ask.credentials.product(), criteria.join("!^")),
        width,
    );
    let more = last < total;
    let next = if more && last > 0 { key_of(&rows[last - 1]) } else { String::new() };
    let (tr_cont, code, next) = match ask.faults.page {
        Some(PageFault::EmptyKey) => ("M", "KIOK0500", String::new()),
        Some(PageFault::Repeat) => ("M", "KIOK0500", nk.to_owned()),
        _ if more => ("M", "KIOK0500", next),
        // Every list ends with D or E; some clients take nothing else, not even for an empty one.
        _ if first == 0 => ("D", "KIOK0510", next),
        _ => ("E", "KIOK0510", next),
    };
    let rows = rows.into_iter().skip(first).take(last - first);
    let rows = match ask.faults.page {
        Some(PageFault::Reordered) => rows.rev().collect(),
        Some(PageFault::Doubled) => rows.flat_map(|row| [row.clone(), row]).collect(),
        _ => rows.collect(),
    };
    Ok(Page { rows, tr_cont, code, fk, nk: padded_key(&next, width) })
}
