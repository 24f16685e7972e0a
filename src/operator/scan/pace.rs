//! A token bucket: the scan must never be what slows an API server down. Pure.

use std::time::{Duration, Instant};

/// Lets so many through at once, and then one per interval.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    interval: Duration,
    burst: u32,
    /// When the bucket is full again.
    full_at: Instant,
}

impl Pace {
    /// A full bucket.
    #[must_use]
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { interval: Duration::from_secs(1) / per_second.max(1), burst: burst.max(1), full_at: now }
    }

    /// Takes one token; says how long to wait before using it.
    pub fn take(&mut self, now: Instant) -> Duration {
        self.full_at = self.full_at.max(now) + self.interval;
        self.full_at.saturating_duration_since(now + self.interval * self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_per_interval() {
        let start = Instant::now();
        let mut pace = Pace::new(10, 3, start);
        let waits: Vec<u128> = (0..5).map(|_| pace.take(start).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200]);
        // A second later the bucket is full again.
        let later = start + Duration::from_secs(2);
        let waits: Vec<u128> = (0..4).map(|_| pace.take(later).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100]);
    }
}
