//! Where a person can go next: a closed list of pages, so that no link and no form can send anybody elsewhere.

/// Pages that a sign-in may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Then {
    #[default]
    Account,
    Profile,
    Password,
}

impl Then {
    pub const ALL: &[Then] = &[Self::Account, Self::Profile, Self::Password];

    pub fn path(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Profile => "/account/profile",
            Self::Password => "/account/password",
        }
    }

    /// The page that `typed` names exactly; anything else, however it is spelled or encoded, is the overview.
    pub fn parse(typed: &str) -> Self {
        Self::ALL.iter().copied().find(|page| page.path() == typed).unwrap_or_default()
    }

    /// The sign-in page that leads here afterwards.
    pub fn sign_in_path(self) -> String {
        if self == Self::default() { "/sign-in".to_owned() } else { format!("/sign-in?then={}", self.path()) }
    }
}

/// The page that a form stands on: where a plain form goes back to when the browser doesn't say where it came from.
pub fn page_of_form(form_path: &str) -> &'static str {
    match form_path {
        "/form/register" => "/register",
        "/form/create-account" => "/verify-email",
        "/form/forgot-password" => "/forgot-password",
        "/form/reset-password" => "/reset-password",
        "/form/sign-out" => "/sign-out",
        "/form/password-strength" | "/form/change-password" => "/account/password",
        "/form/save-profile" => "/account/profile",
        "/form/set-up" => "/set-up",
        _ => "/sign-in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_leads_back_to_itself() {
        for page in Then::ALL {
            assert_eq!(Then::parse(page.path()), *page);
        }
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
            "",
            "/account/",
            "/Account",
            "/sign-out",
        ] {
            assert_eq!(Then::parse(hostile), Then::Account, "{hostile:?}");
        }
    }
}
