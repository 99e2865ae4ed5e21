//! Service invocation.

use bytes::Bytes;
use http::Request;

use crate::{
    harness::{suite, unique},
    recorder::Reply,
};

#[tokio::test]
async fn method_path_query_headers_and_body_reach_the_app() {
    let (suite, mark) = (suite().await, unique("i"));
    suite.app.script(
        &mark,
        [Reply {
            status: 207,
            ..Reply::body("answer")
        }],
    );
    let request = Request::put(format!("/v1.0/invoke/spindle/method/deep/{mark}?a=b%20c"))
        .header("authorization", "Bearer x")
        .body(Bytes::from_static(b"body"))
        .unwrap();
    let answer = suite.send(request).await;
    assert_eq!(
        (answer.status(), answer.text(), answer.header("x-recorder")),
        (207, "answer", Some("yes"))
    );
    let call = suite.app.wait(&mark, 1).await.remove(0);
    assert_eq!((call.method.as_str(), &call.path), ("PUT", &format!("/deep/{mark}?a=b%20c")));
    assert_eq!(
        (call.header("authorization"), call.body.as_ref()),
        (Some("Bearer x"), &b"body"[..])
    );
    assert_eq!(call.header("dapr-caller-app-id"), None, "only calls of other apps have it");
    assert_eq!(call.header("dapr-api-token"), suite.app_token.as_deref());
}

#[tokio::test]
async fn an_unknown_app_is_500() {
    let answer = suite().await.get("/v1.0/invoke/nobody/method/x").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (500, "ERR_DIRECT_INVOKE"));
}
