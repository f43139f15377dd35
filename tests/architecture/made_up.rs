//! The reader and the rules, tried on small houses that are made up.

use crate::allowed::Allowed;
use crate::floors;
use crate::house::{House, Named, Sources};
use std::collections::BTreeSet;

/// A house of these files. The root and each floor declare what is there, unless they are given.
fn tree(files: &[(&str, &str)]) -> Sources {
    let mut sources: Sources = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    let mut declared: BTreeSet<(String, String)> = BTreeSet::new();
    for (file, _) in files {
        let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
        if let ["src", floor, rest @ ..] = parts.as_slice()
            && !["lib", "main"].contains(floor)
        {
            declared.insert(("src/lib.rs".to_owned(), (*floor).to_owned()));
            if let Some(room) = rest.first().filter(|room| **room != "mod") {
                declared.insert((format!("src/{floor}/mod.rs"), (*room).to_owned()));
            }
        }
    }
    let given: BTreeSet<String> = sources.keys().cloned().collect();
    for (file, module) in declared.into_iter().filter(|(file, _)| !given.contains(file)) {
        sources.entry(file).or_default().push_str(&format!("pub mod {module};\n"));
    }
    sources
}

fn house(files: &[(&str, &str)]) -> House {
    let house = House::read(&tree(files));
    assert!(house.unread.is_empty(), "{:?}", house.unread);
    house
}

/// What the house's own modules import of each other, as `links.rs:1 request::app::App`.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let ours = house(files).arrows().into_iter().filter_map(|arrow| match arrow.to {
        Named::Ours { path, .. } => {
            let (_, file) = arrow.file.rsplit_once('/').unwrap();
            Some(format!("{file}:{} {}", arrow.line, path.join("::")))
        }
        Named::Foreign(_) => None,
    });
    ours.collect()
}

/// What `domain::links` imports when this is its text.
fn arrows_of(text: &str) -> Vec<String> {
    let app = ("src/request/app.rs", "pub struct App;");
    arrows(&[("src/base/clock.rs", "pub struct Clock;"), app, ("src/domain/links.rs", text)])
}

fn faults(files: &[(&str, &str)], allowed: &[Allowed]) -> Vec<String> {
    floors::judge(&house(files).arrows(), allowed).faults
}

fn entry(from: &'static str, to: &'static str) -> Allowed {
    Allowed { from, to, why: "for the test" }
}

#[test]
fn a_use_is_read_however_it_is_spelled() {
    for text in [
        "use crate::request::app::App;",
        "pub use crate::request::app::App as State;",
        "use crate::request::app::App as _;",
        "use crate::{request::{app::{App}}};",
        "use super::super::request::app::App;",
        "use self::super::super::request::app::App;",
        "fn f() { use crate::request::app::App; }",
        "on! { use crate::request::app::App; }",
        "macro_rules! m { () => { use $crate::request::{app::App}; } }",
    ] {
        assert_eq!(arrows_of(text), ["links.rs:1 request::app::App"], "{text}");
    }
    assert_eq!(arrows_of("use crate::request::app::*;"), ["links.rs:1 request::app"]);
    let braces = "use crate::{\n    base::clock::{self, Clock},\n    request::app,\n};";
    assert_eq!(
        arrows_of(braces),
        ["links.rs:2 base::clock", "links.rs:2 base::clock::Clock", "links.rs:3 request::app"]
    );
}

#[test]
fn a_path_in_the_code_is_read_wherever_it_stands() {
    for text in [
        "fn f() { crate::request::app::App::new(); }",
        "fn f(app: &crate::request::app::App) {}",
        "fn f() { g::<Vec<crate::request::app::App>>(); }",
        "impl Into<crate::request::app::App> for Link {}",
        "fn f() { if let crate::request::app::App = g() {} }",
        "fn f() { view! { <p class=\"a\">{move || crate::request::app::App.name()}</p> } }",
        "fn f() { on!(tx, |db| { query!(db, [&crate::request::app::App]) }) }",
        "macro_rules! m { ($name:ident) => { $crate::request::app::App::$name($name::new()) } }",
        "crate::request::app::App! { any: thing }",
        "#[layer(crate::request::app::App)] fn f() {}",
        "#[serde(with = \"crate::request::app::App\")] struct Link;",
        "#[derive(crate::request::app::App)] struct Link;",
        "mod inner { fn f() { super::super::super::request::app::App; } }",
    ] {
        let found = arrows_of(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("links.rs:1 request::app::App"), "{text}: {found:?}");
    }
}

#[test]
fn a_name_that_a_use_brought_leads_to_its_room_and_counts_once() {
    let through_floor = "use crate::request;\nfn f() { request::app::App; }";
    assert_eq!(arrows_of(through_floor), ["links.rs:1 request", "links.rs:2 request::app::App"]);
    let through_room = "use crate::request::app as state;\nfn f() { state::App; view! { {state::App} } }";
    assert_eq!(arrows_of(through_room), ["links.rs:1 request::app"]);
    assert_eq!(arrows_of("use time::time;\nfn f() { time::now(); }"), [""; 0]);
}

#[test]
fn a_child_of_the_floor_is_a_room_of_its_own() {
    let files = [
        (
            "src/api/mod.rs",
            "mod me;\nfn f() { routes!(me::answer); }\nmacro_rules! m { ($me:ident) => { $me::answer } }",
        ),
        ("src/api/me.rs", "pub fn answer() { super::f(); self::inner(); inner(); }\nfn inner() {}"),
    ];
    assert_eq!(arrows(&files), ["me.rs:1 api::f", "mod.rs:2 api::me::answer"]);
}

#[test]
fn what_is_no_import_is_not_read() {
    for text in [
        "// use crate::request::app::App;\n/// [`crate::request::app::App`]\nfn f() {}",
        "fn f() { \"crate::request::app::App\"; on!(\"crate::request::app::App\"); }",
        "pub(in crate::request::app) fn f() {}",
        "macro_rules! m { ($request:ident) => { $request::app::App } }",
        "fn f() { request::app::App; ::request::app::App; }",
        "fn f() { <Link as Kept>::request::app; view! { <Link as Kept>::request::app } }",
        "mod clock { pub struct Clock; }\nuse clock::Clock;\nfn f() { self::clock::Clock; }",
    ] {
        assert_eq!(arrows_of(text), [""; 0], "{text}");
    }
}

#[test]
fn what_only_tests_compile_may_import_anything() {
    let import = "use crate::request::app::App;";
    for text in [
        format!("#[cfg(test)] {import}"),
        format!("#[cfg(test)] mod tests {{ {import} }}"),
        format!("#[cfg(all(test, feature = \"ssr\"))] mod tests {{ {import} }}"),
        "#[cfg(test)] fn f() { crate::request::app::App; }".to_owned(),
        "impl Link { #[cfg(test)] fn f() { crate::request::app::App; } }".to_owned(),
        "struct Link { #[cfg(test)] app: crate::request::app::App }".to_owned(),
        "fn f() { #[cfg(test)] let app = crate::request::app::App; }".to_owned(),
    ] {
        assert_eq!(arrows_of(&text), [""; 0], "{text}");
    }
    for condition in ["not(test)", "any(test, feature = \"ssr\")", "feature = \"test\""] {
        let text = format!("#[cfg({condition})] {import}");
        assert_eq!(arrows_of(&text), ["links.rs:1 request::app::App"], "{text}");
    }
    let files = [
        ("src/request/app.rs", "pub struct App;"),
        ("src/domain/links.rs", "#[cfg(test)]\n#[path = \"links_tests.rs\"]\nmod tests;"),
        ("src/domain/links_tests.rs", "mod peer;\nuse crate::request::app::App;"),
        ("src/domain/peer.rs", "use crate::request::app::App;"),
    ];
    let mut sources = tree(&files);
    sources.insert("src/domain/mod.rs".to_owned(), "pub mod links;".to_owned());
    // The file that a `#[path]` names looks for its own modules in a folder of its own name.
    let peer = sources.remove("src/domain/peer.rs").unwrap();
    sources.insert("src/domain/links_tests/peer.rs".to_owned(), peer);
    let house = House::read(&sources);
    assert_eq!((house.unread.as_slice(), house.files_read), ([].as_slice(), sources.len()));
    assert_eq!(house.arrows(), []);
}

#[test]
fn a_room_owns_what_it_passes_on_and_a_floor_does_not() {
    let files = [
        ("src/base/clock.rs", "pub struct Clock;"),
        ("src/base/times.rs", "pub use super::clock::Clock;"),
        ("src/api/mod.rs", "pub mod me;\npub use crate::base::clock::Clock as Time;"),
        ("src/api/me.rs", "use super::Time;\nuse crate::base::times::Clock;"),
        ("src/ui/mod.rs", "mod button;\nmod table;\npub use button::*;\npub use table::Table;"),
        ("src/ui/button.rs", "pub fn Button() { super::Table; }"),
        ("src/ui/table.rs", "pub struct Table;"),
        ("src/pages/home.rs", "use crate::ui::{Button, Table, Other};"),
    ];
    let expected = [
        "button.rs:1 ui::table::Table",
        "me.rs:1 base::clock::Clock",
        "me.rs:2 base::times::Clock",
        "mod.rs:2 base::clock::Clock",
        "times.rs:1 base::clock::Clock",
        "home.rs:1 ui::button::Button",
        "home.rs:1 ui::table::Table",
        "home.rs:1 ui::Other",
        "mod.rs:3 ui::button",
        "mod.rs:4 ui::table::Table",
    ];
    let told: BTreeSet<String> = arrows(&files).into_iter().collect();
    assert_eq!(told, expected.iter().map(|told| (*told).to_owned()).collect());
    assert_eq!(faults(&files, &[]), [""; 0]);
}

#[test]
fn an_import_of_a_higher_floor_is_a_fault_that_says_what_to_do() {
    let files = [
        ("src/request/app.rs", "pub struct App;"),
        ("src/domain/links.rs", "\nuse crate::request::app::App;"),
        ("src/run/start.rs", "use crate::domain::links;"),
        ("src/main.rs", "use doorward::run::start;"),
    ];
    let told = "src/domain/links.rs:2 imports request::app::App: domain is below request. Pass in what it needs.";
    assert_eq!(faults(&files, &[]), [told]);
    let verdict = floors::judge(&house(&files).arrows(), &[entry("domain::links", "request::app")]);
    assert_eq!((verdict.faults.as_slice(), verdict.let_through), ([].as_slice(), 1));
}

#[test]
fn each_floor_keeps_to_those_below_it_and_the_pieces_of_pages_to_themselves() {
    let ways = [
        (
            "src/pages/home.rs",
            "crate::api::me",
            "pages and api don't import each other. Move what both need to a floor below.",
        ),
        ("src/ui/button.rs", "crate::base::clock", "ui knows words alone. Take what it shows as a property."),
        ("src/domain/links.rs", "crate::flows::reset", "domain is below flows. Pass in what it needs."),
        ("src/api/me.rs", "crate::run::start", "api is below run. Pass in what it needs."),
        ("src/domain/links.rs", "crate::ui::form", "domain shows no pages. Let the page that asks show it."),
        ("src/domain/links.rs", "crate::other", "other is no floor. Move it onto one (tests/architecture/floors.rs)."),
        ("src/domain/links.rs", "crate::top", "the root only lists the floors. Put it on one of them."),
    ];
    let others = [
        ("src/api/me.rs", ""),
        ("src/base/clock.rs", ""),
        ("src/base/words.rs", ""),
        ("src/ui/form.rs", "use crate::base::words;"),
        ("src/request/typed.rs", "use crate::ui::form;"),
        ("src/flows/reset.rs", "use crate::base::clock;"),
        ("src/run/start.rs", "use crate::api::me;"),
        ("src/other.rs", ""),
    ];
    for (file, named, rule) in ways {
        let text = format!("use {named};");
        let files = [others.as_slice(), &[(file, text.as_str())]].concat();
        let told = format!("{file}:1 imports {}: {rule}", named.trim_start_matches("crate::"));
        assert_eq!(faults(&files, &[]), [told]);
    }
}

#[test]
fn the_lower_floors_name_no_crate_that_is_about_requests() {
    for path in
        ["leptos::prelude::use_context", "leptos_axum::redirect", "axum::Router", "tower::Service", "http::Request"]
    {
        for text in [format!("use {path};"), format!("fn f() {{ {path}::new(); }}"), format!("use ::{path};")] {
            for (file, count) in
                [("src/domain/links.rs", 1), ("src/flows/sign_in.rs", 1), ("src/request/visitor.rs", 0)]
            {
                assert_eq!(faults(&[(file, &text)], &[]).len(), count, "{file}: {text}");
            }
        }
    }
    let id = |path: &str| faults(&[("src/domain/sessions.rs", &format!("use tower_sessions_core::{path};"))], &[]);
    assert_eq!(id("session::Id"), [""; 0]);
    for other in ["session", "session::*", "session::Record", "session::{Id, Record}", "SessionStore", "Id", "*"] {
        assert_eq!(id(other).len(), 1, "{other}");
    }
    let renamed = "use http as wire;\nfn f() { wire::StatusCode::OK; }\nfn g() { wire::Response::new(()); }";
    let told =
        "src/domain/links.rs:3 imports http::Response::new: domain knows no request. Pass in what it needs of it.";
    assert_eq!(faults(&[("src/domain/links.rs", renamed)], &[]), [told]);
    let allowed = [entry("domain::links", "http::Response")];
    assert_eq!(faults(&[("src/domain/links.rs", renamed)], &allowed), [""; 0]);
}

#[test]
fn a_circle_of_rooms_is_told_by_its_shortest_way() {
    let files = [
        ("src/domain/accounts.rs", "use super::tokens::Token;\nuse super::links::Link;"),
        ("src/domain/links.rs", "use super::accounts::Account;"),
        ("src/domain/tokens.rs", "use super::sessions::Session;"),
        ("src/domain/sessions.rs", "use super::accounts::Account;"),
    ];
    let told = faults(&files, &[]);
    let lines: Vec<&str> = told.iter().flat_map(|told| told.lines()).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "rooms of domain import each other in a circle. Move what both need below them, or pass it in.",
            "src/domain/accounts.rs:2 imports domain::links::Link",
            "src/domain/links.rs:1 imports domain::accounts::Account",
        ]
    );
    let allowed = [entry("domain::accounts", "domain::links"), entry("domain::tokens", "domain::sessions")];
    assert_eq!(faults(&files, &allowed), [""; 0]);
    assert_eq!(faults(&files, &allowed[..1]).len(), 1);
}

#[test]
fn an_entry_that_nothing_needs_any_more_is_a_fault() {
    let files = [
        ("src/base/clock.rs", "pub struct Clock;"),
        ("src/domain/accounts.rs", "use super::links::Link;"),
        ("src/domain/links.rs", "use crate::base::clock::Clock;"),
    ];
    // Gone; to a lower floor, which needs no leave; in no circle any more.
    for (from, to) in [
        ("domain::links", "request::app"),
        ("domain::links", "base::clock"),
        ("domain::accounts", "domain::links"),
        ("domain::links", "leptos"),
    ] {
        let told = format!(
            "tests/architecture/allowed.rs lets {from} import {to}, and nothing needs that any more: delete the line."
        );
        assert_eq!(faults(&files, &[entry(from, to)]), [told]);
    }
    let twice = [entry("domain::links", "leptos"), entry("domain::links", "leptos")];
    assert!(faults(&files, &twice)[0].starts_with("The allow list is sorted and names an arrow once"));
}

#[test]
fn a_file_that_is_missing_or_in_no_module_or_no_rust_is_told() {
    let unread = |files: &[(&str, &str)]| House::read(&tree(files)).unread;
    let lone = [("src/domain/mod.rs", ""), ("src/domain/links.rs", "")];
    assert_eq!(unread(&lone), ["src/domain/links.rs is in no module: declare it with `mod`, or delete it."]);
    let missing = [("src/domain/links.rs", "\nmod token;")];
    let told = "src/domain/links.rs:2 declares a module, and there is no src/domain/links/token.rs and no \
        src/domain/links/token/mod.rs.";
    assert_eq!(unread(&missing), [told]);
    assert!(unread(&[("src/domain/links.rs", "fn f( {}")])[0].starts_with("src/domain/links.rs:1 is no Rust: "));
}
