//! Which rows of one issue break the order of time.

/// A row that cannot stay where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// It has the time of the row at that place, which stays.
    Duplicate(usize),
    /// It stands before earlier or after later rows.
    OutOfOrder,
}

/// The places of rows in order of time, and the misplaced ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) places: Vec<usize>,
    pub(super) misplaced: Vec<(usize, Misplaced)>,
}

/// Finds the order of rows that neither all rise nor all fall in time. As few rows as possible are misplaced: the rest
/// is the longest run through the rows that rises throughout, or falls throughout.
pub(super) fn order(times: &[i64]) -> Order {
    let falling: Vec<i64> = times.iter().map(|time| -time).collect();
    let (mut places, fallen) = (longest_rise(times), longest_rise(&falling));
    let begins_falling = times.windows(2).find(|pair| pair[0] != pair[1]).is_some_and(|pair| pair[0] > pair[1]);
    if fallen.len() > places.len() || fallen.len() == places.len() && begins_falling {
        places = fallen;
        places.reverse();
    }
    let mut stays = vec![false; times.len()];
    for &place in &places {
        stays[place] = true;
    }
    let misplaced = (0..times.len()).filter(|&place| !stays[place]).map(|place| {
        let twin = places.binary_search_by_key(&times[place], |&kept| times[kept]);
        (place, twin.map_or(Misplaced::OutOfOrder, |twin| Misplaced::Duplicate(places[twin])))
    });
    let misplaced = misplaced.collect();
    Order { places, misplaced }
}

/// The places of a longest strictly rising subsequence; of equal values the first.
fn longest_rise(values: &[i64]) -> Vec<usize> {
    // For each length, where the rise of that length with the lowest end ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (place, &value) in values.iter().enumerate() {
        let length = ends.partition_point(|&end| values[end] < value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            None => ends.push(place),
            Some(end) if values[*end] > value => *end = place,
            Some(_) => {}
        }
    }
    let mut rise: Vec<usize> = std::iter::successors(ends.last().copied(), |&place| before[place]).collect();
    rise.reverse();
    rise
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn misplaced(times: &[i64]) -> Vec<(usize, Misplaced)> {
        order(times).misplaced
    }

    #[test]
    fn one_row_out_of_order_is_one_row() {
        assert_eq!(misplaced(&[1, 2, 9, 3, 4, 5]), [(2, Misplaced::OutOfOrder)]);
        assert_eq!(misplaced(&[5, 1, 2, 3]), [(0, Misplaced::OutOfOrder)]);
        assert_eq!(misplaced(&[9, 8, 1, 7, 6]), [(2, Misplaced::OutOfOrder)], "the newest first");
        assert_eq!(order(&[3, 2, 2, 1]).places, [3, 1, 0]);
    }

    #[test]
    fn of_two_rows_of_one_time_the_first_stays() {
        assert_eq!(misplaced(&[1, 2, 2, 3]), [(2, Misplaced::Duplicate(1))]);
        assert_eq!(misplaced(&[3, 2, 3]), [(2, Misplaced::Duplicate(0))]);
        assert_eq!(misplaced(&[1, 2, 5, 3, 4, 5]), [(2, Misplaced::Duplicate(5))], "the other one is in order");
        assert_eq!(misplaced(&[7, 7]), [(1, Misplaced::Duplicate(0))]);
    }

    proptest! {
        #[test]
        fn every_row_stays_once_in_order_or_is_named(times in prop::collection::vec(0i64..50, 0..40)) {
            let Order { places, misplaced } = order(&times);
            prop_assert!(places.windows(2).all(|pair| times[pair[0]] < times[pair[1]]));
            let mut all: Vec<usize> = places.iter().copied().chain(misplaced.iter().map(|m| m.0)).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..times.len()).collect::<Vec<_>>());
            for (place, why) in misplaced {
                if let Misplaced::Duplicate(twin) = why {
                    prop_assert_eq!(times[place], times[twin]);
                    prop_assert!(places.contains(&twin));
                }
            }
        }
    }
}
