//! The signals that end the server.

use std::{future::Future, io, process};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a service manager (SIGTERM) or a terminal (SIGINT, Ctrl+C) asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Terminate,
    Interrupt,
}

impl Stop {
    /// 128 and the signal's number, as a shell shows a process that a signal ended.
    fn exit_status(self) -> i32 {
        match self {
            Self::Terminate => 143,
            Self::Interrupt => 130,
        }
    }
}

/// Completes at the first SIGTERM or SIGINT. From then on a second one, of either kind, ends the
/// process at once: it says so and exits with status 143 or 130.
///
/// # Errors
/// When the process may not handle signals.
pub fn stop_signal() -> io::Result<impl Future<Output = Stop>> {
    // Both are taken over here, not at the first poll: a signal that comes during the start is not
    // lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let first = next(&mut terminate, &mut interrupt).await;
        tracing::info!(signal = ?first, "stopping: requests under way are finished");
        tokio::spawn(async move {
            let second = next(&mut terminate, &mut interrupt).await;
            tracing::warn!(signal = ?second, "stopped at once by a second signal; what was under way is cut off");
            process::exit(second.exit_status());
        });
        first
    })
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> Stop {
    tokio::select! {
        _ = terminate.recv() => Stop::Terminate,
        _ = interrupt.recv() => Stop::Interrupt,
    }
}
