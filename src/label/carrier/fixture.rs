//! What the tests of all carriers share: one label, jobs that write it, and the claim about hostile bytes.

use proptest::prelude::*;

use super::{Carrier, MediaJob};
use crate::label::AigcLabel;
use crate::label::plan::{Job, label_all, label_pieces};

pub(super) fn label() -> AigcLabel {
    AigcLabel::first_write("00119144030008867405X210001", "id-1").unwrap()
}

pub(super) fn job(carrier: Carrier) -> Job {
    Job::Media(MediaJob::new(carrier, label()))
}

/// Bytes, where they are put over those of a file, and the length of the pieces in which it comes then.
pub(super) fn noise(length: usize, places: usize) -> impl Strategy<Value = (Vec<u8>, usize, usize)> {
    (proptest::collection::vec(any::<u8>(), 0..length), 0..places, 1_usize..40)
}

/// Nothing panics, lengths are as announced, and how the bytes came does not matter.
pub(super) fn holds(
    carrier: Carrier,
    mut file: Vec<u8>,
    (noise, at, cut): (Vec<u8>, usize, usize),
) -> Result<(), TestCaseError> {
    let end = (at + noise.len()).min(file.len());
    file.splice(at..end, noise);
    let whole = label_all(job(carrier), &file);
    let (out, outcome, delta) = label_pieces(job(carrier), file.chunks(cut));
    prop_assert_eq!(out.len() as i64, file.len() as i64 + delta);
    prop_assert_eq!(whole, (out, outcome));
    Ok(())
}
