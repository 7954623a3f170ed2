//! The symbol masters under `/common/master/` (kis-openapi §6.12).

use crate::shared::Shared;

pub(crate) fn file(_name: &str, _shared: &Shared) -> Option<Vec<u8>> {
    None
}
