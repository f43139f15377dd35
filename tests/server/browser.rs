//! A browser as strict as the real ones, and what it is answered.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use doorward::api::Problem;
use doorward::base::paths::page_of_form;
use http::{HeaderMap, Request, header};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tower::ServiceExt;

pub const SESSION: &str = "__Host-doorward";
pub const DEVICE: &str = "__Host-doorward-device";
/// Of what was typed into a form that is asked again; says nothing of who is signed in.
pub const TYPED: &str = "__Host-doorward-typed";
pub const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub origin: String,
    jar: BTreeMap<String, Cookie>,
    /// Path and query of the page it shows, once it showed one.
    page: Option<String>,
    /// What it says it is.
    pub user_agent: String,
    /// From where it connects.
    pub address: IpAddr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    pub value: String,
    /// Seconds; none for a cookie that ends with the browser.
    pub max_age: Option<i64>,
}

impl Browser {
    pub fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            origin: origin.to_owned(),
            jar: BTreeMap::new(),
            page: None,
            user_agent: USER_AGENT.to_owned(),
            address: Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// The same browser, sent to another node by a load balancer.
    pub fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    /// The same browser, on another network.
    pub fn at_address(&self, address: IpAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// Another browser that was never here.
    pub fn another(&self) -> Self {
        Self::new(self.router.clone(), &self.origin)
    }

    /// Its cookies in the hands of a browser that says it is `user_agent`.
    pub fn taken_to(&self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self.clone() }
    }

    pub fn cookie(&self) -> Option<&Cookie> {
        self.jar.get(SESSION)
    }

    /// By what it is recognised; empty when it can't be.
    pub fn device(&self) -> String {
        self.jar.get(DEVICE).map(|cookie| cookie.value.clone()).unwrap_or_default()
    }

    /// The session id it holds.
    pub fn session(&self) -> String {
        self.cookie().expect("no session cookie").value.clone()
    }

    /// By what it goes on with a sign-in that waits for a second factor.
    pub fn pending(&self) -> String {
        self.jar.get("__Host-doorward-pending").expect("no sign-in waits").value.clone()
    }

    /// The value of the cookie of this name.
    pub fn holds(&self, name: &str) -> Option<String> {
        self.jar.get(name).map(|cookie| cookie.value.clone())
    }

    /// [`Self::plant`] for the cookie of this name; none takes it away.
    pub fn plant_as(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.jar.insert(name.to_owned(), Cookie { value: value.to_owned(), max_age: None }),
            None => self.jar.remove(name),
        };
    }

    /// What somebody does who can write cookies into it.
    pub fn plant(&mut self, value: &str) {
        self.jar.insert(SESSION.to_owned(), Cookie { value: value.to_owned(), max_age: None });
    }

    /// [`Self::plant`] for the cookie that it is recognised by.
    pub fn plant_device(&mut self, value: &str) {
        self.jar.insert(DEVICE.to_owned(), Cookie { value: value.to_owned(), max_age: None });
    }

    /// Closed and opened again: what has no Max-Age is gone.
    pub fn restart(&mut self) {
        self.jar.retain(|_, cookie| cookie.max_age.is_some());
    }

    /// `later` than it was given them: what lives no longer is gone.
    pub fn drop_what_ran_out(&mut self, later: Duration) {
        self.jar.retain(|_, cookie| cookie.max_age.is_none_or(|seconds| seconds.unsigned_abs() > later.as_secs()));
    }

    /// Opens a page as a person does who types its address or follows a link.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.page = Some(path.to_owned());
        let request = Request::get(path).header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        self.send(request.header("sec-fetch-site", "none").body(Body::empty()).unwrap()).await
    }

    /// Submits a plain form, as a browser without script does. Shows what comes, but follows no
    /// redirect.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.posting(path, fields, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        self.send(request).await
    }

    /// Submits a form as our script does.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.posting(path, fields, "application/json");
        self.send(request).await
    }

    /// A form on its way, without cookies yet.
    pub fn posting(&self, path: &str, fields: &[(&str, &str)], accept: &str) -> Request<Body> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let page = self.page.as_deref().unwrap_or_else(|| page_of_form(path));
        Request::post(path)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, &self.origin)
            .header(header::REFERER, format!("{}{page}", self.origin))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.finish()))
            .unwrap()
    }

    /// Sends any request with the cookies it holds, and keeps those it is given.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(name, cookie)| format!("{name}={}", cookie.value)).collect();
            request.headers_mut().insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        request.headers_mut().entry(header::USER_AGENT).or_insert(self.user_agent.parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 50_000)));
        let answer = send(&self.router, request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        answer
    }

    /// RFC 6265bis, with the rules for `__Host-` that Chromium and Firefox enforce: a cookie that
    /// breaks them is dropped there, and is a mistake of ours here.
    fn keep(&mut self, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').expect("a cookie without a name");
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let attribute = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        assert!(name.starts_with("__Host-"), "{line}");
        assert!(attribute("secure").is_some() && attribute("httponly").is_some(), "{line}");
        assert_eq!((attribute("path"), attribute("domain")), (Some("/"), None), "{line}");
        assert_eq!(attribute("samesite"), Some("Lax"), "{line}");
        let max_age = attribute("max-age").map(|seconds| seconds.parse::<i64>().unwrap());
        if max_age.is_some_and(|seconds| seconds <= 0) {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), Cookie { value: value.to_owned(), max_age });
        }
    }
}

/// Sends `request` as it is, from a connection of this machine.
pub async fn send(router: &Router, mut request: Request<Body>) -> Answer {
    let here = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000)));
    request.extensions_mut().get_or_insert(here);
    let headers = request.headers_mut();
    headers.entry(header::HOST).or_insert_with(|| "localhost:3000".parse().unwrap());
    headers.entry(header::USER_AGENT).or_insert_with(|| USER_AGENT.parse().unwrap());
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
    let cookies = parts.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned());
    let cookies = cookies.filter(|line| !line.starts_with(&format!("{TYPED}="))).collect();
    let answer = Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        cookies,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    // Whatever a test is about: no program meets a problem that it was not told of.
    if answer.header("content-type") == "application/problem+json" {
        let (code, all) = (answer.code(), Problem::all());
        assert!(all.iter().any(|problem| problem.code() == code), "{}", answer.in_full());
    }
    answer
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The `Set-Cookie` lines, but for [`TYPED`].
    pub cookies: Vec<String>,
    pub body: String,
}

impl Answer {
    /// The header's value, empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads, without our own origin.
    pub fn location(&self) -> &str {
        let location = self.header("location");
        location.strip_prefix("http://localhost:3000").unwrap_or(location)
    }

    /// The error's code, as a scripted caller is told; empty when it is none.
    pub fn code(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Everything that could tell two answers apart, but for what differs between any two.
    pub fn in_full(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
            .map(|(name, value)| match value.as_bytes().starts_with(TYPED.as_bytes()) {
                // Sealed, so no two are alike.
                true => format!("{name}: {TYPED}=(what was typed)"),
                false => format!("{name}: {value:?}"),
            })
            .collect();
        headers.sort();
        format!("{}\n{}\n\n{}", self.status, headers.join("\n"), self.body)
    }

    #[track_caller]
    pub fn leads_to(&self, path: &str) -> &Self {
        assert_eq!((self.status, self.location()), (303, path), "{}", self.in_full());
        self
    }

    /// Where a scripted form is told to go.
    #[track_caller]
    pub fn goes_to(&self, path: &str) -> &Self {
        assert_eq!((self.status, self.location()), (200, path), "{}", self.in_full());
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.in_full());
        self
    }

    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no {text:?} in {}", self.in_full());
        self
    }
}
