//! The response headers every answer carries, and the content security policy of pages (ASVS 3.4).

use axum::{Router, middleware, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::base::header_text;

/// The policy of everything that is not a page: such an answer is data, so a browser that is
/// tricked into showing it as a document must run, load and submit nothing.
const DATA_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Powerful features are off for us and for anything embedded; only passkeys need one. Names that
/// Chromium does not know are left out: it reports each on the console.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
     gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), \
     xr-spatial-tracking=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
);

/// Two years, as the preload lists ask.
const TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// What the headers depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderSettings {
    /// The public URL is https. A plain http site must not send `Strict-Transport-Security` (RFC
    /// 6797, 7.2).
    pub https: bool,
}

/// Puts the security headers on every response of `router`: pages, errors, files, and what its
/// inner layers answer. A header that the inner response sets itself is kept, so this belongs
/// outermost.
///
/// `Cache-Control` becomes `no-store` and `Content-Security-Policy` the data policy where the inner
/// response says nothing. An answer that may not be stored also names in `Vary` what it depends on,
/// for caches that ignore the first (ASVS 14.3.2, 14.2.5).
pub fn security_headers<S>(router: Router<S>, settings: &HeaderSettings) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let settings = *settings;
    router.layer(middleware::map_response(move |mut response: Response| async move {
        apply(response.headers_mut(), settings);
        response
    }))
}

fn apply(headers: &mut HeaderMap, settings: HeaderSettings) {
    let mut defaults = vec![
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Plain forms come back to the page named by Referer: `no-referrer` would lose their
        // errors.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::CONTENT_SECURITY_POLICY, DATA_POLICY),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    if settings.https {
        defaults.push((header::STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY));
    }
    for (name, value) in defaults {
        headers.entry(name).or_insert(value);
    }
    if is_private(headers) {
        vary_on(headers, "Cookie");
        vary_on(headers, "Accept");
        vary_on(headers, "Accept-Language");
    }
}

fn is_private(headers: &HeaderMap) -> bool {
    header_text::lines(headers, header::CACHE_CONTROL).any(|value| {
        value.split(',').map(str::trim).any(|directive| {
            directive.eq_ignore_ascii_case("no-store") || directive.to_ascii_lowercase().starts_with("private")
        })
    })
}

fn vary_on(headers: &mut HeaderMap, name: &'static str) {
    let names = |part: &str| part.trim().eq_ignore_ascii_case(name) || part.trim() == "*";
    let named = header_text::lines(headers, header::VARY).any(|value| value.split(',').any(names));
    if !named {
        headers.append(header::VARY, HeaderValue::from_static(name));
    }
}

/// The content security policy of a page whose scripts and styles carry `nonce` (CSP Level 3; ASVS
/// 3.4.3).
///
/// `nonce` is base64 or base64url and new for each response; any other character would let it close
/// the quoted source and add its own, so such a nonce is left out and inline code is blocked.
/// `watch_port` is the port of cargo-leptos' reload socket in development, else `None`. WASM needs
/// `'wasm-unsafe-eval'`, which permits compiling WebAssembly and nothing else.
pub fn page_policy(nonce: &str, watch_port: Option<u16>) -> HeaderValue {
    let clean = !nonce.is_empty()
        && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'='));
    let nonce = if clean { format!(" 'nonce-{nonce}'") } else { String::new() };
    let watch = watch_port.map_or_else(String::new, |port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}"));
    let policy = format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'{watch}; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'"
    );
    // Only visible ASCII can be in there; should that ever stop being true, the page is blocked,
    // not opened.
    HeaderValue::from_str(&policy).unwrap_or(DATA_POLICY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::get};
    use http::{Request, StatusCode};
    use tower::ServiceExt;

    fn router() -> Router {
        Router::new()
            .route("/page", get(|| async { [(header::CONTENT_SECURITY_POLICY, page_policy("abc", None))] }))
            .route(
                "/file",
                get(|| async { [(header::CACHE_CONTROL, "public, max-age=5"), (header::VARY, "Accept-Encoding")] }),
            )
            .route("/varies", get(|| async { [(header::VARY, "accept, cookie")] }))
            .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .layer(middleware::from_fn(|request: axum::extract::Request, next: middleware::Next| async move {
                if request.headers().contains_key("x-refuse") {
                    return axum::response::IntoResponse::into_response(StatusCode::PAYLOAD_TOO_LARGE);
                }
                next.run(request).await
            }))
    }

    async fn headers_of(path: &str, https: bool, refuse: bool) -> (StatusCode, HeaderMap) {
        let mut request = Request::get(path);
        if refuse {
            request = request.header("x-refuse", "1");
        }
        let app = security_headers(router(), &HeaderSettings { https });
        let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (response.status(), response.headers().clone())
    }

    #[tokio::test]
    async fn every_answer_carries_the_security_headers() {
        for (path, refuse, status) in [
            ("/page", false, 200),
            ("/file", false, 200),
            ("/broken", false, 500),
            ("/none", false, 404),
            ("/page", true, 413),
        ] {
            let (got, headers) = headers_of(path, true, refuse).await;
            assert_eq!(got, status, "{path}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-frame-options", "DENY"),
                ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ] {
                assert_eq!(headers.get(name).unwrap(), value, "{path} {name}");
            }
            let permissions = headers["permissions-policy"].to_str().unwrap();
            assert!(permissions.contains("camera=()") && permissions.contains("publickey-credentials-get=(self)"));
            assert!(headers.contains_key("content-security-policy") && headers.contains_key("cache-control"));
        }
    }

    #[tokio::test]
    async fn a_method_that_is_not_allowed_carries_them_too() {
        let app = security_headers(router(), &HeaderSettings { https: false });
        let response = app.oneshot(Request::post("/page").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }

    #[tokio::test]
    async fn a_page_keeps_its_own_policy_and_all_else_gets_the_strict_one() {
        let (_, page) = headers_of("/page", true, false).await;
        assert_eq!(page.get_all("content-security-policy").iter().count(), 1);
        assert!(page["content-security-policy"].to_str().unwrap().contains("'nonce-abc'"));
        let (_, missing) = headers_of("/none", true, false).await;
        assert_eq!(missing["content-security-policy"], DATA_POLICY);
    }

    #[tokio::test]
    async fn nothing_is_stored_unless_the_answer_says_so_itself() {
        let (_, page) = headers_of("/page", true, false).await;
        assert_eq!(page["cache-control"], "no-store");
        let varies: Vec<_> = page.get_all("vary").iter().collect();
        assert_eq!(varies, ["Cookie", "Accept", "Accept-Language"]);
        let (_, file) = headers_of("/file", true, false).await;
        assert_eq!(file["cache-control"], "public, max-age=5");
        assert_eq!(file.get_all("vary").iter().collect::<Vec<_>>(), ["Accept-Encoding"]);
        let (_, already) = headers_of("/varies", true, false).await;
        assert_eq!(already.get_all("vary").iter().collect::<Vec<_>>(), ["accept, cookie", "Accept-Language"]);
    }

    #[tokio::test]
    async fn plain_http_does_not_promise_https() {
        let (_, headers) = headers_of("/page", false, false).await;
        assert!(!headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn the_page_policy_allows_its_nonce_and_wasm_and_no_other_inline_code() {
        let policy = page_policy("q-_1=", None);
        let policy = policy.to_str().unwrap();
        assert!(policy.starts_with(
            "default-src 'none'; script-src 'self' 'nonce-q-_1=' 'wasm-unsafe-eval'; style-src 'self' 'nonce-q-_1='"
        ));
        assert!(policy.contains("connect-src 'self'; form-action 'self'"));
        for never in ["unsafe-inline", "'unsafe-eval'", "strict-dynamic", "*"] {
            assert!(!policy.contains(never), "{never}");
        }
    }

    #[test]
    fn a_nonce_cannot_add_sources_to_the_policy() {
        for nonce in ["x' 'unsafe-inline", "x; script-src *", "", "a\r\nb"] {
            let policy = page_policy(nonce, None);
            let policy = policy.to_str().unwrap();
            assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        }
    }

    #[test]
    fn only_watching_opens_the_reload_socket() {
        assert!(
            page_policy("n", Some(3001))
                .to_str()
                .unwrap()
                .contains("connect-src 'self' ws://localhost:3001 ws://127.0.0.1:3001;")
        );
    }
}
