//! What programs send.

use crate::base::header_text;
use crate::request::problem::Problem;
use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Form, FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;

/// JSON. Other media types are refused, so that no web page elsewhere can send one without asking first (CORS).
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(refused) => Err(of_json(&refused)),
        }
    }
}

/// JSON, or a form, as OAuth 2.0 has it (RFC 7009 §2.1, RFC 7662 §2.1).
pub struct JsonOrForm<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonOrForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(header_text::of).unwrap_or_default();
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        if !is_form {
            return JsonBody::from_request(request, state).await.map(|JsonBody(body)| Self(body));
        }
        match Form::from_request(request, state).await {
            Ok(Form(body)) => Ok(Self(body)),
            Err(FormRejection::BytesRejection(refused)) => Err(too_large_or(refused.status())),
            Err(_) => Err(Problem::Malformed),
        }
    }
}

/// Never what the parser says: it repeats what was sent, a password perhaps.
fn of_json(refused: &JsonRejection) -> Problem {
    match refused {
        JsonRejection::MissingJsonContentType(_) => Problem::UnsupportedMediaType,
        JsonRejection::BytesRejection(refused) => too_large_or(refused.status()),
        _ => Problem::Malformed,
    }
}

fn too_large_or(status: http::StatusCode) -> Problem {
    use crate::base::error::AppError;
    if status == http::StatusCode::PAYLOAD_TOO_LARGE { AppError::TooLarge.into() } else { Problem::Malformed }
}
