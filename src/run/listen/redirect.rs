//! The plain http socket beside https: it sends browsers on and takes nothing.

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};

use crate::request::headers::{HeaderSettings, security_headers};

/// Answers GET and HEAD with 308 to the same path at `public_origin`, never at the Host that was
/// sent. All else is refused: what was posted here already travelled in clear, and a redirect would
/// make that look as if it worked.
pub(super) fn to_https(public_origin: &str) -> Router {
    let origin = public_origin.trim_end_matches('/').to_owned();
    let router = Router::new().fallback(move |request: Request| {
        let answer = answer(&origin, &request);
        async move { answer }
    });
    security_headers(router, &HeaderSettings { https: false })
}

fn answer(origin: &str, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::FORBIDDEN, "This address is for https only. Nothing was done.\n").into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // `*` is no path, and would make another host of the name before it.
    let path = if path.starts_with('/') { path } else { "/" };
    match HeaderValue::from_str(&format!("{origin}{path}")) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
