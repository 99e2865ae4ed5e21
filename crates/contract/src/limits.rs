//! Limits of the API's edge, with units in their names. Those of a task's own text are in `spindle_domain::limits`.

/// The largest request body of the API, in bytes: 1 MiB. A larger one is answered 413.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Items on a page when `page_size` is not given.
pub const PAGE_SIZE_DEFAULT: u32 = 50;
/// The largest `page_size`.
pub const PAGE_SIZE_MAX: u32 = 200;
/// The largest `page`: with [`PAGE_SIZE_MAX`] still far from overflowing 32 bits.
pub const PAGE_MAX: u32 = 1_000_000;
/// Values in one comma-separated parameter.
pub const PARAMETER_VALUES_MAX: usize = 50;
/// The longest `Idempotency-Key`, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// How long an access token is good for, in seconds: 15 minutes.
pub const ACCESS_TOKEN_SECONDS: u32 = 15 * 60;
/// How long after a passing failure a client should try again, in seconds.
pub const RETRY_AFTER_SECONDS: u32 = 2;
/// Most tasks that one bulk request changes.
pub const BULK_IDS_MAX: usize = 100;
/// The widest span of a calendar, in days.
pub const CALENDAR_DAYS_MAX: i64 = 62;
/// Most occurrences that a calendar is told.
pub const CALENDAR_ITEMS_MAX: usize = 1_000;
