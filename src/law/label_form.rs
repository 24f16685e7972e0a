//! Numbers that explicit labels keep (GB 45438-2025 5.2 to 5.5).
//!
//! In: nothing. Out: bounds. Must not: measure anything.

use std::ops::RangeInclusive;

/// Least height of the words in percent of the shortest side (5.2, 5.4, 5.5).
pub const LEAST_HEIGHT_PERCENT: u8 = 5;
/// Least seconds of a video's label, from the first picture on (5.4).
pub const LEAST_VIDEO_SECONDS: u16 = 2;
/// Characters per minute of a spoken label (5.3).
pub const SPEAKING_RATE: RangeInclusive<u16> = 120..=160;
