//! Labels in files that real encoders made: what is shown and heard stays the same to the last bit, and readers that are not
//! ours find the label (Labelling Measures Art. 5; GB 45438-2025 6).
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use deepsynthesis::label::carrier::{Carrier, MediaJob};
use deepsynthesis::label::plan::label_all;
use deepsynthesis::label::{AigcLabel, Job, Outcome};

const PRODUCER: &str = "00119144030008867405X210001";

fn label() -> AigcLabel {
    AigcLabel::first_write(PRODUCER, "id-1").unwrap()
}

#[track_caller]
fn run(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; `make packages` installs it"));
    assert!(output.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a decoder makes of every stream, as a sum; it must not complain either.
fn decoded(path: &Path) -> String {
    let path = path.to_str().unwrap();
    run("ffmpeg", &["-nostdin", "-v", "error", "-xerror", "-i", path, "-map", "0", "-f", "md5", "-"])
}

struct Case {
    /// Name of the file; its end says the format.
    file: &'static str,
    carrier: Carrier,
    /// What ffmpeg is told.
    source: &'static str,
    options: &'static [&'static str],
}

const PICTURE: &str = "testsrc=size=320x240:rate=1:duration=1";
const PICTURES: &str = "testsrc=size=160x120:rate=5:duration=2";
const SOUND: &str = "sine=frequency=440:duration=2";

const CASES: [Case; 25] = [
    Case { file: "baseline.jpg", carrier: Carrier::Jpeg, source: PICTURE, options: &["-frames:v", "1", "-q:v", "2"] },
    Case {
        file: "small.jpg",
        carrier: Carrier::Jpeg,
        source: PICTURE,
        options: &["-frames:v", "1", "-vf", "scale=8:8"],
    },
    Case {
        file: "large.jpg",
        carrier: Carrier::Jpeg,
        source: PICTURE,
        options: &["-frames:v", "1", "-vf", "scale=4000:3000"],
    },
    Case {
        file: "comment.jpg",
        carrier: Carrier::Jpeg,
        source: PICTURE,
        options: &["-frames:v", "1", "-metadata", "comment=x"],
    },
    Case { file: "picture.png", carrier: Carrier::Png, source: PICTURE, options: &["-frames:v", "1"] },
    Case { file: "still.gif", carrier: Carrier::Gif, source: PICTURE, options: &["-frames:v", "1"] },
    Case { file: "moving.gif", carrier: Carrier::Gif, source: PICTURES, options: &[] },
    Case { file: "lossy.webp", carrier: Carrier::Webp, source: PICTURE, options: &["-frames:v", "1"] },
    Case {
        file: "lossless.webp",
        carrier: Carrier::Webp,
        source: PICTURE,
        options: &["-frames:v", "1", "-lossless", "1"],
    },
    Case {
        file: "alpha.webp",
        carrier: Carrier::Webp,
        source: PICTURE,
        options: &["-frames:v", "1", "-vf", "format=rgba,colorchannelmixer=aa=0.5", "-pix_fmt", "yuva420p"],
    },
    Case { file: "first.mp4", carrier: Carrier::Mp4, source: PICTURES, options: &["-movflags", "+faststart"] },
    Case {
        file: "keys.mp4",
        carrier: Carrier::Mp4,
        source: PICTURES,
        options: &["-movflags", "+faststart+use_metadata_tags", "-metadata", "tool=x"],
    },
    Case {
        file: "bare.mp4",
        carrier: Carrier::Mp4,
        source: PICTURES,
        options: &["-movflags", "+faststart", "-fflags", "+bitexact", "-map_metadata", "-1"],
    },
    Case { file: "first.mov", carrier: Carrier::Mp4, source: PICTURES, options: &["-movflags", "+faststart"] },
    Case { file: "first.m4a", carrier: Carrier::Mp4, source: SOUND, options: &["-movflags", "+faststart"] },
    Case { file: "tagged.flac", carrier: Carrier::Flac, source: SOUND, options: &["-metadata", "title=声音"] },
    Case {
        file: "bare.flac",
        carrier: Carrier::Flac,
        source: SOUND,
        options: &["-fflags", "+bitexact", "-map_metadata", "-1"],
    },
    Case { file: "speech.opus", carrier: Carrier::Ogg, source: SOUND, options: &["-c:a", "libopus"] },
    Case { file: "music.ogg", carrier: Carrier::Ogg, source: SOUND, options: &["-c:a", "libvorbis"] },
    Case { file: "pcm16.wav", carrier: Carrier::Wav, source: SOUND, options: &[] },
    Case {
        file: "float.wav",
        carrier: Carrier::Wav,
        source: SOUND,
        options: &["-c:a", "pcm_f32le", "-metadata", "title=odd"],
    },
    Case { file: "large.wav", carrier: Carrier::Wav, source: SOUND, options: &["-rf64", "always"] },
    Case { file: "tagged.mp3", carrier: Carrier::Mp3, source: SOUND, options: &["-metadata", "title=声音"] },
    Case {
        file: "older.mp3",
        carrier: Carrier::Mp3,
        source: SOUND,
        options: &["-id3v2_version", "3", "-metadata", "title=声音"],
    },
    Case {
        file: "bare.mp3",
        carrier: Carrier::Mp3,
        source: SOUND,
        options: &["-id3v2_version", "0", "-write_xing", "0"],
    },
];

fn made(folder: &Path, case: &Case) -> PathBuf {
    let path = folder.join(case.file);
    let input = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", case.source];
    run("ffmpeg", &[&input[..], case.options, &[path.to_str().unwrap()]].concat());
    path
}

/// The label as a program that is not ours reads it, where there is one that reads this format.
fn read_by_others(carrier: Carrier, path: &Path) -> Option<String> {
    let path = path.to_str().unwrap();
    let text = match carrier {
        Carrier::Jpeg | Carrier::Png | Carrier::Gif | Carrier::Webp => run("exiftool", &["-s3", "-XMP:AIGC", path]),
        Carrier::Mp3 | Carrier::Mp4 | Carrier::Flac => {
            run("ffprobe", &["-v", "error", "-show_entries", "format_tags=AIGC", "-of", "default=nw=1:nk=1", path])
        }
        Carrier::Ogg => {
            run("ffprobe", &["-v", "error", "-show_entries", "stream_tags=AIGC", "-of", "default=nw=1:nk=1", path])
        }
        Carrier::Wav => return None,
    };
    Some(text.trim().to_owned())
}

#[test]
fn files_of_real_encoders_bear_the_label_and_decode_to_the_same_labelling_measures_article_5() {
    let folder = tempfile::tempdir().unwrap();
    for case in &CASES {
        let path = made(folder.path(), case);
        let original = std::fs::read(&path).unwrap();
        assert_eq!(Carrier::of_signature(&original), Some(case.carrier), "{}", case.file);
        let (labelled, outcome) = label_all(Job::Media(MediaJob::new(case.carrier, label())), &original);
        assert_eq!(outcome, Outcome::Labelled, "{}", case.file);
        let added = labelled.len() - original.len();
        assert!(added < 1500, "{}: {added} bytes", case.file);
        let other = folder.path().join(format!("labelled-{}", case.file));
        std::fs::write(&other, &labelled).unwrap();
        assert_eq!(decoded(&other), decoded(&path), "{}", case.file);
        if let Some(read) = read_by_others(case.carrier, &other) {
            assert_eq!(AigcLabel::read(read.as_bytes()), Some(label()), "{}: {read}", case.file);
        }
        // Ours finds it as well, and leaves it alone.
        let again = label_all(Job::Media(MediaJob::new(case.carrier, label())), &labelled);
        assert_eq!(again, (labelled, Outcome::Kept(Box::new(label()))), "{}", case.file);
    }
}

#[test]
fn metadata_of_others_survives_in_the_files_that_carry_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = made(folder.path(), &CASES[0]);
    let name = path.to_str().unwrap();
    run(
        "exiftool",
        &["-q", "-overwrite_original", "-EXIF:Artist=画师", "-XMP-dc:Creator=me", "-ICC_Profile:all=", name],
    );
    let before = run("exiftool", &["-j", "-G", "-EXIF:all", "-XMP:all", name]);
    let (labelled, outcome) =
        label_all(Job::Media(MediaJob::new(Carrier::Jpeg, label())), &std::fs::read(&path).unwrap());
    assert_eq!(outcome, Outcome::Labelled);
    std::fs::write(&path, &labelled).unwrap();
    let after = run("exiftool", &["-j", "-G", "-EXIF:all", "-XMP:all", name]);
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()[0].clone();
    let (before, mut after) = (read(&before), read(&after));
    let label = after.as_object_mut().unwrap().remove("XMP:Aigc");
    assert!(label.is_some(), "{after}");
    assert_eq!(after, before);
    let warnings = run("exiftool", &["-validate", "-warning", "-a", name]);
    assert!(!warnings.contains("Duplicate"), "{warnings}");
}
