//! What was answered is there: after a restart, after a kill, beside a failing neighbour. And what cannot be opened says why.

#[cfg(test)]
#[path = "durability/child.rs"]
mod child;
#[cfg(test)]
#[path = "durability/open.rs"]
mod open;
#[cfg(test)]
#[path = "durability/restart.rs"]
mod restart;
#[cfg(test)]
#[path = "durability/support.rs"]
mod support;
