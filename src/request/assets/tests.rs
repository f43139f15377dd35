use super::*;
use axum::body::to_bytes;
use http::{Method, Request};
use std::{fs, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

const NOW: UnixMicros = UnixMicros(1_790_000_000_000_000);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn site(script: &'static str) -> Vec<(String, Bytes)> {
    [
        ("pkg/doorward.js", script),
        ("pkg/doorward.js.br", "js as brotli"),
        ("pkg/doorward.js.gz", "js as gzip"),
        ("pkg/doorward.wasm", "\0asm"),
        ("pkg/doorward.css", "body{}"),
        ("pkg/snippets/a-1/inline0.js", "snippet"),
        ("favicon.svg", "<svg/>"),
        ("favicon.svg.gz", "svg as gzip"),
        ("robots.txt", "User-agent: *"),
        (".hidden", "secret"),
    ]
    .map(|(name, content)| (name.to_owned(), Bytes::from_static(content.as_bytes())))
    .to_vec()
}

fn release(script: &'static str) -> Arc<Assets> {
    Arc::new(Assets::in_memory(site(script).into_iter()))
}

fn development() -> (TempDir, Arc<Assets>) {
    let folder = TempDir::new().unwrap();
    for (name, content) in site("js") {
        let path = folder.path().join("site").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::write(folder.path().join("outside.txt"), "secret").unwrap();
    let assets = Assets::on_disk(folder.path().join("site")).unwrap();
    (folder, Arc::new(assets))
}

async fn ask(assets: &Arc<Assets>, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router: Router = assets.router();
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn get_file(assets: &Arc<Assets>, path: &str) -> Response {
    ask(assets, Method::GET, path, &[]).await
}

async fn status(assets: &Arc<Assets>, path: &str) -> u16 {
    get_file(assets, path).await.status().as_u16()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_file_of_this_build_may_be_kept_for_ever() {
    let assets = release("js");
    assert_eq!(assets.pkg_dir(), format!("pkg/{}", assets.build_id()));
    for (file, kind, content) in [
        ("doorward.js", "text/javascript; charset=utf-8", "js"),
        ("doorward.wasm", "application/wasm", "\0asm"),
        ("doorward.css", "text/css; charset=utf-8", "body{}"),
        ("snippets/a-1/inline0.js", "text/javascript; charset=utf-8", "snippet"),
    ] {
        let response = get_file(&assets, &format!("/{}/{file}", assets.pkg_dir())).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()["vary"], "Accept-Encoding");
        assert_eq!(text(response).await, content);
    }
}

#[tokio::test]
async fn the_form_the_client_prefers_is_sent() {
    let assets = release("js");
    let path = format!("/{}/doorward.js", assets.pkg_dir());
    for (wish, token, content) in [
        ("gzip, deflate, br", Some("br"), "js as brotli"),
        ("gzip", Some("gzip"), "js as gzip"),
        ("br;q=0.1, gzip;q=0.2", Some("gzip"), "js as gzip"),
        ("br;q=0", None, "js"),
    ] {
        let response = ask(&assets, Method::GET, &path, &[("accept-encoding", wish)]).await;
        assert_eq!(response.headers().get("content-encoding").map(|token| token.to_str().unwrap()), token, "{wish}");
        assert_eq!(response.headers()["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(text(response).await, content);
    }
    let uncompressed = format!("/{}/doorward.css", assets.pkg_dir());
    let response = ask(&assets, Method::GET, &uncompressed, &[("accept-encoding", "br")]).await;
    assert!(!response.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn a_client_that_has_the_bytes_hears_so_and_each_form_has_its_own_tag() {
    let assets = release("js");
    let path = format!("/{}/doorward.js", assets.pkg_dir());
    let tag = get_file(&assets, &path).await.headers()["etag"].to_str().unwrap().to_owned();
    let other = ask(&assets, Method::GET, &path, &[("accept-encoding", "br")]).await.headers()["etag"].clone();
    assert!(tag.starts_with('"') && other != tag);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let response = ask(&assets, Method::GET, &path, &[("if-none-match", &known)]).await;
        assert_eq!(response.status(), 304, "{known}");
        assert_eq!(response.headers()["etag"], tag.as_str());
        assert_eq!(response.headers()["vary"], "Accept-Encoding");
        assert_eq!(text(response).await, "");
    }
    assert_eq!(ask(&assets, Method::GET, &path, &[("if-none-match", other.to_str().unwrap())]).await.status(), 200);
}

#[tokio::test]
async fn head_tells_the_length_and_other_methods_are_not_allowed() {
    let assets = release("js");
    let path = format!("/{}/doorward.css", assets.pkg_dir());
    let response = ask(&assets, Method::HEAD, &path, &[]).await;
    assert_eq!((response.status().as_u16(), &response.headers()["content-length"]), (200, &HeaderValue::from(6)));
    assert_eq!(text(response).await, "");
    assert_eq!(ask(&assets, Method::POST, &path, &[]).await.status(), 405);
}

#[tokio::test]
async fn public_files_are_at_the_root_and_hidden_ones_are_not() {
    let assets = release("js");
    let icon = get_file(&assets, "/favicon.svg").await;
    assert_eq!(icon.headers()["content-type"], "image/svg+xml");
    assert_eq!(icon.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(text(get_file(&assets, "/robots.txt").await).await, "User-agent: *");
    assert_eq!(
        ask(&assets, Method::GET, "/favicon.svg", &[("accept-encoding", "gzip")]).await.headers()["content-encoding"],
        "gzip"
    );
    for missing in ["/.hidden", "/favicon.svg.gz", "/favicon.ico", "/"] {
        assert_eq!(status(&assets, missing).await, 404, "{missing}");
    }
}

#[tokio::test]
async fn a_path_cannot_leave_its_folder() {
    let (folder, development) = development();
    std::os::unix::fs::symlink("../../outside.txt", folder.path().join("site/pkg/link.txt")).unwrap();
    let release = release("js");
    release.keep_copy(folder.path(), NOW).unwrap();
    let other = "0123456789abcdef";
    fs::create_dir(folder.path().join("assets").join(other)).unwrap();
    for file in [
        "../outside.txt",
        "%2e%2e/%2e%2e/outside.txt",
        "..%2foutside.txt",
        "link.txt",
        "%00",
        "a//b",
        "",
        "%5c..%5cx",
        "snippets",
    ] {
        for path in
            [format!("/pkg/{file}"), format!("/pkg/{other}/{file}"), format!("/pkg/{}/{file}", release.build_id())]
        {
            assert_eq!(status(&development, &path).await, 404, "{path}");
            assert_eq!(status(&release, &path).await, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_no_build_is_not_found() {
    let assets = release("js");
    for build in ["0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcdeg", "..", "assets"] {
        assert_eq!(status(&assets, &format!("/pkg/{build}/doorward.js")).await, 404, "{build}");
    }
    assert_eq!(status(&assets, "/pkg/doorward.js").await, 404);
}

#[tokio::test]
async fn development_shows_each_change_at_once_under_any_build() {
    let (folder, assets) = development();
    assert_eq!(assets.pkg_dir(), "pkg");
    assert_eq!(assets.build_id(), release("js").build_id());
    for path in ["/pkg/doorward.js", "/pkg/0123456789abcdef/doorward.js", "/robots.txt"] {
        assert_eq!(get_file(&assets, path).await.headers()["cache-control"], "no-cache", "{path}");
    }
    assert_eq!(text(get_file(&assets, "/pkg/doorward.js").await).await, "js");
    fs::write(folder.path().join("site/pkg/doorward.js"), "changed").unwrap();
    assert_eq!(text(get_file(&assets, "/pkg/doorward.js").await).await, "changed");
    assets.keep_copy(folder.path(), NOW).unwrap();
    assert!(!folder.path().join("assets").exists());
}

#[test]
fn without_a_built_front_end_the_start_says_what_to_run() {
    let folder = TempDir::new().unwrap();
    let error = Assets::on_disk(folder.path().to_owned()).unwrap_err().to_string();
    assert!(error.contains("script/server"), "{error}");
}

#[test]
fn the_build_changes_with_names_and_contents_and_not_with_packing() {
    let build = |files: &[(&str, &'static str)]| {
        let files = files.iter().map(|(name, content)| ((*name).to_owned(), Bytes::from_static(content.as_bytes())));
        Assets::in_memory(files).build_id().to_owned()
    };
    let first = build(&[("pkg/a", "1"), ("pkg/b", "2")]);
    assert!(BuildId::parse(&first).is_some());
    assert_eq!(build(&[("pkg/b", "2"), ("pkg/a", "1"), ("pkg/a.br", "x"), ("favicon.svg", "y")]), first);
    for other in
        [&[("pkg/a", "1"), ("pkg/c", "2")][..], &[("pkg/a", "1"), ("pkg/b", "3")], &[("pkg/a", "1b2"), ("pkg/b", "")]]
    {
        assert_ne!(build(other), first);
    }
}

#[tokio::test]
async fn after_an_upgrade_pages_that_are_still_open_find_their_files() {
    let data = TempDir::new().unwrap();
    let old = release("old js");
    old.keep_copy(data.path(), NOW).unwrap();
    let new = release("new js");
    let path = format!("/{}/doorward.js", old.pkg_dir());
    assert_eq!(status(&new, &path).await, 404, "not before the copies are known");
    new.keep_copy(data.path(), NOW.after(DAY)).unwrap();

    let response = get_file(&new, &path).await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(text(response).await, "old js");
    let compressed = ask(&new, Method::GET, &path, &[("accept-encoding", "br")]).await;
    assert_eq!(text(compressed).await, "js as brotli");
    assert_eq!(text(get_file(&new, &format!("/{}/doorward.js", new.pkg_dir())).await).await, "new js");
    assert_eq!(text(get_file(&old, &format!("/{}/doorward.js", new.pkg_dir())).await).await, "new js");
    assert_eq!(status(&new, &format!("/{}/.followed", old.pkg_dir())).await, 404);
}

#[tokio::test]
async fn a_build_is_dropped_thirty_days_after_another_followed_however_long_it_ran() {
    let data = TempDir::new().unwrap();
    let (old, new) = (release("old js"), release("new js"));
    let path = format!("/{}/doorward.js", old.pkg_dir());
    let start = |assets: &Arc<Assets>, day: u32| assets.keep_copy(data.path(), NOW.after(DAY * day)).unwrap();
    start(&old, 0);
    for day in [100, 101, 129] {
        start(&new, day);
        assert_eq!(status(&new, &path).await, 200, "day {day}");
    }
    start(&old, 130);
    start(&new, 131);
    start(&new, 160);
    assert_eq!(status(&new, &path).await, 200, "it was current again on day 130");
    start(&new, 162);
    assert_eq!(status(&new, &path).await, 404);
    assert!(data.path().join("assets").join(new.build_id()).is_dir(), "its own is never dropped");
}

#[test]
fn what_a_killed_process_left_is_cleared_away_and_never_mistaken_for_a_copy() {
    let data = TempDir::new().unwrap();
    let unfinished = data.path().join("assets/.unfinished-0123456789abcdef-1");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(data.path().join("assets/notes.txt"), "not ours").unwrap();
    let written = fs::metadata(&unfinished).unwrap().modified().unwrap();
    let written = UnixMicros(crate::base::clock::micros(written.duration_since(std::time::UNIX_EPOCH).unwrap()));
    let assets = release("js");
    assets.keep_copy(data.path(), written.after(Duration::from_secs(60))).unwrap();
    assert!(unfinished.is_dir(), "another process may be writing it");
    assets.keep_copy(data.path(), written.after(DAY)).unwrap();
    assert!(!unfinished.exists());
    assert!(data.path().join("assets/notes.txt").is_file());
    let copied = fs::read(data.path().join("assets").join(assets.build_id()).join("snippets/a-1/inline0.js")).unwrap();
    assert_eq!(copied, b"snippet");
}
