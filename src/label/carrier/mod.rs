//! Containers that carry the label in their metadata (TC260-PG-20257A to 202510A).
//!
//! In: the head of a file. Out: a [`super::plan::Plan`]. One file per format; [`xmp`] and [`exif`] are shared.

pub mod bmff;
pub mod comments;
pub mod exif;
#[cfg(test)]
mod fixture;
pub mod flac;
pub mod gif;
pub mod jpeg;
pub mod mp3;
pub mod mp4;
mod mp4_metadata;
pub mod ogg;
pub mod png;
mod riff;
pub mod wav;
pub mod webp;
pub mod xmp;

use super::AigcLabel;
use super::plan::{HEAD_LIMIT, Plan};

/// A format that carries the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// `image/png`.
    Png,
    /// `image/jpeg`.
    Jpeg,
    /// `image/gif`.
    Gif,
    /// `image/webp`.
    Webp,
    /// `audio/wav`.
    Wav,
    /// `audio/mpeg`.
    Mp3,
    /// `audio/flac`.
    Flac,
    /// `audio/ogg`: Opus and Vorbis.
    Ogg,
    /// `video/mp4`, `video/quicktime`, `audio/mp4`.
    Mp4,
}

/// So many bytes tell every format from every other.
const TELLING: usize = 12;

impl Carrier {
    /// By its media type, in lower case and without parameters.
    #[must_use]
    pub fn of_media_type(media: &str) -> Option<Self> {
        Some(match media {
            "image/png" => Self::Png,
            "image/jpeg" | "image/jpg" | "image/pjpeg" => Self::Jpeg,
            "image/gif" => Self::Gif,
            "image/webp" => Self::Webp,
            "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Self::Wav,
            "audio/mpeg" | "audio/mp3" | "audio/mpeg3" | "audio/x-mpeg-3" => Self::Mp3,
            "audio/flac" | "audio/x-flac" => Self::Flac,
            "audio/ogg" | "application/ogg" | "audio/opus" | "audio/vorbis" => Self::Ogg,
            "video/mp4" | "video/x-m4v" | "video/quicktime" | "audio/mp4" | "audio/m4a" | "audio/x-m4a" => Self::Mp4,
            _ => return None,
        })
    }

    /// By its first bytes, whatever its type is said to be.
    #[must_use]
    pub fn of_signature(head: &[u8]) -> Option<Self> {
        Some(match head {
            _ if head.starts_with(&png::SIGNATURE) => Self::Png,
            _ if head.starts_with(&jpeg::SIGNATURE) => Self::Jpeg,
            _ if gif::is_gif(head) => Self::Gif,
            _ if webp::is_webp(head) => Self::Webp,
            _ if wav::is_wav(head) => Self::Wav,
            _ if head.starts_with(&flac::SIGNATURE) => Self::Flac,
            _ if head.starts_with(&ogg::SIGNATURE) => Self::Ogg,
            _ if mp4::is_mp4(head) => Self::Mp4,
            _ if mp3::is_mp3(head) => Self::Mp3,
            _ => return None,
        })
    }
}

/// The job for one file. What it is said to be decides only where its first bytes say nothing.
#[derive(Debug)]
pub struct MediaJob {
    declared: Carrier,
    label: AigcLabel,
}

impl MediaJob {
    /// A job that writes `label`.
    #[must_use]
    pub fn new(declared: Carrier, label: AigcLabel) -> Self {
        Self { declared, label }
    }

    pub(in crate::label) fn inspect(&mut self, head: &[u8], complete: bool) -> Option<Plan> {
        if head.len() < TELLING && !complete {
            return None;
        }
        if head.is_empty() {
            return Some(Plan::unchanged(super::Outcome::Empty));
        }
        match Carrier::of_signature(head).unwrap_or(self.declared) {
            Carrier::Png => png::inspect(&self.label, head, complete),
            Carrier::Jpeg => jpeg::inspect(&self.label, head, complete),
            Carrier::Gif => gif::inspect(&self.label, head, complete),
            Carrier::Webp => webp::inspect(&self.label, head, complete),
            Carrier::Wav => wav::inspect(&self.label, head, complete),
            Carrier::Mp3 => mp3::inspect(&self.label, head, complete),
            Carrier::Flac => flac::inspect(&self.label, head, complete),
            Carrier::Ogg => ogg::inspect(&self.label, head, complete),
            Carrier::Mp4 => mp4::inspect(&self.label, head, complete),
        }
    }
}

/// What is not there whole: it may still come, the file ends before it, or it is longer than what may be looked at.
fn missing(head: &[u8], complete: bool, truncated: &'static str, large: &'static str) -> Option<Plan> {
    match (complete && head.len() <= HEAD_LIMIT, head.len() >= HEAD_LIMIT) {
        (true, _) => Some(Plan::unlabelable(truncated)),
        (false, true) => Some(Plan::header_only(large)),
        (false, false) => None,
    }
}
