//! Secrets.

use serde_json::json;

use crate::harness::suite;

#[tokio::test]
async fn a_secret_with_several_values_comes_whole() {
    let answer = suite().await.get("/v1.0/secrets/secretstore/contract").await;
    assert_eq!((answer.status(), answer.json()), (200, json!({"user": "u1", "deep:x": "y"})));
}

#[tokio::test]
async fn a_plain_secret_is_named_by_its_key() {
    let answer = suite().await.get("/v1.0/secrets/secretstore/single").await;
    assert_eq!((answer.status(), answer.json()), (200, json!({"single": "s1"})));
}

#[tokio::test]
async fn a_missing_secret_is_500() {
    let answer = suite().await.get("/v1.0/secrets/secretstore/nokey").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (500, "ERR_SECRET_GET"));
}

#[tokio::test]
async fn bulk_is_a_map_of_maps() {
    let answer = suite().await.get("/v1.0/secrets/secretstore/bulk").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json()["contract"], json!({"user": "u1", "deep:x": "y"}));
}

#[tokio::test]
async fn an_unknown_store_is_401() {
    let answer = suite().await.get("/v1.0/secrets/nostore/key").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (401, "ERR_SECRET_STORE_NOT_FOUND")
    );
}
