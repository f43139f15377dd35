//! Who did something to somebody else.

/// Who did it. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum By {
    Administrator,
    CommandLine,
}

impl By {
    pub fn name(self) -> &'static str {
        self.into()
    }
}
