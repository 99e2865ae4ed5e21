//! The refresh token's cookie.

use http::{HeaderMap, HeaderValue, header};

/// Only sent to the routes that take it.
const NAME: &str = "spindle_refresh";
const PATH: &str = "/api/auth";

/// The refresh token that the client sent.
pub fn refresh_token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}

/// `Set-Cookie` with a new refresh token. `Secure` wherever the client speaks TLS.
pub fn set_refresh(token: &str, max_age_seconds: u32, is_https: bool) -> HeaderValue {
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{NAME}={token}; HttpOnly; SameSite=Strict; Path={PATH}; Max-Age={max_age_seconds}{secure}");
    // Tokens are hexadecimal digits and a dot.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `Set-Cookie` that removes it.
pub fn clear_refresh(is_https: bool) -> HeaderValue {
    set_refresh("", 0, is_https)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("theme=dark; spindle_refresh=ab.cd; x=y"),
        );
        assert_eq!(refresh_token(&headers), Some("ab.cd"));
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("spindle_refresh_old=1; spindle_refresh="),
        );
        assert_eq!(refresh_token(&headers), None);
    }

    #[test]
    fn scripts_and_other_sites_never_get_it() {
        let cookie = set_refresh("ab.cd", 60, true);
        assert_eq!(
            cookie,
            "spindle_refresh=ab.cd; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=60; Secure"
        );
        assert_eq!(
            clear_refresh(false),
            "spindle_refresh=; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=0"
        );
    }
}
