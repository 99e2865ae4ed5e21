//! A Kafka broker that is its own controller (`KRaft` mode), from jars.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, Utc};

use super::daemon::{Daemon, free_port};

/// Partitions of a topic that is made by being used.
pub const PARTITIONS: u32 = 6;

/// A broker on loopback.
#[derive(Debug)]
pub struct Kafka {
    /// The process.
    pub daemon: Daemon,
    jars: PathBuf,
}

/// A record, as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which partition it lies in.
    pub partition: u32,
    /// Its key; none when it has no key.
    pub key: Option<String>,
    /// Its value.
    pub value: String,
}

impl Kafka {
    /// A broker with the jars of this folder, with its data in `folder`; not started yet. Topics are made by being used if
    /// `creates_topics`.
    pub fn new(jars: &Path, folder: &Path, creates_topics: bool) -> anyhow::Result<Self> {
        let data = folder.join("kafka");
        fs::create_dir_all(&data)?;
        let (port, controller) = (free_port()?, free_port()?);
        let properties = folder.join("kafka.properties");
        // A broker that was killed does not listen again before its old session has ended: 9 s by default, which tests need not wait.
        fs::write(
            &properties,
            format!(
                "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
                 listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
                 advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
                 inter.broker.listener.name=PLAINTEXT\nlog.dirs={}\nnum.partitions={PARTITIONS}\n\
                 auto.create.topics.enable={creates_topics}\noffsets.topic.num.partitions=4\noffsets.topic.replication.factor=1\n\
                 transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n\
                 broker.session.timeout.ms=2000\nbroker.heartbeat.interval.ms=500\n",
                data.display()
            ),
        )?;
        // What `kafka-storage format` writes, without starting a JVM for it.
        fs::write(
            data.join("meta.properties"),
            "version=1\ncluster.id=c3BpbmRsZS1lMmUtdGVzdA\nnode.id=1\n",
        )?;
        let daemon = Daemon::new("kafka", "java", folder, port)
            .arguments(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            .arguments(["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"])
            .arguments([class_path(jars), "kafka.Kafka".to_owned()])
            .arguments([properties]);
        Ok(Self {
            daemon,
            jars: jars.to_owned(),
        })
    }

    /// `host:port`.
    pub fn brokers(&self) -> String {
        self.daemon.address().to_string()
    }

    /// Everything that lies in a topic, read by Kafka's own consumer.
    pub fn records(&self, topic: &str) -> anyhow::Result<Vec<Record>> {
        let output = self
            .tool("org.apache.kafka.tools.consumer.ConsoleConsumer")
            .args(["--topic", topic, "--from-beginning", "--timeout-ms", "5000"])
            .args(["--property", "print.key=true", "--property", "print.partition=true"])
            .args(["--property", "key.separator=\t"])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().map(record).collect()
    }

    /// Makes a topic.
    pub fn create_topic(&self, topic: &str) -> anyhow::Result<()> {
        let output = self
            .tool("org.apache.kafka.tools.TopicCommand")
            .args(["--create", "--topic", topic, "--partitions", &PARTITIONS.to_string()])
            .output()?;
        if !output.status.success() {
            bail!("topic {topic} cannot be made: {}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(())
    }

    /// Sets a consumer group that nobody is in back to where all topics were at an instant.
    pub fn reset_group(&self, group: &str, to: DateTime<Utc>) -> anyhow::Result<()> {
        let output = self
            .tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand")
            .args(["--group", group, "--reset-offsets", "--all-topics", "--execute"])
            .args(["--to-datetime", &to.to_rfc3339_opts(SecondsFormat::Millis, true)])
            .output()?;
        // It exits with 0 when the group is still in use, too.
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || text.contains("Error") {
            bail!("group {group} cannot be set back: {text}");
        }
        Ok(())
    }

    fn tool(&self, class: &str) -> Command {
        let mut command = Command::new("java");
        command
            .args([
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
            ])
            .args([&class_path(&self.jars), class, "--bootstrap-server", &self.brokers()]);
        command
    }
}

fn class_path(jars: &Path) -> String {
    format!("{}/*", jars.display())
}

/// `Partition:3<tab>key<tab>value`.
fn record(line: &str) -> anyhow::Result<Record> {
    let mut parts = line.splitn(3, '\t');
    let (Some(partition), Some(key), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        bail!("the consumer printed {line}");
    };
    let partition = partition
        .strip_prefix("Partition:")
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("the consumer printed {line}"))?;
    Ok(Record {
        partition,
        key: Some(key).filter(|key| *key != "null").map(str::to_owned),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Record, record};

    #[test]
    fn what_the_consumer_prints_is_read() {
        let read = record("Partition:3\ttask-1\t{\"a\":\"b\\tc\"}").unwrap();
        let expected = Record {
            partition: 3,
            key: Some("task-1".into()),
            value: "{\"a\":\"b\\tc\"}".into(),
        };
        assert_eq!(read, expected);
        assert_eq!(record("Partition:0\tnull\t{}").unwrap().key, None);
        assert!(record("Processed a total of 3 messages").is_err());
    }
}
