//! What the system tells of a process (Linux, `proc(5)`).

use anyhow::Context as _;

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
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
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
    fn our_own_process_can_be_read() {
        let pid = std::process::id();
        assert!(super::cpu_seconds(pid).unwrap() >= 0.0);
        assert!(super::resident_mib(pid).unwrap() > 0.1);
        assert!(super::machine().contains("Linux"));
    }
}
