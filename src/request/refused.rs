//! Why a request is refused: what a server function answers with, and what a layer leaves behind
//! that refuses without having seen all of a request.

use crate::base::error::AppError;
use crate::ui::words;
use axum::response::{IntoResponse, Response};
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// On the wire it is the error alone: `{"code":"…"}`. Of a layer's refusal `refusals::in_words`
/// makes the answer, of a server function's `error_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refused(pub AppError);

impl<E: Into<AppError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                AppError::BadRequest
            }
            _ => AppError::Internal,
        })
    }
}

/// Why, for whoever gets the page or the answer that is being made.
pub trait Message {
    fn message(self) -> String;
}

impl Message for AppError {
    fn message(self) -> String {
        self.in_words(&words::reader())
    }
}
