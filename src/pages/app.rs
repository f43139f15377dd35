//! The document around every page, and which page stands at which path. The list of paths is
//! `request/site_map.rs`.

use crate::pages::account::AccountOverviewPage;
use crate::pages::account_deletion::DeleteAccountPage;
use crate::pages::activity::ActivityPage;
use crate::pages::admin::activity::AdminActivityPage;
use crate::pages::admin::attacks::AdminAttacksPage;
use crate::pages::admin::invitations::AdminInvitationsPage;
use crate::pages::admin::overview::AdminOverviewPage;
use crate::pages::admin::sessions::AdminSessionsPage;
use crate::pages::admin::users::{AdminUserPage, AdminUsersPage};
use crate::pages::api_reference::ApiReferencePage;
use crate::pages::confirm::ConfirmPage;
use crate::pages::connections::ConnectionsPage;
use crate::pages::dev_mail::DevMailPage;
use crate::pages::language::ChooseLanguage;
use crate::pages::passkeys::PasskeysPage;
use crate::pages::password::{ChangePasswordPage, ForgotPasswordPage, ResetPasswordPage};
use crate::pages::profile::ProfilePage;
use crate::pages::providers::{ProviderCallbackPage, ProviderStartPage};
use crate::pages::registration::{RegisterPage, VerifyEmailPage};
use crate::pages::second_factor::{EnrolPage, RecoveryCodesPage, SecondFactorPage, TotpPage};
use crate::pages::second_factor_sign_in::SecondFactorSignInPage;
use crate::pages::sessions::SessionsPage;
use crate::pages::set_up::SetUpPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::sign_out::SignOutPage;
use crate::pages::tokens::TokensPage;
use crate::pages::was_it_you::WasItYouPage;
use crate::request::app::App as Doorward;
use crate::request::document::{Head, NotFoundPage};
use crate::request::headers::page_policy;
use crate::ui::words::{browser_zone, language};
use crate::ui::{LanguageForm, Site};
use http::header::CONTENT_SECURITY_POLICY;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// One page fades into the next. Here and not in the style sheet: Chromium asks for it before that
/// has come, and then calls the transition off with an error in the console.
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
    let (lang, dir) = language();
    view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir data-browser-zone=browser_zone()>
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

/// Fetches the browser half once the page stands, and wakes the islands. In place of leptos'
/// `HydrationScripts`, which asks for both files with `<link rel="preload">`: browsers that run no
/// script fetched them too, and for nothing. Where it can't begin, for want of WebAssembly say, it
/// marks the document, and what is then missing says so (`.needs-script`).
#[component]
fn BrowserHalf(options: LeptosOptions) -> impl IntoView {
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let file = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let script = format!(
        r#"try {{
const [half, wasm] = await Promise.all([import("{file}.js"), fetch("{file}.wasm")]);
await half.default({{ module_or_path: wasm }});
half.hydrate();
for (const island of document.querySelectorAll("leptos-island")) half[island.dataset.component](island);
}} catch (problem) {{
document.documentElement.dataset.half = "missing";
throw problem;
}}"#
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
        provide_context(LanguageForm(ChooseLanguage::PATH));
    }
    // Async: status and headers are decided before the first byte, and pages are whole without
    // script.
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/second-factor") view=SecondFactorSignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/enrol") view=EnrolPage ssr=SsrMode::Async />
                <Route path=path!("/sign-out") view=SignOutPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async />
                <Route path=path!("/verify-email") view=VerifyEmailPage ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=ResetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/confirm") view=ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/providers/:name/start") view=ProviderStartPage ssr=SsrMode::Async />
                <Route path=path!("/providers/:name/callback") view=ProviderCallbackPage ssr=SsrMode::Async />
                <Route path=path!("/was-it-you") view=WasItYouPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountOverviewPage ssr=SsrMode::Async />
                <Route path=path!("/account/profile") view=ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/account/delete") view=DeleteAccountPage ssr=SsrMode::Async />
                <Route path=path!("/account/sessions") view=SessionsPage ssr=SsrMode::Async />
                <Route path=path!("/account/password") view=ChangePasswordPage ssr=SsrMode::Async />
                <Route path=path!("/account/second-factor") view=SecondFactorPage ssr=SsrMode::Async />
                <Route path=path!("/account/second-factor/totp") view=TotpPage ssr=SsrMode::Async />
                <Route path=path!("/account/second-factor/recovery-codes") view=RecoveryCodesPage ssr=SsrMode::Async />
                <Route path=path!("/account/passkeys") view=PasskeysPage ssr=SsrMode::Async />
                <Route path=path!("/account/tokens") view=TokensPage ssr=SsrMode::Async />
                <Route path=path!("/account/connections") view=ConnectionsPage ssr=SsrMode::Async />
                <Route path=path!("/account/activity") view=ActivityPage ssr=SsrMode::Async />
                <Route path=path!("/admin/attacks") view=AdminAttacksPage ssr=SsrMode::Async />
                <Route path=path!("/admin/invitations") view=AdminInvitationsPage ssr=SsrMode::Async />
                <Route path=path!("/admin") view=AdminOverviewPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users") view=AdminUsersPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id") view=AdminUserPage ssr=SsrMode::Async />
                <Route path=path!("/admin/sessions") view=AdminSessionsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/activity") view=AdminActivityPage ssr=SsrMode::Async />
                <Route path=path!("/api") view=ApiReferencePage ssr=SsrMode::Async />
                <Route path=path!("/dev/mail") view=DevMailPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    use super::App;
    use crate::request::site_map::PAGES;
    use leptos_axum::generate_route_list;
    use std::collections::BTreeSet;

    #[test]
    fn every_page_of_the_list_has_a_route_and_every_route_is_in_the_list() {
        let routes = generate_route_list(App);
        let routes: BTreeSet<String> =
            routes.iter().map(|route| route.path().replace('{', ":").replace('}', "")).collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|page| page.path.to_owned()).collect();
        assert_eq!(routes, listed);
    }
}
