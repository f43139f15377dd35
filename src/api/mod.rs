//! The API for programs, `/api/v1`: JSON, problem details, and a description that is made from the handlers themselves.

mod body;
mod caller;
mod introspection;
mod me;
mod sessions;
mod times;
mod tokens;
pub mod well_known;

pub use crate::request::problem::Problem;

use crate::base::error::AppError;
use crate::base::paths;
use crate::request::{app::App, cross_site, visitor};
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderName, HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::csrf::ConfigError;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Description, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where it is.
pub const PATH: &str = paths::API;
/// How long a browser need not ask again whether a page of another origin may call.
const PREFLIGHT_KEPT: Duration = Duration::from_secs(600);

/// What the description says of the API as a whole.
const ABOUT: &str = "Sign in from programs, see who is there, and end sessions. Times are RFC 3339, in UTC. Whatever is refused is told as \
    problem details (RFC 9457), whose `code` is made for programs. An `Authorization` header counts alone: no cookie is read beside it.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Doorward", description = ABOUT, license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    servers((url = PATH)),
    modifiers(&Credentials),
    tags(
        (name = "Tokens", description = "What a program signs in with, goes on with, and gives back"),
        (name = "Account", description = "Who calls"),
        (name = "Sessions", description = "Where the caller is signed in"),
    )
)]
struct Api;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, api: &mut Description) {
        let components = api.components.get_or_insert_default();
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some("An access token, or a personal access token".to_owned());
        let cookie = ApiKeyValue::with_description(visitor::COOKIE, "The session of a browser on this very origin");
        let schemes = [
            ("bearer", SecurityScheme::Http(bearer)),
            ("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic))),
            ("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        ];
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(tokens::issue))
        .routes(routes!(tokens::refresh))
        .routes(routes!(tokens::revoke))
        .routes(routes!(introspection::introspect))
        .routes(routes!(me::me))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
}

/// What there is, as a program reads it and as the reference page tells it.
pub fn description() -> Description {
    complete(documented().into_openapi())
}

/// Adds what any request can be refused with, any that comes with a token, and any that sends something, where an operation says nothing
/// of it itself.
fn complete(mut description: Description) -> Description {
    const OF_EVERY: [(&str, &str); 1] = [("503", "Try again shortly")];
    const OF_A_CREDENTIAL: [(&str, &str); 2] =
        [("401", "No credential, or one that is not good"), ("403", "Not with this credential")];
    const OF_A_BODY: [(&str, &str); 3] =
        [("400", "Not what is described"), ("413", "Too large"), ("415", "In a form that is not read here")];
    let bearer = SecurityRequirement::new("bearer", Vec::<String>::new());
    for item in description.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            let body = operation.request_body.is_some().then_some(OF_A_BODY).into_iter().flatten();
            let takes_token = operation.security.as_ref().is_some_and(|security| security.contains(&bearer));
            let credential = takes_token.then_some(OF_A_CREDENTIAL).into_iter().flatten();
            for (status, text) in OF_EVERY.into_iter().chain(credential).chain(body) {
                let problem = || RefOr::T(problem_response(text));
                operation.responses.responses.entry(status.to_owned()).or_insert_with(problem);
            }
        }
    }
    description
}

fn problem_response(text: &str) -> Response {
    let details = Content::new(Some(Ref::from_schema_name("ProblemDetails")));
    ResponseBuilder::new().description(text).content("application/problem+json", details).build()
}

/// The API with all that only its requests pass. What every request passes is around it.
pub fn router(app: &App) -> Result<Router, ConfigError> {
    let (routes, description) = documented().split_for_parts();
    let description = complete(description);
    let routes = routes
        .route("/openapi.json", get(openapi).with_state(Json(description)))
        .fallback(async || Problem::from(AppError::NotFound))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(from_fn_with_state(app.clone(), visitor::resolve));
    let routes = Router::new().nest(PATH, routes).with_state(app.clone());
    let routes = cross_site::refuse_cross_site(routes, app.config.server.public_url.origin())?;
    Ok(cross_site::for_programs(routes).layer(cors(&app.config.tokens.cors_origins)))
}

async fn openapi(State(description): State<Json<Description>>) -> impl IntoResponse {
    // The same for everybody.
    ([(header::CACHE_CONTROL, "public, max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], description)
}

/// Pages of these origins may call with a token. Never with cookies: `Access-Control-Allow-Credentials` is not sent.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE, HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT_KEPT)
}
