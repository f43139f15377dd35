//! A program that uses the API.

use crate::browser::{Answer, send};
use crate::world::{Node, World};
use axum::Router;
use axum::body::Body;
use data_encoding::BASE64;
use http::{Request, header};
use serde_json::{Value, json};

pub const TOKEN: &str = "/api/v1/token";
pub const REFRESH: &str = "/api/v1/token/refresh";
pub const REVOKE: &str = "/api/v1/token/revoke";
pub const INTROSPECT: &str = "/api/v1/token/introspect";
pub const ME: &str = "/api/v1/me";
pub const SESSIONS: &str = "/api/v1/sessions";

#[derive(Clone)]
pub struct Caller {
    router: Router,
    pub access: String,
    pub refresh: String,
}

impl Answer {
    /// The JSON that it is.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.in_full()))
    }
}

impl World {
    /// A program without anything.
    pub fn caller(&self) -> Caller {
        Caller::new(&self.node)
    }

    /// A program that has signed in.
    pub async fn signed_in_caller(&self, email: &str, password: &str) -> Caller {
        let mut caller = self.caller();
        let answer = caller.sign_in(json!({ "identifier": email, "password": password })).await;
        assert_eq!(answer.status, 200, "{}", answer.in_full());
        caller
    }
}

impl Caller {
    pub fn new(node: &Node) -> Self {
        Self { router: node.router.clone(), access: String::new(), refresh: String::new() }
    }

    pub fn at(&self, node: &Node) -> Self {
        Self { router: node.router.clone(), ..self.clone() }
    }

    pub fn with(&self, access: &str) -> Self {
        Self { access: access.to_owned(), ..self.clone() }
    }

    /// `request` with the access token it has.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if !self.access.is_empty() {
            let line = format!("Bearer {}", self.access);
            request.headers_mut().insert(header::AUTHORIZATION, line.parse().unwrap());
        }
        request.headers_mut().entry(header::USER_AGENT).or_insert_with(|| "shop-sync/1.0".parse().unwrap());
        send(&self.router, request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Request::delete(path).body(Body::empty()).unwrap()).await
    }

    /// Without the access token.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.with("").send(posting(path, body)).await
    }

    /// Keeps what it is given.
    pub async fn sign_in(&mut self, body: Value) -> Answer {
        let answer = self.post(TOKEN, body).await;
        self.keep(&answer);
        answer
    }

    pub async fn refresh(&mut self) -> Answer {
        let answer = self.post(REFRESH, json!({ "refresh_token": self.refresh })).await;
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        if answer.status == 200 {
            let body = answer.json();
            self.access = body["access_token"].as_str().unwrap().to_owned();
            self.refresh = body["refresh_token"].as_str().unwrap().to_owned();
        }
    }
}

pub fn posting(path: &str, body: Value) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
}

pub fn basic(identifier: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{identifier}:{password}").as_bytes()))
}
