//! Publishing and delivery.

use serde_json::{Value, json};

use crate::{
    harness::{suite, unique},
    recorder::Reply,
};

const PLAIN: &str = "/v1.0/publish/pubsub/contract-plain";

fn event(id: &str, kind: &str, data: &Value) -> String {
    json!({"specversion": "1.0", "id": id, "type": kind, "source": "contract", "subject": "s", "time": "2026-11-22T00:00:00Z", "ext": "e", "data": data})
        .to_string()
}

#[tokio::test]
async fn an_own_cloudevent_arrives_with_all_its_fields() {
    let (suite, id) = (suite().await, unique("e"));
    let answer = suite
        .post_as(
            PLAIN,
            "application/cloudevents+json",
            event(&id, "contract.x", &json!({"a": [1]})),
        )
        .await;
    assert_eq!((answer.status(), answer.text()), (204, ""));
    let call = suite.app.wait(&id, 1).await.remove(0);
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/events/plain"));
    assert!(
        call.header("content-type")
            .unwrap()
            .starts_with("application/cloudevents+json")
    );
    let event = call.json();
    let expected = [
        ("id", json!(id)),
        ("type", json!("contract.x")),
        ("source", json!("contract")),
        ("subject", json!("s")),
        ("time", json!("2026-11-22T00:00:00Z")),
        ("ext", json!("e")),
        ("data", json!({"a": [1]})),
        ("topic", json!("contract-plain")),
        ("pubsubname", json!("pubsub")),
    ];
    for (field, value) in expected {
        assert_eq!(event[field], value, "{field}");
    }
}

#[tokio::test]
async fn missing_source_and_type_are_filled_in() {
    let (suite, id) = (suite().await, unique("e"));
    let event = json!({"specversion": "1.0", "id": id, "data": 1}).to_string();
    assert_eq!(
        suite.post_as(PLAIN, "application/cloudevents+json", event).await.status(),
        204
    );
    let event = suite.app.wait(&id, 1).await.remove(0).json();
    assert_eq!(
        (&event["source"], &event["type"]),
        (&json!("Dapr"), &json!("com.dapr.event.sent"))
    );
}

#[tokio::test]
async fn a_cloudevent_that_is_no_json_is_500() {
    let answer = suite().await.post_as(PLAIN, "application/cloudevents+json", "{").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (500, "ERR_PUBSUB_CLOUD_EVENTS_SER")
    );
}

#[tokio::test]
async fn json_is_wrapped_and_metadata_overrides_the_envelope() {
    let (suite, mark) = (suite().await, unique("m"));
    let path = format!("{PLAIN}?metadata.cloudevent.type=contract.y&metadata.cloudevent.id={mark}-id");
    assert_eq!(suite.post(&path, &json!({"mark": mark})).await.status(), 204);
    let event = suite.app.wait(&mark, 1).await.remove(0).json();
    assert_eq!(
        (&event["data"]["mark"], &event["type"], &event["source"]),
        (&json!(mark), &json!("contract.y"), &json!("spindle"))
    );
    assert_eq!(event["id"], json!(format!("{mark}-id")));
}

#[tokio::test]
async fn bytes_arrive_as_base64() {
    let (suite, id) = (suite().await, unique("b"));
    let path = format!("{PLAIN}?metadata.cloudevent.id={id}");
    assert_eq!(suite.post_as(&path, "application/octet-stream", "abc").await.status(), 204);
    assert_eq!(suite.app.wait(&id, 1).await.remove(0).json()["data_base64"], json!("YWJj"));
}

#[tokio::test]
async fn the_trace_context_is_passed_on() {
    let (suite, id) = (suite().await, unique("e"));
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = http::Request::post(PLAIN)
        .header("content-type", "application/cloudevents+json")
        .header("traceparent", trace)
        .body(event(&id, "contract.x", &json!(1)).into())
        .unwrap();
    assert_eq!(suite.send(request).await.status(), 204);
    let call = suite.app.wait(&id, 1).await.remove(0);
    let trace_id = trace.split('-').nth(1).unwrap();
    assert!(call.header("traceparent").is_some_and(|given| given.contains(trace_id)));
}

#[tokio::test]
async fn the_app_token_comes_with_each_event() {
    let (suite, id) = (suite().await, unique("e"));
    assert_eq!(
        suite
            .post_as(PLAIN, "application/cloudevents+json", event(&id, "contract.x", &json!(1)))
            .await
            .status(),
        204
    );
    let call = suite.app.wait(&id, 1).await.remove(0);
    assert_eq!(call.header("dapr-api-token"), suite.app_token.as_deref());
}

#[tokio::test]
async fn an_unknown_pubsub_is_404() {
    let answer = suite().await.post("/v1.0/publish/nopubsub/t", &json!(1)).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (404, "ERR_PUBSUB_NOT_FOUND"));
}

#[tokio::test]
async fn rules_choose_the_route_by_type() {
    let suite = suite().await;
    for (kind, path) in [("contract.a", "/events/rule-a"), ("contract.b", "/events/rule-default")] {
        let id = unique("e");
        let body = event(&id, kind, &json!(1));
        assert_eq!(
            suite
                .post_as("/v1.0/publish/pubsub/contract-rules", "application/cloudevents+json", body)
                .await
                .status(),
            204
        );
        assert_eq!(suite.app.wait(&id, 1).await.remove(0).path, path);
    }
}

#[tokio::test]
async fn a_declared_subscription_is_served_and_one_of_another_app_is_not() {
    let (suite, other, mine) = (suite().await, unique("other"), unique("mine"));
    assert_eq!(
        suite
            .post("/v1.0/publish/pubsub/contract-other", &json!(other))
            .await
            .status(),
        204
    );
    assert_eq!(
        suite
            .post("/v1.0/publish/pubsub/contract-declared", &json!(mine))
            .await
            .status(),
        204
    );
    assert_eq!(suite.app.wait(&mine, 1).await.remove(0).path, "/events/declared");
    assert!(suite.app.calls(&other).is_empty());
}

#[tokio::test]
async fn a_failure_or_a_retry_is_tried_again() {
    let (suite, id) = (suite().await, unique("e"));
    suite.app.script(
        &id,
        [
            Reply::status(500),
            Reply::body(r#"{"status":"RETRY"}"#),
            Reply::status(403),
            Reply::body(r#"{"status":"SUCCESS"}"#),
        ],
    );
    let body = event(&id, "contract.x", &json!(1));
    assert_eq!(
        suite
            .post_as("/v1.0/publish/pubsub/contract-risky", "application/cloudevents+json", body)
            .await
            .status(),
        204
    );
    let calls = suite.app.wait(&id, 4).await;
    assert!(calls.iter().all(|call| call.path == "/events/risky"), "{calls:#?}");
    settled(&id).await;
    assert_eq!(suite.app.calls(&id).len(), 4);
}

#[tokio::test]
async fn used_up_retries_lead_to_the_dead_letter_topic() {
    let (suite, id) = (suite().await, unique("e"));
    suite.app.script(&id, std::iter::repeat_n(Reply::status(500), 4));
    let body = event(&id, "contract.x", &json!(1));
    assert_eq!(
        suite
            .post_as("/v1.0/publish/pubsub/contract-risky", "application/cloudevents+json", body)
            .await
            .status(),
        204
    );
    let paths: Vec<_> = suite.app.wait(&id, 5).await.into_iter().map(|call| call.path).collect();
    assert_eq!(
        paths,
        [
            "/events/risky",
            "/events/risky",
            "/events/risky",
            "/events/risky",
            "/events/dead"
        ]
    );
}

#[tokio::test]
async fn a_drop_or_a_404_goes_to_the_dead_letter_topic_at_once() {
    let suite = suite().await;
    for reply in [Reply::body(r#"{"status":"DROP"}"#), Reply::status(404)] {
        let id = unique("e");
        suite.app.script(&id, [reply]);
        let body = event(&id, "contract.x", &json!(1));
        assert_eq!(
            suite
                .post_as("/v1.0/publish/pubsub/contract-risky", "application/cloudevents+json", body)
                .await
                .status(),
            204
        );
        let paths: Vec<_> = suite.app.wait(&id, 2).await.into_iter().map(|call| call.path).collect();
        assert_eq!(paths, ["/events/risky", "/events/dead"]);
    }
}

#[tokio::test]
async fn empty_and_unreadable_answers_acknowledge() {
    let suite = suite().await;
    for reply in [Reply::status(204), Reply::body("{}"), Reply::body("fine")] {
        let id = unique("e");
        suite.app.script(&id, [reply]);
        assert_eq!(
            suite
                .post_as(PLAIN, "application/cloudevents+json", event(&id, "contract.x", &json!(1)))
                .await
                .status(),
            204
        );
        suite.app.wait(&id, 1).await;
        settled(&id).await;
        assert_eq!(suite.app.calls(&id).len(), 1);
    }
}

/// Returns when events published after those of `mark` have been through, so that a wrong repetition would have come too: the retries of
/// this suite's policy are 100 ms apart, so an event that fails three times marks the time.
async fn settled(mark: &str) {
    let (suite, id) = (suite().await, unique("later"));
    assert_ne!(mark, id);
    suite.app.script(&id, std::iter::repeat_n(Reply::status(500), 3));
    let body = event(&id, "contract.x", &json!(1));
    assert_eq!(
        suite
            .post_as("/v1.0/publish/pubsub/contract-risky", "application/cloudevents+json", body)
            .await
            .status(),
        204
    );
    suite.app.wait(&id, 4).await;
}

#[tokio::test]
async fn events_of_one_key_arrive_in_order() {
    let (suite, mark) = (suite().await, unique("o"));
    for n in 0..20 {
        let path = format!("{PLAIN}?metadata.partitionKey={mark}");
        assert_eq!(suite.post(&path, &json!({"mark": mark, "n": n})).await.status(), 204);
    }
    let calls = suite.app.wait(&mark, 20).await;
    let order: Vec<_> = calls.iter().map(|call| call.json()["data"]["n"].as_i64().unwrap()).collect();
    assert_eq!(order, (0..20).collect::<Vec<_>>());
    assert!(calls.iter().all(|call| call.header("partitionkey") == Some(&mark)));
}

#[tokio::test]
async fn bulk_publish_takes_all_entries_or_refuses_a_duplicate_id() {
    let (suite, mark) = (suite().await, unique("bulk"));
    let entry = |id: &str| json!({"entryId": id, "event": {"mark": mark, "entry": id}, "contentType": "application/json", "metadata": {"partitionKey": mark}});
    for version in ["v1.0", "v1.0-alpha1"] {
        let path = format!("/{version}/publish/bulk/pubsub/contract-plain");
        let answer = suite.post(&path, &json!([entry("1"), entry("2")])).await;
        assert_eq!(answer.status(), 204, "{}", answer.text());
        assert_eq!(suite.post(&path, &json!([entry("1"), entry("1")])).await.status(), 400);
    }
    suite.app.wait(&mark, 4).await;
}
