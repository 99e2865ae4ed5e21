use super::{table::TASK_API, *};

fn operation(method: &Method, path: &str) -> (&'static str, Params) {
    match find(TASK_API, method, path) {
        Matched::Route(route, params) => (route.operation, params),
        other => panic!("{method} {path}: {other:?}"),
    }
}

#[test]
fn fixed_segments_go_before_parameters() {
    assert_eq!(operation(&Method::GET, "/api/tasks/search").0, "search_tasks");
    assert_eq!(
        operation(&Method::GET, "/api/tasks/x"),
        ("get_task", vec![("id", "x".to_owned())])
    );
    assert_eq!(operation(&Method::POST, "/api/tasks/x/restore").0, "restore_task");
    assert!(matches!(
        find(TASK_API, &Method::DELETE, "/api/tasks/search"),
        Matched::MethodNotAllowed(_)
    ));
}

#[test]
fn head_is_served_as_get() {
    assert_eq!(operation(&Method::HEAD, "/api/tasks").0, "list_tasks");
    assert!(matches!(
        find(TASK_API, &Method::HEAD, "/api/auth/login"),
        Matched::MethodNotAllowed(_)
    ));
}

#[test]
fn parameters_are_decoded_once() {
    assert_eq!(
        operation(&Method::GET, "/api/tasks/a%2Fb%2520").1,
        vec![("id", "a/b%20".to_owned())]
    );
    assert_eq!(find(TASK_API, &Method::GET, "/api/tasks/%FF"), Matched::NotFound);
}

#[test]
fn what_is_not_in_the_table_is_not_found() {
    for path in [
        "/",
        "",
        "/api",
        "/api/tasks/",
        "/api/tasks//restore",
        "/api/tasks/x/y",
        "/api/Tasks",
        "//api/tasks",
        "/api/events/audit",
    ] {
        assert_eq!(find(TASK_API, &Method::GET, path), Matched::NotFound, "{path}");
    }
}

#[test]
fn a_wrong_method_learns_the_right_ones() {
    let Matched::MethodNotAllowed(allowed) = find(TASK_API, &Method::POST, "/api/tasks/x") else {
        panic!()
    };
    assert_eq!(allowed.methods, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    assert_eq!((allowed.path, allowed.access), ("/api/tasks/{id}", Access::User));
}

#[test]
fn the_table_is_in_order() {
    for (index, route) in ROUTES.iter().enumerate() {
        let before = &ROUTES[..index];
        assert!(
            before.iter().all(|other| other.operation != route.operation),
            "{} twice",
            route.operation
        );
        assert!(
            before
                .iter()
                .all(|other| (&other.method, other.path) != (&route.method, route.path)),
            "{} {} twice",
            route.method,
            route.path
        );
        if before.iter().any(|other| other.path == route.path) {
            assert_eq!(
                before.last().map(|other| other.path),
                Some(route.path),
                "operations of one path stand together"
            );
        }
    }
}
