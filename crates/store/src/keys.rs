//! The keys of the state store. Every key of a person carries their id, which comes from a verified token.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How many outbox documents there are. A person's events go through one of them.
pub(crate) const OUTBOX_SLOTS: u16 = 256;

pub(crate) fn user(user: Uuid) -> String {
    format!("user:{}", user.simple())
}

/// By a hash of the address's lookup form, so that no address stands in a key.
pub(crate) fn login(email: &str) -> String {
    format!("login:{}", hex(&Sha256::digest(email.to_lowercase().as_bytes())))
}

pub(crate) fn session(family: Uuid) -> String {
    format!("session:{}", family.simple())
}

pub(crate) fn rate(kind: &str, subject: &str, minute: i64) -> String {
    let digest = Sha256::digest(subject.as_bytes());
    format!("rate:{kind}:{}:{minute}", hex(digest.get(..12).unwrap_or(&digest)))
}

pub(crate) fn shard(user: Uuid, index: u32) -> String {
    format!("tasks:{}:{index}", user.simple())
}

pub(crate) fn feed(user: Uuid) -> String {
    format!("feed:{}", user.simple())
}

pub(crate) fn filters(user: Uuid) -> String {
    format!("filters:{}", user.simple())
}

pub(crate) fn outbox(slot: u8) -> String {
    format!("outbox:{slot}")
}

/// The outbox slot of a task, or of a person for their erasure. By task, so that relays of one person's tasks do not get into the way
/// of that person's next changes; a task's events are all in one slot, so they stay in order.
pub fn slot_of(id: Uuid) -> u8 {
    // The last byte is random in version 7 and hashed in version 5.
    id.as_bytes()[15]
}

pub(crate) fn idempotency(user: Uuid, key: &str) -> String {
    format!("idem:{}:{}", user.simple(), hex(&Sha256::digest(key.as_bytes())))
}

/// Where the saved answer of a key is noted: one of 16.
pub(crate) fn idempotency_index_of(user: Uuid, key: &str) -> String {
    idempotency_index(user, Sha256::digest(key.as_bytes()).first().map_or(0, |byte| byte >> 4))
}

pub(crate) fn idempotency_index(user: Uuid, digit: u8) -> String {
    format!("idem-index:{}:{digit:x}", user.simple())
}

/// How many dead letters there are.
pub(crate) const DEAD_LETTERS: &str = "dead-letters";

pub(crate) fn dead_letter(number: u64) -> String {
    format!("dead-letter:{number}")
}

/// The last minute whose reminders are wholly done.
pub(crate) const DUE_CURSOR: &str = "due-cursor";

pub(crate) fn notifications(user: Uuid) -> String {
    format!("notifications:{}", user.simple())
}

pub(crate) fn reminder(user: Uuid, task: Uuid) -> String {
    format!("reminder:{}:{}", user.simple(), task.simple())
}

pub(crate) fn due(minute: i64, cell: u8) -> String {
    format!("due:{minute}:{cell}")
}

pub(crate) fn audit_head(user: Uuid) -> String {
    format!("audit:{}:head", user.simple())
}

pub(crate) fn audit_page(user: Uuid, page: u64) -> String {
    format!("audit:{}:{page}", user.simple())
}

pub(crate) fn audit_seen(user: Uuid, task: Uuid) -> String {
    format!("audit-seen:{}:{}", user.simple(), task.simple())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(*DIGITS.get(usize::from(digit)).unwrap_or(&b'0')));
        }
    }
    text
}
