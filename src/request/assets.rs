//! The front-end files: the browser half's script, WASM and styles under `/pkg`, and the public
//! files at the root.
//!
//! A release carries them inside the binary, under a path that names their build, so that a browser
//! may keep them for ever and never mixes two builds. Development reads them from disk at each
//! request.

mod copies;
mod encoding;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::base::clock::UnixMicros;
use crate::base::header_text;
use crate::base::vault::hex;
use encoding::Encoding;

const PKG: &str = "pkg";

/// Why the front-end files cannot be served or kept.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    #[error("the front-end files are not built: {} is missing. Run script/server, which builds them and starts Doorward", .0.display())]
    Missing(PathBuf),
    #[error("cannot read the front-end files in {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot keep a copy of the front-end files in {}: {source}", path.display())]
    NotKept { path: PathBuf, source: io::Error },
}

/// Names one state of the `pkg` files: the first 16 hex digits of a SHA-256 over their names and
/// contents. The compressed forms beside them are left out, so the same files have the same build
/// however they were packed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BuildId(String);

impl BuildId {
    fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 16 && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// `files` in a fixed order. Lengths are part of the hash, so no two lists of files run
    /// together to the same bytes.
    fn of<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut hash = Sha256::new();
        for part in files.flat_map(|(name, content)| [name.as_bytes(), content]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hex(&hash.finalize()[..8]))
    }
}

/// One file's bytes in one encoding, with a tag that changes when they do.
#[derive(Clone)]
struct Stored {
    content: Bytes,
    tag: String,
}

impl Stored {
    fn new(content: Bytes) -> Self {
        let tag = format!("\"{}\"", hex(&Sha256::digest(&content)[..16]));
        Self { content, tag }
    }
}

type Files = BTreeMap<String, Stored>;

enum Source {
    Memory(Files),
    Disk(PathBuf),
}

/// How long a browser may use a file without asking.
#[derive(Clone, Copy)]
enum Caching {
    /// The path names the build: it never changes.
    ForEver,
    Hour,
    /// Development: ask each time, and mostly hear 304.
    Never,
}

/// The front-end files of this build, and where copies of earlier builds lie.
pub struct Assets {
    source: Source,
    build: BuildId,
    /// Files at the site's root, by name.
    public: Vec<String>,
    copies: OnceLock<PathBuf>,
}

impl fmt::Debug for Assets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Assets").field("build", &self.build.0).finish_non_exhaustive()
    }
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "target/site"]
struct Site;

impl Assets {
    /// The files built into the binary (feature `embed`, which ignores `site_root`), else those in
    /// `site_root`, else those that cargo-leptos leaves in `target/site` of this repository.
    ///
    /// # Errors
    /// When the folder has no `pkg` in it or cannot be read.
    #[cfg(feature = "embed")]
    pub fn load(_site_root: Option<PathBuf>) -> Result<Self, AssetsError> {
        let bytes = |content| match content {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Ok(Self::in_memory(Site::iter().filter_map(|name| Some((name.to_string(), bytes(Site::get(&name)?.data))))))
    }

    /// The files in `site_root` (`LEPTOS_SITE_ROOT`), else those that cargo-leptos leaves in
    /// `target/site` of this repository. With the feature `embed`, those built into the binary.
    ///
    /// # Errors
    /// When the folder has no `pkg` in it or cannot be read.
    #[cfg(not(feature = "embed"))]
    pub fn load(site_root: Option<PathBuf>) -> Result<Self, AssetsError> {
        Self::on_disk(site_root.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/target/site").into()))
    }

    /// No files at all, for tests of everything else.
    pub fn none() -> Self {
        Self::in_memory(std::iter::empty())
    }

    fn in_memory(files: impl Iterator<Item = (String, Bytes)>) -> Self {
        let files: Files = files.map(|(name, content)| (name, Stored::new(content))).collect();
        let build = BuildId::of(files.iter().filter_map(|(name, file)| Some((plain_pkg_file(name)?, &*file.content))));
        let public = public_files(files.keys());
        Self { source: Source::Memory(files), build, public, copies: OnceLock::new() }
    }

    #[cfg_attr(feature = "embed", allow(dead_code))]
    fn on_disk(root: PathBuf) -> Result<Self, AssetsError> {
        if !root.join(PKG).is_dir() {
            return Err(AssetsError::Missing(root.join(PKG)));
        }
        let unreadable = |source| AssetsError::Unreadable { path: root.clone(), source };
        let mut names = Vec::new();
        list(&root, "", &mut names).map_err(unreadable)?;
        names.sort();
        let pkg: Vec<(&str, Vec<u8>)> = names
            .iter()
            .filter_map(|name| Some((plain_pkg_file(name)?, fs::read(root.join(name)))))
            .map(|(name, content)| Ok((name, content?)))
            .collect::<io::Result<_>>()
            .map_err(unreadable)?;
        let build = BuildId::of(pkg.iter().map(|(name, content)| (*name, content.as_slice())));
        let public = public_files(names.iter());
        Ok(Self { source: Source::Disk(root), build, public, copies: OnceLock::new() })
    }

    /// The build of the `pkg` files: 16 lower-case hex digits. In development, as it was at the
    /// start.
    pub fn build_id(&self) -> &str {
        &self.build.0
    }

    /// Where pages find the files, without slashes around it: `pkg/<build>`, for
    /// `LeptosOptions::site_pkg_dir`. In development only `pkg`, because cargo-leptos' style reload
    /// looks for links to exactly that.
    pub fn pkg_dir(&self) -> String {
        match self.source {
            Source::Memory(_) => format!("{PKG}/{}", self.build.0),
            Source::Disk(_) => PKG.to_owned(),
        }
    }

    /// Keeps the files of this build in `<data_dir>/assets/<build>`, and from then on answers for
    /// other builds from their copies: after an upgrade, pages that are still open ask for the
    /// files they were made with.
    ///
    /// Copies of a build that has not started for 30 days since the first start of another are
    /// deleted. Does nothing in development. It writes files and waits for the disk: call it off
    /// the async threads. The server works without, so a failure is worth a warning, not an end.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep_copy(&self, data_dir: &Path, now: UnixMicros) -> Result<(), AssetsError> {
        let Source::Memory(files) = &self.source else { return Ok(()) };
        let folder = data_dir.join("assets");
        let pkg = files.iter().filter_map(|(name, file)| Some((pkg_file(name)?, &*file.content)));
        copies::keep(&folder, &self.build, pkg, now)
            .map_err(|source| AssetsError::NotKept { path: folder.clone(), source })?;
        // A second call has nothing to add: the folder is the same.
        let _ = self.copies.set(folder);
        Ok(())
    }

    /// Routes for `/pkg/…` and for each public file, to GET and HEAD.
    pub fn router<S>(self: &Arc<Self>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let assets = Arc::clone(self);
        let pkg = move |extract::Path(path): extract::Path<String>, headers: HeaderMap| async move {
            assets.pkg(&path, &headers).await
        };
        self.public.iter().fold(Router::new().route("/pkg/{*path}", get(pkg)), |router, name| {
            let (assets, name) = (Arc::clone(self), name.clone());
            router.route(&format!("/{name}"), get(move |headers| async move { assets.public(&name, &headers).await }))
        })
    }

    async fn pkg(&self, path: &str, headers: &HeaderMap) -> Response {
        let (build, file) = match path.split_once('/').map(|(first, rest)| (BuildId::parse(first), rest)) {
            Some((Some(build), rest)) => (Some(build), rest),
            _ => (None, path),
        };
        if !is_plain(file) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let name = format!("{PKG}/{file}");
        match (&self.source, build) {
            (Source::Disk(root), _) => from_disk(root.clone(), name, headers, Caching::Never).await,
            (Source::Memory(files), Some(build)) if build == self.build => {
                from_memory(files, &name, headers, Caching::ForEver)
            }
            (Source::Memory(_), Some(build)) => match self.copies.get() {
                Some(copies) => from_disk(copies.join(build.0), file.to_owned(), headers, Caching::ForEver).await,
                None => StatusCode::NOT_FOUND.into_response(),
            },
            (Source::Memory(_), None) => StatusCode::NOT_FOUND.into_response(),
        }
    }

    async fn public(&self, name: &str, headers: &HeaderMap) -> Response {
        match &self.source {
            Source::Disk(root) => from_disk(root.clone(), name.to_owned(), headers, Caching::Never).await,
            Source::Memory(files) => from_memory(files, name, headers, Caching::Hour),
        }
    }
}

/// `name` inside `pkg`, if it is there.
fn pkg_file(name: &str) -> Option<&str> {
    name.strip_prefix(PKG)?.strip_prefix('/')
}

fn plain_pkg_file(name: &str) -> Option<&str> {
    pkg_file(name).filter(|name| !is_compressed(name))
}

fn is_compressed(name: &str) -> bool {
    Encoding::COMPRESSED.iter().any(|encoding| name.ends_with(encoding.suffix()))
}

fn public_files<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names.filter(|name| pkg_file(name).is_none() && is_plain(name) && !is_compressed(name)).cloned().collect()
}

/// A relative path of ordinary names: it cannot leave its folder, reach a hidden file, or mean
/// something to a router.
fn is_plain(path: &str) -> bool {
    let is_ordinary = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_ordinary))
}

/// Adds the files in `root/inside` and below. Links are passed over: cargo-leptos copies, it does
/// not link.
#[cfg_attr(feature = "embed", allow(dead_code))]
fn list(root: &Path, inside: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(root, &path, names)?;
        } else if kind.is_file() {
            names.push(path);
        }
    }
    Ok(())
}

fn from_memory(files: &Files, name: &str, headers: &HeaderMap, caching: Caching) -> Response {
    let stored = encoding::accepted(headers)
        .into_iter()
        .find_map(|encoding| Some((encoding, files.get(&format!("{name}{}", encoding.suffix()))?.clone())));
    respond(name, stored, headers, caching)
}

async fn from_disk(root: PathBuf, name: String, headers: &HeaderMap, caching: Caching) -> Response {
    let accepted = encoding::accepted(headers);
    let wanted = name.clone();
    let reading = tokio::task::spawn_blocking(move || {
        accepted.into_iter().find_map(|encoding| {
            let content = read_inside(&root, &format!("{wanted}{}", encoding.suffix()))?;
            Some((encoding, Stored::new(Bytes::from(content))))
        })
    });
    respond(&name, reading.await.unwrap_or_default(), headers, caching)
}

/// A regular file that lies in `root` when all links are followed.
fn read_inside(root: &Path, name: &str) -> Option<Vec<u8>> {
    let root = root.canonicalize().ok()?;
    let path = root.join(name).canonicalize().ok()?;
    (path.starts_with(&root) && path.is_file()).then(|| fs::read(path).ok()).flatten()
}

fn respond(name: &str, stored: Option<(Encoding, Stored)>, headers: &HeaderMap, caching: Caching) -> Response {
    let Some((encoding, stored)) = stored else { return StatusCode::NOT_FOUND.into_response() };
    let known = is_known(headers, &stored.tag);
    let mut response = Response::new(if known { Body::empty() } else { Body::from(stored.content) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let fields = response.headers_mut();
    let caching = match caching {
        Caching::ForEver => "public, max-age=31536000, immutable",
        Caching::Hour => "public, max-age=3600",
        Caching::Never => "no-cache",
    };
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    fields.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&stored.tag) {
        fields.insert(header::ETAG, tag);
    }
    if !known {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if let Some(token) = encoding.token() {
            fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
    }
    response
}

/// Whether the client holds exactly these bytes (RFC 9110, 13.1.2: weak comparison).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    header_text::lines(headers, header::IF_NONE_MATCH).any(|line| {
        line.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "wasm" => "application/wasm",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
