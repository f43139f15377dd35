//! Moments as programs read them.

use crate::base::clock::UnixMicros;

/// RFC 3339, in UTC.
pub fn at(moment: UnixMicros) -> String {
    crate::base::words::rfc3339(moment.0)
}
