//! New orders, amendments and cancellations (kis-openapi §5.2, §5.3).

use axum::http::StatusCode;
use exodus_domain::{OrderStyle, Phase, Price, Qty, Side, kst_time};
use exodus_kis::wire::codes::{Exchange, OrderDivision};
use exodus_kis::wire::envelope::One;
use exodus_kis::wire::number;
use exodus_kis::wire::trading::{OrderCashRequest, OrderOutput, OrderRvsecnclRequest};

use super::Ask;
use super::answer::{Answer, Reject};
use crate::arrivals::MadeOrder;
use crate::environment::Environment;
use crate::world::{Amend, Change, NewOrder, OrderKey, OrderVenue, Origin, Refusal};

/// `POST order-cash` with the id of a buy.
pub(crate) fn buy(ask: &Ask<'_>) -> Result<Answer, Reject> {
    place(ask, Side::Buy)
}

/// `POST order-cash` with the id of a sell.
pub(crate) fn sell(ask: &Ask<'_>) -> Result<Answer, Reject> {
    place(ask, Side::Sell)
}

fn place(ask: &Ask<'_>, side: Side) -> Result<Answer, Reject> {
    let request: OrderCashRequest = ask.read()?;
    let terms = Terms::read(ask, &request.ord_dvsn, &request.ord_unpr, &request.cndt_pric, &request.excg_id_dvsn_cd)?;
    let Ok(symbol) = symbol(&request.pdno) else { return Err(Reject::business("APBK0656")) };
    let order = NewOrder {
        symbol,
        side,
        style: terms.style,
        code: request.ord_dvsn.trim().to_owned(),
        only_in: terms.only_in,
        quantity: quantity(&request.ord_qty)?,
        price: terms.price,
        stop: terms.stop,
        venue: terms.venue,
    };
    let account = ask.account();
    let (placed, second) = ask.shared.with_world(|world, now| {
        let placed = world.place(&account, order.clone(), Origin::Api, now);
        // The broker's own mistake: the client is not told of the second, not even that it failed.
        let twice = ask.faults.twice && placed.is_ok();
        (placed, twice.then(|| world.place(&account, order, Origin::Api, now).ok()).flatten())
    });
    let code = match (ask.environment, side) {
        (Environment::Real, _) => "APBK0013",
        (Environment::Mock, Side::Buy) => "40600000",
        (Environment::Mock, Side::Sell) => "40590000",
    };
    let mut answer = accepted(code, &placed.map_err(|refusal| refused(&refusal, ask.environment))?);
    answer.made.extend(second.as_ref().map(MadeOrder::from));
    Ok(answer)
}

/// `POST order-rvsecncl`.
pub(crate) fn change(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let request: OrderRvsecnclRequest = ask.read()?;
    let Ok(original) = request.orgn_odno.trim().parse() else {
        return Err(refused(&Refusal::UnknownOrder, ask.environment));
    };
    let quantity = match request.qty_all_ord_yn.trim() {
        // What ORD_QTY says does not count then.
        "Y" => None,
        "N" => Some(quantity(&request.ord_qty)?),
        _ => return Err(Reject::input("OPSQ2002", "QTY_ALL_ORD_YN")),
    };
    let change = Change { branch: request.krx_fwdg_ord_orgno.trim().to_owned(), original, quantity };
    let account = ask.account();
    let (code, changed) = match request.rvse_cncl_dvsn_cd.trim() {
        "01" => {
            let terms =
                Terms::read(ask, &request.ord_dvsn, &request.ord_unpr, &request.cndt_pric, &request.excg_id_dvsn_cd)?;
            let code = request.ord_dvsn.trim().to_owned();
            let amend = Amend { change, style: terms.style, code, price: terms.price, stop: terms.stop };
            ("40620000", ask.shared.with_world(|world, now| world.amend(&account, amend, now)))
        }
        // Price and type of a cancellation mean nothing, and clients send anything.
        "02" => ("40630000", ask.shared.with_world(|world, now| world.cancel(&account, change, now))),
        _ => return Err(Reject::input("OPSQ2002", "RVSE_CNCL_DVSN_CD")),
    };
    let code = if ask.environment == Environment::Real { "APBK0013" } else { code };
    changed.map(|key| accepted(code, &key)).map_err(|refusal| refused(&refusal, ask.environment))
}

/// "Sent to the venue", with the number that the broker gave it.
fn accepted(code: &'static str, key: &OrderKey) -> Answer {
    let output = OrderOutput {
        krx_fwdg_ord_orgno: key.branch.clone(),
        odno: key.odno(),
        ord_tmd: kst_time(key.at).format("%H%M%S").to_string(),
        sor_odno: String::new(),
    };
    Answer { made: vec![MadeOrder::from(key)], ..Answer::ledger(code, "", &One { output }) }
}

/// Type, prices and venue of a request.
pub(crate) struct Terms {
    pub(crate) style: OrderStyle,
    pub(crate) only_in: Option<Phase>,
    pub(crate) price: Option<Price>,
    pub(crate) stop: Option<Price>,
    pub(crate) venue: OrderVenue,
}

impl Terms {
    fn read(ask: &Ask<'_>, division: &str, price: &str, stop: &str, exchange: &str) -> Result<Self, Reject> {
        let exchange = match exchange.trim() {
            // The ids from before the venues have no such field; without one it is KRX (§5.1).
            _ if ask.is_legacy => Exchange::Krx,
            "" => Exchange::Krx,
            code => code.parse().map_err(|_| Reject::input("OPSQ2001", "EXCG_ID_DVSN_CD"))?,
        };
        if ask.environment == Environment::Mock && exchange != Exchange::Krx {
            return Err(Reject::input("OPSQ2001", "EXCG_ID_DVSN_CD"));
        }
        let wrong_type = || match ask.environment {
            Environment::Real => Reject::business("APBK0963"),
            Environment::Mock => Reject::mock("APBK0963"),
        };
        let division: OrderDivision = division.trim().parse().map_err(|_| wrong_type())?;
        let is_served = division.on(exchange) && (ask.environment == Environment::Real || division.in_mock());
        if !is_served {
            return Err(wrong_type());
        }
        let venue = match exchange {
            Exchange::Krx => OrderVenue::Krx,
            Exchange::Nxt => OrderVenue::Nxt,
            Exchange::Sor => OrderVenue::Sor,
        };
        let given = if division.price_needed() { Some(won(price, "ORD_UNPR")?) } else { None };
        let style = division.style();
        let stop = if style == OrderStyle::StopLimit { Some(won(stop, "CNDT_PRIC")?) } else { None };
        Ok(Self { style, only_in: only_in(division), price: given, stop, venue })
    }
}

/// The phase that a type is only for. Types at a closing price say so by their style.
fn only_in(division: OrderDivision) -> Option<Phase> {
    division.phase().filter(|phase| matches!(phase, Phase::PreMarket | Phase::AfterMarket))
}

/// A symbol as clients write it: six characters, `Q` before those of an ETN, `A` before any.
pub(crate) fn symbol(pdno: &str) -> Result<exodus_domain::Symbol, exodus_domain::SymbolError> {
    let pdno = pdno.trim();
    match pdno.strip_prefix(['Q', 'A']) {
        Some(code) if code.len() == 6 => code.parse(),
        _ => pdno.parse(),
    }
}

pub(crate) fn quantity(text: &str) -> Result<Qty, Reject> {
    let quantity = number::qty(text).ok().flatten().filter(|quantity| quantity.0 > 0);
    quantity.ok_or_else(|| Reject::business("APBK0957").saying("주문수량을 확인하십시오."))
}

pub(crate) fn won(text: &str, field: &str) -> Result<Price, Reject> {
    let price = number::price(text).ok().flatten().filter(|price| price.0 > 0);
    price.ok_or_else(|| Reject::business("APBK0957").saying(&format!("주문단가를 확인하십시오. [{field}]")))
}

/// The broker's code for a refusal (§3.5): the environments have their own.
pub(crate) fn refused(refusal: &Refusal, environment: Environment) -> Reject {
    let real = environment == Environment::Real;
    let pick = |of_real: &'static str, of_mock: &'static str| {
        if real { Reject::business(of_real) } else { Reject::mock(of_mock) }
    };
    let prefix = if real { "" } else { "모의투자 " };
    let words = |sentence: &str| pick("APBK0957", "APBK0957").saying(&format!("{prefix}{sentence}"));
    match refusal {
        Refusal::UnknownAccount | Refusal::AccountExists => Reject::input("OPSQ2000", ""),
        Refusal::UnknownSymbol(_) => pick("APBK0656", "APBK0656"),
        Refusal::NoSession(_) => pick("APBK0919", "40100000"),
        Refusal::BeforeOpen => pick("APBK0918", "40570000"),
        Refusal::AfterClose | Refusal::OtherSession(_) => pick("APBK0918", "40580000"),
        Refusal::Style(_) => pick("APBK0963", "APBK0963"),
        Refusal::Halted => pick("APBK0066", "APBK0066"),
        Refusal::BadQuantity => words("주문수량을 확인하십시오."),
        Refusal::BadPrice => words("주문단가를 확인하십시오."),
        Refusal::OffTick(_) => words("호가단위 오류입니다."),
        Refusal::OutsideLimits { .. } => words("상/하한가 오류입니다."),
        Refusal::NoReference => words("최유리/최우선 호가가 없습니다."),
        Refusal::NoCash { .. } => pick("APBK0952", "40250000"),
        Refusal::NoShares { .. } => pick("APBK0400", "40240000"),
        Refusal::UnknownOrder if real => {
            Reject { status: StatusCode::INTERNAL_SERVER_ERROR, rt_cd: "1", ..Reject::business("IGW00022") }
        }
        Refusal::UnknownOrder => Reject::mock("40330000"),
        Refusal::NothingOpen => pick("APBK0927", "40330000"),
        Refusal::TooMany => pick("APBK1359", "40330000"),
        Refusal::StateNotWritten => Reject::gateway("EGW00002"),
    }
}
