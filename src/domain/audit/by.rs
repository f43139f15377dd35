//! Who did something to somebody else.

/// Who did it. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Administrator,
    CommandLine,
}

impl By {
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::CommandLine => "command_line",
        }
    }
}
