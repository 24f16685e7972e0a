use proptest::prelude::*;

use super::super::Carrier;
use super::super::bmff::boxed;
use super::super::fixture::{self, label, noise};
use super::*;
use crate::label::plan::{Job, label_all};

fn job() -> Job {
    fixture::job(Carrier::Mp4)
}

fn file_type() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\x02\0isommp42")
}

/// A track whose chunks begin at these offsets.
fn track(kind: &[u8; 4], offsets: &[u64]) -> Vec<u8> {
    let width = if kind == b"co64" { 8 } else { 4 };
    let entries: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_be_bytes()[8 - width..].to_vec()).collect();
    let count = u32::try_from(offsets.len()).unwrap().to_be_bytes();
    let table = boxed(kind, &[&[0; 4][..], &count, &entries].concat());
    [b"stbl", b"minf", b"mdia", b"trak"].iter().fold(table, |inside, kind| boxed(kind, &inside))
}

/// `moov` first; its chunks begin with the samples.
fn movie(more: &[u8], kind: &[u8; 4]) -> Vec<u8> {
    let header = boxed(b"mvhd", &[0; 100]);
    let of = |samples: u64| boxed(b"moov", &[&header[..], &track(kind, &[samples, samples + 4]), more].concat());
    let samples = u64::try_from(file_type().len() + of(0).len() + 8).unwrap();
    [file_type(), of(samples), boxed(b"mdat", b"oneAtwoB")].concat()
}

/// What the first track's table points to.
fn samples(file: &[u8], kind: &[u8; 4]) -> Vec<u8> {
    let at = memchr::memmem::find(file, kind).unwrap();
    let width = if kind == b"co64" { 8 } else { 4 };
    let first = file[at + 12..at + 12 + width].iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
    file[first..first + 8].to_vec()
}

fn metadata_of(handler: &[u8; 4], list: &[u8]) -> Vec<u8> {
    let handler = boxed(b"hdlr", &[&[0; 8][..], handler, &[0; 13]].concat());
    boxed(b"meta", &[&[0; 4][..], &handler, list].concat())
}

fn keyed(name: &[u8], value: &[u8]) -> Vec<u8> {
    let name = boxed(b"mdta", name);
    let keys = boxed(b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 1], &name[..]].concat());
    let entry = boxed(&[0, 0, 0, 1], &boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], value].concat()));
    metadata_of(b"mdta", &[keys, boxed(b"ilst", &entry)].concat())
}

#[test]
fn a_movie_bears_the_label_and_its_tables_still_point_to_its_samples_labelling_measures_article_5() {
    let itunes = metadata_of(b"mdir", &boxed(b"ilst", &boxed(b"\xA9too", &boxed(b"data", b"\0\0\0\x01\0\0\0\0Lavf"))));
    for (name, more) in [
        ("no metadata", vec![]),
        ("user data", boxed(b"udta", &boxed(b"\xA9nam", b"\0\x01\0\0x"))),
        ("user data as QuickTime closes it", boxed(b"udta", &[&boxed(b"name", b"x")[..], &[0; 4]].concat())),
        ("keys of others", boxed(b"udta", &keyed(b"com.example.tool", b"x"))),
        ("keys of others in the movie itself", keyed(b"com.example.tool", b"x")),
        ("iTunes names", boxed(b"udta", &itunes)),
        (
            "iTunes names, and keys in the movie itself",
            [boxed(b"udta", &itunes), keyed(b"com.example.tool", b"x")].concat(),
        ),
    ] {
        for kind in [b"stco", b"co64"] {
            let original = movie(&more, kind);
            let (out, outcome) = label_all(job(), &original);
            assert_eq!(outcome, Outcome::Labelled, "{name}");
            assert_eq!(samples(&out, kind), b"oneAtwoB", "{name}");
            assert!(out.ends_with(&boxed(b"mdat", b"oneAtwoB")));
            for kept in [&b"com.example.tool"[..], b"Lavf", b"\xA9nam"] {
                let count = |bytes: &[u8]| memchr::memmem::find_iter(bytes, kept).count();
                assert_eq!(count(&out), count(&original), "{name}");
            }
            let again = label_all(job(), &out);
            assert_eq!(again, (out, Outcome::Kept(Box::new(label()))), "{name}");
        }
    }
}

#[test]
fn what_points_into_the_file_from_elsewhere_is_left_and_said() {
    let with = |more: &[u8]| movie(more, b"stco");
    let mut last = [file_type(), boxed(b"mdat", b"samples!")].concat();
    last.extend(boxed(b"moov", &boxed(b"mvhd", &[0; 100])));
    let before = |between: &[u8]| [&file_type()[..], between, &with(&[])[file_type().len()..]].concat();
    let mut full = with(&[]);
    let at = memchr::memmem::find(&full, b"stco").unwrap() + 12;
    full[at..at + 4].copy_from_slice(&[0xFF; 4]);
    let large = [file_type(), boxed(b"moov", &boxed(b"free", &vec![0; HEAD_LIMIT]))].concat();
    let encrypted = boxed(b"saio", &[0; 12]);
    let encrypted = [b"stbl", b"minf", b"mdia", b"trak"].iter().fold(encrypted, |inside, kind| boxed(kind, &inside));
    for (file, outcome) in [
        (last, Outcome::HeaderOnly("mp4_moov_last")),
        (large, Outcome::HeaderOnly("mp4_moov_large")),
        (with(&boxed(b"mvex", b"")), Outcome::HeaderOnly("mp4_fragmented")),
        (with(&boxed(b"cmov", b"")), Outcome::HeaderOnly("mp4_compressed")),
        (with(&encrypted), Outcome::HeaderOnly("mp4_offsets")),
        (full, Outcome::HeaderOnly("mp4_offsets")),
        (before(&boxed(b"meta", &[0; 20])), Outcome::HeaderOnly("mp4_items")),
        (before(&boxed(b"uuid", &C2PA)), Outcome::HeaderOnly("c2pa_conflict")),
        (with(&boxed(b"udta", &keyed(b"AIGC", b"no label"))), Outcome::Unlabelable("mp4_label_malformed")),
        (with(b"\0\0\0\x03"), Outcome::Unlabelable("mp4_moov")),
        (file_type(), Outcome::Unlabelable("mp4_truncated")),
        (before(b"\0\0\0\x02free"), Outcome::Unlabelable("mp4_box")),
    ] {
        assert_eq!(label_all(job(), &file), (file.clone(), outcome));
    }
}

#[test]
fn a_label_in_a_packet_of_its_own_stays_the_only_one() {
    let packet = boxed(b"uuid", &[&XMP[..], xmp::packet(&label()).as_bytes()].concat());
    let file = [file_type(), packet, movie(&[], b"stco")[file_type().len()..].to_vec()].concat();
    assert_eq!(label_all(job(), &file), (file.clone(), Outcome::Kept(Box::new(label()))));
}

#[test]
fn pictures_of_the_same_family_are_none_of_these() {
    assert_eq!(Carrier::of_signature(&boxed(b"ftyp", b"avif\0\0\0\0avifmif1")), None);
    assert_eq!(Carrier::of_signature(&file_type()), Some(Carrier::Mp4));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(60, 300)) {
        fixture::holds(Carrier::Mp4, movie(&boxed(b"udta", &keyed(b"tool", b"x")), b"stco"), noise)?;
    }
}
