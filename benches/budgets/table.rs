//! The rows of the budget table and how they are printed.

use std::fmt;

/// What a figure is counted in. Sizes are decimal: 1 KB is 1,000 bytes.
#[derive(Clone, Copy)]
pub enum Unit {
    Kilobytes,
    Megabytes,
    Milliseconds,
    Percent,
    Times,
}

/// What design.md allows.
#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// None: what the machine and the libraries allow, to read another row by.
    Reference,
}

pub struct Row {
    pub what: &'static str,
    pub unit: Unit,
    pub budget: Budget,
    pub measured: f64,
    /// What the figure is made of; says more about the machine than about Doorward.
    pub made_of: String,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Kilobytes => format!("{value:.1} KB"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Percent => format!("{value:.0} %"),
            Self::Times => format!("{value:.2} ×"),
        }
    }
}

impl Row {
    pub fn is_over(&self) -> bool {
        // Negated so that a figure that is no number counts as over.
        !match self.budget {
            Budget::AtMost(most) => self.measured <= most,
            Budget::AtLeast(least) => self.measured >= least,
            Budget::Reference => true,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let budget = match self.budget {
            Budget::AtMost(most) => format!("≤ {}", self.unit.show(most)),
            Budget::AtLeast(least) => format!("≥ {}", self.unit.show(least)),
            Budget::Reference => "for comparison".to_owned(),
        };
        let verdict = match self.budget {
            Budget::Reference => "",
            _ if self.is_over() => "over",
            _ => "ok",
        };
        write!(f, "| {} | {budget} | {} | {verdict} | {} |", self.what, self.unit.show(self.measured), self.made_of)
    }
}

/// A Markdown table, to be kept in docs/performance.md as it stands.
pub fn print(rows: &[Row]) {
    println!("| what | budget | measured | | made of |");
    println!("| --- | --- | --- | --- | --- |");
    for row in rows {
        println!("{row}");
    }
}
