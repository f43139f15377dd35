//! What the address of a page says: what was asked for, what was done, and why a form was refused.
//! Without script the code of an error travels there.

use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::request::refused::{Message, Refused};
use crate::ui::FormError;
use leptos::prelude::Get;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_query_map;

/// What was wrong with the last try of the form behind `F`. The address can be forged by anybody,
/// so only a known code for this very form counts, and the words are ours.
pub fn refusal<F>() -> Option<FormError>
where
    F: ServerFn<Error = Refused>,
{
    refusal_at(F::PATH)
}

/// [`refusal`] of the form that is posted to `form`.
pub fn refusal_at(form: &str) -> Option<FormError> {
    let query = use_query_map();
    let (path, encoded) = query.get().get("__path").zip(query.get().get("__err"))?;
    (path == form).then(|| FormError::from(ServerFnUrlError::<Refused>::decode_err(&encoded).0))
}

impl From<AppError> for FormError {
    fn from(error: AppError) -> Self {
        Self { field: error.field(), message: error.message() }
    }
}

/// Whether the page's address carries `key`: the closed set of notices a redirect can ask for.
pub fn asked(key: &str) -> bool {
    use_query_map().get().get(key).is_some()
}

/// Whether the page's address carries `key` as what was done just now: see [`just_done`].
pub fn was_done(key: &str) -> bool {
    just_done(key).is_some()
}

/// What the page's address says of an act just now. Without script it goes on saying that when a
/// form of the page was refused since; then the refusal is what counts.
pub fn just_done(key: &str) -> Option<String> {
    query(key).filter(|_| !asked("__err"))
}

/// The value of `key` in the page's address, as the visitor sent it.
pub fn query(key: &str) -> Option<String> {
    use_query_map().get().get(key)
}

/// [`query`] of an address that a form carries along: the part after the `?`.
pub fn query_of(address: &str) -> impl Fn(&str) -> Option<String> + use<> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(address.as_bytes()).into_owned().collect();
    move |key| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
}

/// Where the page's address says that the person wants to go in the end.
pub fn where_next() -> Then {
    Then::parse(&query("then").unwrap_or_default())
}
