//! `reminder:{user}:{task}`: what is planned for a task's reminder.

use serde::{Deserialize, Serialize};

/// The plan. Moments are in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// When the reminder rings by the task, as of the plan; a ring needs the task to say the same still.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<i64>,
    /// When it is to ring next.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<i64>,
    /// The base that it has rung for, or that was past when it was set.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) rung: Option<i64>,
    /// Until when the one that rang was snoozed: then it rings again.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) snooze: Option<i64>,
    /// How many times it has rung: the number of its latest `reminder.fired`.
    #[serde(rename = "c", default)]
    pub(crate) rings: u64,
}

impl Plan {
    /// The plan now that the task says `rings_at`. `said` is when that was said, `silent` whether the task was due before.
    ///
    /// * Nothing to ring for (done, trashed, no reminder): nothing is next. A snooze is kept for when it is reopened.
    /// * What it rang for before: silent, but for a snooze.
    /// * Something new: it rings then, or at once when that moment was past when it was said.
    pub(crate) fn reconciled(&self, rings_at: Option<i64>, said: i64, silent: bool) -> Self {
        let plan = Self {
            base: rings_at,
            next: None,
            ..self.clone()
        };
        match rings_at {
            None => plan,
            Some(_) if rings_at == self.rung => plan,
            Some(_) if silent => Self {
                rung: rings_at,
                snooze: None,
                ..plan
            },
            // Said again: what is planned stays.
            Some(_) if rings_at == self.base && self.next.is_some() => self.clone(),
            Some(at) => Self {
                next: Some(at.max(said)),
                snooze: None,
                ..plan
            },
        }
    }

    /// The moments at which something is to ring.
    pub(crate) fn alarms(&self) -> impl Iterator<Item = i64> {
        // While the task is not open, a snooze waits in the plan alone.
        let snooze = self.snooze.filter(|_| self.base.is_some());
        self.next.into_iter().chain(snooze)
    }

    /// The plan after it rang at the alarm `at`.
    pub(crate) fn rung_at(&self, at: i64) -> Self {
        let mut plan = self.without(at);
        if self.next == Some(at) {
            plan.rung = self.base;
        }
        plan.rings += 1;
        plan
    }

    /// The plan without the alarm `at`.
    pub(crate) fn without(&self, at: i64) -> Self {
        Self {
            next: self.next.filter(|next| *next != at),
            snooze: self.snooze.filter(|snooze| *snooze != at),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(at: i64) -> Plan {
        Plan::default().reconciled(Some(at), 0, false)
    }

    #[test]
    fn it_rings_then_or_at_once_or_not() {
        assert_eq!(planned(100).next, Some(100));
        assert_eq!(
            Plan::default().reconciled(Some(100), 150, false).next,
            Some(150),
            "past when it was said, but due ahead"
        );
        let silent = Plan::default().reconciled(Some(100), 150, true);
        assert_eq!((silent.next, silent.rung), (None, Some(100)));
        assert_eq!(planned(100).reconciled(None, 50, false).next, None);
        assert_eq!(planned(100).reconciled(Some(200), 50, false).next, Some(200));
    }

    #[test]
    fn it_rings_once_for_a_moment() {
        let rung = planned(100).rung_at(100);
        assert_eq!((rung.next, rung.rung, rung.rings), (None, Some(100), 1));
        assert_eq!(rung.reconciled(Some(100), 120, false).next, None, "said again");
        let reopened = rung.reconciled(None, 130, false).reconciled(Some(100), 140, false);
        assert_eq!(reopened.next, None, "done and reopened");
        assert_eq!(rung.reconciled(Some(300), 130, false).next, Some(300));
    }

    #[test]
    fn said_twice_is_planned_once() {
        let late = Plan::default().reconciled(Some(100), 150, false);
        assert_eq!(late.reconciled(Some(100), 180, false), late);
    }

    #[test]
    fn a_snooze_waits_while_the_task_is_done_and_goes_when_it_is_moved() {
        let snoozed = Plan {
            snooze: Some(500),
            ..planned(100).rung_at(100)
        };
        assert_eq!(snoozed.alarms().collect::<Vec<_>>(), [500]);
        let done = snoozed.reconciled(None, 200, false);
        assert_eq!(done.alarms().count(), 0);
        assert_eq!(done.reconciled(Some(100), 300, false).alarms().collect::<Vec<_>>(), [500]);
        assert_eq!(snoozed.reconciled(Some(900), 300, false).alarms().collect::<Vec<_>>(), [900]);
        let rung = snoozed.rung_at(500);
        assert_eq!((rung.snooze, rung.rung, rung.rings), (None, Some(100), 2));
    }
}
