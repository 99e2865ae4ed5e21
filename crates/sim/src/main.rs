//! `spindle-sim [SEEDS] [FIRST]`: runs so many seeds; prints the first that fails, as short as it gets.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use spindle_sim::{explain, simulate};

#[expect(clippy::print_stdout, reason = "the program's result")]
fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let seeds: u64 = arguments.next().map_or(Ok(2_000), |count| count.parse())?;
    let first: u64 = arguments.next().map_or(Ok(0), |first| first.parse())?;
    let next = AtomicU64::new(first);
    let workers = thread::available_parallelism()?.get();
    let failures: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + seeds {
                            return None;
                        }
                        if let Err(failure) = simulate(seed, None) {
                            next.store(u64::MAX / 2, Ordering::Relaxed);
                            return Some(failure);
                        }
                    }
                })
            })
            .collect();
        running
            .into_iter()
            .filter_map(|worker| worker.join().ok().flatten())
            .collect()
    });
    let Some(failure) = failures.into_iter().min_by_key(|failure| failure.seed) else {
        println!("{seeds} seeds from {first}: every invariant held");
        return Ok(ExitCode::SUCCESS);
    };
    let shortest = explain(*failure, None);
    for line in &shortest.trace {
        println!("{line}");
    }
    println!(
        "seed {} fails with {} operations:\n{}",
        shortest.seed,
        shortest.ops.len(),
        shortest.wrong
    );
    Ok(ExitCode::FAILURE)
}
