//! Notices of executions: opened with a key, and as they are within.
#![no_main]

use exodus_kis::wire::stream::{Cipher, read_notices};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|notice: (u8, &str)| {
    let (count, text) = notice;
    let cipher = Cipher::new("abcdefghijklmnopabcdefghijklmnop", "0f1e2d3c4b5a6978").expect("a key and an IV");
    let _ = cipher.open(text);
    assert_eq!(cipher.open(&cipher.seal(text)).as_deref(), Ok(text));
    if let Ok(notices) = read_notices(usize::from(count), text) {
        assert_eq!(notices.len(), usize::from(count));
    }
});
