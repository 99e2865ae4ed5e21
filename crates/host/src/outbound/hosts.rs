//! `allowed_outbound_hosts`: which scheme, host and port a component may call. Names are compared as written (localhost is not
//! 127.0.0.1), as Spin does.

/// One allowed destination, `scheme://host[:port]`, with `*` for any of the three and `*.domain` for subdomains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPattern {
    scheme: Option<String>,
    host: Host,
    port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    Subdomain(String),
    Exactly(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Any,
    Exactly(u16),
    /// End exclusive, as in Spin.
    Range(u16, u16),
}

/// The text is no allowed host.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HostError {
    #[error("allowed host `{0}` has no scheme")]
    NoScheme(String),
    #[error("allowed host `{0}` has a path")]
    Path(String),
    #[error("allowed host `{0}` has a `*` that is neither the whole host nor its first label")]
    Wildcard(String),
    #[error("allowed host `{0}` has a port that is no number")]
    Port(String),
    #[error("allowed host `{0}` needs a port, its scheme has no usual one")]
    NoPort(String),
    #[error("allowed host `{0}` is a form that this host does not offer")]
    Unsupported(String),
}

impl HostPattern {
    /// Reads one entry, templates already filled in.
    pub(crate) fn parse(text: &str) -> Result<Self, HostError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or_else(|| HostError::NoScheme(text.to_owned()))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('/') {
            return Err(HostError::Path(text.to_owned()));
        }
        if scheme != "*" && (scheme.is_empty() || !scheme.chars().all(char::is_alphabetic)) {
            return Err(HostError::NoScheme(text.to_owned()));
        }
        // An IPv6 address is in brackets, so that its colons are not taken for the port's.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        if host == "self" || host == "self.alt" || host.ends_with(".spin.internal") || host.is_empty() {
            return Err(HostError::Unsupported(text.to_owned()));
        }
        let host = match host.strip_prefix("*.") {
            _ if host == "*" => Host::Any,
            Some(domain) if !domain.contains('*') => Host::Subdomain(format!(".{domain}")),
            None if !host.contains('*') => Host::Exactly(host.to_owned()),
            _ => return Err(HostError::Wildcard(text.to_owned())),
        };
        let number = |digits: &str| digits.parse::<u16>().map_err(|_| HostError::Port(text.to_owned()));
        let port = match (port, port.split_once("..")) {
            ("*", _) => Port::Any,
            ("", _) => Port::Exactly(usual_port(scheme).ok_or_else(|| HostError::NoPort(text.to_owned()))?),
            (_, Some((from, to))) => Port::Range(number(from)?, number(to)?),
            (port, None) => Port::Exactly(number(port)?),
        };
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host,
            port,
        })
    }

    /// Whether a request to this destination is allowed.
    pub(crate) fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let Some(port) = port.or_else(|| usual_port(scheme)) else {
            return false;
        };
        let port_allowed = match self.port {
            Port::Any => true,
            Port::Exactly(own) => own == port,
            Port::Range(from, to) => (from..to).contains(&port),
        };
        let host_allowed = match &self.host {
            Host::Any => true,
            Host::Subdomain(suffix) => host.ends_with(suffix.as_str()),
            Host::Exactly(own) => own == host,
        };
        port_allowed && host_allowed && self.scheme.as_deref().is_none_or(|own| own == scheme)
    }
}

/// The port that a scheme means when none is written.
pub(crate) fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{HostError, HostPattern};

    fn allows(pattern: &str, scheme: &str, host: &str, port: Option<u16>) -> bool {
        HostPattern::parse(pattern).unwrap().allows(scheme, host, port)
    }

    #[test]
    fn scheme_host_and_port_are_compared_as_written() {
        assert!(allows("http://localhost:3500", "http", "localhost", Some(3500)));
        assert!(!allows("http://localhost:3500", "http", "127.0.0.1", Some(3500)));
        assert!(!allows("http://localhost:3500", "https", "localhost", Some(3500)));
        assert!(!allows("http://localhost:3500", "http", "localhost", Some(3501)));
        assert!(!allows("http://localhost:3500", "http", "localhost", None));
        assert!(allows("http://[::1]:3500", "http", "[::1]", Some(3500)));
    }

    #[test]
    fn a_port_left_out_is_the_usual_one() {
        assert!(allows("https://example.com", "https", "example.com", None));
        assert!(allows("https://example.com", "https", "example.com", Some(443)));
        assert!(!allows("https://example.com", "https", "example.com", Some(8443)));
        assert!(allows("https://example.com/", "https", "example.com", None));
    }

    #[test]
    fn wildcards_stand_for_each_part() {
        assert!(allows("*://*:*", "http", "anything", Some(1)));
        assert!(allows("https://*.example.com", "https", "a.b.example.com", None));
        assert!(!allows("https://*.example.com", "https", "example.com", None));
        assert!(!allows("https://*.example.com", "https", "evilexample.com", None));
        assert!(allows("http://localhost:3000..3010", "http", "localhost", Some(3009)));
        assert!(!allows("http://localhost:3000..3010", "http", "localhost", Some(3010)));
    }

    #[test]
    fn malformed_hosts_are_refused() {
        let error = |text: &str| HostPattern::parse(text).err();
        assert!(matches!(error("localhost:3500"), Some(HostError::NoScheme(_))));
        assert!(matches!(error("*"), Some(HostError::NoScheme(_))));
        assert!(matches!(error("http://localhost/api"), Some(HostError::Path(_))));
        assert!(matches!(error("http://a.*.b"), Some(HostError::Wildcard(_))));
        assert!(matches!(error("http://localhost:x"), Some(HostError::Port(_))));
        assert!(matches!(error("gopher://localhost"), Some(HostError::NoPort(_))));
        assert!(matches!(error("http://self"), Some(HostError::Unsupported(_))));
    }
}
