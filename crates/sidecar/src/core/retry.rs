//! When a failed delivery is tried again.

/// A retry policy, as in Dapr's Resiliency (docs: "Retry and back-off policies"). Without randomness, so that runs can be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Wait before the first retry, in milliseconds.
    pub first: i64,
    /// Each wait is this many percent of the one before; 100 is constant.
    pub growth_percent: i64,
    /// No wait is longer, in milliseconds.
    pub longest: i64,
    /// Retries after the first try; `None` is without limit.
    pub max_retries: Option<u32>,
}

impl RetryPolicy {
    /// What applies to events when no Resiliency names anything: quick at first, at most 10 s apart, eight retries (about 25 s) before a
    /// dead-letter topic is used.
    pub const EVENTS: Self = Self {
        first: 100,
        growth_percent: 200,
        longest: 10_000,
        max_retries: Some(8),
    };

    /// The wait before retry `retry` (0 is the first), in milliseconds.
    pub fn delay(&self, retry: u32) -> i64 {
        let mut delay = self.first.clamp(0, self.longest);
        for _ in 0..retry.min(64) {
            if delay >= self.longest || self.growth_percent <= 100 {
                break;
            }
            delay = (delay.saturating_mul(self.growth_percent) / 100)
                .max(delay + 1)
                .min(self.longest);
        }
        delay
    }

    /// Whether `tries` failed tries are all that is allowed.
    pub fn exhausted(&self, tries: u32) -> bool {
        self.max_retries.is_some_and(|max| tries > max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        let delays: Vec<_> = (0..9).map(|retry| RetryPolicy::EVENTS.delay(retry)).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    }

    #[test]
    fn three_retries_are_four_tries() {
        let policy = RetryPolicy {
            max_retries: Some(3),
            ..RetryPolicy::EVENTS
        };
        assert!(!policy.exhausted(3));
        assert!(policy.exhausted(4));
        assert!(
            !RetryPolicy {
                max_retries: None,
                ..policy
            }
            .exhausted(u32::MAX)
        );
    }
}
