//! The limits of what people may write, with their units in the names. Characters are Unicode scalar values, counted after NFC.

/// Longest title, in characters, after trimming.
pub const TITLE_CHARS_MAX: usize = 500;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 16_000;
/// Most tags on one task, after duplicates are collapsed.
pub const TAGS_MAX: usize = 50;
/// Longest tag, in characters, after trimming.
pub const TAG_CHARS_MAX: usize = 64;
/// First year a date may lie in.
pub const YEAR_MIN: i32 = 1900;
/// Last year a date may lie in.
pub const YEAR_MAX: i32 = 9999;
/// How far `completed_at` may lie ahead of our clock, in seconds: clocks of people's devices differ.
pub const COMPLETED_AT_LEEWAY_SECONDS: i64 = 60;
/// Longest email address, in bytes (RFC 5321 section 4.5.3.1.3 leaves 254 for the address inside the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Longest name of a person, in characters, after trimming.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest search text, in characters.
pub const SEARCH_CHARS_MAX: usize = 500;
/// Most words and phrases in one search.
pub const SEARCH_TERMS_MAX: usize = 32;
/// Largest interval of a recurrence, in units of its frequency.
pub const RECURRENCE_INTERVAL_MAX: u32 = 9_999;
/// Most occurrences that a recurrence may count.
pub const RECURRENCE_COUNT_MAX: u32 = 9_999;
/// Most days that a recurrence may leave out.
pub const RECURRENCE_EXDATES_MAX: usize = 500;
/// Longest text of a rule or cron expression, in bytes.
pub const RECURRENCE_RULE_BYTES_MAX: usize = 1_000;
/// Longest time before a due date that a reminder rings, in minutes: a year.
pub const REMINDER_MINUTES_MAX: u32 = 366 * 24 * 60;
/// Most days before a due date that a reminder rings.
pub const REMINDER_DAYS_MAX: u32 = 366;
/// Longest position in a manual order, in characters.
pub const POSITION_CHARS_MAX: usize = 64;
/// Longest name of a saved filter, in characters, after trimming.
pub const FILTER_NAME_CHARS_MAX: usize = 100;
/// Longest query of a saved filter, in bytes.
pub const FILTER_QUERY_BYTES_MAX: usize = 2_000;
/// Most saved filters of one person.
pub const FILTERS_MAX: usize = 100;
/// Longest text of quick add, in characters: a title, and all that a line can say beside it.
pub const QUICK_TEXT_CHARS_MAX: usize = 2_000;
/// Most phrases of a quick-add text that are kept literal.
pub const QUICK_LITERALS_MAX: usize = 100;
