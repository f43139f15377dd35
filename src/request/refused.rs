//! A request that is refused by whoever has not seen all of it.

use crate::base::error::AppError;
use crate::ui::words;
use axum::response::{IntoResponse, Response};
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;

/// Left by whoever refuses a request without seeing all of it; `refusals::in_words` makes the
/// answer.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub AppError);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
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

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::BadRequest
            }
            _ => Self::Internal,
        }
    }
}
