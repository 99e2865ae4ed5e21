//! What holds for any text.

use proptest::prelude::*;

use super::*;

/// Texts of words that mean something, in any order, and of anything.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "every",
        "every!",
        "day",
        "2",
        "weeks",
        "on",
        "mon,",
        "wed",
        "the",
        "31st",
        "monthly",
        "last",
        "of",
        "month",
        "tomorrow",
        "9am",
        "at",
        "9",
        ":",
        "\"",
        "#a",
        "#\"b",
        "c\"",
        "!high",
        "until",
        "2027-01-01",
        "for",
        "5",
        "times",
        "remind",
        "30m",
        "before",
        "jeden",
        "zweiten",
        "montag",
        "am",
        "31.",
        "31.12.",
        "um",
        "uhr",
        "next",
        "in",
        "jan",
        "x",
        "Ä",
        "🤖",
        ",",
        "first",
        "bis",
        "alle",
        "wochen",
        "und",
        "0",
        "9999",
        "daily",
        "\u{a0}",
        "„",
        "“",
        "day,day",
        "ǅ",
        "İ",
    ]);
    prop_oneof![
        prop::collection::vec(words, 0..12).prop_map(|words| words.join(" ")),
        any::<String>()
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_and_covered(text in texts()) {
        let read = read(&text);
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut left = Vec::new();
        let mut at = 0;
        for span in &read.spans {
            prop_assert!(at <= span.start && span.start < span.end, "{:?}", read.spans);
            prop_assert_eq!(String::from_utf16(&units[span.start..span.end]).unwrap(), span.text.clone());
            left.extend_from_slice(&units[at..span.start]);
            if span.kind == SpanKind::Quoted {
                left.extend(span.meaning.encode_utf16());
            }
            at = span.end;
        }
        left.extend_from_slice(&units[at..]);
        let left = String::from_utf16(&left).unwrap();
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(plain(&left), read.edit.title.clone().unwrap());
        prop_assert!(read.next.len() <= 5);
    }

    #[test]
    fn quotes_protect(inside in "[a-z#!0-9 ]{1,30}") {
        let read = read(&format!("\"{inside}\""));
        prop_assert_eq!(read.spans.len(), 1);
        prop_assert_eq!((read.task.due, read.task.tags.len(), read.task.recurrence), (None, 0, None));
    }

    #[test]
    fn what_is_refused_stays_title(text in texts()) {
        let title = read(&text).edit.title.unwrap();
        let mut literal = Vec::new();
        // What was title because something else counted may be found when it is gone.
        for _ in 0..20 {
            let again = parse(&title, &Options { literal: literal.clone(), ..options() });
            let refused = again.spans.iter().filter(|span| span.kind != SpanKind::Quoted).map(|span| span.text.clone());
            let before = literal.len();
            literal.extend(refused);
            if literal.len() == before {
                let unquoted = |text: &str| text.replace(['"', '„', '“', '”'], "").split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert_eq!(unquoted(&again.edit.title.unwrap()), unquoted(&title));
                return Ok(());
            }
        }
        prop_assert!(false, "{title} is never left alone: {literal:?}");
    }
}
