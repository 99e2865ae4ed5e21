//! Read connections. A point read takes microseconds, so it runs where it is asked for, without a thread change.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rusqlite::Connection;

use crate::core::{Core, Reader, open_reader};

/// More than the cores that the sidecar is meant for, so that a reader is seldom waited for.
const CONNECTIONS: usize = 4;

pub(super) enum Readers {
    Pool {
        connections: Vec<Mutex<Connection>>,
        turn: AtomicUsize,
    },
    /// A database in memory has one connection, the writer's.
    Shared(Arc<Mutex<Core>>),
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let connections = (0..CONNECTIONS)
            .map(|_| open_reader(path).map(Mutex::new))
            .collect::<Result<_, _>>()?;
        Ok(Self::Pool {
            connections,
            turn: AtomicUsize::new(0),
        })
    }

    pub(super) fn shared(core: Arc<Mutex<Core>>) -> Self {
        Self::Shared(core)
    }

    pub(super) fn with<T>(&self, read: impl FnOnce(Reader<'_>) -> T) -> T {
        match self {
            Self::Shared(core) => read(core.lock().unwrap_or_else(PoisonError::into_inner).reader()),
            Self::Pool { connections, turn } => {
                // The first that is free, so that its page cache is warm; else wait for one in turn.
                if let Some(connection) = connections.iter().find_map(|connection| connection.try_lock().ok()) {
                    return read(Reader::new(&connection));
                }
                let turn = turn.fetch_add(1, Ordering::Relaxed) % CONNECTIONS;
                let mut waiting = connections.iter().cycle().skip(turn);
                match waiting.next() {
                    Some(connection) => read(Reader::new(&connection.lock().unwrap_or_else(PoisonError::into_inner))),
                    None => unreachable!("the pool holds {CONNECTIONS} connections"),
                }
            }
        }
    }
}
