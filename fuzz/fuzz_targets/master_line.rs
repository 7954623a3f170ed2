//! Lines of symbol masters: the market in the first byte, then CP949.
#![no_main]

use exodus_domain::Market;
use exodus_kis::wire::master::{Line, read, read_line, read_sectors, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Some((first, line)) = file.split_first() else { return };
    let market = Market::ALL[usize::from(*first) % Market::ALL.len()];
    let _ = (read(line, market), read_sectors(line));
    if let Some(Line::Entry(entry)) = read_line(line, market) {
        // An issue that was read can be written, and is the same issue then.
        let again = read(&write(std::slice::from_ref(&*entry), market), market);
        assert_eq!(again.entries.len(), 1);
        assert_eq!(again.entries[0].instrument.symbol, entry.instrument.symbol);
        assert_eq!(again.entries[0].instrument.states, entry.instrument.states);
    }
});
