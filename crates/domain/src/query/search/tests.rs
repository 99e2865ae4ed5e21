use super::*;
use crate::Priority;

fn facts<'a>(title: &'a str, tags: &'a str, description: &'a str) -> Facts<'a> {
    Facts {
        id: Uuid::nil(),
        title,
        description,
        tags,
        priority: Priority::None,
        completed: false,
        trashed: false,
        due: None,
        zone: None,
        created_ms: 0,
        updated_ms: 0,
        position: None,
    }
}

fn finds(query: &str, title: &str) -> bool {
    SearchQuery::parse(query).unwrap().matches(&facts(title, "", ""))
}

#[test]
fn words_begin_words() {
    let title = "Allow un-archiving orphaned projects (batch descendant_archive update)";
    for query in [
        "allow",
        "ALLOW proj",
        "un-arch",
        "arch",
        "orphan projects",
        "batch",
        "(batch",
        "archive",
        "update)",
        "-archiving",
        "projects allow",
    ] {
        assert!(finds(query, title), "{query}");
    }
    for query in ["llow", "allows", "allow missing", "rphan", "unarchiving"] {
        assert!(!finds(query, title), "{query}");
    }
}

#[test]
fn phrases_stand_as_they_are() {
    assert!(finds("\"saved filters\"", "Sort saved filters alphabetically"));
    assert!(
        finds("\"saved filt", "Sort Saved Filters alphabetically"),
        "the end quote may be missing"
    );
    assert!(!finds("\"filters saved\"", "Sort saved filters alphabetically"));
    assert!(!finds("\"ved filters\"", "Sort saved filters alphabetically"));
    assert!(finds("sort \"saved filters\" alpha", "Sort saved filters alphabetically"));
    assert!(
        SearchQuery::parse("\"a b\"").unwrap().matches(&facts("x", "", "first\na\tb")),
        "any blank is a blank"
    );
}

#[test]
fn case_and_accents_do_not_matter() {
    for (query, title) in [
        ("creme", "Crème brûlée"),
        ("CRÈME", "creme brulee"),
        ("brûl", "Crème brûlée"),
        ("strasse", "Lange Straße"),
        ("straße", "Lange STRASSE"),
        ("εργασια", "ΕΡΓΑΣΊΑ"),
        ("елка", "Ёлка купить"),
        ("file", "ﬁle"),
        ("🤖", "Sort 🤖🤖🤖"),
        ("会议", "明天会议"),
        ("api", "使用API"),
        ("c++", "Learn C++"),
    ] {
        assert!(finds(query, title), "{query} in {title}");
    }
    assert!(!finds("reme", "Crème") && !finds("é", "a"));
}

#[test]
fn a_later_start_inside_an_earlier_hit_is_seen() {
    assert!(finds("a-a", "ba-a-a") && finds("a-a", "éa-a-a"));
}

#[test]
fn each_word_may_be_in_another_field() {
    let query = SearchQuery::parse("plants garden saturday").unwrap();
    assert!(query.matches(&facts("Water the plants", "garden,home", "every Saturday")));
    assert!(!query.matches(&facts("Water the plants", "home", "every Saturday")));
    assert!(
        SearchQuery::parse("home").unwrap().matches(&facts("x", "garden,home", "")),
        "a tag begins after a comma"
    );
}

#[test]
fn the_best_comes_first() {
    let query = SearchQuery::parse("plan").unwrap();
    let newer = Facts {
        created_ms: 1,
        ..facts("The plan", "", "")
    };
    let order = [
        newer,
        facts("The plan", "", ""),
        facts("Planet plan", "", ""),
        facts("Plants", "plan", "plan"),
        facts("x", "plan", ""),
        facts("x", "", "A plan"),
    ];
    let ranks: Vec<_> = order.iter().map(|facts| query.rank(facts).unwrap()).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!(ranks[1], ranks[2], "a whole word anywhere in the title counts as one");
    assert_eq!(query.rank(&facts("explanation", "", "")), None);
}

#[test]
fn the_worst_word_decides() {
    let query = SearchQuery::parse("water plants").unwrap();
    let rank = |title, tags, description| query.rank(&facts(title, tags, description)).unwrap();
    assert!(rank("Watering plantsmen", "", "") < rank("Water", "plants", ""));
    assert!(rank("Water", "plants", "") < rank("x", "plants,water", ""));
    assert!(rank("x", "plants,water", "") < rank("Water", "", "plants"));
}

#[test]
fn nonsense_is_refused() {
    for empty in ["", "  ", "\"\"", "\" \"", "\u{301}"] {
        assert_eq!(SearchQuery::parse(empty), Err(SearchError::Empty), "{empty:?}");
    }
    assert_eq!(SearchQuery::parse(&"ä".repeat(501)), Err(SearchError::TooLong));
    assert!(SearchQuery::parse(&"ä".repeat(500)).is_ok());
    let words = |n: usize| (0..n).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(SearchQuery::parse(&words(33)), Err(SearchError::TooManyTerms));
    assert!(
        SearchQuery::parse(&words(32)).unwrap().matches(&facts(&words(32), "", "")),
        "as many as are allowed"
    );
    assert!(!SearchQuery::parse(&words(32)).unwrap().matches(&facts(&words(31), "", "")));
    assert!(SearchQuery::parse(&"same ".repeat(40)).is_ok(), "a word twice is once");
}
