use clap::Parser;
use doorward::run::cli::{self, CommandLine};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(CommandLine::parse())
}
