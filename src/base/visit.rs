//! What is known of whoever sent the request that something is done for: said once, where it comes
//! in, and carried by the database handle and by every transaction begun with it. So nothing below
//! the requests looks at a header, and what is done by itself or on the command line is done for
//! [`Visit::default`], nobody.

use crate::base::device_tokens::DeviceTokens;
use crate::base::error::AppError;
use crate::base::ids::{AccountId, SessionHandle, SessionKey};
use crate::base::words::reader::Reader;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who sent a request, from where, and whether they wait for the answer.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    pub origin: Origin,
    /// What the browser is recognised by.
    pub device: DeviceTokens,
    /// Whose live session the browser has the cookie of.
    pub holder: Option<Holder>,
    /// How they read; none on the command line and in the background.
    pub reader: Option<Reader>,
    pub sender: Sender,
}

/// From where a session is started or used.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: String,
    pub user_agent: String,
}

/// A live session, named by the cookie that came.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    pub account: AccountId,
    pub session: SessionHandle,
    pub key: SessionKey,
    /// It came from elsewhere than before, so its owner is asked who they are first.
    pub is_doubted: bool,
}

impl Visit {
    /// Who is signed in.
    pub fn signed_in(&self) -> Option<&Holder> {
        self.holder.as_ref().filter(|holder| !holder.is_doubted)
    }

    /// Who is signed in, if it is `account`.
    pub fn signed_in_to(&self, account: AccountId) -> Option<&Holder> {
        self.signed_in().filter(|holder| holder.account == account)
    }

    /// Refuses to go on with what would be given to nobody: whoever sent the request that is being
    /// answered has left. Asked before the commit of what exists for the answer alone; all of it is
    /// undone then. The error is seen by nobody.
    pub fn still_awaited(&self) -> Result<(), AppError> {
        if self.sender.has_left() {
            tracing::info!("whoever sent this left before the answer: nothing is given to nobody");
            return Err(AppError::Unavailable);
        }
        Ok(())
    }
}

/// Whoever sent a request, as far as they still wait for its answer.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    left: Arc<AtomicBool>,
}

impl Sender {
    pub fn leaves(&self) {
        self.left.store(true, Ordering::Release);
    }

    fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }
}
