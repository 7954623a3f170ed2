//! The symbol masters under `/common/master/` (kis-openapi §6.12).

use exodus_domain::{Instrument, Market};
use exodus_kis::wire::master::{Entry, SECTOR_FILE, Sector, archive_name, file_name, pack, write, write_sectors};

use super::quotes::indices;
use super::quotes::info::isin;
use crate::shared::Shared;
use crate::world::IndexCode;

/// The archive of a name; `None` for a file that is not served.
pub(crate) fn file(name: &str, shared: &Shared) -> Option<Vec<u8>> {
    let market = [Market::Kospi, Market::Kosdaq, Market::Konex]
        .into_iter()
        .find(|market| archive_name(file_name(*market)) == name);
    let packed = match market {
        Some(market) => pack(file_name(market), &write(&entries(market, shared), market)),
        None if archive_name(SECTOR_FILE) == name => pack(SECTOR_FILE, &write_sectors(&sectors())),
        None => return None,
    };
    packed.inspect_err(|error| tracing::error!(%error, "a symbol master could not be packed")).ok()
}

fn entries(market: Market, shared: &Shared) -> Vec<Entry> {
    shared.with_world(|world, _| {
        let entry = |issue: &Instrument| {
            let quote = world.quote(issue.symbol);
            let mut instrument = issue.clone();
            if let Some(quote) = quote {
                instrument.states = quote.states;
            }
            Entry {
                isin: isin(issue),
                base_price: quote.map(|quote| quote.base_price),
                par_value: None,
                listed_thousands: None,
                instrument,
            }
        };
        world.instruments().iter().filter(|issue| issue.market == market).map(entry).collect()
    })
}

fn sectors() -> Vec<Sector> {
    let sector = |(market, index)| {
        let (code, name) = indices::names(index);
        Sector { market, code: code.to_owned(), name: name.to_owned() }
    };
    [('0', IndexCode::Kospi), ('1', IndexCode::Kosdaq), ('2', IndexCode::Kospi200)].map(sector).to_vec()
}
