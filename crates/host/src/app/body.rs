//! Request bodies, counted on their way to the guest.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use http::Request;
use hyper::body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::Error;

/// A body that breaks off with an error when it grows beyond its limit.
pub(super) struct Capped<B> {
    body: B,
    left: u64,
    reached: Option<Arc<AtomicBool>>,
}

/// Tells whether the limit was reached.
pub(super) struct TooLarge(Option<Arc<AtomicBool>>);

impl TooLarge {
    pub(super) fn reached(&self) -> bool {
        self.0.as_ref().is_some_and(|reached| reached.load(Ordering::Relaxed))
    }
}

/// Limits the body of `request` to `bytes`. One whose length is known and within it is not watched.
pub(super) fn cap<B: Body>(request: Request<B>, bytes: u64) -> (Request<Capped<B>>, TooLarge) {
    let unknown = request.body().size_hint().upper().is_none_or(|upper| upper > bytes);
    let reached = unknown.then(Arc::<AtomicBool>::default);
    let request = request.map(|body| Capped {
        body,
        left: bytes,
        reached: reached.clone(),
    });
    (request, TooLarge(reached))
}

impl<B> Body for Capped<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Error>,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.remaining() as u64);
                if let Some(left) = self.left.checked_sub(length) {
                    self.left = left;
                    Some(Ok(frame))
                } else {
                    if let Some(reached) = &self.reached {
                        reached.store(true, Ordering::Relaxed);
                    }
                    Some(Err(Error::HttpRequestBodySize(None)))
                }
            }
            Some(Err(error)) => Some(Err(error.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;
    use http_body_util::{BodyExt as _, Full, StreamBody};

    use super::cap;

    #[tokio::test]
    async fn a_body_of_unknown_length_breaks_off_at_the_limit() {
        for (limit, passes) in [(6, true), (5, false)] {
            let frames = ["abc", "def"].map(|part| Ok::<_, std::convert::Infallible>(hyper::body::Frame::data(part.into())));
            let body = StreamBody::new(futures::stream::iter(frames));
            let (request, too_large) = cap(Request::new(body), limit);
            assert!(!too_large.reached());
            assert_eq!(request.into_body().collect().await.is_ok(), passes);
            assert_eq!(too_large.reached(), !passes);
        }
    }

    #[tokio::test]
    async fn a_body_of_known_length_passes_unwatched() {
        let (request, too_large) = cap(Request::new(Full::new(Bytes::from_static(b"abc"))), 3);
        assert!(too_large.0.is_none());
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), "abc");
    }
}
