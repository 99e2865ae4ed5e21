//! Standard output and error of guests: gathered into lines, each written as one line of the host's log.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::log;

/// Longer lines are cut into several.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// What one instance writes. Rust guests write a line in pieces, and WASI may open the stream more than once, so the beginning of
/// a line is shared.
#[derive(Clone)]
pub(crate) struct GuestLines(Arc<Lines>);

struct Lines {
    component: Arc<str>,
    begun: Mutex<Vec<u8>>,
}

impl GuestLines {
    pub(crate) fn new(component: Arc<str>) -> Self {
        Self(Arc::new(Lines {
            component,
            begun: Mutex::default(),
        }))
    }

    fn take(&self, bytes: &[u8]) {
        let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            begun.extend_from_slice(piece.strip_suffix(b"\n").unwrap_or(piece));
            if piece.ends_with(b"\n") || begun.len() >= LINE_BYTES_MAX {
                // A panic message begins with an empty line, which says nothing.
                if !begun.is_empty() {
                    log::guest_line(&self.0.component, &begun);
                }
                begun.clear();
            }
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let begun = self.begun.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !begun.is_empty() {
            log::guest_line(&self.component, begun);
        }
    }
}

impl IsTerminal for GuestLines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLines {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for GuestLines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LINE_BYTES_MAX)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for GuestLines {
    async fn ready(&mut self) {}
}

impl AsyncWrite for GuestLines {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
