//! Connections that can misbehave: what the server writes may be replaced by raw bytes, slowly
//! sent, after which the connection ends.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// What to send instead of the next answer.
pub(crate) struct Instead {
    pub(crate) bytes: Vec<u8>,
    /// How many of the bytes go out at once, before the drip begins.
    pub(crate) at_once: usize,
    pub(crate) drip: Option<Drip>,
    pub(crate) end: End,
}

/// Leaves the bytes out, which may be megabytes.
impl fmt::Debug for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instead")
            .field("bytes", &self.bytes.len())
            .field("drip", &self.drip)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Drip {
    pub(crate) chunk: usize,
    pub(crate) pause: Duration,
}

/// How the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order, as by a server that has said all.
    Close,
    /// By a reset.
    Reset,
}

/// Gives orders to one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders(Arc<Mutex<Option<Instead>>>);

impl Orders {
    /// Whatever the server writes next is thrown away, and this is sent.
    pub(crate) fn give(&self, instead: Instead) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(instead);
    }

    fn take(&self) -> Option<Instead> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Who is at the other end, and the way to give orders.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) orders: Orders,
}

impl Connected<IncomingStream<'_, Lines>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        Self {
            address: *stream.remote_addr(),
            orders: stream.io().orders.clone(),
        }
    }
}

/// Accepts connections.
#[derive(Debug)]
pub(crate) struct Lines(pub(crate) TcpListener);

impl Listener for Lines {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let line = Line {
            stream,
            orders: Orders::default(),
            sending: None,
        };
        (line, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    orders: Orders,
    sending: Option<Sending>,
}

#[derive(Debug)]
struct Sending {
    instead: Instead,
    sent: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Line {
    /// Ready with an error once an order was carried out; ready with `Ok` where there is none.
    fn poll_orders(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.sending.is_none() {
            self.sending = self.orders.take().map(|instead| Sending {
                instead,
                sent: 0,
                pause: None,
            });
        }
        let Some(sending) = &mut self.sending else {
            return Poll::Ready(Ok(()));
        };
        ready!(sending.poll(&mut self.stream, cx))?;
        if sending.instead.end == End::Reset {
            self.stream.set_zero_linger()?;
        }
        // The server drops a connection that cannot be written to.
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }
}

impl Sending {
    fn poll(&mut self, stream: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            let rest = self.instead.bytes.get(self.sent..).unwrap_or_default();
            if rest.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let at_once = self.instead.at_once.saturating_sub(self.sent);
            let drip = self.instead.drip.filter(|_| at_once == 0);
            let limit = match (drip, self.instead.drip) {
                (Some(drip), _) => drip.chunk.max(1),
                (None, Some(_)) => at_once,
                (None, None) => rest.len(),
            };
            let piece = rest.get(..limit).unwrap_or(rest);
            self.sent += ready!(Pin::new(&mut *stream).poll_write(cx, piece))?;
            if let Some(drip) = drip {
                self.pause = Some(Box::pin(tokio::time::sleep(drip.pause)));
            }
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_orders(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_orders(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
