//! Where a person can go next: a closed list of pages, so that no link and no form can send anybody
//! elsewhere.

use crate::base::names::ProviderName;
use std::borrow::Cow;
use strum::{EnumIter, IntoEnumIterator};
use uuid::Uuid;

/// Where programs ask. Another version would be beside it.
pub const API: &str = "/api/v1";
/// Where the language of a page is chosen: a form that comes back to what was typed.
pub const CHOOSE_LANGUAGE: &str = "/form/choose-language";

/// Pages that a sign-in or a confirmation may lead to.
#[derive(Clone, Debug, PartialEq, Eq, Default, EnumIter)]
pub enum Then {
    #[default]
    Account,
    Profile,
    /// The profile, asking for another address.
    ChangeEmail,
    /// The profile, asking whether to download everything.
    DownloadData,
    DeleteAccount,
    Password,
    Sessions,
    /// The sessions page, asking whether to end this one.
    #[strum(disabled)]
    EndSession(Uuid),
    /// The sessions page, asking whether to end all others.
    EndOthers,
    SecondFactor,
    /// Setting up an authenticator app.
    Totp,
    RecoveryCodes,
    Passkeys,
    /// The page of passkeys, asking for a new one.
    AddPasskey,
    /// The page of passkeys, asking whether to remove this one.
    #[strum(disabled)]
    RemovePasskey(Uuid),
    /// The page of second factors, asking whether to turn this one off.
    #[strum(disabled)]
    TurnOff(Uuid),
    Tokens,
    /// The page of tokens, asking for a new one.
    AddToken,
    Connections,
    /// The page of connections, asking whether to link an account at this provider.
    #[strum(disabled)]
    LinkConnection(ProviderName),
    /// The page of connections, asking whether to unlink this one.
    #[strum(disabled)]
    Unlink(Uuid),
    Activity,
    /// The administration: to everybody but those who administer the same as pages that are not
    /// there.
    Admin,
    AdminUsers,
    /// One person, and what can be done to their account.
    #[strum(disabled)]
    AdminUser(Uuid),
    AdminSessions,
    AdminAttacks,
    AdminInvitations,
    AdminActivity,
    /// The app that was asked for.
    #[strum(disabled)]
    App(HandOver),
}

/// The way back to an app: where it leads is sealed, so nobody but this server can make one. Server
/// half: `server::forward_auth`.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOver {
    sealed: String,
    /// The app asks for a second factor. Only to ask for it in time: the app's rule is what counts.
    strong: bool,
}

impl std::fmt::Debug for HandOver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HandOver(..)")
    }
}

impl HandOver {
    /// Longer than any that is made.
    const LONGEST: usize = 8192;

    /// `sealed` in URL-safe base64.
    pub fn new(sealed: &str, strong: bool) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let whole = !sealed.is_empty() && sealed.len() <= Self::LONGEST && sealed.bytes().all(fits);
        whole.then(|| Self { sealed: sealed.to_owned(), strong })
    }

    fn parse(query: &str) -> Option<Self> {
        match query.strip_prefix("strong&to=") {
            Some(sealed) => Self::new(sealed, true),
            None => Self::new(query.strip_prefix("to=")?, false),
        }
    }

    pub fn sealed(&self) -> &str {
        &self.sealed
    }
}

/// Where the form for everything about somebody is posted; whoever only goes there is led to the
/// form.
pub const DATA: &str = "/account/data";
/// Where a browser that was sent here by an app goes on to it.
pub const HAND_OVER: &str = "/auth/hand-over";

impl Then {
    /// Those that are the same for everybody.
    pub fn fixed() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The page's path, without what is asked there.
    pub fn page(&self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Profile | Self::ChangeEmail | Self::DownloadData => "/account/profile",
            Self::DeleteAccount => "/account/delete",
            Self::Password => "/account/password",
            Self::Sessions | Self::EndSession(_) | Self::EndOthers => "/account/sessions",
            Self::SecondFactor | Self::TurnOff(_) => "/account/second-factor",
            Self::Totp => "/account/second-factor/totp",
            Self::RecoveryCodes => "/account/second-factor/recovery-codes",
            Self::Passkeys | Self::AddPasskey | Self::RemovePasskey(_) => "/account/passkeys",
            Self::Tokens | Self::AddToken => "/account/tokens",
            Self::Connections | Self::LinkConnection(_) | Self::Unlink(_) => "/account/connections",
            Self::Activity => "/account/activity",
            Self::Admin => "/admin",
            Self::AdminUsers | Self::AdminUser(_) => "/admin/users",
            Self::AdminSessions => "/admin/sessions",
            Self::AdminAttacks => "/admin/attacks",
            Self::AdminInvitations => "/admin/invitations",
            Self::AdminActivity => "/admin/activity",
            Self::App(_) => HAND_OVER,
        }
    }

    /// Whether what is done there may change the way in to an account: then a second factor has to
    /// be shown that the account has.
    pub fn changes_way_in(&self) -> bool {
        match self {
            Self::Password
            | Self::Totp
            | Self::RecoveryCodes
            | Self::AddPasskey
            | Self::RemovePasskey(_)
            | Self::TurnOff(_)
            | Self::AddToken
            | Self::LinkConnection(_)
            | Self::Unlink(_)
            // A mailbox is a way to a new password; and whoever leaves, or takes everything along,
            // is as little a passer-by.
            | Self::ChangeEmail
            | Self::DownloadData
            | Self::DeleteAccount
            // What is done there may change the way in to other accounts.
            | Self::Admin
            | Self::AdminUsers
            | Self::AdminUser(_)
            | Self::AdminSessions
            | Self::AdminAttacks
            | Self::AdminInvitations
            | Self::AdminActivity => true,
            Self::Account
            | Self::Profile
            | Self::Sessions
            | Self::EndSession(_)
            | Self::EndOthers
            | Self::SecondFactor
            | Self::Passkeys
            | Self::Tokens
            | Self::Connections
            | Self::Activity
            | Self::App(_) => false,
        }
    }

    /// Whether a second factor is to be shown on the way, even in a browser that is trusted.
    pub fn asks_for_second_factor(&self) -> bool {
        matches!(self, Self::App(HandOver { strong: true, .. }))
    }

    /// Path and query.
    pub fn path(&self) -> Cow<'static, str> {
        match self {
            Self::EndSession(handle) => format!("{}?end={handle}", self.page()).into(),
            Self::EndOthers => "/account/sessions?end=others".into(),
            Self::ChangeEmail => "/account/profile?email".into(),
            Self::DownloadData => "/account/profile?download".into(),
            Self::AddPasskey => "/account/passkeys?add".into(),
            Self::AddToken => "/account/tokens?add".into(),
            Self::TurnOff(factor) => format!("{}?off={factor}", self.page()).into(),
            Self::RemovePasskey(passkey) => format!("{}?remove={passkey}", self.page()).into(),
            Self::App(HandOver { sealed, strong: true }) => format!("{HAND_OVER}?strong&to={sealed}").into(),
            Self::App(HandOver { sealed, strong: false }) => format!("{HAND_OVER}?to={sealed}").into(),
            Self::LinkConnection(provider) => format!("{}?link={provider}", self.page()).into(),
            Self::Unlink(connection) => format!("{}?unlink={connection}", self.page()).into(),
            Self::AdminUser(account) => format!("{}/{account}", self.page()).into(),
            _ => self.page().into(),
        }
    }

    /// The page that `typed` names exactly; anything else, however it is spelled or encoded, is the
    /// overview.
    pub fn parse(typed: &str) -> Self {
        if let Some(then) = Self::fixed().find(|then| then.path() == typed) {
            return then;
        }
        if typed == DATA {
            return Self::DownloadData;
        }
        let (page, query) = typed.split_once('?').unwrap_or((typed, ""));
        let id = |key: &str| query.strip_prefix(key).and_then(|id| id.parse().ok());
        if page == HAND_OVER {
            return HandOver::parse(query).map_or_else(Self::default, Self::App);
        }
        if let Some(account) = page.strip_prefix("/admin/users/").and_then(|id| id.parse::<Uuid>().ok()) {
            return Self::AdminUser(account);
        }
        match Self::fixed().find(|then| then.path() == page) {
            Some(Self::Sessions) => id("end=").map_or(Self::Sessions, Self::EndSession),
            Some(Self::SecondFactor) => id("off=").map_or(Self::SecondFactor, Self::TurnOff),
            Some(Self::Passkeys) => id("remove=").map_or(Self::Passkeys, Self::RemovePasskey),
            Some(Self::Connections) => {
                let provider = query.strip_prefix("link=").and_then(|name| name.parse().ok());
                let unlink = || id("unlink=").map_or(Self::Connections, Self::Unlink);
                provider.map_or_else(unlink, Self::LinkConnection)
            }
            other => other.unwrap_or_default(),
        }
    }

    /// The sign-in page although somebody is signed in, to show what was not shown yet.
    pub fn sign_in_again_path(&self) -> String {
        format!("{}&again", self.behind("/sign-in"))
    }

    /// The sign-in page that leads here afterwards.
    pub fn sign_in_path(&self) -> String {
        self.through("/sign-in")
    }

    /// `page`, which leads here afterwards, perhaps by others in between. It may ask for something
    /// of its own.
    pub fn through(&self, page: &str) -> String {
        if *self == Self::default() { page.to_owned() } else { self.behind(page) }
    }

    /// The page that asks who is there before it leads here.
    pub fn confirm_path(&self) -> String {
        self.behind("/confirm")
    }

    fn behind(&self, page: &str) -> String {
        behind(page, &self.path())
    }

    /// What the page's address may ask for, beside what is a [`Then`] of its own: a filter, and a
    /// place in a list.
    fn asked_for(&self) -> &'static [&'static str] {
        match self {
            Self::AdminUsers => &["text", "state", "role", "before", "after"],
            Self::AdminUser(_) => &["act", "role", "group"],
            Self::AdminSessions => &["who", "address", "device", "age", "before", "after"],
            Self::AdminInvitations => &["act", "invitation", "before", "after"],
            Self::AdminActivity => &["who", "kind", "time", "before", "after"],
            Self::Activity => &["kind", "time", "before", "after"],
            Self::Sessions => &["find"],
            _ => &[],
        }
    }
}

fn behind(page: &str, path: &str) -> String {
    let path = path.replace('%', "%25").replace('?', "%3F").replace('=', "%3D").replace('&', "%26").replace('+', "%2B");
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}then={path}")
}

/// The path that `typed` leads to ([`Then::parse`]), with what it asks for there. Of a query only
/// the keys that the page knows are taken, and written anew.
pub fn path_asking(typed: &str) -> String {
    let then = Then::parse(typed);
    let mut asked = url::form_urlencoded::Serializer::new(String::new());
    if let Some((page, query)) = typed.split_once('?')
        && page == then.path()
    {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        asked.extend_pairs(pairs.filter(|(key, _)| then.asked_for().contains(&&**key)));
    }
    let asked = asked.finish();
    if asked.is_empty() { then.path().into_owned() } else { format!("{}?{asked}", then.path()) }
}

/// The page that asks who is there before it leads to what `typed` asks for.
pub fn confirm_path_asking(typed: &str) -> String {
    behind("/confirm", &path_asking(typed))
}

/// The page that a form stands on: where a plain form goes back to when the browser doesn't say
/// where it came from.
pub fn page_of_form(form_path: &str) -> &'static str {
    match form_path {
        "/form/register" => "/register",
        "/form/create-account" => "/verify-email",
        "/form/forgot-password" => "/forgot-password",
        "/form/reset-password" => "/reset-password",
        "/form/sign-out" => "/sign-out",
        "/form/password-strength" | "/form/change-password" => "/account/password",
        "/form/save-profile" | "/form/change-email" => "/account/profile",
        "/form/confirm-email" => "/verify-email",
        "/form/delete-account" => "/account/delete",
        "/form/end-session" | "/form/end-other-sessions" | "/form/name-device" | "/form/stop-trusting" => {
            "/account/sessions"
        }
        "/form/admin-end-session" | "/form/admin-end-sessions" => "/admin/sessions",
        "/form/admin-invite" | "/form/admin-send-invitation" | "/form/admin-take-back-invitation" => {
            "/admin/invitations"
        }
        // Acts on an account.
        act if act.starts_with("/form/admin-") => "/admin/users",
        "/form/second-factor" => "/sign-in/second-factor",
        "/form/enrol-totp" => "/sign-in/enrol",
        "/form/turn-on-totp" => "/account/second-factor/totp",
        "/form/turn-off-totp" | "/form/name-authenticator" => "/account/second-factor",
        "/form/make-recovery-codes" | "/form/recovery-codes-saved" => "/account/second-factor/recovery-codes",
        "/form/add-passkey" | "/form/name-passkey" | "/form/remove-passkey" => "/account/passkeys",
        "/form/make-token" | "/form/token-saved" | "/form/revoke-token" => "/account/tokens",
        "/form/create-account-with-passkey" => "/verify-email",
        "/form/register-with-passkey" => "/register",
        "/form/enrol-passkey" => "/sign-in/enrol",
        "/form/second-factor-passkey" => "/sign-in/second-factor",
        "/form/confirm" | "/form/confirm-with-code" | "/form/confirm-with-passkey" | "/form/confirm-with-provider" => {
            "/confirm"
        }
        "/form/link-provider" | "/form/unlink-provider" => "/account/connections",
        "/form/stay-signed-in" | "/form/stop-factor-reset" => "/account",
        "/form/set-up" | "/form/set-up-with-passkey" => "/set-up",
        "/form/was-it-you" => "/was-it-you",
        _ => "/sign-in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_leads_back_to_itself() {
        for page in Then::fixed() {
            assert_eq!(Then::parse(&page.path()), page);
            assert_eq!(Then::parse(&format!("{}?saved", page.page())).page(), page.page());
        }
    }

    #[test]
    fn what_was_to_be_ended_survives_a_sign_in() {
        let handle = Uuid::from_u128(7);
        let then = Then::EndSession(handle);
        assert_eq!(Then::parse(&then.path()), then);
        assert_eq!(then.confirm_path(), format!("/confirm?then=/account/sessions%3Fend%3D{handle}"));
        for then in [Then::Unlink(handle), Then::LinkConnection("our-idp".parse().unwrap())] {
            assert_eq!(Then::parse(&then.path()), then);
        }
        assert_eq!(Then::parse("/account/connections?link=../x"), Then::Connections);
        let then = Then::TurnOff(handle);
        assert_eq!(Then::parse(&then.path()), then);
        assert_eq!(then.confirm_path(), format!("/confirm?then=/account/second-factor%3Foff%3D{handle}"));
        let then = Then::AdminUser(handle);
        assert_eq!(Then::parse(&then.path()), then);
        let asking = format!("/admin/users/{handle}?act=set-role&role=support");
        assert_eq!((Then::parse(&asking), path_asking(&asking)), (then, asking.clone()));
        assert_eq!(path_asking(&format!("{asking}&x=1")), asking);
        assert_eq!(Then::parse("/admin/users/../sessions"), Then::Account);
        assert_eq!(Then::parse(&format!("/account/second-factor?end={handle}")), Then::SecondFactor);
        for odd in ["end=", "end=x", "end=//evil.example", "x=1", "end=others&x"] {
            assert_eq!(Then::parse(&format!("/account/sessions?{odd}")), Then::Sessions, "{odd}");
        }
    }

    #[test]
    fn what_a_page_is_asked_for_survives_a_confirmation() {
        let asking = "/admin/sessions?who=ada%2Bx%40example.org&device=a+b%26c&before=1";
        assert_eq!(path_asking(asking), asking);
        let confirm = confirm_path_asking(asking);
        let (_, query) = confirm.split_once('?').unwrap();
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(pairs, [("then".to_owned(), asking.to_owned())]);
        assert_eq!(
            path_asking("/account/activity?kind=sessions&time=day&after=7"),
            "/account/activity?kind=sessions&time=day&after=7"
        );
        let handle = Uuid::from_u128(7);
        for kept in [format!("/account/sessions?end={handle}"), "/account/sessions?end=others".to_owned()] {
            assert_eq!(path_asking(&kept), kept);
        }
        for (typed, path) in [
            ("/admin/sessions?end=all&ended=3&who=", "/admin/sessions?who="),
            ("/account/profile?who=ada", "/account/profile"),
            ("//evil.example?who=ada", "/account"),
            (
                "/admin/sessions?who=//evil.example\r\nSet-Cookie: a=b",
                "/admin/sessions?who=%2F%2Fevil.example%0D%0ASet-Cookie%3A+a%3Db",
            ),
            ("/admin/sessions", "/admin/sessions"),
            ("", "/account"),
        ] {
            assert_eq!(path_asking(typed), path, "{typed:?}");
        }
    }

    #[test]
    fn the_way_back_to_an_app_survives_a_sign_in_and_is_nothing_but_what_was_sealed() {
        for (sealed, strong) in [("Ab-_9", false), ("Ab-_9", true)] {
            let then = Then::App(HandOver::new(sealed, strong).unwrap());
            assert_eq!(Then::parse(&then.path()), then);
            assert_eq!(path_asking(&then.path()), then.path());
            assert_eq!(then.asks_for_second_factor(), strong);
            let sign_in = then.sign_in_path();
            let (_, query) = sign_in.split_once('?').unwrap();
            let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            assert_eq!(pairs, [("then".to_owned(), then.path().into_owned())]);
            let mailed = then.through("/verify-email?token=0a");
            let (_, query) = mailed.split_once('?').unwrap();
            let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            assert_eq!(pairs[0], ("token".to_owned(), "0a".to_owned()));
            assert_eq!(pairs[1..], [("then".to_owned(), then.path().into_owned())]);
        }
        assert_eq!(Then::Account.through("/register?sent"), "/register?sent");
        for odd in [
            "",
            "?",
            "?to=",
            "?to=https://evil.example",
            "?to=a%2Fb",
            "?to=ab&x=y",
            "?x=y&to=ab",
            "?strong&to=",
            "?strong",
            "?to=a\r\nSet-Cookie: a=b",
            "/?to=ab",
        ] {
            assert_eq!(Then::parse(&format!("{HAND_OVER}{odd}")), Then::Account, "{odd}");
        }
        assert_eq!(HandOver::new(&"a".repeat(HandOver::LONGEST + 1), false), None);
    }

    #[test]
    fn hostile_destinations_lead_to_the_overview() {
        for hostile in [
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://evil.example/account",
            "%09//evil.example",
            "javascript:alert(1)",
            "/account@evil.example",
            "/account/../..//evil.example",
            "/account\r\nSet-Cookie: a=b",
            "/account/sessions/?end=others",
            "",
            "/account/",
            "/Account",
            "/sign-out",
        ] {
            assert_eq!(Then::parse(hostile), Then::Account, "{hostile:?}");
        }
    }
}
