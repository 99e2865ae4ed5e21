//! The web page.

use std::io::Read as _;

use spindle_e2e::api::Answer;

use crate::shared;

crate::tests![
    the_page_is_served_and_revalidated,
    it_comes_compressed,
    routes_of_the_front_end_fall_back_to_the_page,
    what_is_missing_is_404,
    headers_keep_the_browser_safe,
    links_of_the_page_are_there,
];

#[track_caller]
fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    let client = shared::client();
    headers
        .iter()
        .fold(client.call("GET", path), |call, (name, value)| call.header(name, value))
        .send()
}

const PAGE: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn the_page_is_served_and_revalidated() {
    let page = get("/", &[PAGE]).expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("cache-control").contains("no-cache"));
    let again = get("/", &[PAGE, ("If-None-Match", page.header("etag"))]).expect(304);
    assert!(again.bytes().is_empty());
    assert_eq!(again.header("etag"), page.header("etag"));
    let html = String::from_utf8_lossy(page.bytes()).to_lowercase();
    assert!(html.contains("/api/openapi.json") && html.contains("<html lang="), "{html}");
    assert_eq!(get("/index.html", &[]).expect(200).bytes(), page.bytes());
}

fn it_comes_compressed() {
    let plain = get("/", &[PAGE, ("Accept-Encoding", "identity")]).expect(200);
    assert!(plain.find_header("content-encoding").is_none());
    let gzip = get("/", &[PAGE, ("Accept-Encoding", "gzip")]).expect(200);
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(gzip.bytes()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.bytes());
    let brotli = get("/", &[PAGE, ("Accept-Encoding", "gzip, br")]).expect(200);
    assert_eq!(brotli.header("content-encoding"), "br");
    assert!(brotli.bytes().len() < plain.bytes().len());
    assert!(brotli.header("vary").to_lowercase().contains("accept-encoding"));
}

fn routes_of_the_front_end_fall_back_to_the_page() {
    let page = get("/", &[PAGE]).expect(200);
    for path in ["/today", "/tasks/0190f5fe-7c00-7a00-8000-000000000000", "/search?q=x"] {
        assert_eq!(get(path, &[PAGE]).expect(200).bytes(), page.bytes(), "{path}");
    }
}

fn what_is_missing_is_404() {
    for path in [
        "/missing.js",
        "/assets/app-1a2b3c4d.js",
        "/favicon.png",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/.env",
    ] {
        get(path, &[PAGE]).refused(404);
        get(path, &[("Accept", "*/*")]).refused(404);
    }
    get("/today", &[("Accept", "application/json")]).refused(404);
    let client = shared::client();
    assert_eq!(client.call("POST", "/").send().expect(405).header("allow"), "GET, HEAD");
}

fn headers_keep_the_browser_safe() {
    let page = get("/", &[PAGE]).expect(200);
    let policy = page.header("content-security-policy");
    for directive in ["default-src", "frame-ancestors 'none'", "base-uri"] {
        assert!(policy.contains(directive), "{policy}");
    }
    for weak in ["'unsafe-inline'", "'unsafe-eval'", "*"] {
        assert!(!policy.contains(weak), "{policy}");
    }
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(page.find_header("referrer-policy").is_some());
    // The policy forbids inline script and style: the page must have none.
    let html = String::from_utf8_lossy(page.bytes()).into_owned();
    assert!(
        !html.contains("<style") && !html.contains(" style=") && !html.contains("onclick"),
        "{html}"
    );
}

fn links_of_the_page_are_there() {
    let page = get("/", &[PAGE]).expect(200);
    let html = String::from_utf8_lossy(page.bytes()).into_owned();
    let mut links: Vec<&str> = Vec::new();
    for attribute in ["href=\"", "src=\""] {
        links.extend(html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()));
    }
    let local: Vec<&str> = links
        .into_iter()
        .filter(|link| link.starts_with('/') && !link.starts_with("//"))
        .collect();
    assert!(!local.is_empty());
    for link in local {
        let _ = get(link, &[]).expect(200);
    }
}
