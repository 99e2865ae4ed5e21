use super::*;

fn refused(result: Result<ListQuery, Problem>) -> (u16, Vec<(String, &'static str)>) {
    let problem = result.unwrap_err();
    (
        problem.status.as_u16(),
        problem.errors.into_iter().map(|error| (error.field, error.code)).collect(),
    )
}

#[test]
fn nothing_given_means_the_defaults() {
    for query in [None, Some(""), Some("&")] {
        let list = parse_list(query).unwrap();
        assert_eq!(list.filter.status, Status::All);
        assert_eq!((list.sort_by, list.sort_order), (SortBy::CreatedAt, SortOrder::Desc));
        assert_eq!(list.page, Page { page: 1, page_size: 50 });
        assert!(list.filter.priorities.is_empty() && list.filter.tags.is_empty() && list.filter.search.is_none());
    }
}

#[test]
fn every_parameter_is_read() {
    let query = "search=caf%C3%A9+cr%65me&priority=high,low&tags=a%20b,c,&tags_match=all&status=overdue&due_before=2026-12-01\
                 &due_after=2026-11-22T09:00%2B01:00&sort_by=due_date&sort_order=asc&page=3&page_size=200";
    let list = parse_list(Some(query)).unwrap();
    assert_eq!(list.filter.priorities, [Priority::High, Priority::Low]);
    assert_eq!(list.filter.tags, ["a b", "c"]);
    assert_eq!(
        (list.filter.status, list.filter.tags_match),
        (Status::Overdue, TagsMatch::All)
    );
    assert!(list.filter.search.is_some() && list.filter.due_before.is_some() && list.filter.due_after.is_some());
    assert_eq!((list.sort_by, list.sort_order), (SortBy::DueDate, SortOrder::Asc));
    assert_eq!(list.page, Page { page: 3, page_size: 200 });
}

#[test]
fn what_cannot_be_read_is_400() {
    for (query, field, code) in [
        ("colour=red", "colour", "unknown_parameter"),
        ("page=1&page=2", "page", "repeated"),
        ("priority=high,urgent", "priority", "unknown_value"),
        ("status=", "status", "unknown_value"),
        ("status=Pending", "status", "unknown_value"),
        ("sort_by=id", "sort_by", "unknown_value"),
        ("sort_order=up", "sort_order", "unknown_value"),
        ("tags_match=some", "tags_match", "unknown_value"),
        ("due_before=soon", "due_before", "not_a_due_date"),
        ("due_after=", "due_after", "not_a_due_date"),
        ("page=-1", "page", "not_a_number"),
        ("page=+1", "page", "not_a_number"),
        ("page=1.0", "page", "not_a_number"),
        ("page=", "page", "not_a_number"),
        ("search=%FF", "search", "not_utf8"),
    ] {
        assert_eq!(
            refused(parse_list(Some(query))),
            (400, vec![(field.to_owned(), code)]),
            "{query}"
        );
    }
}

#[test]
fn what_breaks_a_rule_is_422() {
    let long = format!("search={}", "x".repeat(501));
    let many = format!("tags={}", vec!["t"; 51].join(","));
    let empty = format!("tags={}", ",".repeat(50));
    for (query, field, code) in [
        ("page=0", "page", "out_of_range"),
        ("page=99999999999999999999", "page", "out_of_range"),
        ("page_size=201", "page_size", "out_of_range"),
        (long.as_str(), "search", "not_searchable"),
        (many.as_str(), "tags", "too_many"),
        (empty.as_str(), "tags", "too_many"),
    ] {
        assert_eq!(
            refused(parse_list(Some(query))),
            (422, vec![(field.to_owned(), code)]),
            "{query}"
        );
    }
    for query in [None, Some("q="), Some("q=%20"), Some("page=1")] {
        assert_eq!(
            refused(parse_search(query)),
            (422, vec![("q".to_owned(), "required")]),
            "{query:?}"
        );
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let (status, errors) = refused(parse_list(Some("status=x&page_size=0&due_before=y")));
    assert_eq!(status, 400);
    assert_eq!(errors.len(), 3);
    assert_eq!(
        refused(parse_search(Some("q=a&sort_by=title"))),
        (400, vec![("sort_by".to_owned(), "unknown_parameter")])
    );
}
