use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod announce;
#[cfg(feature = "hydrate")]
mod copy;
#[cfg(feature = "hydrate")]
mod forms;
#[cfg(feature = "hydrate")]
mod meter;
#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
mod passkey;
#[cfg(feature = "hydrate")]
mod passkey_json;
#[cfg(feature = "hydrate")]
mod reveal;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod times;

/// The one island: both layouts end with it. It draws nothing and listens on the document, so every
/// form and every "Show password" button of the page works with it, whatever stands in them, and no
/// hydration can go wrong. Pages work without it: it only spares them a reload.
#[island]
pub fn Improve() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        announce::listen();
        copy::listen();
        forms::listen();
        meter::listen();
        passkey::listen();
        reveal::listen();
        session::listen();
        times::tell();
    }
}
