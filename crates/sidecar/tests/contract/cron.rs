//! Cron bindings.

use crate::harness::suite;

#[tokio::test]
async fn a_cron_binding_posts_to_its_route_again_and_again() {
    let suite = suite().await;
    let calls = suite.app.wait("/ticks/contract", 2).await;
    for call in calls {
        assert_eq!((call.method.as_str(), call.body.len()), ("POST", 0));
        assert!(call.header("readtimeutc").is_some() && call.header("timezone").is_some());
    }
}
