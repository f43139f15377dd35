//! A request that is refused by whoever has not seen all of it.

use crate::base::error::AppError;
use axum::response::{IntoResponse, Response};

/// Left by whoever refuses a request without seeing all of it; `refusals::in_words` makes the answer.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub AppError);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
