//! The document around every page, and every page's path in one list.

use crate::account::AccountOverviewPage;
use crate::dev_mail::DevMailPage;
use crate::error::AppError;
use crate::password::{ChangePasswordPage, ForgotPasswordPage, ResetPasswordPage};
use crate::profile::ProfilePage;
use crate::registration::{RegisterPage, VerifyEmailPage};
use crate::server::App as Doorward;
use crate::server::headers::page_policy;
use crate::set_up::SetUpPage;
use crate::sign_in::{SignInPage, SignOutPage};
use crate::ui::{FrontDoor, LinkButton, Site};
use crate::words::word;
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};
use std::future::Future;

/// One page fades into the next. Here and not in the style sheet: Chromium asks for it before that has come, and then
/// calls the transition off with an error in the console.
const PAGE_TURN: &str = "@media (prefers-reduced-motion: no-preference) { @view-transition { navigation: auto; } }";

/// The HTML document. Its policy allows this response's own nonce and nothing inline beside it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) {
        let watch =
            std::env::var_os("LEPTOS_WATCH").map(|_| options.reload_external_port.unwrap_or(options.reload_port));
        response.insert_header(
            CONTENT_SECURITY_POLICY,
            page_policy(&nonce, watch.and_then(|port| u16::try_from(port).ok())),
        );
    }
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options=options.clone() />
                <AutoReload options=options.clone() />
                <style nonce=use_nonce()>{PAGE_TURN}</style>
                <BrowserHalf options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// What every document begins with.
#[component]
fn Head(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="stylesheet" id="leptos" href=stylesheet />
    }
}

/// Fetches the browser half once the page stands, and wakes the islands. In place of leptos' `HydrationScripts`, which
/// asks for both files with `<link rel="preload">`: browsers that run no script fetched them too, and for nothing.
#[component]
fn BrowserHalf(options: LeptosOptions) -> impl IntoView {
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let file = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let script = format!(
        r#"const [half, wasm] = await Promise.all([import("{file}.js"), fetch("{file}.wasm")]);
await half.default({{ module_or_path: wasm }});
half.hydrate();
for (const island of document.querySelectorAll("leptos-island")) half[island.dataset.component](island);"#
    );
    view! {
        <script type="module" nonce=use_nonce()>
            {script}
        </script>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    if let Some(doorward) = use_context::<Doorward>() {
        provide_context(Site { name: doorward.config.site.name.clone() });
    }
    // Async: status and headers are decided before the first byte, and pages are whole without script.
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-out") view=SignOutPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async />
                <Route path=path!("/verify-email") view=VerifyEmailPage ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=ResetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountOverviewPage ssr=SsrMode::Async />
                <Route path=path!("/account/profile") view=ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/account/password") view=ChangePasswordPage ssr=SsrMode::Async />
                <Route path=path!("/dev/mail") view=DevMailPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Shows a page once its data is there, or why it can't be shown, with the right status.
pub fn loaded<F>(page: F) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    let page = Suspend::new(async move {
        match page.await {
            Ok(page) => page,
            Err(error) => {
                set_status(error.status());
                view! { <ErrorPage error /> }.into_any()
            }
        }
    });
    view! { <Suspense>{page}</Suspense> }.into_any()
}

/// Sets the status of the page being rendered.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    view! {
        <FrontDoor title=word("not-found-title") lead=|| word("not-found-text")>
            <LinkButton href="/" primary=true>
                {word("not-found-link")}
            </LinkButton>
        </FrontDoor>
    }
}

/// A page that can't be shown.
#[component]
fn ErrorPage(error: AppError) -> impl IntoView {
    view! {
        <FrontDoor title=word("error-page-title") lead=move || error.message()>
            <LinkButton href="">{word("error-page-link")}</LinkButton>
        </FrontDoor>
    }
}

/// The error page as a document of its own, for when the application can't be asked: no script, no database.
pub fn plain_page(options: &LeptosOptions, error: AppError) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide_meta_context();
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <Head options=options.clone() />
                    <title>{word("error-page-title")}</title>
                </head>
                <body>
                    <div class="front-door">
                        <main id="main" class="card">
                            <h1>{word("error-page-title")}</h1>
                            <p class="lead">{error.message()}</p>
                            <LinkButton href="">{word("error-page-link")}</LinkButton>
                        </main>
                    </div>
                </body>
            </html>
        }
        .to_html()
    })
}
