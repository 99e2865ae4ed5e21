use super::*;

fn topic() -> Topic {
    Topic {
        pubsub: "p".into(),
        name: "t".into(),
    }
}

fn message(seq: u64, key: Option<&str>) -> Message {
    Message {
        seq,
        topic: topic(),
        key: key.map(Into::into),
        traceparent: None,
        event: Some(Bytes::from_static(b"{}")),
    }
}

fn dispatch(limit: usize, dead_letter: Option<&str>) -> Dispatch {
    let mut dispatch = Dispatch::new(limit);
    let retry = RetryPolicy {
        first: 100,
        growth_percent: 100,
        longest: 100,
        max_retries: Some(2),
    };
    dispatch.set_topics([(
        topic(),
        TopicPolicy {
            retry,
            dead_letter: dead_letter.map(Into::into),
        },
    )]);
    dispatch
}

fn seq(work: Option<&Work>) -> Option<u64> {
    match work {
        Some(Work::Message(work)) => Some(work.message.seq),
        _ => None,
    }
}

#[test]
fn one_key_is_delivered_in_order_and_blocks_only_itself() {
    let mut dispatch = dispatch(8, None);
    dispatch.add_messages([
        message(1, Some("a")),
        message(2, Some("a")),
        message(3, Some("b")),
        message(4, None),
    ]);
    let first = dispatch.next(0).unwrap();
    assert_eq!(seq(Some(&first)), Some(1));
    assert_eq!(seq(dispatch.next(0).as_ref()), Some(3));
    assert_eq!(seq(dispatch.next(0).as_ref()), Some(4));
    assert!(dispatch.next(0).is_none());
    assert!(dispatch.finished(first, Outcome::Retry, None, 10).is_none());
    assert!(dispatch.next(109).is_none(), "2 waits behind 1");
    let again = dispatch.next(110).unwrap();
    assert_eq!(seq(Some(&again)), Some(1));
    assert!(matches!(
        dispatch.finished(again, Outcome::Done, None, 111),
        Some(Write::Settle(1))
    ));
    assert_eq!(seq(dispatch.next(111).as_ref()), Some(2));
}

#[test]
fn used_up_retries_lead_to_the_dead_letters() {
    let mut dispatch = dispatch(8, Some("dead"));
    dispatch.add_messages([message(1, Some("a"))]);
    let mut now = 0;
    for _ in 0..2 {
        let work = dispatch.next(now).unwrap();
        assert!(dispatch.finished(work, Outcome::Retry, None, now).is_none());
        now += 100;
    }
    let work = dispatch.next(now).unwrap();
    assert!(
        matches!(dispatch.finished(work, Outcome::Retry, None, now), Some(Write::DeadLetter { seq: 1, topic }) if topic == "dead")
    );
}

#[test]
fn without_dead_letters_it_goes_on() {
    let mut dispatch = dispatch(8, None);
    dispatch.add_messages([message(1, None)]);
    for now in (0..50).map(|n| n * 100) {
        let work = dispatch.next(now).unwrap();
        assert!(dispatch.finished(work, Outcome::Retry, None, now).is_none());
    }
}

#[test]
fn jobs_and_events_take_turns_within_the_limit() {
    let mut dispatch = dispatch(2, None);
    dispatch.add_timers((0..10).map(|n| JobTimer {
        at: 5,
        name: n.to_string(),
        version: 1,
    }));
    dispatch.add_messages((0..10).map(|n| message(n, None)));
    let (one, two) = (dispatch.next(5).unwrap(), dispatch.next(5).unwrap());
    assert!(dispatch.next(5).is_none());
    assert!(matches!(
        (&one, &two),
        (Work::Job { .. }, Work::Message(_)) | (Work::Message(_), Work::Job { .. })
    ));
}

#[test]
fn a_job_is_retried_as_its_policy_says() {
    let mut dispatch = dispatch(2, None);
    let retry = Some(JobRetry {
        interval: 1000,
        max: Some(1),
    });
    dispatch.add_timers([JobTimer {
        at: 5,
        name: "j".into(),
        version: 3,
    }]);
    let work = dispatch.next(5).unwrap();
    assert!(dispatch.finished(work, Outcome::Retry, retry, 5).is_none());
    assert!(dispatch.next(1004).is_none());
    let work = dispatch.next(1005).unwrap();
    assert!(matches!(
        dispatch.finished(work, Outcome::Retry, retry, 1005),
        Some(Write::JobFired {
            gave_up: true,
            version: 3,
            ..
        })
    ));
}

#[test]
fn a_tick_never_runs_twice_at_once() {
    let mut dispatch = dispatch(4, None);
    dispatch.start_ticks(vec![Schedule::Every(1000)], 0);
    assert!(dispatch.next(999).is_none());
    let work = dispatch.next(1000).unwrap();
    assert!(dispatch.next(5000).is_none());
    assert!(dispatch.finished(work, Outcome::Done, None, 5000).is_none());
    assert!(dispatch.next(5999).is_none());
    assert!(dispatch.next(6000).is_some());
}
