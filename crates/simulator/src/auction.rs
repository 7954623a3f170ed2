//! The price of a call auction (단일가매매): the one at which most shares trade (krx-market §7; KOSPI Business Regulation
//! §23).

use exodus_domain::{Level, Price, Qty};

/// Where collected bids and offers meet; `None` if they do not. Market orders come as limit orders at the limit of the
/// day. `last` is the price of the last trade, which decides among several prices of equal volume.
pub(crate) fn auction_price(bids: &[Level], asks: &[Level], last: Price) -> Option<Price> {
    let volume = |price: Price| {
        let wanted: Qty = bids.iter().filter(|bid| bid.price >= price).map(|bid| bid.quantity).sum();
        let offered: Qty = asks.iter().filter(|ask| ask.price <= price).map(|ask| ask.quantity).sum();
        wanted.min(offered)
    };
    let prices = || bids.iter().chain(asks).map(|level| level.price);
    let most = prices().map(volume).max().filter(|most| most.is_positive())?;
    // Volume grows at prices of offers only and shrinks above prices of bids only, so both ends are prices of orders.
    let best = || prices().filter(|price| volume(*price) == most);
    Some(last.clamp(best().min()?, best().max()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn levels(rows: &[(i64, i64)]) -> Vec<Level> {
        rows.iter().map(|&(price, quantity)| Level { price: Price(price), quantity: Qty(quantity) }).collect()
    }

    fn price(bids: &[(i64, i64)], asks: &[(i64, i64)], last: i64) -> Option<i64> {
        auction_price(&levels(bids), &levels(asks), Price(last)).map(|price| price.0)
    }

    #[test]
    fn most_shares_trade_at_the_price_and_the_last_one_decides_among_equals() {
        let bids = [(10_050, 100), (10_000, 50), (9_950, 200)];
        let asks = [(9_900, 80), (10_000, 60), (10_100, 500)];
        assert_eq!(price(&bids, &asks, 9_000), Some(10_000), "140 shares; at 9,950 or 10,050 fewer");
        let (bids, asks) = ([(10_100, 10)], [(9_900, 10)]);
        assert_eq!(price(&bids, &asks, 10_050), Some(10_050), "the last price is one of them");
        assert_eq!(price(&bids, &asks, 9_000), Some(9_900), "the nearest to a last price below");
        assert_eq!(price(&bids, &asks, 11_000), Some(10_100), "the nearest to a last price above");
        assert_eq!(price(&[(9_900, 10)], &[(10_000, 10)], 10_000), None);
        assert_eq!(price(&[], &[(10_000, 10)], 10_000), None);
    }

    proptest! {
        #[test]
        fn no_other_price_trades_more(
            bids in prop::collection::vec((90i64..110, 1i64..50), 1..8),
            asks in prop::collection::vec((90i64..110, 1i64..50), 1..8),
            last in 85i64..115,
        ) {
            let volume = |price: i64| {
                let sum = |rows: &[(i64, i64)], holds: &dyn Fn(i64) -> bool| -> i64 {
                    rows.iter().filter(|(at, _)| holds(*at)).map(|(_, quantity)| quantity).sum()
                };
                sum(&bids, &|at| at >= price).min(sum(&asks, &|at| at <= price))
            };
            let most = (85..115).map(volume).max().unwrap_or(0);
            match price(&bids, &asks, last) {
                Some(found) => prop_assert_eq!(volume(found), most),
                None => prop_assert_eq!(most, 0),
            }
        }
    }
}
