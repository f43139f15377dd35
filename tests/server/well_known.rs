//! What programs and people look for at fixed places.

use crate::each_database;
use crate::world::World;
use std::time::Duration;

const PATH: &str = "/.well-known/security.txt";

each_database! {
    async fn who_finds_a_security_problem_is_told_whom_to_tell(world: World) {
        let answer = world.browser().get(PATH).await;
        assert_eq!(answer.status, 404, "nobody is named");
        let world = world.with(&[("DOORWARD__SITE__SECURITY_CONTACT", "mailto:security@example.org")]).await;
        let answer = world.browser().get(PATH).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert_eq!(
            answer.body,
            "Contact: mailto:security@example.org\nExpires: 2026-08-28T12:00:00Z\nPreferred-Languages: en\n\
             Canonical: http://localhost:3000/.well-known/security.txt\n"
        );
        world.advance(Duration::from_secs(24 * 3600));
        world.browser().get(PATH).await.shows("Expires: 2026-08-29T12:00:00Z");
    }

    async fn fixed_places_lead_on(world: World) {
        for (path, status, to) in [("/favicon.ico", 308, "/favicon.svg"), ("/.well-known/change-password", 303, "/account/password")] {
            let answer = world.browser().get(path).await;
            assert_eq!((answer.status, answer.location()), (status, to), "{path}");
        }
    }
}
