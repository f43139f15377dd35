//! Everything Doorward answers, and what a request passes through on its way: the layers in one
//! place, in order.

use crate::api::Problem;
use crate::api::{self, well_known};
use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::paths;
use crate::base::words::reader::Reader;
use crate::pages::{activity, app, personal_data, second_factor, sessions};
use crate::proxies::forward_auth;
use crate::request::cross_site::FormPages;
use crate::request::headers::HeaderSettings;
use crate::request::reader;
use crate::request::refusals;
use crate::request::refused::Refused;
use crate::request::{app::App, client_address, cross_site, error_status, headers, typed, under_way, visit, visitor};
use crate::run::health;
use crate::ui::Typed;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::request::Parts;
use http::{Method, header};
use leptos::prelude::{provide_context, with_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};

/// The largest form: a password of 1,024 bytes, percent-encoded, with room for the fields beside
/// it.
const BODY_LIMIT: usize = 32 * 1024;
/// Longer than the slowest page; a client that stalls gives its place up.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Why the configured public URL can't be served; the configuration was checked, so neither is
/// expected.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    #[error("server.public_url can't be trusted as an origin: {0}")]
    Origin(#[from] tower_http::csrf::ConfigError),
    #[error("server.public_url can't be read again: {0}")]
    PublicUrl(#[from] url::ParseError),
}

/// All there is to ask for, behind all that a request has to pass.
pub fn router(app: &App) -> Result<Router, RouterError> {
    let context = {
        let app = app.clone();
        move || {
            // Read in one go: a context can't be given while one is looked at.
            let said = with_context(|Parts { headers, extensions, .. }: &Parts| {
                let (reader, typed) = (extensions.get::<Reader>().cloned(), extensions.get::<Typed>().cloned());
                (visit::of(headers, extensions), reader, typed)
            });
            let Some((visit, reader, typed)) = said else { return };
            provide_context(app.visited_by(visit));
            if let Some(reader) = reader {
                provide_context(reader);
            }
            if let Some(typed) = typed {
                provide_context(typed);
            }
        }
    };
    let shell = {
        let options = app.leptos.clone();
        move || app::shell(options.clone())
    };
    let pages = Router::new()
        .leptos_routes_with_context(app, generate_route_list(app::App), context.clone(), shell.clone())
        .route(visitor::STATE_PATH, get(sessions::state))
        .route(second_factor::DOWNLOAD, get(second_factor::download))
        .route(activity::JSON, get(activity::json))
        .route(activity::CSV, get(activity::csv))
        .route(personal_data::PATH, get(personal_data::ask).post(personal_data::download))
        .merge(forward_auth_pages(app))
        .fallback(leptos_axum::render_app_async_with_context(context, shell))
        .layer(from_fn_with_state(app.clone(), typed::keep))
        .layer(from_fn_with_state(app.clone(), reader::resolve))
        .layer(from_fn_with_state(app.clone(), visitor::resolve))
        .with_state(app.clone());
    // Reads the refusal it rewrites, so it comes before the compression.
    let pages = error_status::error_status(pages).layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let pages = cross_site::form_referer(pages, form_pages(app)?);
    let pages = under_way::carried_through(pages, &app.under_way);
    let programs = under_way::carried_through(api::router(app)?, &app.under_way);

    let files = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(well_known::router())
        .merge(forward_auth(app))
        .with_state(app.clone())
        .merge(app.assets.clone().router());

    in_layers(app, files.merge(pages), programs)
}

/// Where somebody goes on to an app; asks who is visiting, like every page.
fn forward_auth_pages(app: &App) -> Router<App> {
    match app.config.forward_auth.enabled {
        true => Router::new().route(paths::HAND_OVER, get(forward_auth::leave::leave)),
        false => Router::new(),
    }
}

/// Where proxies ask. It reads other cookies than pages do.
fn forward_auth(app: &App) -> Router<App> {
    match app.config.forward_auth.enabled {
        true => Router::new().route(forward_auth::PATH, get(forward_auth::answer)),
        false => Router::new(),
    }
}

fn form_pages(app: &App) -> Result<FormPages, RouterError> {
    Ok(FormPages::new(&app.config.server.public_url.origin().parse()?, paths::page_of_form))
}

/// What every request passes. The order of the layers is the order in which it meets them, from the
/// bottom up. `programs` has a way of its own with requests from other sites.
pub fn in_layers(app: &App, people: Router, programs: Router) -> Result<Router, RouterError> {
    let public_url = &app.config.server.public_url;
    let all = cross_site::refuse_cross_site(people, public_url.origin())?.merge(programs);
    let all = all.layer(DefaultBodyLimit::max(BODY_LIMIT)).layer(RequestBodyLimitLayer::new(BODY_LIMIT));
    let all = all.layer(TimeoutLayer::with_status_code(http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));
    let all = client_address::client_address(all, app.config.server.trusted_proxies.clone())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_span)
                .on_request(())
                .on_response(DefaultOnResponse::new().level(tracing::Level::DEBUG)),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        // An id of the client's own choosing would let it pass for another request in the logs.
        .layer(map_request(async |mut request: Request| {
            request.headers_mut().remove("x-request-id");
            request
        }))
        .layer(from_fn(only_what_is_understood))
        .layer(CatchPanicLayer::custom(|_| Refused(AppError::Internal).into_response()))
        .layer(from_fn_with_state((app.clone(), form_pages(app)?), refusals::in_words));
    Ok(headers::security_headers(all, &HeaderSettings { https: public_url.is_https() }))
}

/// Answers 405 to methods by which nothing is asked for here, and 400 to a target that is no path.
/// leptos_axum panics on `CONNECT`, whose target is a host; a `TRACE` that was answered would
/// repeat the cookies that scripts can't read (Cross-Site Tracing).
async fn only_what_is_understood(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        let allowed = [(header::ALLOW, "GET, HEAD, POST, DELETE, OPTIONS")];
        return (allowed, Problem::MethodNotAllowed).into_response();
    }
    if !request.uri().path().starts_with('/') {
        return Refused(AppError::BadRequest).into_response();
    }
    next.run(request).await
}

/// Method, path and id of a request. Never its query, cookies or body: those carry links, sessions
/// and passwords.
fn request_span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").map(header_text::of).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id = &*id)
}
