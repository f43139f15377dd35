//! The real program, started as an operator starts it.

use crate::world::World;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A data folder with a configuration, and the program that works on it.
pub struct Program {
    folder: TempDir,
    pub addr: SocketAddr,
    /// Settings over those of the test, as variables.
    pub settings: Vec<(String, String)>,
    /// What the shell that starts the program is told before, such as `ulimit -n 200`.
    pub limits: &'static str,
}

impl Program {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("doorward-program.").tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        std::fs::write(folder.path().join("Leptos.toml"), "").unwrap();
        // Free a moment ago; the program binds it again itself.
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { folder, addr, settings: Vec::new(), limits: ":" }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.addr.port())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!(r#"{} && exec "$0" "$@""#, self.limits), env!("CARGO_BIN_EXE_doorward")])
            .args(arguments)
            .current_dir(self.folder())
            .env("DOORWARD__SERVER__ADDR", self.addr.to_string())
            .env("DOORWARD__SERVER__PUBLIC_URL", self.origin())
            .env("DOORWARD__SERVER__DATA_DIR", self.data_dir())
            .env("LEPTOS_SITE_ROOT", self.folder().join("site"))
            .envs(self.settings.clone())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    /// With `text` on standard input.
    pub fn run_with(&self, arguments: &[&str], text: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        Ended::from(child.wait_with_output().unwrap())
    }

    /// All that servers of this program wrote so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap()
    }

    /// The server, which may not be ready yet.
    pub fn start(&self) -> Serving {
        let log = std::fs::File::options().create(true).append(true).open(self.folder().join("log")).unwrap();
        let mut command = self.command(&["serve"]);
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Serving { child, addr: self.addr }
    }

    /// The server, once it is ready.
    pub async fn serve(&self) -> Serving {
        let mut serving = self.start();
        let begun = Instant::now();
        while serving.get("/readyz", "").await.is_none_or(|answer| answer.status != 200) {
            assert!(serving.child.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            assert!(begun.elapsed() < Duration::from_secs(30), "it is not ready: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        serving
    }
}

/// A command of an operator whose server is `world`'s: on its database, and with its key.
pub fn command_beside(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command
        .args(arguments)
        .current_dir(world.database.folder.path())
        .envs(world.database.settings())
        .stdin(Stdio::null());
    command
}

/// Runs it to its end, while the world goes on: a mail half sent would keep the database locked.
pub async fn run_beside(world: &World, arguments: &[&str]) -> Ended {
    let mut command = command_beside(world, arguments);
    Ended::from(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
}

/// How a command went.
#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    #[track_caller]
    pub fn with(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        self
    }
}

/// The server while it runs; killed when the test is over.
pub struct Serving {
    pub child: Child,
    pub addr: SocketAddr,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The session cookie it sets, as it goes back.
    pub fn session(&self) -> Option<String> {
        Some(self.header("set-cookie")?.split(';').next()?.to_owned())
    }
}

impl Serving {
    /// None when nobody answers, or not to the end.
    pub async fn get(&self, path: &str, cookie: &str) -> Option<Received> {
        get(self.addr, path, cookie).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Option<Received> {
        post(self.addr, path, fields).await
    }

    pub async fn ended(mut self) -> ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

pub async fn get(addr: SocketAddr, path: &str, cookie: &str) -> Option<Received> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n");
    exchange(addr, request.as_bytes()).await
}

pub async fn post(addr: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Option<Received> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    exchange(addr, request.as_bytes()).await
}

async fn exchange(addr: SocketAddr, request: &[u8]) -> Option<Received> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    stream.write_all(request).await.ok()?;
    received(stream).await
}

/// The whole answer that comes on `stream`.
pub async fn received(mut stream: TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Received { status, head: head.to_owned(), body: body.to_owned() })
}
