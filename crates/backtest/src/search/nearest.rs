//! The name that was meant.

/// The one of `names` that takes the fewest changed letters to get from `name`; `None` if there are no names.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names.into_iter().min_by_key(|known| distance(name, known))
}

/// Letters to insert, delete or replace (Levenshtein 1966).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_worked_out_by_hand() {
        for (left, right, expected) in [("", "abc", 3), ("kitten", "sitting", 3), ("봉", "봉", 0), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn a_slip_finds_its_name() {
        assert_eq!(nearest("sharp_ratio", ["sortino_ratio", "sharpe_ratio"]), Some("sharpe_ratio"));
        assert_eq!(nearest("x", []), None);
    }
}
