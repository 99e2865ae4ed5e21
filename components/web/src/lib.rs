//! Serves the built front end, which is inside the component (see `build.rs`).
//!
//! Names that carry a hash are cached for a year; all else is revalidated by ETag. A page that does not exist is `index.html`, so
//! that the front end's own routes can be opened directly; a missing script or picture is 404, never a page in its place.
#![forbid(unsafe_code)]

mod assets;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use spindle_contract::problem::Problem;

use assets::{Asset, Encoding};

/// No inline script or style, nothing from elsewhere, nobody's frame. `wasm-unsafe-eval` lets the page compile our own parser.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[cfg(target_family = "wasm")]
#[spin_sdk::http_component]
async fn entry(request: spin_sdk::http::IncomingRequest, out: spin_sdk::http::ResponseOutparam) {
    spindle_entry::run_plain(handle, request, out).await;
}

/// Answers one request. Needs nothing of the world.
pub fn handle(request: &Request<Bytes>) -> Response<Bytes> {
    let mut response = answer(request);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if request.method() == Method::HEAD {
        let length = response.body().len();
        if response.status() != StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        *response.body_mut() = Bytes::new();
    }
    response
}

fn answer(request: &Request<Bytes>) -> Response<Bytes> {
    let request_id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Problem::method_not_allowed("GET, HEAD").into_response(request_id);
    }
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy();
    let found = assets::find(&path).or_else(|| is_page(&path, request.headers()).then(|| assets::find("/")).flatten());
    found.map_or_else(|| Problem::not_found("There is no such page or file.").into_response(request_id), |asset| send(asset, request.headers()))
}

/// Whether the path can be a route of the front end: asked for as a page, and not named like a file.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let wants_html = headers.get_all(header::ACCEPT).iter().any(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"));
    let last = path.rsplit('/').next().unwrap_or_default();
    wants_html && !last.contains('.') && !path.starts_with("/api/")
}

fn send(asset: &'static Asset, headers: &HeaderMap) -> Response<Bytes> {
    let (encoding, body) = asset.best_for(headers);
    // The forms of a file are different octets, so each has a tag of its own (RFC 9110 §8.8.3.3).
    let etag = match encoding {
        Encoding::Identity => format!("\"{}\"", asset.etag),
        _ => format!("\"{}-{}\"", asset.etag, encoding.name()),
    };
    let mut response = Response::new(Bytes::new());
    let out = response.headers_mut();
    let cache = if asset.has_hashed_name() { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let unchanged = known.map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag == etag);
    if let Ok(etag) = HeaderValue::try_from(etag) {
        out.insert(header::ETAG, etag);
    }
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    if encoding != Encoding::Identity {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    *response.body_mut() = Bytes::from_static(body);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        handle(&request.body(Bytes::new()).unwrap())
    }

    fn text<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn the_page_comes_with_its_tag_and_is_not_sent_again() {
        let first = get("/", &[]);
        assert_eq!(first.status(), 200);
        assert_eq!(text(&first, "content-type"), "text/html; charset=utf-8");
        assert_eq!(text(&first, "cache-control"), "no-cache");
        assert!(text(&first, "content-security-policy").contains("script-src 'self'"));
        let again = get("/", &[("if-none-match", text(&first, "etag"))]);
        assert_eq!(again.status(), 304);
        assert!(again.body().is_empty());
    }

    #[test]
    fn the_smallest_form_that_the_client_takes_is_sent() {
        let plain = get("/", &[]);
        let brotli = get("/", &[("accept-encoding", "gzip, deflate, br")]);
        let gzip = get("/", &[("accept-encoding", "gzip;q=0.8, br;q=0")]);
        assert_eq!((text(&brotli, "content-encoding"), text(&gzip, "content-encoding")), ("br", "gzip"));
        assert!(brotli.body().len() < plain.body().len());
        assert_ne!(text(&plain, "etag"), text(&brotli, "etag"));
        assert_eq!(text(&plain, "vary"), "accept-encoding");
    }

    #[test]
    fn only_pages_fall_back_to_the_index() {
        let html = ("accept", "text/html,application/xhtml+xml");
        assert_eq!(get("/today", &[html]).body(), get("/", &[]).body());
        assert_eq!(get("/assets/gone-1a2b3c4d.js", &[html]).status(), 404);
        assert_eq!(get("/today", &[("accept", "application/json")]).status(), 404);
        assert_eq!(get("/api/unknown", &[html]).status(), 404);
        assert_eq!(text(&get("/gone.js", &[]), "content-type"), "application/problem+json");
    }

    #[test]
    fn head_says_what_get_would_send_and_other_methods_are_refused() {
        let head = handle(&Request::head("/").body(Bytes::new()).unwrap());
        assert_eq!(text(&head, "content-length"), get("/", &[]).body().len().to_string());
        assert!(head.body().is_empty());
        let post = handle(&Request::post("/").body(Bytes::new()).unwrap());
        assert_eq!((post.status().as_u16(), text(&post, "allow")), (405, "GET, HEAD"));
    }
}
