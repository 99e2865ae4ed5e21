//! The sidecar in one process (`spindle sidecar`), the application in another (`spindle up --sidecar`), as with `spin up`; and a jobs
//! API that is away or hangs.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use spindle_e2e::{
    app::{App, Settings},
    lone::LoneSidecar,
    person::Person,
    poll::wait_until,
};

use crate::reminders;

crate::tests![
    two_processes_work_as_one_and_survive_each_other,
    a_jobs_api_that_hangs_delays_nobody,
];

const SOON: Duration = Duration::from_mins(1);

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn app_of(sidecar: &LoneSidecar, url: &str, port: u16) -> App {
    let settings = Settings::roomy().port(port).argument("--sidecar").argument(url);
    App::start_on(settings, sidecar.data()).unwrap()
}

fn two_processes_work_as_one_and_survive_each_other() {
    let port = free_port();
    let mut sidecar = LoneSidecar::start(port).unwrap();
    let url = sidecar.url().to_owned();
    let mut app = app_of(&sidecar, &url, port);
    let client = app.client();
    let person = Person::register(&client);
    let task = person.create_titled("Across two processes");
    assert_eq!(person.audit(1)[0]["task_id"], task);

    sidecar.kill().unwrap();
    let asked = Instant::now();
    let refused = person.post("/api/tasks", &json!({"title": "Nobody there"}));
    assert!(refused.find_header("retry-after").is_some());
    let _ = refused.refused(503);
    assert!(
        asked.elapsed() < Duration::from_secs(6),
        "it does not hang: {:?}",
        asked.elapsed()
    );
    let _ = client.call("GET", "/health").send().ok(200);
    let ready = client.call("GET", "/health/ready").send().refused(503);
    assert_eq!(ready["errors"][0]["field"], "statestore");

    sidecar.restart().unwrap();
    wait_until(SOON, "it answers again", || {
        (person.get("/api/tasks").status() == 200).then_some(())
    });
    assert_eq!(person.list_ids("/api/tasks", ""), [task]);
    let _ = person.create_titled("After the sidecar's restart");
    let _ = person.audit(2);

    app.kill().unwrap();
    let app = app_of(&sidecar, &url, port);
    let person = person.at(&app.client());
    let _ = person.create_titled("After the application's restart");
    assert_eq!(person.audit(3).len(), 3);
}

/// Passes connections on to the sidecar, but swallows what asks for a job.
fn without_jobs(sidecar: SocketAddr, swallowed: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let swallowed = Arc::clone(&swallowed);
            thread::spawn(move || pass(client, sidecar, &swallowed));
        }
    });
    address
}

/// A connection that broke is the end of passing it on; the application sees that for itself.
fn pass(mut client: TcpStream, sidecar: SocketAddr, swallowed: &AtomicBool) -> Option<()> {
    let mut server = TcpStream::connect(sidecar).ok()?;
    let (mut back_from, mut back_to) = (server.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = client.read(&mut buffer).ok()?;
        let bytes = buffer.get(..count).filter(|bytes| !bytes.is_empty())?;
        // A request begins a segment of its own: the application waits for each answer.
        if bytes.windows(11).take(16).any(|window| window == b"/v1.0/jobs/") {
            swallowed.store(true, Ordering::Relaxed);
            continue;
        }
        server.write_all(bytes).ok()?;
    }
}

fn a_jobs_api_that_hangs_delays_nobody() {
    let port = free_port();
    let sidecar = LoneSidecar::start(port).unwrap();
    let swallowed = Arc::new(AtomicBool::new(false));
    let proxy = without_jobs(
        sidecar.url().trim_start_matches("http://").parse().unwrap(),
        Arc::clone(&swallowed),
    );
    let app = app_of(&sidecar, &format!("http://{proxy}"), port);
    let person = Person::register(&app.client());
    let asked = Instant::now();
    let task = person.create(&json!({"title": "No job", "reminder_at": reminders::at(chrono::TimeDelta::seconds(1))}));
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "the write succeeds at once: {:?}",
        asked.elapsed()
    );
    let _ = person.audit(1);
    wait_until(SOON, "a job was asked for", || {
        swallowed.load(Ordering::Relaxed).then_some(())
    });
    // Every 20 seconds.
    let found = wait_until(SOON, "the tick rings it", || {
        let found = reminders::notifications(&person);
        (!found.is_empty()).then_some(found)
    });
    assert_eq!((found.len(), &found[0]["task_id"]), (1, &task["id"]));
}
