//! The label in a JSON answer: a first member `"aigc"` of the top-level object.
//!
//! In: JSON bytes. Out: the same bytes with one member added behind the first brace. No source names a
//! carrier for JSON, so this is our extension of GB 45438-2025 6.1; it is implicit only, a JSON member
//! is not perceivable. Nothing is parsed into a tree: a scanner finds the members of the top level.

use super::AigcLabel;
use super::plan::{Outcome, Plan};

/// How far an existing `aigc` member is looked for. Beyond, readers that take the last of two equal
/// keys see the application's.
const VIEW: usize = 64 << 10;

/// Key of the member.
const KEY: &str = "aigc";

/// The job for one JSON answer.
#[derive(Debug)]
pub struct JsonJob {
    label: AigcLabel,
    scan: Scan,
}

/// Where the scanner stands; it goes on where it stopped, so many small chunks cost no more than one.
#[derive(Debug, Default)]
struct Scan {
    at: usize,
    /// Just behind the first brace.
    open: Option<usize>,
    /// Whether the object has a first member.
    has_members: bool,
    depth: usize,
    string_start: Option<usize>,
    escaped: bool,
    expects_key: bool,
    /// Start of the value of an existing `aigc` member.
    value_start: Option<usize>,
    /// The value's colon has not come yet.
    awaits_colon: bool,
}

enum Found {
    /// The object is closed; no `aigc` member.
    Closed,
    /// An `aigc` member with this value (start, end).
    Member(usize, usize),
    /// Not an object.
    Other(Outcome),
}

impl JsonJob {
    /// A job that writes `label`.
    #[must_use]
    pub fn new(label: AigcLabel) -> Self {
        Self { label, scan: Scan::default() }
    }

    pub(crate) fn inspect(&mut self, head: &[u8], complete: bool) -> Option<Plan> {
        let view = head.get(..VIEW).unwrap_or(head);
        match self.scan.go_on(view) {
            Some(Found::Other(outcome)) => Some(Plan::unchanged(outcome)),
            Some(Found::Member(start, end)) => {
                let value = view.get(start..end).unwrap_or_default();
                // A member of that name which is no label cannot be doubled and must not be replaced.
                Some(Plan::unchanged(match AigcLabel::read(value) {
                    Some(label) => Outcome::Kept(Box::new(label)),
                    None => Outcome::Unlabelable("json_aigc_member_taken"),
                }))
            }
            Some(Found::Closed) => Some(self.insertion()),
            None if complete || head.len() >= VIEW => Some(match self.scan {
                Scan { open: Some(_), has_members: true, value_start: None, .. } => self.insertion(),
                Scan { value_start: Some(_), .. } => Plan::unchanged(Outcome::Unlabelable("json_aigc_member_taken")),
                _ if head.iter().all(u8::is_ascii_whitespace) && complete => Plan::unchanged(Outcome::Empty),
                _ => Plan::unchanged(Outcome::Unlabelable("json_malformed")),
            }),
            None => None,
        }
    }

    fn insertion(&self) -> Plan {
        let comma = if self.scan.has_members { "," } else { "" };
        let member = format!("\"{KEY}\":{}{comma}", self.label.bare());
        Plan::splice(self.scan.open.unwrap_or(0), 0, member.into_bytes())
    }
}

impl Scan {
    fn go_on(&mut self, view: &[u8]) -> Option<Found> {
        if self.at == 0 && self.open.is_none() {
            const MARK: &[u8] = &[0xEF, 0xBB, 0xBF];
            if view.len() < MARK.len() && MARK.starts_with(view) {
                return None;
            }
            if view.starts_with(MARK) {
                self.at = MARK.len();
            }
        }
        while let Some(&byte) = view.get(self.at) {
            let found = if self.open.is_none() { self.before_object(byte) } else { self.in_object(byte, view) };
            if found.is_some() {
                return found;
            }
            self.at += 1;
        }
        None
    }

    fn before_object(&mut self, byte: u8) -> Option<Found> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => None,
            b'{' => {
                self.open = Some(self.at + 1);
                self.depth = 1;
                self.expects_key = true;
                None
            }
            b'[' => Some(Found::Other(Outcome::HeaderOnly("json_array"))),
            b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Some(Found::Other(Outcome::HeaderOnly("json_scalar"))),
            _ => Some(Found::Other(Outcome::Unlabelable("json_malformed"))),
        }
    }

    fn in_object(&mut self, byte: u8, view: &[u8]) -> Option<Found> {
        if let Some(start) = self.string_start {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.string_start = None;
                    if self.depth == 1 && self.expects_key {
                        self.expects_key = false;
                        if is_key(view.get(start..=self.at).unwrap_or_default()) {
                            self.awaits_colon = true;
                        }
                    }
                }
                _ => {}
            }
            return None;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'"' => {
                self.string_start = Some(self.at);
                self.has_members = true;
            }
            b':' if self.depth == 1 && self.awaits_colon => {
                self.awaits_colon = false;
                self.value_start = Some(self.at + 1);
            }
            b'{' | b'[' if self.has_members => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Some(match self.value_start {
                        Some(start) => Found::Member(start, self.at),
                        None => Found::Closed,
                    });
                }
            }
            b',' if self.depth == 1 => {
                if let Some(start) = self.value_start {
                    return Some(Found::Member(start, self.at));
                }
                self.expects_key = true;
            }
            _ if !self.has_members => {
                return Some(Found::Other(Outcome::Unlabelable("json_malformed")));
            }
            _ => {}
        }
        None
    }
}

/// Whether a string, quotes included, is our key, also when spelt with escapes.
fn is_key(quoted: &[u8]) -> bool {
    // `"aigc"` spelt wholly in \uXXXX has 26 bytes.
    quoted.len() <= 26 && serde_json::from_slice::<String>(quoted).is_ok_and(|key| key == KEY)
}

/// Takes a first member `"aigc"` out again. `None` when there is none.
#[must_use]
pub fn unlabel(labelled: &[u8]) -> Option<Vec<u8>> {
    let open = labelled.iter().position(|byte| *byte == b'{')? + 1;
    let key = format!("\"{KEY}\":");
    let value = labelled.get(open..)?.strip_prefix(key.as_bytes())?;
    let mut values = serde_json::Deserializer::from_slice(value).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    let rest = value.get(values.byte_offset()..)?;
    Some([labelled.get(..open)?, rest.strip_prefix(b",").unwrap_or(rest)].concat())
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Job, label_all, label_pieces};
    use super::*;
    use proptest::prelude::*;

    fn label() -> AigcLabel {
        AigcLabel::first_write("00119144030008867405X210001", "id-1").unwrap()
    }

    fn job() -> Job {
        Job::Json(JsonJob::new(label()))
    }

    fn all(json: &str) -> (String, Outcome) {
        let (bytes, outcome) = label_all(job(), json.as_bytes());
        (String::from_utf8(bytes).unwrap(), outcome)
    }

    #[test]
    fn adds_the_label_as_first_member_and_takes_it_out_again() {
        let member = format!("\"aigc\":{}", label().bare());
        assert_eq!(all("{}"), (format!("{{{member}}}"), Outcome::Labelled));
        assert_eq!(all("{\"a\":[1,{\"aigc\":2}]}").0, format!("{{{member},\"a\":[1,{{\"aigc\":2}}]}}"));
        for json in ["{}", "\u{feff} { \"a\" : 1 }\n", "{ }", "{\"x\":\"}\\\"{\"}"] {
            assert_eq!(unlabel(all(json).0.as_bytes()).unwrap(), json.as_bytes());
        }
    }

    #[test]
    fn keeps_a_label_that_is_already_there_wherever_it_stands_in_view() {
        for json in [
            format!("{{\"aigc\":{}}}", label().bare()),
            format!("{{\"b\":{{\"c\":[]}},\"\\u0061igc\":{},\"z\":1}}", label().wrapped()),
        ] {
            let (out, outcome) = all(&json);
            assert_eq!(out, json);
            assert!(matches!(outcome, Outcome::Kept(kept) if *kept == label()));
        }
        assert_eq!(all("{\"aigc\":true}").1, Outcome::Unlabelable("json_aigc_member_taken"));
    }

    #[test]
    fn arrays_and_scalars_have_no_place_for_a_member() {
        assert_eq!(all("[1]").1, Outcome::HeaderOnly("json_array"));
        assert_eq!(all(" \"x\"").1, Outcome::HeaderOnly("json_scalar"));
        for broken in ["{", "<html>", "{1:2}", "{,"] {
            assert_eq!(all(broken), (broken.to_owned(), Outcome::Unlabelable("json_malformed")));
        }
        assert_eq!(all("").1, Outcome::Empty);
    }

    #[test]
    fn decides_when_the_object_is_closed_without_waiting_for_more() {
        let mut job = job();
        assert!(job.inspect(b"{\"a\":1", false).is_none());
        assert!(job.inspect(b"{\"a\":1}", false).is_some());
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_bytes(
            json in r#"[ \n]{0,2}[{\[]("(a|aigc|b\\")":[{\[ ]?[0-9"]{0,3}[}\], ]{0,3}){0,5}[}]?"#, cut in 1_usize..7
        ) {
            let whole = label_all(job(), json.as_bytes());
            let (out, outcome, delta) = label_pieces(job(), json.as_bytes().chunks(cut));
            prop_assert_eq!(out.len() as i64, json.len() as i64 + delta);
            prop_assert_eq!(whole, (out, outcome));
        }

        #[test]
        fn valid_json_stays_valid_and_comes_back(
            map in proptest::collection::btree_map("[a-z\"{}\\\\]{0,6}", "[^\u{0}]{0,9}", 0..6)
        ) {
            let json = serde_json::to_vec(&map).unwrap();
            let (out, outcome) = label_all(job(), &json);
            if outcome == Outcome::Labelled {
                let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
                prop_assert_eq!(value["aigc"]["ProduceID"].as_str(), Some("id-1"));
                prop_assert_eq!(unlabel(&out).unwrap(), json);
            }
        }
    }
}
