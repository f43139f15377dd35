//! What a request says of whoever sent it, for everything below the requests.

use crate::base::header_text;
use crate::base::visit::{Origin, Sender, Visit};
use crate::request::client_address::ClientAddress;
use crate::request::cookies;
use http::{Extensions, HeaderMap, header};

/// Longer User-Agents are cut; none that a person's browser sends is.
const USER_AGENT_LIMIT: usize = 256;

/// Who sent a request with these headers; its session is known once the visitor is
/// ([`crate::request::visitor::resolve`]).
pub fn of(headers: &HeaderMap, extensions: &Extensions) -> Visit {
    Visit {
        origin: origin(headers, extensions),
        device: cookies::device_tokens(headers),
        holder: extensions.get().copied(),
        reader: extensions.get().cloned(),
        sender: extensions.get::<Sender>().cloned().unwrap_or_default(),
    }
}

fn origin(headers: &HeaderMap, extensions: &Extensions) -> Origin {
    let address = extensions.get::<ClientAddress>().map(|client| client.to_string()).unwrap_or_default();
    let user_agent = headers.get(header::USER_AGENT).map(|agent| header_text::printable(agent, USER_AGENT_LIMIT));
    Origin { address, user_agent: user_agent.unwrap_or_default() }
}
