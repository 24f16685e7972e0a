//! Traps 1 to 11, 32 to 36 and 39 of the dossier (regulation.md 9.1): what is written into content and what is left alone.

use base64::Engine as _;
use deepsynthesis::api::service::NoticePosition;
use deepsynthesis::label::carrier::xmp::{self, Existing, NAMESPACE};
use deepsynthesis::label::carrier::{Carrier, MediaJob};
use deepsynthesis::label::json::JsonJob;
use deepsynthesis::label::text::TextJob;
use deepsynthesis::label::{AigcLabel, Job, LabelError, Notice, Outcome, Verdict};
use deepsynthesis::law::label_words::NOTICE;
use deepsynthesis::law::{ProviderCode, ServiceType, Uscc};
use serde_json::{Value, json};

const CODE: &str = "00119144030008867405X210001";
const THEIRS: &str = r#"{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"p-9","ReservedCode1":"opaque/1","ContentPropagator":"","PropagateID":"","ReservedCode2":""}"#;

fn label() -> AigcLabel {
    AigcLabel::first_write(CODE, "id-1").unwrap()
}

/// Labels a whole content as the sidecar does.
fn label_all(mut job: Job, content: &[u8]) -> (Vec<u8>, Outcome) {
    let mut plan = job.inspect(content, true).expect("decides when all is there");
    let mut out = content.to_vec();
    for splice in plan.splices.iter().rev() {
        out.splice(splice.at..splice.at + splice.remove, splice.insert.iter().copied());
    }
    if let Some(tail) = &mut plan.tail {
        tail.observe(content);
        out.extend(tail.finish());
    }
    (out, plan.outcome)
}

fn png_job() -> Job {
    Job::Media(MediaJob::new(Carrier::Png, label()))
}

fn json_job() -> Job {
    Job::Json(JsonJob::new(label()))
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

/// A picture with chunks between its header and its pixels.
fn png(between: &[Vec<u8>]) -> Vec<u8> {
    let head = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    [signature, head, between.concat(), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()
}

fn text_chunk(text: &str) -> Vec<u8> {
    chunk(b"tEXt", &[b"AIGC\0", text.as_bytes()].concat())
}

fn count(haystack: &[u8], needle: &str) -> usize {
    haystack.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count()
}

#[test]
fn one_is_two_may_be_three_is_suspected_trap_01() {
    for (digit, verdict) in [("1", Verdict::Is), ("2", Verdict::MayBe), ("3", Verdict::Suspected)] {
        assert_eq!(verdict.digit(), digit);
        let text = json!({"Label": digit, "ContentProducer": CODE}).to_string();
        assert_eq!(AigcLabel::read(text.as_bytes()).unwrap().verdict(), verdict);
    }
    assert_eq!(label().verdict(), Verdict::Is, "whoever generates knows");
}

#[test]
fn the_attribute_is_written_as_a_string_trap_02() {
    let value: Value = serde_json::from_str(&label().bare()).unwrap();
    assert_eq!(value["Label"], json!("1"));
}

#[test]
fn free_text_is_no_attribute_trap_03() {
    for wrong in [json!("AIGC"), json!("是"), json!("0"), json!("4"), json!(""), json!(true), json!(7)] {
        let text = json!({"Label": wrong, "ContentProducer": CODE, "ProduceID": "p"}).to_string();
        assert_eq!(AigcLabel::read(text.as_bytes()), None, "{wrong}");
    }
}

#[test]
fn keys_are_spelt_as_the_annex_spells_them_trap_04() {
    let keys =
        ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"];
    let text = label().bare();
    let written: Vec<&str> = text.split('"').skip(1).step_by(4).collect();
    assert_eq!(written, keys);
    let misspelt = text.replace("ContentProducer", "ContentProducter");
    assert_eq!(AigcLabel::read(misspelt.as_bytes()), None, "a label of nobody is none");
}

#[test]
fn xmp_is_bare_and_png_text_is_wrapped_trap_05() {
    let (with_xmp, _) = label_all(png_job(), &png(&[]));
    assert_eq!(count(&with_xmp, "<TC260:AIGC>{&quot;Label&quot;:"), 1);
    // An XMP packet that nobody can extend leaves the other place of the guide.
    let closed = chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0zlib");
    let (with_text, _) = label_all(png_job(), &png(&[closed]));
    assert_eq!(count(&with_text, "AIGC\0{\"AIGC\": {\"Label\":"), 1);
    for text in [label().bare(), label().wrapped()] {
        assert_eq!(AigcLabel::read(text.as_bytes()), Some(label()), "readers take both");
    }
}

#[test]
fn the_namespace_is_written_to_the_letter_and_read_in_all_spellings_trap_06() {
    assert_eq!(NAMESPACE, "http://www.tc260.org.cn/ns/AIGC/1.0/");
    let packet = xmp::packet(&label());
    assert!(packet.contains(r#"xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/""#), "{packet}");
    for wrong in ["https://www.tc260.org.cn/ns/AIGC/1.0/", "http://tc260.org.cn/ns/AIGC/1.0"] {
        let theirs = packet.replace(NAMESPACE, wrong);
        assert_eq!(xmp::find(&theirs), Existing::Label(Box::new(label())), "{wrong}");
    }
}

#[test]
fn the_label_is_plain_json_and_never_base64_trap_07() {
    let encoded = base64::engine::general_purpose::STANDARD.encode(label().wrapped());
    assert_eq!(AigcLabel::read(encoded.as_bytes()), None);
    let (_, outcome) = label_all(png_job(), &png(&[text_chunk(&encoded)]));
    assert_eq!(outcome, Outcome::Unlabelable("png_label_malformed"));
    let (out, _) = label_all(png_job(), &png(&[]));
    assert_eq!((count(&out, CODE), count(&out, &encoded)), (2, 0));
}

#[test]
fn a_file_gets_one_label_only_trap_08() {
    let (once, _) = label_all(png_job(), &png(&[]));
    assert_eq!((count(&once, "AIGC>{"), count(&once, "tEXtAIGC")), (1, 0));
    let (twice, outcome) = label_all(png_job(), &once);
    assert_eq!((twice, outcome), (once, Outcome::Kept(Box::new(label()))));
    let (text, outcome) = label_all(png_job(), &png(&[text_chunk(&label().wrapped())]));
    assert_eq!((count(&text, "AIGC>{"), outcome), (0, Outcome::Kept(Box::new(label()))));
}

#[test]
fn values_hold_the_code_and_no_company_name_trap_09() {
    for name in ["腾讯", "Example Company", "a\"b"] {
        assert_eq!(AigcLabel::first_write(name, "id"), Err(LabelError::Charset { field: "ContentProducer" }), "{name}");
    }
    let uscc = Uscc::parse("91440300708461136T").unwrap();
    let code = ProviderCode::build(&uscc, ServiceType::Generation, "0001").unwrap();
    assert_eq!(code.as_str().len(), 27);
    assert!(AigcLabel::first_write(code.as_str(), "id").is_ok());
}

#[test]
fn first_writing_repeats_the_producer_as_propagator_trap_10() {
    let value: Value = serde_json::from_str(&label().bare()).unwrap();
    assert_eq!((&value["ContentPropagator"], &value["PropagateID"]), (&value["ContentProducer"], &value["ProduceID"]));
}

#[test]
fn fields_of_another_producer_are_never_overwritten_trap_11() {
    let original = png(&[text_chunk(THEIRS)]);
    let (out, outcome) = label_all(png_job(), &original);
    assert_eq!(out, original);
    let Outcome::Kept(kept) = outcome else { panic!("{outcome:?}") };
    assert_eq!((kept.content_producer(), kept.produce_id()), ("001191110102MACQD9K64010000", "p-9"));
}

#[test]
fn an_upstream_default_without_label_is_made_good_trap_31() {
    for (job, content) in [(png_job as fn() -> Job, png(&[])), (json_job, br#"{"text":"hi"}"#.to_vec())] {
        let (out, outcome) = label_all(job(), &content);
        assert_eq!((outcome, count(&out, "id-1") > 0), (Outcome::Labelled, true));
        let (again, outcome) = label_all(job(), &out);
        assert_eq!((again, outcome), (out, Outcome::Kept(Box::new(label()))), "what is labelled stays");
    }
}

#[test]
fn metadata_that_a_tool_dropped_comes_back_at_the_last_hop_trap_32() {
    let (labelled, _) = label_all(png_job(), &png(&[chunk(b"tEXt", b"Software\0ffmpeg")]));
    // What a re-encoder does silently: only header and pixels stay.
    let stripped = png(&[]);
    assert_eq!(count(&stripped, "AIGC"), 0);
    let (again, outcome) = label_all(png_job(), &stripped);
    assert_eq!((count(&again, CODE), outcome), (count(&labelled, CODE), Outcome::Labelled));
}

#[test]
fn labelling_comes_last_and_encodes_nothing_anew_trap_33() {
    let original = png(&[chunk(b"gAMA", b"1234")]);
    let (out, _) = label_all(png_job(), &original);
    let added = out.len() - original.len();
    assert_eq!([&out[..33], &out[33 + added..]].concat(), original, "all bytes but the label are the application's");
}

#[test]
fn text_gets_a_visible_notice_and_no_zero_width_marks_trap_34() {
    for position in [NoticePosition::Start, NoticePosition::End] {
        let text = "fn main() {}";
        let (out, _) = label_all(Job::Text(TextJob::new(None, position, Notice::default(), None)), text.as_bytes());
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains(['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}']), "{out:?}");
        assert_eq!(out.replace(NOTICE, "").trim(), text);
    }
}

#[test]
fn json_keeps_every_value_and_gets_no_notice_trap_35() {
    let original = json!({"choices": [{"message": {"tool_calls": [{"arguments": "{\"a\":1}"}], "content": "你好"}}]});
    let (out, _) = label_all(json_job(), original.to_string().as_bytes());
    assert_eq!(count(&out, NOTICE), 0);
    let mut value: Value = serde_json::from_slice(&out).unwrap();
    assert!(value.as_object_mut().unwrap().remove("aigc").is_some(), "the envelope carries it");
    assert_eq!(value, original);
}

#[test]
fn a_c2pa_manifest_replaces_no_label_trap_36() {
    let manifest = chunk(b"caBX", b"jumb c2pa manifest");
    let (out, outcome) = label_all(png_job(), &png(std::slice::from_ref(&manifest)));
    assert_eq!(outcome, Outcome::Labelled);
    assert!(out.windows(manifest.len()).any(|window| window == manifest), "both stand side by side");
}

#[test]
fn labels_of_others_are_kept_and_never_doubled_trap_39() {
    let original = format!(r#"{{"aigc":{THEIRS},"text":"hi"}}"#).into_bytes();
    let (out, outcome) = label_all(json_job(), &original);
    assert_eq!(out, original);
    assert!(matches!(outcome, Outcome::Kept(kept) if kept.produce_id() == "p-9"));
}
