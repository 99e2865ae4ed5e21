//! Health, metadata, tokens, unknown routes.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::harness::suite;

#[tokio::test]
async fn health_needs_no_token() {
    let suite = suite().await;
    for path in ["/v1.0/healthz", "/v1.0/healthz/outbound"] {
        let request = Request::get(path)
            .header("dapr-api-token", "wrong")
            .body(Bytes::new())
            .unwrap();
        assert_eq!(suite.send(request).await.status(), 204, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_401() {
    let suite = suite().await;
    if suite.token.is_none() {
        return;
    }
    for path in ["/v1.0/state/statestore/k", "/v1.0/metadata"] {
        let request = Request::get(path)
            .header("dapr-api-token", "wrong")
            .body(Bytes::new())
            .unwrap();
        let answer = suite.send(request).await;
        assert_eq!((answer.status(), answer.text().trim()), (401, "invalid api token"), "{path}");
    }
}

#[tokio::test]
async fn metadata_names_the_app_and_its_components() {
    let answer = suite().await.get("/v1.0/metadata").await;
    assert_eq!(answer.status(), 200);
    let metadata = answer.json();
    assert_eq!(metadata["id"], json!("spindle"));
    for name in ["statestore", "pubsub", "secretstore"] {
        assert!(
            metadata["components"]
                .as_array()
                .unwrap()
                .iter()
                .any(|component| component["name"] == name),
            "{name}: {metadata}"
        );
    }
}

#[tokio::test]
async fn an_unknown_route_is_404() {
    let answer = suite().await.get("/v1.0/nonsense").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (404, "ERR_DIRECT_INVOKE"));
}
