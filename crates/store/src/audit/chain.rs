//! The chain itself: what an entry is hashed over, and how an entry that does not fit is found.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entities::audit_log::Model;

/// The end of a chain at some moment. Kept outside of the database, it tells that nothing was cut off since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The user whose chain it is; 0 for the system.
    pub stream: i64,
    /// Place of the last entry; 0 if there was none.
    pub seq: i64,
    /// Its hash; empty if there was none.
    pub hash: String,
}

impl Head {
    /// Before the first entry.
    pub fn start(stream: i64) -> Self {
        Self { stream, seq: 0, hash: String::new() }
    }
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The entry is not the one that was recorded: it was changed, or put there, or moved.
    NotAsRecorded,
    /// Entries before this one are gone, or were moved.
    Gap,
    /// The chain ends before an entry that it once had.
    CutShort,
    /// The entry fits its chain, and is another one than a kept head says: the chain was written anew.
    WrittenAnew,
}

impl Flaw {
    /// For people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotAsRecorded => "the entry was changed, inserted or moved",
            Self::Gap => "entries before it were removed or moved",
            Self::CutShort => "entries from there on were cut off",
            Self::WrittenAnew => "the chain was written anew up to it",
        }
    }
}

/// Follows a chain from its beginning or from a head that is trusted, past heads that were kept of it.
pub(super) struct Follower<'a> {
    at: Head,
    kept: std::iter::Peekable<std::slice::Iter<'a, Head>>,
}

impl<'a> Follower<'a> {
    /// `kept` are heads of this stream beyond `at`, in order of their places.
    pub(super) fn new(at: Head, kept: &'a [Head]) -> Self {
        Self { at, kept: kept.iter().peekable() }
    }

    /// Where it has come to.
    pub(super) fn head(&self) -> &Head {
        &self.at
    }

    /// Takes the next entry. In error its place, and what is wrong with it.
    pub(super) fn follow(&mut self, row: &Model) -> Result<(), (i64, Flaw)> {
        if row.hash != hash(row) {
            return Err((row.seq, Flaw::NotAsRecorded));
        }
        if row.seq != self.at.seq + 1 {
            return Err((row.seq, Flaw::Gap));
        }
        if row.prev_hash != self.at.hash || row.stream != self.at.stream {
            return Err((row.seq, Flaw::NotAsRecorded));
        }
        self.at.seq = row.seq;
        self.at.hash.clone_from(&row.hash);
        while let Some(head) = self.kept.next_if(|head| head.seq <= row.seq) {
            if head.seq == row.seq && head.hash != row.hash {
                return Err((row.seq, Flaw::WrittenAnew));
            }
        }
        Ok(())
    }

    /// The chain has no further entry.
    pub(super) fn end(&mut self) -> Result<(), (i64, Flaw)> {
        match self.kept.find(|head| head.seq > self.at.seq) {
            Some(_) => Err((self.at.seq + 1, Flaw::CutShort)),
            None => Ok(()),
        }
    }
}

/// The hash over everything in the row but itself. The time counts in microseconds, all that PostgreSQL keeps. An entry
/// of before there were addresses and changes has fewer parts, so that its hash stays what it was.
pub(super) fn hash(row: &Model) -> String {
    let time = row.recorded_at.timestamp_micros();
    let (stream, seq, user_id) = (row.stream, row.seq, row.user_id);
    let (actor, action, object, detail) = (&row.actor, &row.action, &row.object, &row.detail);
    let content = match (&row.address, &row.before_hash, &row.after_hash) {
        (None, None, None) => {
            serde_json::json!([stream, seq, user_id, actor, action, object, detail, time, row.prev_hash])
        }
        (address, before, after) => serde_json::json!([
            stream,
            seq,
            user_id,
            actor,
            action,
            object,
            detail,
            time,
            row.prev_hash,
            address,
            before,
            after
        ]),
    };
    hex::encode(Sha256::digest(content.to_string()))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A chain of so many entries, some with an address and changes, and some of before there were any.
    fn chain(length: i64) -> Vec<Model> {
        let mut rows: Vec<Model> = Vec::new();
        for seq in 1..=length {
            let has_change = seq % 3 != 0;
            let mut row = Model {
                stream: 7,
                seq,
                user_id: Some(7),
                actor: format!("user:{}", seq % 2),
                action: "order.claimed".to_owned(),
                object: format!("order:{}", seq / 3),
                detail: json!({ "n": seq, "글": [1.5, null] }),
                recorded_at: DateTime::from_timestamp_micros(1_795_000_000_000_000 + seq).expect("a time"),
                prev_hash: rows.last().map_or_else(String::new, |row| row.hash.clone()),
                hash: String::new(),
                address: (seq % 4 == 1).then(|| "192.0.2.1".to_owned()),
                before_hash: has_change.then(|| format!("{seq:064x}")),
                after_hash: has_change.then(|| format!("{:064x}", seq + 1)),
            };
            row.hash = hash(&row);
            rows.push(row);
        }
        rows
    }

    fn head_of(row: &Model) -> Head {
        Head { stream: row.stream, seq: row.seq, hash: row.hash.clone() }
    }

    fn check(rows: &[Model], kept: &[Head]) -> Result<Head, (i64, Flaw)> {
        let mut follower = Follower::new(Head::start(7), kept);
        rows.iter().try_for_each(|row| follower.follow(row))?;
        follower.end()?;
        Ok(follower.head().clone())
    }

    /// As the database returns rows: in order of their places.
    fn stored(mut rows: Vec<Model>) -> Vec<Model> {
        rows.sort_by_key(|row| row.seq);
        rows
    }

    /// Changes one part of a row; some of them as somebody would who works the hash out anew.
    fn changed(mut row: Model, part: usize, rehash: bool) -> Model {
        match part {
            0 => row.actor.push('x'),
            1 => row.action.push('x'),
            2 => row.object.push('x'),
            3 => row.detail["n"] = json!(-1),
            4 => row.recorded_at += chrono::TimeDelta::microseconds(1),
            5 => row.user_id = row.user_id.xor(Some(8)),
            6 => row.address = row.address.xor(Some("203.0.113.9".to_owned())),
            7 => row.before_hash = row.before_hash.xor(Some("0".repeat(64))),
            8 => row.after_hash = row.after_hash.xor(Some("0".repeat(64))),
            _ => row.prev_hash.push('0'),
        }
        if rehash {
            row.hash = hash(&row);
        }
        row
    }

    #[test]
    fn a_chain_that_nobody_touched_is_intact_from_its_start_and_from_any_head() {
        let rows = chain(30);
        let kept: Vec<Head> = [5, 9, 30].map(|seq: usize| head_of(&rows[seq - 1])).to_vec();
        assert_eq!(check(&rows, &kept), Ok(head_of(&rows[29])));
        let mut later = Follower::new(kept[1].clone(), &kept[2..]);
        assert!(rows[9..].iter().try_for_each(|row| later.follow(row)).and_then(|()| later.end()).is_ok());
    }

    #[test]
    fn an_entry_of_before_changes_were_recorded_keeps_its_hash() {
        let row = Model { before_hash: None, after_hash: None, address: None, ..chain(1).remove(0) };
        let content = json!([7, 1, 7, "user:1", "order.claimed", "order:0", row.detail, 1_795_000_000_000_001_i64, ""]);
        assert_eq!(hash(&row), hex::encode(Sha256::digest(content.to_string())));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_changed_entry_is_found(length in 2_i64..40, at in any::<prop::sample::Index>(), part in 0_usize..10, rehash: bool) {
            let mut rows = chain(length);
            let kept = [head_of(rows.last().expect("entries"))];
            let at = at.index(rows.len());
            rows[at] = changed(rows[at].clone(), part, rehash);
            let found = check(&rows, &kept);
            let seq = i64::try_from(at).expect("small") + 1;
            prop_assert!(matches!(found, Err((place, _)) if place == seq || place == seq + 1), "{found:?}");
        }

        #[test]
        fn a_removed_entry_is_found(length in 2_i64..40, at in any::<prop::sample::Index>()) {
            let mut rows = chain(length);
            rows.remove(at.index(rows.len() - 1));
            prop_assert!(matches!(check(&rows, &[]), Err((_, Flaw::Gap))));
        }

        #[test]
        fn an_inserted_entry_is_found(length in 1_i64..40, at in any::<prop::sample::Index>(), moves: bool) {
            let mut rows = chain(length);
            let at = at.index(rows.len());
            let mut planted = changed(rows[at].clone(), 3, false);
            planted.seq += 1;
            planted.prev_hash = rows[at].hash.clone();
            planted.hash = hash(&planted);
            // With or without making room for it.
            if moves {
                for row in &mut rows[at + 1..] {
                    row.seq += 1;
                }
            }
            let kept = [head_of(rows.last().expect("entries"))];
            rows.push(planted);
            let found = check(&stored(rows), &kept);
            let is_last = at + 1 == usize::try_from(length).expect("small");
            // One that is added at the very end is an entry like any other: the program itself could have written it.
            prop_assert!(found.is_err() || is_last, "{found:?}");
        }

        #[test]
        fn entries_in_another_order_are_found(
            length in 2_i64..40,
            one in any::<prop::sample::Index>(),
            other in any::<prop::sample::Index>(),
            renumbers: bool,
        ) {
            let mut rows = chain(length);
            let (one, other) = (one.index(rows.len()), other.index(rows.len()));
            prop_assume!(one != other);
            rows.swap(one, other);
            if renumbers {
                for (n, row) in rows.iter_mut().enumerate() {
                    row.seq = i64::try_from(n).expect("small") + 1;
                }
            }
            prop_assert!(check(&rows, &[]).is_err());
        }

        #[test]
        fn a_cut_tail_is_found_by_the_heads(
            length in 2_i64..40,
            kept_at in any::<prop::sample::Index>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let rows = chain(length);
            let kept_at = kept_at.index(rows.len());
            let kept = [head_of(&rows[kept_at])];
            let left = &rows[..cut.index(kept_at + 1)];
            let seq = i64::try_from(left.len()).expect("small") + 1;
            prop_assert_eq!(check(left, &kept), Err((seq, Flaw::CutShort)));
        }

        #[test]
        fn a_chain_that_was_written_anew_is_found_by_the_heads(
            length in 2_i64..40,
            at in any::<prop::sample::Index>(),
            part in 0_usize..9,
        ) {
            let mut rows = chain(length);
            let kept = [head_of(rows.last().expect("entries"))];
            let at = at.index(rows.len());
            rows[at] = changed(rows[at].clone(), part, true);
            for n in at + 1..rows.len() {
                rows[n].prev_hash = rows[n - 1].hash.clone();
                rows[n].hash = hash(&rows[n]);
            }
            prop_assert_eq!(check(&rows, &[]).map(|head| head.seq), Ok(length), "the chain alone cannot tell");
            prop_assert_eq!(check(&rows, &kept), Err((length, Flaw::WrittenAnew)));
        }
    }
}
