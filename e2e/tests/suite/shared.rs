//! The instance that most tests share, and a person for tests that need no other.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use spindle_e2e::{
    api::Client,
    app::{App, Settings},
    person::Person,
};

/// An origin that the shared instance allows to call it from a browser.
pub(crate) const ALLOWED_ORIGIN: &str = "https://app.example.org";

static APP: Mutex<Option<(App, Arc<Client>)>> = Mutex::new(None);
static SOMEBODY: OnceLock<Person> = OnceLock::new();

fn lock() -> MutexGuard<'static, Option<(App, Arc<Client>)>> {
    APP.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts an instance of its own for a test.
#[track_caller]
pub(crate) fn start(settings: Settings) -> (App, Arc<Client>) {
    let app = App::start(settings).unwrap_or_else(|error| panic!("{error:#}"));
    let client = app.client();
    (app, client)
}

/// A client of the shared instance, which is started when it is first needed.
#[track_caller]
pub(crate) fn client() -> Arc<Client> {
    let mut app = lock();
    let (_, client) = app.get_or_insert_with(|| start(Settings::roomy().variable("cors_origins", ALLOWED_ORIGIN)));
    Arc::clone(client)
}

/// Somebody new.
#[track_caller]
pub(crate) fn person() -> Person {
    Person::register(&client())
}

/// Somebody whom tests share that do not look at lists, changes or the audit log.
#[track_caller]
pub(crate) fn somebody() -> &'static Person {
    SOMEBODY.get_or_init(person)
}

/// Something that the shared instance tells.
#[track_caller]
pub(crate) fn with_app<T>(look: impl FnOnce(&App) -> T) -> T {
    client();
    let app = lock();
    let (app, _) = app.as_ref().unwrap_or_else(|| panic!("the shared instance is gone"));
    look(app)
}

/// Stops the shared instance; shows the end of its log when something failed.
#[expect(
    clippy::print_stderr,
    reason = "shown when a test fails, as the only way to see what the server said"
)]
pub(crate) fn stop(failed: bool) {
    if let Some((app, _)) = lock().take()
        && failed
    {
        let log = app.log();
        let errors: Vec<&String> = log.iter().filter(|line| line.contains("\"error\"")).collect();
        eprintln!("--- last lines with an error in the log of the shared instance");
        for line in errors.iter().skip(errors.len().saturating_sub(20)) {
            eprintln!("{line}");
        }
    }
}
