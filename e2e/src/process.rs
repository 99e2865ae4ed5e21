//! What the system tells of a process (Linux, `proc(5)`).

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Clock ticks a second in `/proc/<pid>/stat`; fixed at 100 on every Linux that Rust runs on (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time used so far by all threads of a process, user and system, in seconds. In steps of 10 ms.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    // The second field, a name in parentheses, may hold spaces; utime and stime are the 14th and 15th.
    let rest = stat.rsplit_once(')').map(|(_, rest)| rest).with_context(|| path.clone())?;
    let ticks = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>)
        .sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS_PER_SECOND)
}

/// Waits until a process has nothing more to do, and gives the processor time that it has used until then, as [`cpu_seconds`] does.
pub fn cpu_seconds_at_rest(pid: u32) -> anyhow::Result<f64> {
    let end = Instant::now() + Duration::from_mins(1);
    let mut before = cpu_seconds(pid)?;
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = cpu_seconds(pid)?;
        // A timer of its own may take a tick.
        if now - before <= 1.5 / TICKS_PER_SECOND {
            return Ok(now);
        }
        if Instant::now() > end {
            bail!("process {pid} does not come to rest");
        }
        before = now;
    }
}

/// Gives a process that this one has started the first processor, and everything else that this one has started, and itself, the others:
/// what the process takes is its own then, not what its neighbours' use of the same caches makes of it.
pub fn set_apart(pid: u32) -> anyhow::Result<()> {
    let cores = processors();
    if cores < 2 {
        bail!("there is only one processor");
    }
    let own = std::process::id();
    for process in family(own)?.into_iter().filter(|process| *process != pid) {
        pin(process, &format!("1-{}", cores - 1))?;
    }
    pin(pid, "0")
}

/// Undoes [`set_apart`].
pub fn set_free() -> anyhow::Result<()> {
    let all = format!("0-{}", processors() - 1);
    for process in family(std::process::id())? {
        pin(process, &all)?;
    }
    Ok(())
}

/// How many processors there are, whatever this process may use of them.
fn processors() -> usize {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpuinfo.lines().filter(|line| line.starts_with("processor")).count()
}

/// All threads of a process. What it starts later does as it does.
fn pin(pid: u32, processors: &str) -> anyhow::Result<()> {
    let status = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", processors, &pid.to_string()])
        .stdout(Stdio::null())
        .status()
        .context("taskset cannot be run")?;
    // A process may have ended meanwhile.
    if !status.success() && cpu_seconds(pid).is_ok() {
        bail!("process {pid} cannot be given processors {processors}");
    }
    Ok(())
}

/// A process and all that come from it.
fn family(root: u32) -> anyhow::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that is gone by now is nobody's.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        parents.extend(parent.map(|parent: u32| (pid, parent)));
    }
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    Ok(family)
}

/// Resident memory of a process, now, in MiB.
pub fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .with_context(|| path.clone())?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().with_context(|| path)?;
    Ok(kib / 1024.0)
}

/// The machine in one line: processor, how many of them, memory, kernel.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo.lines().find_map(|line| {
        line.strip_prefix("model name")?
            .split_once(':')
            .map(|(_, name)| name.trim().to_owned())
    });
    let cores = processors();
    let meminfo = read("/proc/meminfo");
    let kib: f64 = meminfo
        .split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease").trim().to_owned();
    let model = model.unwrap_or_else(|| "unknown processor".to_owned());
    format!(
        "{model}, {cores} cores, {:.0} GiB of memory, Linux {kernel}",
        kib / 1024.0 / 1024.0
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_child_is_of_the_family() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let family = super::family(std::process::id()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(family.contains(&child.id()) && !family.contains(&1));
    }

    #[test]
    fn our_own_process_can_be_read() {
        let pid = std::process::id();
        assert!(super::cpu_seconds(pid).unwrap() >= 0.0);
        assert!(super::resident_mib(pid).unwrap() > 0.1);
        assert!(super::machine().contains("Linux"));
    }
}
