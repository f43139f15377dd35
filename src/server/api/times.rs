//! Moments as programs read them.

use crate::server::clock::UnixMicros;

/// RFC 3339, in UTC.
pub fn at(moment: UnixMicros) -> String {
    crate::words::moment(moment.0).1
}
