//! Requests that other sites make in a visitor's name, and where plain forms come back to.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};
use url::{Origin, Url};
use zeroize::Zeroizing;

use crate::base::error::AppError;
use crate::base::header_text;
use crate::base::paths::{self, Then};
use crate::domain::links::LinkToken;
use crate::request::refused::Refused;
use crate::ui::own_path::{is_own_path, own_or_home};

/// Where programs bring a password or a token in the body, below [`paths::API`].
const TOKENS: &str = "/token";
/// Where every server function lives.
pub(crate) const FORMS: &str = "/form/";

/// Refuses with 403 each request that could change something and comes from another site (ASVS
/// 3.5.1).
///
/// `public_origin` is the public URL's origin as browsers send it: `https://id.example`, no default
/// port, no slash. The scheme is that of Go 1.25: `Sec-Fetch-Site`, else `Origin` against the
/// public origin or `Host`. It needs no token and no script. A request with neither header passes:
/// no browser of the last years sends such a POST across sites, and programs (curl, a health check)
/// are not visitors whose cookies can be abused.
///
/// # Errors
/// When `public_origin` is not an http or https origin.
pub fn refuse_cross_site<S>(router: Router<S>, public_origin: &str) -> Result<Router<S>, ConfigError>
where
    S: Clone + Send + Sync + 'static,
{
    let layer = CsrfLayer::new().add_trusted_origin(public_origin)?;
    Ok(router.layer(layer).layer(middleware::from_fn(explain_refusal)))
}

/// For requests of programs: one that names its own credential, or that brings one in its body, is
/// none that a browser sends by itself in somebody's name. So no cookie counts for it, which site
/// made it does not matter, and a cookie that comes along can't be mixed up with the token beside
/// it. Placed outside of [`refuse_cross_site`].
pub fn for_programs<S>(router: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(middleware::map_request(async |mut request: Request| {
        let brings_its_own =
            request.headers().contains_key(header::AUTHORIZATION) || is_below_tokens(request.uri().path());
        if brings_its_own {
            for name in [header::COOKIE, header::ORIGIN, HeaderName::from_static("sec-fetch-site")] {
                request.headers_mut().remove(name);
            }
        }
        request
    }))
}

fn is_below_tokens(path: &str) -> bool {
    path.strip_prefix(paths::API).is_some_and(|rest| rest.starts_with(TOKENS))
}

/// The layer's builder does not see the request: the log is written here, the words come from
/// [`super::refused`].
async fn explain_refusal(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let site = shown(request.headers(), "sec-fetch-site");
    let origin = shown(request.headers(), "origin");
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    tracing::warn!(%method, path, site, origin, "refused a request from another site");
    Refused(AppError::Forbidden).into_response()
}

/// A header for the log: short, and quoted by Debug so that it cannot forge a line of its own.
fn shown(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(header_text::of).unwrap_or_default();
    let short: String = value.chars().take(200).collect();
    format!("{short:?}")
}

/// Path and query of the page a form goes back to, on this site ([`is_own_path`]). No Debug: a
/// link's token may stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct BackTo(pub String);

/// Of a form whose browser does not say which page it stands on.
#[derive(Clone, Copy, Debug)]
pub struct NoReferer;

/// Where forms stand: the public URL, and the page of each form's path (`/form/sign-in` →
/// `/sign-in`).
#[derive(Clone)]
pub struct FormPages {
    public: Arc<Url>,
    page_of: fn(&str) -> &'static str,
}

impl FormPages {
    pub fn new(public_url: &Url, page_of: fn(&str) -> &'static str) -> Self {
        Self { public: Arc::new(public_url.clone()), page_of }
    }

    /// The page that the request's form was sent from, for whoever wants to try again; none when it
    /// is about no form.
    pub fn back_to(&self, headers: &HeaderMap, uri: &Uri) -> Option<BackTo> {
        let page =
            || own_referer(headers, uri, &self.public).unwrap_or_else(|| self.page_of_form(uri, &Carried::default()));
        uri.path().starts_with(FORMS).then(|| path_and_query(&page()))
    }

    fn page_of_form(&self, uri: &Uri, carried: &Carried) -> Url {
        let mut page = Url::clone(&self.public);
        page.set_path((self.page_of)(uri.path()));
        page.set_query(None);
        page.set_fragment(None);
        if let Some(token) = &carried.token {
            page.query_pairs_mut().append_pair("token", token);
        }
        if carried.then != Then::default() {
            page.query_pairs_mut().append_pair("then", &carried.then.path());
        }
        page
    }
}

/// Without the error that an earlier try may have left there.
fn path_and_query(page: &Url) -> BackTo {
    let kept = page.query_pairs().filter(|(name, _)| name != "__path" && name != "__err");
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let address = if query.is_empty() { page.path().to_owned() } else { format!("{}?{query}", page.path()) };
    BackTo(own_or_home(&address).to_owned())
}

/// Makes sure that each POST to a form carries a `Referer` that is safe to go back to.
///
/// Leptos answers a plain form (`Accept: text/html`) with a redirect to the raw `Referer`, with the
/// error in its query. Without one the error is dropped; with a foreign one it is an open redirect
/// that tells the foreign page the error. So a `Referer` that is missing, foreign, or names no page
/// with a form on it is replaced with the form's own page. That of a mailed link is nothing without
/// the link's token, which the form carries: so it is put there. So is where the person wants to go
/// in the end.
///
/// The answer's extensions hold the page as [`BackTo`].
pub fn form_referer<S>(router: Router<S>, pages: FormPages) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let pages = pages.clone();
        async move {
            if request.method() != Method::POST || !request.uri().path().starts_with(FORMS) {
                return next.run(request).await;
            }
            let (mut request, page) = match own_referer(request.headers(), request.uri(), &pages.public) {
                Some(page) => (request, page),
                None => match with_carried(request).await {
                    Ok((mut request, carried)) => {
                        request.extensions_mut().insert(NoReferer);
                        let page = pages.page_of_form(request.uri(), &carried);
                        (request, page)
                    }
                    Err(refused) => return refused.into_response(),
                },
            };
            request.headers_mut().remove(header::REFERER);
            if let Ok(referer) = HeaderValue::from_str(page.as_str()) {
                request.headers_mut().insert(header::REFERER, referer);
            }
            let mut response = next.run(request).await;
            keep_here(&mut response, &page, &pages.public);
            response.extensions_mut().insert(path_and_query(&page));
            response
        }
    }))
}

/// No answer to a form leads to another site, whatever made it: those that have to leave do so by a
/// page of their own.
fn keep_here(response: &mut Response, page: &Url, public: &Url) {
    let Some(location) = response.headers().get(header::LOCATION).map(header_text::of) else { return };
    let own = match Url::parse(&location) {
        Ok(url) => (url.origin() == page.origin() || url.origin() == public.origin()) && is_own_path(url.path()),
        Err(_) => is_own_path(&location),
    };
    if !own {
        tracing::error!("a form was answered with a way to another site, which is not gone");
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    }
}

/// What a form carries of its page's address.
#[derive(Default)]
struct Carried {
    token: Option<Zeroizing<String>>,
    then: Then,
}

/// Reads the form, whose length a layer before this one bounds.
async fn with_carried(request: Request) -> Result<(Request, Carried), Refused> {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else { return Err(Refused(AppError::TooLarge)) };
    let field = |sought| url::form_urlencoded::parse(&bytes).find(|(name, _)| name == sought).map(|(_, typed)| typed);
    let token = field("token").and_then(|typed| LinkToken::parse(&typed)).map(|token| token.to_text());
    let then = field("then").map_or_else(Then::default, |typed| Then::parse(&typed));
    Ok((Request::from_parts(parts, Body::from(bytes)), Carried { token, then }))
}

/// The referring page when it is ours and can show an error: `/` only redirects (a browser that
/// sends no more than the origin names it), and a form's own path has no page. Nor has one that
/// leads elsewhere when it is followed as a path: whoever opens `https://id.example//evil.example/`
/// is still here.
fn own_referer(headers: &HeaderMap, uri: &Uri, public: &Url) -> Option<Url> {
    let mut lines = headers.get_all(header::REFERER).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let referer = Url::parse(&header_text::of(line)).ok()?;
    let plain = referer.username().is_empty() && referer.password().is_none();
    let is_page = referer.path() != "/" && !referer.path().starts_with(FORMS) && is_own_path(referer.path());
    (plain && is_page && (referer.origin() == public.origin() || is_own_host(&referer, public, headers, uri)))
        .then_some(referer)
}

/// Whether `referer` is on the host that this very request asks for, reached by another name than
/// the public one (nobody can set the Host of somebody else's browser). Its scheme is still the
/// public one: a plain http page of the same name may be an attacker's on the network.
fn is_own_host(referer: &Url, public: &Url, headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (uri.authority(), hosts.next(), hosts.next()) {
        (Some(authority), _, _) => authority.as_str(),
        (None, Some(host), None) => &header_text::of(host),
        _ => return false,
    };
    let Ok(asked) = Url::parse(&format!("{}://{host}/", public.scheme())) else { return false };
    matches!(asked.origin(), Origin::Tuple(..)) && asked.origin() == referer.origin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::post;
    use tower::ServiceExt;

    const PUBLIC: &str = "https://id.example";

    async fn guarded(method: Method, headers: &[(&str, &str)]) -> Response {
        let router = Router::new().route("/form/sign-in", post(|| async { "done" }).get(|| async { "shown" }));
        let app = refuse_cross_site(router, PUBLIC).unwrap();
        let mut request = Request::builder().method(method).uri("/form/sign-in").header("host", "10.0.0.5:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn text(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 4096).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_form_posted_from_another_site_is_refused() {
        for headers in [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://other.id.example")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://id.example")],
            &[("origin", "https://id.example.evil.example")],
        ] {
            assert_eq!(guarded(Method::POST, headers).await.status(), 403, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn our_own_pages_and_programs_may_post() {
        for headers in [
            &[("sec-fetch-site", "same-origin"), ("origin", PUBLIC)][..],
            &[("origin", PUBLIC)],
            &[("origin", "http://10.0.0.5:3000")],
            &[],
        ] {
            assert_eq!(guarded(Method::POST, headers).await.status(), 200, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn links_from_other_sites_may_be_followed() {
        assert_eq!(guarded(Method::GET, &[("sec-fetch-site", "cross-site")]).await.status(), 200);
    }

    #[test]
    fn an_origin_that_no_browser_sends_is_a_configuration_error() {
        assert!(refuse_cross_site(Router::<()>::new(), "https://id.example/path").is_err());
        assert!(refuse_cross_site(Router::<()>::new(), "id.example").is_err());
    }

    #[test]
    fn what_is_logged_of_a_header_cannot_forge_a_line() {
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_bytes(b"a\t\xffb").unwrap());
        assert_eq!(shown(&headers, "origin"), "\"a\\t\u{fffd}b\"");
        headers.insert("origin", HeaderValue::from_str(&"x".repeat(5000)).unwrap());
        assert_eq!(shown(&headers, "origin").len(), 202);
    }

    async fn referer_seen(path: &str, headers: &[(&str, &str)]) -> String {
        referer_of(path, headers, "").await
    }

    async fn referer_of(path: &str, headers: &[(&str, &str)], form: &'static str) -> String {
        let see = |headers: HeaderMap| async move {
            assert!(headers.get_all("referer").iter().count() <= 1);
            headers.get("referer").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let page_of = |path: &str| if path == "/form/sign-in" { "/sign-in" } else { "/account" };
        let public = Url::parse("https://id.example/").unwrap();
        let pages = FormPages::new(&public, page_of);
        let app = form_referer(Router::new().route("/{*path}", post(see)), pages);
        let mut request = Request::post(path).header("host", "localhost:3000").header("accept", "text/html");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        text(app.oneshot(request.body(Body::from(form)).unwrap()).await.unwrap()).await
    }

    #[tokio::test]
    async fn without_a_referer_the_token_of_a_link_is_taken_from_the_form_and_nothing_else_is() {
        const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let form = "new_password=x&token=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let page = "https://id.example/sign-in";
        assert_eq!(referer_of("/form/sign-in", &[], form).await, format!("{page}?token={TOKEN}"));
        let own = [("referer", "https://id.example/sign-in?then=%2Faccount")];
        assert_eq!(referer_of("/form/sign-in", &own, form).await, own[0].1);
        for other in ["token=evil", "token=%0d%0aevil&x=y", "new_password=secret", "%%%"] {
            assert_eq!(referer_of("/form/sign-in", &[], other).await, page, "{other}");
        }
    }

    #[test]
    fn who_tries_again_goes_to_the_form_and_leaves_the_old_error_behind() {
        let pages = FormPages::new(&Url::parse("https://id.example/").unwrap(), |_| "/sign-in");
        let back = |path: &str, referer: &str| {
            let headers = HeaderMap::from_iter([(header::REFERER, HeaderValue::from_str(referer).unwrap())]);
            pages.back_to(&headers, &path.parse().unwrap()).map(|BackTo(page)| page)
        };
        let own = "https://id.example/register?then=%2Faccount&__path=x&__err=y#top";
        assert_eq!(back("/form/sign-in", own).as_deref(), Some("/register?then=%2Faccount"));
        assert_eq!(back("/form/sign-in", "https://evil.example/register").as_deref(), Some("/sign-in"));
        assert_eq!(back("/form/sign-in", "https://id.example//evil.example/x").as_deref(), Some("/sign-in"));
        assert_eq!(back("/account", own), None);
    }

    #[tokio::test]
    async fn no_answer_to_a_form_leads_to_another_site() {
        let location = async |to: &'static str| {
            let route = post(move || async move { [(header::LOCATION, to)] });
            let pages = FormPages::new(&Url::parse("https://id.example/").unwrap(), |_| "/sign-in");
            let app = form_referer(Router::new().route("/form/sign-in", route), pages);
            let request = Request::post("/form/sign-in")
                .header("host", "10.0.0.5")
                .header("referer", "https://10.0.0.5/register");
            let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            String::from_utf8(answer.headers()["location"].as_bytes().to_vec()).unwrap()
        };
        for own in ["/account?saved", "/", "https://id.example/register?__err=x", "https://10.0.0.5/register"] {
            assert_eq!(location(own).await, own);
        }
        for elsewhere in [
            "//evil.example/",
            "/\\evil.example/",
            "/\t/evil.example/",
            "account",
            "",
            "https://evil.example/register",
            "https://id.example//evil.example/",
            "https://id.example@evil.example/register",
            "http://id.example/register",
            "https:evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(location(elsewhere).await, "/", "{elsewhere}");
        }
    }

    #[tokio::test]
    async fn a_form_goes_back_to_the_page_it_came_from() {
        for own in ["https://id.example/sign-in?then=%2Faccount", "https://localhost:3000/sign-in"] {
            assert_eq!(referer_seen("/form/sign-in", &[("referer", own)]).await, own);
        }
    }

    #[tokio::test]
    async fn a_form_never_goes_back_to_a_foreign_page() {
        for foreign in [
            "https://evil.example/sign-in",
            "https://id.example@evil.example/sign-in",
            "https://x:y@id.example/sign-in",
            "https://id.example//evil.example/sign-in",
            "https://id.example/\\evil.example/sign-in",
            "https://id.example/%2f/evil.example/sign-in",
            "https://id.example/.//evil.example/sign-in",
            "https://id.example.evil.example/sign-in",
            "https://id.example:444/sign-in",
            "http://id.example/sign-in",
            "http://localhost:3000/sign-in",
            "https://localhost:3001/sign-in",
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example/sign-in",
            "/sign-in",
            "not a url",
        ] {
            assert_eq!(
                referer_seen("/form/sign-in", &[("referer", foreign)]).await,
                "https://id.example/sign-in",
                "{foreign}"
            );
        }
    }

    #[tokio::test]
    async fn a_form_without_a_usable_referer_goes_back_to_its_own_page() {
        let own = "https://id.example/sign-in";
        assert_eq!(referer_seen("/form/sign-in", &[]).await, own);
        assert_eq!(referer_seen("/form/other", &[]).await, "https://id.example/account");
        assert_eq!(referer_seen("/form/sign-in", &[("referer", "https://id.example/")]).await, own);
        assert_eq!(referer_seen("/form/sign-in", &[("referer", "https://id.example/form/sign-in")]).await, own);
        let twice = [("referer", "https://id.example/account"), ("referer", "https://evil.example/")];
        assert_eq!(referer_seen("/form/sign-in", &twice).await, own);
    }

    #[tokio::test]
    async fn requests_that_are_no_forms_keep_their_referer() {
        assert_eq!(
            referer_seen("/api/v1/token", &[("referer", "https://evil.example/")]).await,
            "https://evil.example/"
        );
    }
}
