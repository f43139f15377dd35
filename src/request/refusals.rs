//! How a request is refused when no page and no server function answers it: always in words,
//! whatever refused it.

use super::cross_site::{BackTo, FormPages};
use super::refused::Refused;
use super::{error_status, headers, reader};
use crate::base::error::AppError;
use crate::base::words::reader::Reader;
use crate::base::{header_text, paths};
use crate::request::app::App;
use crate::request::document;
use crate::request::problem::Problem;
use crate::ui::words::told_to;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

/// Middleware: says why, where a layer refused without a word (a [`Refused`], a body too large, a
/// request that took too long, a panic, a method that does not exist). A program that asks for JSON
/// gets the error as every server function gives it; anybody else gets a page, which leads back to
/// the form that was sent. Status and headers stay.
pub async fn in_words(State((app, forms)): State<(App, FormPages)>, request: Request, next: Next) -> Response {
    let json = wants_json(request.headers());
    let program = is_of_programs(request.uri().path());
    let posted_from = forms.back_to(request.headers(), request.uri());
    let by_headers = reader::of(&app, request.headers(), None);
    let mut response = next.run(request).await;
    if program {
        let problem = response.extensions_mut().remove::<Problem>();
        return match problem.or_else(|| unexplained(&response).map(Problem::from)) {
            Some(problem) => as_problem(&problem, response),
            None => response,
        };
    }
    match unexplained(&response) {
        Some(error) => {
            // Refused before anybody knew who it is: then only the headers say how they read.
            let known = response.extensions_mut().remove::<Reader>();
            let reader = known.unwrap_or(by_headers);
            let mut answer = told_to(&reader, || explained(&app, error, response, json, posted_from));
            reader::label(&mut answer, &reader);
            answer
        }
        None => response,
    }
}

/// Whether this is answered in problem details, whatever is asked for: there is nothing else for
/// programs.
fn is_of_programs(path: &str) -> bool {
    path.strip_prefix(paths::API).is_some_and(|rest| rest.starts_with('/'))
}

fn as_problem(problem: &Problem, response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let request = parts.headers.get("x-request-id").map(|id| header_text::of(id).into_owned());
    let (headers, body) = problem.in_words(request.as_deref());
    parts.status = problem.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(headers);
    Response::from_parts(parts, body.into())
}

/// Whether the caller is a program: our own script, for one. The only place that decides it.
fn wants_json(headers: &HeaderMap) -> bool {
    header_text::lines(headers, header::ACCEPT).any(|value| value.contains("application/json"))
}

fn unexplained(response: &Response) -> Option<AppError> {
    if let Some(Refused(error)) = response.extensions().get() {
        return Some(*error);
    }
    let status = response.status();
    // The one layer that adds words of its own, for programmers.
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Some(AppError::TooLarge);
    }
    let silent = status.is_client_error() || status.is_server_error();
    if !silent || response.headers().contains_key(header::CONTENT_TYPE) {
        return None;
    }
    Some(match status {
        StatusCode::FORBIDDEN => AppError::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => AppError::NotFound,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => AppError::Unavailable,
        _ if status.is_client_error() => AppError::BadRequest,
        _ => AppError::Internal,
    })
}

fn explained(app: &App, error: AppError, response: Response, json: bool, posted_from: Option<BackTo>) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = error.retry_after_seconds() {
        parts.headers.insert(header::RETRY_AFTER, seconds.into());
    }
    let words = if json {
        axum::Json(error_status::describe(error)).into_response()
    } else {
        // The layer nearest to the form knows best where it stood; a page that was asked for leads
        // to itself.
        let back = parts.extensions.remove::<BackTo>().or(posted_from);
        let back = back.map_or_else(String::new, |BackTo(path)| path);
        // A page after all, with its style sheet; a nonce would be of no use to it.
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, headers::page_policy("", None));
        Html(document::plain_page(&app.leptos, &app.config.site.name, error, back)).into_response()
    };
    let (told, body) = words.into_parts();
    parts.headers.extend(told.headers);
    Response::from_parts(parts, body)
}
