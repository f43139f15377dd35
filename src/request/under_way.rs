//! Requests that change something, each in a task of its own: one that arrived whole is carried
//! through, whatever becomes of its connection.
//!
//! hyper drops the future of a request whose connection ends: a closed tab, a lost network, a
//! button pressed twice. At whatever `await` it was, nothing after that would happen: a right
//! password stayed counted as a wrong one, and what takes several transactions was left half done.
//! So the task goes on, and only its answer is lost. What exists for the sake of the answer is
//! undone instead, by whoever makes it
//! ([`Visit::still_awaited`](crate::base::visit::Visit::still_awaited)): a session that nobody has
//! the cookie of, with the code or link that was used up for it.
//!
//! Reading is not carried through: it changes nothing, and is of no use to whoever left.

use crate::base::error::AppError;
use crate::base::visit::Sender;
use crate::request::refused::Refused;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::Method;
use std::panic::resume_unwind;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tracing::Instrument;

/// Requests carried through at once; more wait, as long as their connections do. Each takes its
/// body and a place in some queue, so that whoever sends them and hangs up (a reset of HTTP/2
/// streams, CVE-2023-44487) fills no memory.
const MOST: u32 = 1024;

/// The requests of this server that are carried through. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct UnderWay(Arc<Semaphore>);

impl Default for UnderWay {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }
}

impl UnderWay {
    /// Completes when none is under way any more: before the database is closed.
    pub async fn all_done(&self) {
        // It is never closed.
        drop(self.0.acquire_many(MOST).await);
    }
}

/// Held while the answer is waited for.
struct Waits(Sender);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.leaves();
    }
}

/// Has each request of `router` that may change something carried through.
pub fn carried_through(router: Router, under_way: &UnderWay) -> Router {
    router.layer(from_fn_with_state(under_way.clone(), carry_through))
}

async fn carry_through(State(under_way): State<UnderWay>, request: Request, next: Next) -> Response {
    if !may_change(&request) {
        return next.run(request).await;
    }
    // All of it, bounded by a layer before this one: what comes in from now on depends on no
    // connection.
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Refused(AppError::TooLarge).into_response() };
    let Ok(place) = under_way.0.acquire_owned().await else { return Refused(AppError::Unavailable).into_response() };
    let sender = Sender::default();
    parts.extensions.insert(sender.clone());
    let _waits = Waits(sender);
    let request = Request::from_parts(parts, Body::from(body));
    let task = tokio::spawn(
        async move {
            let response = next.run(request).await;
            drop(place);
            response
        }
        .in_current_span(),
    );
    match task.await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            // Answered by the layer that catches all of them.
            Ok(panic) => resume_unwind(panic),
            Err(_) => Refused(AppError::Unavailable).into_response(),
        },
    }
}

/// Everything but reading, and the way back from another service, which is a link there (its
/// attempt and its code are used up by then).
fn may_change(request: &Request) -> bool {
    let path = request.uri().path();
    let comes_back = path.starts_with("/providers/") && path.ends_with("/callback");
    comes_back || ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method())
}
