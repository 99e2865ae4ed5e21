//! Pages of lists: `{items, total, page, page_size, pages}`.

use std::ops::Range;

use crate::json;

/// Which page of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The first is 1.
    pub page: u32,
    /// At least 1.
    pub page_size: u32,
}

impl Page {
    /// The places of this page's items in a list of `total`; empty past the end.
    pub fn range(self, total: usize) -> Range<usize> {
        let size = usize::try_from(self.page_size).unwrap_or(usize::MAX);
        let page = usize::try_from(self.page).unwrap_or(usize::MAX);
        let start = page.saturating_sub(1).saturating_mul(size).min(total);
        start..start.saturating_add(size).min(total)
    }

    /// A page of a list as JSON; `write` appends one item.
    pub fn json<I>(self, items: impl IntoIterator<Item = I>, total: usize, mut write: impl FnMut(&mut Vec<u8>, I)) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 * 1024);
        out.extend_from_slice(b"{\"items\":[");
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write(&mut out, item);
        }
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        for (label, value) in [
            ("],\"total\":", total),
            (",\"page\":", self.page.into()),
            (",\"page_size\":", self.page_size.into()),
            (",\"pages\":", total.div_ceil(u64::from(self.page_size.max(1)))),
        ] {
            out.extend_from_slice(label.as_bytes());
            json::number(&mut out, value);
        }
        out.push(b'}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_past_the_end_is_empty() {
        let page = |page, page_size| Page { page, page_size };
        assert_eq!(page(1, 50).range(120), 0..50);
        assert_eq!(page(3, 50).range(120), 100..120);
        assert_eq!(page(4, 50).range(120), 120..120);
        assert_eq!(page(u32::MAX, u32::MAX).range(120), 120..120);
        assert_eq!(page(1, 50).range(0), 0..0);
    }

    #[test]
    fn the_body_tells_how_many_there_are() {
        let body = Page { page: 2, page_size: 2 }.json(["c", "d"], 5, json::string);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"items":["c","d"],"total":5,"page":2,"page_size":2,"pages":3}"#
        );
        let body = Page { page: 1, page_size: 2 }.json([], 0, |_, ()| {});
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"items":[],"total":0,"page":1,"page_size":2,"pages":0}"#
        );
    }
}
