//! The broker's symbol masters (kis-openapi §6.12).

use exodus_domain::Market;
use reqwest::header::HeaderMap;

use super::Gateway;
use crate::environment::Env;
use crate::error::KisError;
use crate::wire::master::{archive_name, file_name, read, unpack};

/// Where the files lie, on the broker's host of downloads as at an emulator.
const FOLDER: &str = "/common/master/";

/// Of so many lines one may be unreadable: the broker lists oddities, but not many. More means that the file is none.
const READABLE_OF: u32 = 100;

impl<E: Env> Gateway<E> {
    /// The symbol master of a market, unpacked. No key is sent, and no request is counted: the files lie on a host of their
    /// own, which knows neither.
    ///
    /// # Errors
    /// [`KisError::Unreachable`], and [`KisError::Incomplete`] for anything but a whole master of that market.
    pub async fn master(&self, market: Market) -> Result<Vec<u8>, KisError> {
        let archive = archive_name(file_name(market));
        let url = format!("{}{FOLDER}{archive}", self.0.hosts.downloads());
        let answered = self.0.http.get(&url, HeaderMap::new()).await;
        let answer = answered.map_err(|error| error.into_kis(self.soon()))?;
        if answer.status != 200 {
            return Err(KisError::Incomplete(format!("{archive} was answered with status {}", answer.status)));
        }
        whole(&answer.body, market).map_err(|why| KisError::Incomplete(format!("{archive}: {why}")))
    }
}

/// Unpacks a master, if it is one from its first line to its last.
fn whole(archive: &[u8], market: Market) -> Result<Vec<u8>, String> {
    let file = unpack(archive, file_name(market)).map_err(|error| error.to_string())?;
    if file.last().is_some_and(|&end| end != b'\n') {
        return Err("its last line is cut".to_owned());
    }
    let lines = read(&file, market);
    let total = u32::try_from(lines.entries.len()).unwrap_or(u32::MAX).saturating_add(lines.others + lines.unreadable);
    if lines.unreadable.saturating_mul(READABLE_OF) > total {
        return Err(format!("{} of its {total} lines are no issues of this market", lines.unreadable));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use exodus_domain::{Instrument, InstrumentKind};

    use super::*;
    use crate::wire::master::{Entry, pack, write};

    fn master() -> Vec<u8> {
        let symbol = "005930".parse().expect("a code");
        let instrument = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
        let entry = Entry { instrument, isin: None, base_price: None, par_value: None, listed_thousands: None };
        write(&[entry], Market::Kospi)
    }

    fn packed(file: &[u8]) -> Vec<u8> {
        pack("kospi_code.mst", file).expect("packed")
    }

    #[test]
    fn only_a_whole_master_is_taken() {
        let file = master();
        assert_eq!(whole(&packed(&file), Market::Kospi), Ok(file.clone()));
        let archive = packed(&file);
        let cut = &archive[..archive.len() / 2];
        let mut rotten = archive.clone();
        rotten[60] ^= 0xff;
        let misnamed = pack("page.html", b"<html>\n").expect("packed");
        let faulty = [
            ("half an archive", cut.to_vec()),
            ("rotten bytes", rotten),
            ("another file", misnamed),
            ("a page", packed(b"<html>maintenance</html>\n")),
            ("a cut line", packed(&file[..file.len() - 1])),
            ("the master of another market", packed(&file).clone()),
        ];
        for (what, archive) in faulty {
            let market = if what.ends_with("market") { Market::Kosdaq } else { Market::Kospi };
            assert!(whole(&archive, market).is_err(), "{what} was taken");
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = packed(&vec![b'0'; (64 << 20) + 1]);
        assert!(bomb.len() < 1 << 20, "it is small");
        let refused = whole(&bomb, Market::Kospi).expect_err("it is large");
        assert!(refused.contains("more than any symbol master"), "{refused}");
    }
}
