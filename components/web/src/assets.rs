//! The files of the front end, as `build.rs` put them in.

use http::{HeaderMap, header};

/// One file in all its forms.
pub(crate) struct Asset {
    path: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) etag: &'static str,
    identity: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Brotli,
    Gzip,
}

impl Encoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// The file at this path; a folder's is its `index.html`.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    let at = |path: &str| {
        ASSETS
            .binary_search_by(|asset| asset.path.cmp(path))
            .ok()
            .and_then(|at| ASSETS.get(at))
    };
    if path.ends_with('/') {
        at(&format!("{path}index.html"))
    } else {
        at(path)
    }
}

impl Asset {
    /// Vite names what it built `name-hash.ext`, the hash being eight or more letters, digits, `_` or `-`.
    pub(crate) fn has_hashed_name(&self) -> bool {
        self.path.starts_with("/assets/")
            && self
                .path
                .rsplit_once('.')
                .and_then(|(stem, _)| stem.rsplit_once('-'))
                .is_some_and(|(_, hash)| hash.len() >= 8)
    }

    /// The form to send to a client with these headers.
    pub(crate) fn best_for(&self, headers: &HeaderMap) -> (Encoding, &'static [u8]) {
        for (encoding, form) in [(Encoding::Brotli, self.br), (Encoding::Gzip, self.gz)] {
            if let Some(form) = form
                && accepts(headers, encoding.name())
            {
                return (encoding, form);
            }
        }
        (Encoding::Identity, self.identity)
    }
}

/// Whether `Accept-Encoding` names the coding with a weight other than 0 (RFC 9110 §12.5.3).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
            named && !parts.any(|part| part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0))
        })
}
