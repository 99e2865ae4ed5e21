//! Who is at the other end of the connection.

use http::HeaderMap;

/// The client's address: the peer's, or, behind `trusted_proxies` proxies, what the outermost of them saw. What stands further left
/// in `X-Forwarded-For` is the client's own claim.
pub(crate) fn client_address(headers: &HeaderMap, trusted_proxies: usize) -> String {
    let peer = || {
        let address = text(headers, "spin-client-addr");
        address
            .rsplit_once(':')
            .map_or(address, |(ip, _)| ip)
            .trim_matches(['[', ']'])
            .to_owned()
    };
    if trusted_proxies == 0 {
        return peer();
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    forwarded
        .len()
        .checked_sub(trusted_proxies)
        .and_then(|at| forwarded.get(at))
        .map_or_else(peer, |address| (*address).to_owned())
}

/// Whether the client speaks TLS: to us, or to the proxies if those are trusted.
pub(crate) fn is_https(headers: &HeaderMap, trusted_proxies: usize) -> bool {
    text(headers, "spin-full-url").starts_with("https:")
        || (trusted_proxies > 0 && text(headers, "x-forwarded-proto").eq_ignore_ascii_case("https"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_trusted_proxies_add_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("spin-client-addr", HeaderValue::from_static("10.0.0.9:4711"));
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 2.2.2.2, 3.3.3.3"));
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert_eq!(client_address(&headers, 0), "10.0.0.9");
        assert_eq!(client_address(&headers, 1), "3.3.3.3");
        assert_eq!(client_address(&headers, 2), "2.2.2.2");
        assert_eq!(client_address(&headers, 9), "10.0.0.9");
        assert!(!is_https(&headers, 0) && is_https(&headers, 1));
        headers.insert("spin-client-addr", HeaderValue::from_static("[::1]:4711"));
        assert_eq!(client_address(&headers, 0), "::1");
    }
}
