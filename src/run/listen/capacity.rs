//! How many connections may be open at once. Whoever comes when all places are taken waits in the
//! kernel's accept queue, where they cost neither memory nor a descriptor of ours, until a place is
//! given up or taken from somebody who only holds it.

use std::{
    collections::HashMap,
    io::{self, ErrorKind, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::Instant,
};

/// Descriptors kept for all else, besides the database's connections: standard streams, sockets
/// that listen, SQLite's files, mails on their way, the runtime's own.
const KEPT_DESCRIPTORS: u64 = 128;

/// What memory allows: an idle connection costs some 10 KiB, with TLS up to 50 KiB.
const MOST_CONNECTIONS: u64 = 16 * 1024;

/// How long a connection must have been silent in both directions before it can lose its place:
/// longer than a request waits for its answer while all is well. A sixth of it for one that never
/// said anything.
pub(super) const SILENCE: Duration = Duration::from_secs(3);

/// How often silent connections are looked for while somebody may be waiting.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Raises this process's limit of open descriptors to what it may have, and gives it.
///
/// The soft limit is 1024 in most places for the sake of programs that use `select(2)`, which
/// nothing here does.
pub fn raise_descriptor_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum.unwrap_or(u64::MAX),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files can't be raised");
            limit.current.unwrap_or(u64::MAX)
        }
    }
}

/// The connections that `descriptors` leave room for, beside `database_connections`.
pub fn connection_limit(descriptors: u64, database_connections: u32) -> usize {
    let kept = KEPT_DESCRIPTORS + u64::from(database_connections);
    let left = descriptors.saturating_sub(kept).max(descriptors / 4).clamp(8, MOST_CONNECTIONS);
    if left < 1000 {
        tracing::warn!(
            connections = left,
            descriptors,
            "few connections fit: raise the limit of open files (ulimit -n)"
        );
    }
    usize::try_from(left).unwrap_or(usize::MAX)
}

/// The places of one listening socket.
#[derive(Debug)]
pub(super) struct Places {
    number: usize,
    silence: Duration,
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
    begun: Instant,
    said_full: AtomicBool,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    holders: HashMap<u64, Holder>,
}

#[derive(Debug)]
struct Holder {
    life: Arc<Life>,
    leave: oneshot::Sender<()>,
}

/// When something last came or went on a connection.
#[derive(Debug)]
struct Life {
    /// Milliseconds since [`Places::begun`]; at first of the connection itself.
    heard_at: AtomicU64,
    spoken: AtomicBool,
}

impl Places {
    pub fn new(number: usize, silence: Duration) -> Arc<Self> {
        Arc::new(Self {
            number,
            silence,
            free: Arc::new(Semaphore::new(number)),
            taken: Mutex::default(),
            begun: Instant::now(),
            said_full: AtomicBool::new(false),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        // Nothing under the lock can leave it half changed.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A free place, waited for if need be.
    async fn free(&self) -> io::Result<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            if self.free.available_permits() > self.number / 2 {
                self.said_full.store(false, Ordering::Relaxed);
            }
            return Ok(permit);
        }
        if !self.said_full.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                connections = self.number,
                "all connections are taken; new ones wait for those that are silent"
            );
        }
        loop {
            self.take_from_the_silent();
            tokio::select! {
                permit = Arc::clone(&self.free).acquire_owned() => return permit.map_err(io::Error::other),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Ends the connections that have been silent longest: a sixteenth of all, so that a flood does
    /// not have every place looked at for every connection.
    fn take_from_the_silent(&self) {
        let now = self.now();
        let silence = u64::try_from(self.silence.as_millis()).unwrap_or(u64::MAX);
        let mut taken = self.taken();
        let silent = |(id, holder): (&u64, &Holder)| {
            let heard_at = holder.life.heard_at.load(Ordering::Relaxed);
            let bearable = if holder.life.spoken.load(Ordering::Relaxed) { silence } else { silence / 6 };
            (now.saturating_sub(heard_at) > bearable).then_some((heard_at, *id))
        };
        let mut silent: Vec<_> = taken.holders.iter().filter_map(silent).collect();
        silent.sort_unstable();
        for (_, id) in silent.into_iter().take(self.number / 16 + 1) {
            if let Some(holder) = taken.holders.remove(&id) {
                // It may be gone already, which is as good.
                let _ = holder.leave.send(());
            }
        }
    }

    fn hold(self: &Arc<Self>, stream: TcpStream, permit: OwnedSemaphorePermit) -> Held {
        let life = Arc::new(Life { heard_at: AtomicU64::new(self.now()), spoken: AtomicBool::new(false) });
        let (leave, left) = oneshot::channel();
        let mut taken = self.taken();
        let id = taken.next;
        taken.next += 1;
        taken.holders.insert(id, Holder { life: Arc::clone(&life), leave });
        drop(taken);
        Held { stream, left: Some(left), place: Place { id, life, places: Arc::clone(self), _permit: permit } }
    }
}

/// A listening socket with a limited number of places.
#[derive(Debug)]
pub(super) struct Bounded {
    pub listener: TcpListener,
    pub places: Arc<Places>,
}

/// A client's address, by the name under which axum-server knows a [`Bounded`] listener.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

impl Address for Peer {
    type Stream = Held;
    type Listener = Bounded;
}

impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> Self {
        peer.0
    }
}

impl AddrListener<Held, Peer> for Bounded {
    async fn bind_to(_: Peer) -> io::Result<Self> {
        // An address does not say how many places there are; listeners are handed over bound.
        Err(ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(Held, Peer)> {
        // First the place, then the connection: what is not accepted costs nothing.
        let permit = self.places.free().await?;
        let (stream, peer) = self.listener.accept().await?;
        Ok((self.places.hold(stream, permit), Peer(peer)))
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        self.listener.local_addr().map(Peer)
    }
}

/// A connection and the place it takes until it is closed.
#[derive(Debug)]
pub(super) struct Held {
    // Before the place, so that the descriptor is closed when another may take it.
    stream: TcpStream,
    /// Completes when the place is wanted by somebody else; none once that was seen.
    left: Option<oneshot::Receiver<()>>,
    place: Place,
}

#[derive(Debug)]
struct Place {
    id: u64,
    life: Arc<Life>,
    places: Arc<Places>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().holders.remove(&self.id);
    }
}

impl Held {
    pub fn map_stream(self, map: impl FnOnce(TcpStream) -> io::Result<TcpStream>) -> io::Result<Self> {
        Ok(Self { stream: map(self.stream)?, ..self })
    }

    /// The stream, unless its place was taken away.
    fn if_staying(&mut self, context: &mut Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        self.left.take_if(|left| Pin::new(left).poll(context).is_ready());
        match self.left {
            Some(_) => Ok(Pin::new(&mut self.stream)),
            None => Err(ErrorKind::ConnectionAborted.into()),
        }
    }

    fn noting<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if matches!(polled, Poll::Ready(Ok(_))) {
            self.place.life.heard_at.store(self.place.places.now(), Ordering::Relaxed);
            self.place.life.spoken.store(true, Ordering::Relaxed);
        }
        polled
    }
}

impl AsyncRead for Held {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let held = self.get_mut();
        let read = held.if_staying(context)?.poll_read(context, into);
        held.noting(read)
    }
}

impl AsyncWrite for Held {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let held = self.get_mut();
        let written = held.if_staying(context)?.poll_write(context, bytes);
        held.noting(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let held = self.get_mut();
        let written = held.if_staying(context)?.poll_write_vectored(context, slices);
        held.noting(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_kept_for_the_database_and_mail() {
        assert_eq!(connection_limit(1024, 10), 1024 - 128 - 10);
        assert_eq!(connection_limit(524_288, 10), 16_384);
        assert_eq!(connection_limit(u64::MAX, 1000), 16_384);
        assert_eq!(connection_limit(64, 10), 16);
    }
}
