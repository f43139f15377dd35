//! Gives server-function errors their HTTP status. Leptos 0.8 answers 500 to every one of them.

use axum::{
    Json, Router, body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use super::cross_site::FORMS;
use crate::base::error::AppError;
use crate::base::words::reader::Reader;
use crate::request::refused::Message;
use crate::ui::words::told_to;

/// Leptos marks its error answers with this header; its value is the path of the server function.
const ERROR_MARK: HeaderName = HeaderName::from_static("serverfnerror");

/// An error is a code and a few numbers. Anything longer is not one.
const LONGEST_ERROR: usize = 16 * 1024;

/// Rewrites the answers of server functions (`/form/*`); all other answers pass untouched.
///
/// - A scripted caller's error gets `AppError::status`, `Retry-After` in seconds where waiting
///   helps, and the body `{"code", …, "message", "field"}`: the error as it was, so that the
///   browser half still reads it, with its words and the field to correct (or null) added. A body
///   that is no such error is answered as `AppError::Internal`.
/// - A plain form's 302 becomes 303, which no client may follow by POST: what was typed, a password
///   perhaps, is never sent on (RFC 9700, 4.12).
pub fn error_status<S>(router: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(middleware::from_fn(|request: Request, next: Next| async move {
        let is_form = request.uri().path().starts_with(FORMS);
        let is_post = request.method() == Method::POST;
        let response = next.run(request).await;
        if !is_form {
            return response;
        }
        let reader = response.extensions().get::<Reader>().cloned().unwrap_or_default();
        rewrite(response, is_post, &reader).await
    }))
}

async fn rewrite(mut response: Response, is_post: bool, reader: &Reader) -> Response {
    match response.status() {
        StatusCode::FOUND if is_post => {
            *response.status_mut() = StatusCode::SEE_OTHER;
            response
        }
        StatusCode::INTERNAL_SERVER_ERROR if response.headers().contains_key(ERROR_MARK) => {
            with_status(response, reader).await
        }
        _ => response,
    }
}

async fn with_status(response: Response, reader: &Reader) -> Response {
    let (mut parts, content) = response.into_parts();
    let error = match body::to_bytes(content, LONGEST_ERROR).await {
        Ok(bytes) => serde_json::from_slice::<AppError>(&bytes).unwrap_or_else(|_| unknown()),
        Err(_) => unknown(),
    };
    parts.status = error.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = error.retry_after_seconds() {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let Json(described) = Json(told_to(reader, || describe(error)));
    Response::from_parts(parts, Json(described).into_response().into_body())
}

fn unknown() -> AppError {
    tracing::error!("a server function answered with an error that cannot be read");
    AppError::Internal
}

pub fn describe(error: AppError) -> Value {
    let mut described = serde_json::to_value(error).unwrap_or_else(|_| serde_json::json!({ "code": "internal" }));
    described["message"] = Value::from(error.message());
    described["field"] = Value::from(error.field());
    described
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::any};
    use tower::ServiceExt;

    async fn answer(path: &str, method: Method, inner: Response<Body>) -> (http::response::Parts, String) {
        let inner = std::sync::Arc::new(std::sync::Mutex::new(Some(inner)));
        let router = Router::new().route("/{*path}", any(move || async move { inner.lock().unwrap().take().unwrap() }));
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let (parts, content) = error_status(router).oneshot(request).await.unwrap().into_parts();
        (parts, String::from_utf8(body::to_bytes(content, 100_000).await.unwrap().to_vec()).unwrap())
    }

    fn failed(content: impl Into<Body>) -> Response<Body> {
        Response::builder()
            .status(500)
            .header(ERROR_MARK, "/form/sign-in")
            .header("content-type", "application/json")
            .header("set-cookie", "kept=1")
            .body(content.into())
            .unwrap()
    }

    #[tokio::test]
    async fn each_error_gets_its_status_and_stays_readable_for_the_browser_half() {
        for error in AppError::each() {
            let inner = failed(serde_json::to_vec(&error).unwrap());
            let (parts, content) = answer("/form/sign-in", Method::POST, inner).await;
            assert_eq!(parts.status, error.status(), "{error:?}");
            assert_eq!(serde_json::from_str::<AppError>(&content).unwrap(), error);
            let described: Value = serde_json::from_str(&content).unwrap();
            assert_eq!(described["message"], error.message());
            assert_eq!(described["field"], Value::from(error.field()));
            let wait = parts.headers.get("retry-after").map(|value| value.to_str().unwrap().parse::<u32>().unwrap());
            assert_eq!(wait, error.retry_after_seconds());
            assert_eq!(parts.headers["set-cookie"], "kept=1");
        }
    }

    #[tokio::test]
    async fn an_error_that_cannot_be_read_is_an_internal_one() {
        for content in ["", "panicked at src/x.rs", r#"{"code":"no_such"}"#, &"x".repeat(LONGEST_ERROR + 1)] {
            let (parts, content) = answer("/form/sign-in", Method::POST, failed(content.to_owned())).await;
            assert_eq!(parts.status, 500);
            assert_eq!(serde_json::from_str::<AppError>(&content).unwrap(), AppError::Internal);
        }
    }

    #[tokio::test]
    async fn a_plain_form_is_sent_on_without_what_was_typed() {
        let inner = Response::builder().status(302).header("location", "/account").body(Body::empty()).unwrap();
        let (parts, _) = answer("/form/sign-in", Method::POST, inner).await;
        assert_eq!((parts.status.as_u16(), &parts.headers["location"]), (303, &HeaderValue::from_static("/account")));
    }

    #[tokio::test]
    async fn other_answers_pass_untouched() {
        let (parts, content) = answer("/api/v1/me", Method::GET, failed("as it was")).await;
        assert_eq!((parts.status.as_u16(), content.as_str()), (500, "as it was"));
        let unmarked = Response::builder().status(500).body(Body::from("plain")).unwrap();
        assert_eq!(answer("/form/sign-in", Method::POST, unmarked).await.1, "plain");
        let found = Response::builder().status(302).body(Body::empty()).unwrap();
        assert_eq!(answer("/form/x", Method::GET, found).await.0.status, 302);
    }
}
