//! The program under test: the release binary, in a process of its own, on data of its own.

use crate::Failure;
use crate::bare::Hashing;
use crate::client::{Answer, ClientError, Connection};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Of every account that [`Home::add_people`] makes.
pub const PASSWORD: &str = "nine green bottles hanging on a wall";
/// Far longer than any start takes; only a server that never comes up waits for it.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A data folder, and how Doorward is run on it.
pub struct Home {
    program: PathBuf,
    folder: TempDir,
    pub addr: SocketAddr,
}

impl Home {
    /// An empty folder and a free port.
    pub fn new(program: &Path) -> Result<Self, Failure> {
        let addr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        Ok(Self { program: program.canonicalize()?, folder: TempDir::with_prefix("doorward-bench-")?, addr })
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data/doorward.db")
    }

    /// The one address that forms are accepted from.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.addr.port())
    }

    /// The settings are the defaults, whatever this shell has in its environment or its working folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for (key, _) in std::env::vars_os().filter(|(key, _)| is_setting(key)) {
            command.env_remove(key);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DOORWARD__SERVER__ADDR", self.addr.to_string())
            .env("DOORWARD__SERVER__PUBLIC_URL", self.origin())
            .env("DOORWARD__SERVER__DATA_DIR", self.folder.path().join("data"))
            // Tries under way count until they turn out right; a flood has more of them than any person.
            .env("DOORWARD__LIMITS__FREE_TRIES", "1000");
        for limit in ["NETWORK_FAILURES", "FAILURES_IN_ALL", "MAILS_PER_ADDRESS", "MAILS_PER_NETWORK", "MAILS_IN_ALL"] {
            command.env(format!("DOORWARD__LIMITS__{limit}"), "100000");
        }
        command
    }

    /// Makes `count` accounts, `person0@example.test` and so on.
    pub fn add_people(&self, count: usize) -> Result<(), Failure> {
        for number in 0..count {
            let email = format!("person{number}@example.test");
            let mut child = self
                .command(&["user", "create", "--email", &email])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                writeln!(stdin, "{PASSWORD}")?;
            }
            if !child.wait()?.success() {
                return Err(format!("no account could be made for {email}").into());
            }
        }
        Ok(())
    }

    /// Makes accounts: an address and the hash of a password for each.
    pub fn import_people<'a>(&self, people: impl Iterator<Item = (String, &'a str)>) -> Result<(), Failure> {
        let file = self.folder.path().join("people.csv");
        let lines: String = people.map(|(address, hash)| format!("{address},\"{hash}\",true\n")).collect();
        fs::write(&file, format!("email,password_hash,email_verified\n{lines}"))?;
        let file = file.to_str().ok_or("the folder's name is no text")?;
        match self.command(&["import-users", file]).stdout(Stdio::null()).status()?.success() {
            true => Ok(()),
            false => Err("the accounts could not be imported".into()),
        }
    }

    /// The hash of [`PASSWORD`] as it is stored for somebody whom [`Self::add_people`] made.
    pub fn stored_hash(&self) -> Result<String, Failure> {
        let output = self.command(&["user", "export", "--with-password-hashes", "--format", "jsonl"]).output()?;
        let text = String::from_utf8(output.stdout)?;
        let hash = text.split('"').find(|part| part.starts_with("$argon2id$"));
        Ok(hash.ok_or("no account with a hash was exported")?.to_owned())
    }

    /// Memory, iterations and threads as this build uses them without any setting.
    pub fn hashing(&self) -> Result<Hashing, Failure> {
        let output = self.command(&["check-config"]).output()?;
        let text = String::from_utf8(output.stdout)?;
        let setting = |key: &str| -> Result<u32, Failure> {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            let value = line.and_then(|line| line.split_whitespace().next()).and_then(|value| value.parse().ok());
            value.ok_or_else(|| format!("check-config does not say {key}").into())
        };
        let threads = match setting("password.threads")? {
            0 => std::thread::available_parallelism()?.get(),
            threads => usize::try_from(threads)?,
        };
        Ok(Hashing {
            memory_kib: setting("password.memory_kib")?,
            iterations: setting("password.iterations")?,
            parallelism: setting("password.parallelism")?,
            threads,
        })
    }

    /// Starts serving, and says how long it took until `/readyz` said yes.
    pub async fn start(&self) -> Result<(Doorward, Duration), Failure> {
        let log = self.folder.path().join("log");
        let begin = Instant::now();
        let child = self.command(&["serve"]).stdout(Stdio::null()).stderr(File::create(&log)?).spawn()?;
        let mut server = Doorward { child, addr: self.addr };
        while begin.elapsed() < START_LIMIT {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("doorward ended with {status}: {}", fs::read_to_string(&log)?).into());
            }
            if let Ok(true) = self.is_ready().await {
                return Ok((server, begin.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("doorward is not ready after {START_LIMIT:?}: {}", fs::read_to_string(&log)?).into())
    }

    async fn is_ready(&self) -> Result<bool, ClientError> {
        let mut connection = Connection::open(self.addr).await?;
        Ok(connection.ask(&self.get("/readyz", &[])).await?.status == 200)
    }

    /// A GET with these headers beside `Host`.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n", self.addr.port());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.into_bytes()
    }

    /// The sign-in form with the right password and the cookie that is given.
    pub fn sign_in(&self, person: usize, cookie: &str) -> Vec<u8> {
        let body = format!("identifier=person{person}%40example.test&password={}&then=", PASSWORD.replace(' ', "+"));
        self.post("/form/sign-in", &body, cookie)
    }

    /// A form as a browser without script sends it.
    pub fn post(&self, path: &str, body: &str, cookie: &str) -> Vec<u8> {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: {}\r\nAccept: text/html\r\n\
             Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.addr.port(),
            self.origin(),
            body.len()
        )
        .into_bytes()
    }
}

fn is_setting(key: &OsStr) -> bool {
    key.to_str().is_some_and(|key| key.starts_with("DOORWARD__"))
}

/// Whether the answer to [`Home::sign_in`] let the person in.
pub fn is_signed_in(answer: &Answer<'_>) -> bool {
    answer.status == 303 && answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with("__Host-doorward="))
}

/// Whether [`crate::bare::CHECK`] found the session: it tells whose it is.
pub fn is_known(answer: &Answer<'_>) -> bool {
    const WHOSE: &[u8] = b"\"email\":\"seeded";
    answer.status == 200 && answer.body.windows(WHOSE.len()).any(|part| part == WHOSE)
}

/// A server that runs until this is dropped.
pub struct Doorward {
    child: Child,
    pub addr: SocketAddr,
}

impl Doorward {
    /// Memory of the process that is in RAM, in bytes: VmRSS of proc(5).
    pub fn resident_bytes(&self) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        Ok(kibibytes.ok_or("/proc does not say VmRSS")?.parse::<f64>()? * 1024.0)
    }

    /// Asks the server to end and waits until it has: its database is whole and free afterwards.
    pub fn stop(mut self) -> Result<(), Failure> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        match self.child.wait()?.success() {
            true => Ok(()),
            false => Err("doorward did not end in order".into()),
        }
    }
}

impl Drop for Doorward {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
