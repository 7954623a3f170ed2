//! What a broker must do, whoever it is: the same checks of the paper broker on the demo market, and of the client of KIS
//! over real sockets against its emulator.

mod checks;
mod kis;
mod rig;

/// Runs every check against both.
macro_rules! contract {
    ($($check:ident),+ $(,)?) => {
        mod paper {
            $(#[tokio::test]
            async fn $check() {
                super::checks::$check(&crate::rig::Rig::paper().await).await;
            })+
        }

        mod kis_on_the_emulator {
            $(#[tokio::test]
            async fn $check() {
                super::checks::$check(&crate::rig::Rig::kis().await).await;
            })+
        }
    };
}

contract! {
    a_limit_order_below_the_market_rests,
    a_market_order_is_filled,
    an_order_larger_than_the_book_is_filled_in_part,
    a_cancel_ends_the_open_rest_once,
    what_breaks_a_rule_is_refused,
    the_list_has_every_order_of_its_day,
    an_open_buy_holds_cash_back,
    a_fill_is_hinted_at,
    a_day_ends_its_orders,
}
