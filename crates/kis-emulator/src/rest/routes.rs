//! The table of calls and who answers them.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use exodus_kis::wire::call::{self, Call};

use super::answer::{Answer, Reject};
use super::gate::Incoming;
use super::quotes::{book, charts, daily, holidays, indices, info, price, rank, ticks};
use super::{Ask, account, lists, masters, orders, profit, reservations};
use crate::shared::Shared;

/// Answers a call that passed the gateway.
pub(crate) type Handler = fn(&Ask<'_>) -> Result<Answer, Reject>;

/// Every call of the specification's sections 5 and 6.
const ROUTES: &[(&Call, Handler)] = &[
    (&call::ORDER_CASH_BUY, orders::buy),
    (&call::ORDER_CASH_SELL, orders::sell),
    (&call::ORDER_RVSECNCL, orders::change),
    (&call::INQUIRE_PSBL_RVSECNCL, lists::open_orders),
    (&call::INQUIRE_PSBL_ORDER, account::buyable),
    (&call::INQUIRE_PSBL_SELL, account::sellable),
    (&call::INQUIRE_BALANCE, account::holdings),
    (&call::INQUIRE_ACCOUNT_BALANCE, account::assets),
    (&call::INQUIRE_DAILY_CCLD, lists::recent),
    (&call::INQUIRE_DAILY_CCLD_OLD, lists::older),
    (&call::INQUIRE_BALANCE_RLZ_PL, account::realised),
    (&call::INQUIRE_PERIOD_PROFIT, profit::by_day),
    (&call::INQUIRE_PERIOD_TRADE_PROFIT, profit::by_issue),
    (&call::ORDER_RESV, reservations::reserve),
    (&call::ORDER_RESV_CANCEL, reservations::cancel),
    (&call::ORDER_RESV_AMEND, reservations::amend),
    (&call::ORDER_RESV_CCNL, reservations::list),
    (&call::INQUIRE_PRICE, price::answer),
    (&call::INQUIRE_ASKING_PRICE_EXP_CCN, book::answer),
    (&call::INQUIRE_CCNL, ticks::latest),
    (&call::INQUIRE_DAILY_PRICE, daily::latest),
    (&call::INQUIRE_DAILY_ITEMCHARTPRICE, daily::chart),
    (&call::INQUIRE_TIME_ITEMCHARTPRICE, charts::today),
    (&call::INQUIRE_TIME_DAILYCHARTPRICE, charts::of_date),
    (&call::INQUIRE_TIME_ITEMCONCLUSION, ticks::until),
    (&call::INQUIRE_INDEX_PRICE, indices::now),
    (&call::INQUIRE_INDEX_DAILY_PRICE, indices::daily),
    (&call::INQUIRE_DAILY_INDEXCHARTPRICE, indices::chart),
    (&call::SEARCH_STOCK_INFO, info::stock),
    (&call::SEARCH_INFO, info::product),
    (&call::CHK_HOLIDAY, holidays::answer),
    (&call::VOLUME_RANK, rank::answer),
];

/// Who answers a call.
pub(crate) fn handler(call: &Call) -> Handler {
    let known = ROUTES.iter().find(|(route, _)| route.real == call.real);
    known.map_or(|_| Err(Reject::input("OPSQ0002", "")), |(_, handler)| *handler)
}

/// True for calls whose parameters name an account.
pub(crate) fn is_of_account(call: &Call) -> bool {
    call.path.contains("/trading/")
}

/// A symbol master, or nothing that the broker knows (§6.12, §3.6).
pub(crate) fn file(incoming: &Incoming<'_>, shared: &Shared) -> Response {
    let name = incoming.path.strip_prefix("/common/master/").filter(|_| incoming.method == Method::GET);
    match name.and_then(|name| masters::file(name, shared)) {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/zip")], Body::from(bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_its_handler() {
        for call in Call::ALL {
            assert_eq!(ROUTES.iter().filter(|(route, _)| route.real == call.real).count(), 1, "{}", call.name);
        }
    }
}
