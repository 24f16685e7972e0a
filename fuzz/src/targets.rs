//! The targets. Each panics when a claim does not hold, and returns otherwise.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deepsynthesis::api::service::{Capture, IdentityMeans};
use deepsynthesis::contract::batch::Batch;
use deepsynthesis::contract::{Envelope, SidecarConfig, SigningKey};
use deepsynthesis::detect::detect;
use deepsynthesis::identity::{self, Issuer, KeySet};
use deepsynthesis::inject::{self, Plan};
use deepsynthesis::label::carrier::{Carrier, MediaJob};
use deepsynthesis::label::plan::label_all;
use deepsynthesis::label::{AigcLabel, Job, Outcome};
use deepsynthesis::law::{FilingNumber, GenAiNumber, Months, ProviderCode, Uscc};
use deepsynthesis::operator::admission::review::{AdmissionRequest, parse};
use deepsynthesis::operator::admission::{mutate, record, stamp, tenant};
use deepsynthesis::operator::scan::check::Checks;
use deepsynthesis::operator::scan::report;
use deepsynthesis::operator::workload::KINDS;
use deepsynthesis::record::entry::Entry;
use deepsynthesis::record::seal::Seal;
use deepsynthesis::record::segment::{Index, unpack};
use deepsynthesis::record::verify::{Evidence, Part, verify};
use deepsynthesis::record::{LedgerKey, LedgerVerifier, Record};
use serde_json::{Value, json};

use super::choice::Choice;
use super::cluster::{KEY, NAMESPACE, context, now};
use super::document::apply;
use super::{mutation, oracle};

/// A pod is injected, then changed by other hands. Whatever the webhook lets through must not leak, and the scan must say
/// of it what the webhook says. The webhook is asked twice: as it is, and after it was invoked again, as the API server
/// does when somebody changed the pod.
pub fn injection(data: &[u8]) {
    let mut choice = Choice::new(data);
    let capture = if choice.coin() { Capture::Redirect } else { Capture::SplitAddress };
    let mut pod = mutation::tenant_pod(&mut choice);
    let Some(()) = inject_again(&mut pod, capture) else { panic!("a plain pod is injected: {pod}") };
    assert_eq!(oracle::leak(&pod, capture), None, "an injected pod leaks: {pod}");
    assert!(admits(&pod, capture), "an injected pod is refused: {pod}");
    mutation::mutate(&mut pod, &mut choice);
    judge(&pod, capture);
    if inject_again(&mut pod, capture).is_some() {
        judge(&pod, capture);
    }
}

fn judge(pod: &Value, capture: Capture) {
    let is_selected = pod["metadata"]["labels"]["app"] == "studio";
    let is_admitted = admits(pod, capture);
    if is_selected && is_admitted {
        assert_eq!(oracle::leak(pod, capture), None, "admitted, but traffic reaches the application unlabelled: {pod}");
    }
    if is_selected && pod["spec"]["containers"].is_array() {
        assert_eq!(is_admitted, !is_found(pod, capture), "webhook and scan disagree: {pod}");
    }
}

/// What the mutating phase makes of the pod; nothing when it refuses.
fn inject_again(pod: &mut Value, capture: Capture) -> Option<()> {
    let answer = mutate::mutate(&context(capture), &request(pod));
    if answer.refusal.is_some() {
        return None;
    }
    *pod = apply(pod, &answer.patch);
    Some(())
}

fn admits(pod: &Value, capture: Capture) -> bool {
    tenant::validate(&context(capture), &request(pod)).0.refusal.is_none()
}

fn is_found(pod: &Value, capture: Capture) -> bool {
    let mut stored = pod.clone();
    stored["metadata"]["namespace"] = NAMESPACE.into();
    let context = context(capture);
    let checks = Checks::new(context.snapshot, context.settings, KEY, now());
    let kind = KINDS.into_iter().find(|kind| kind.name == "Pod").expect("pods are scanned");
    checks.object(kind, &stored).entries.iter().any(|entry| entry.outcome == report::Outcome::Fail)
}

fn request(pod: &Value) -> AdmissionRequest {
    let request = json!({
        "uid": "u", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "name": "web", "namespace": NAMESPACE,
        "operation": "CREATE", "userInfo": {"username": "tenant"}, "object": pod, "oldObject": null,
    });
    serde_json::from_value(request).expect("our own request")
}

/// Any bytes as an AdmissionReview: an answer or an error, never a panic.
pub fn admission_review(data: &[u8]) {
    let Ok(request) = parse(data) else { return };
    let context = context(Capture::SplitAddress);
    let answers = [
        mutate::mutate(&context, &request),
        stamp::stamp(&context, &request),
        record::validate(&context, &request),
        tenant::validate(&context, &request).0,
    ];
    for answer in answers {
        for warning in &answer.warnings {
            assert!(warning.chars().count() <= 120, "{warning}");
        }
        let _ = serde_json::to_vec(&answer.into_review(String::new())).expect("an answer is JSON");
    }
}

/// Any JSON as a pod: the patch applies, injects exactly once, and its result is proven.
pub fn patch_application(data: &[u8]) {
    let Ok(pod) = serde_json::from_slice::<Value>(data) else { return };
    for capture in [Capture::SplitAddress, Capture::Redirect] {
        let context = context(capture);
        let Some(service) = context.snapshot.services.values().next() else { return };
        let plan: Plan =
            deepsynthesis::operator::judge::Judge::new(context.snapshot).plan(service, context.settings, KEY);
        let Ok(operations) = inject::patch(&pod, &plan) else { continue };
        let pod = apply(&pod, &operations);
        assert_eq!(inject::verify(&pod, &plan), Ok(()), "{pod}");
        assert_eq!(inject::patch(&pod, &plan), Ok(Vec::new()), "{pod}");
        let _ = (inject::content_of("Pod", &pod), inject::revision_of(&pod), detect(&pod, &[]));
    }
}

/// Any bytes as the sidecar's configuration.
pub fn configuration(data: &[u8]) {
    let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
    let _ = Envelope::open(data, &key, super::cluster::UID, None, now().as_second());
    let _ = serde_json::from_slice::<SidecarConfig>(data);
}

/// Any bytes as an identity assertion, and as the keys of an issuer.
pub fn assertion(data: &[u8]) {
    static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
        let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let keys = KeySet::parse(keys).expect("our own keys");
        vec![Issuer { url: "https://id.example".into(), audience: "studio".into(), keys }]
    });
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = KeySet::parse(text);
    let verify = |text: &str| identity::verify(text, &ISSUERS, &[IdentityMeans::MobileNumber], now().as_second());
    assert!(verify(text).is_err(), "nobody signed this");
    // As the parts of one, so that what is inside is reached.
    let mut parts = text.splitn(2, '\n').map(|part| URL_SAFE_NO_PAD.encode(part));
    let (head, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    assert!(verify(&format!("{head}.{body}.")).is_err(), "nobody signed this");
}

/// Any bytes as a file: a label is added once, or nothing changes; how the bytes came does not matter.
pub fn carrier(data: &[u8]) {
    let Some(declared) = Carrier::of_signature(data) else { return };
    let label = || AigcLabel::first_write("00119144030008867405X210001", "id-1").expect("our own label");
    let job = || Job::Media(MediaJob::new(declared, label()));
    let (labelled, outcome) = label_all(job(), data);
    match outcome {
        Outcome::Labelled => {
            assert!(labelled.len() > data.len(), "a label takes room");
            let (again, outcome) = label_all(job(), &labelled);
            assert_eq!(outcome, Outcome::Kept(Box::new(label())), "what was written is read");
            assert_eq!(again, labelled);
        }
        _ => assert_eq!(labelled, data, "what is not labelled stays"),
    }
}

/// Any text as a number of the law.
pub fn law(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = (FilingNumber::parse(text), GenAiNumber::parse(text), Uscc::parse(text), ProviderCode::parse(text));
    let _ = Months::parse(text);
}

/// Any bytes as a record, a batch, a checkpoint, a seal, an index, a segment, a whole log: refused or read, never believed unsigned.
pub fn records(data: &[u8]) {
    let Ok(key) = LedgerKey::new("ledger", &[7; 32]) else { return };
    let key = key.verifier();
    assert!(Batch::parse(data).is_err(), "nobody signed this batch");
    let _ = (Index::find(data, 7), unpack(data, 1 << 20));
    let parts = [Part { first: 0, seal: String::from_utf8_lossy(data).into_owned(), data: Some(data.to_vec()) }];
    let tail = String::from_utf8_lossy(data);
    let evidence =
        Evidence { log: "log", key: &key, parts: &parts, tail: &tail, checkpoint: Some(&tail), trusted: Some(&tail) };
    assert!(!verify(&evidence).is_clean(), "nobody signed this log");
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert!(key.checkpoint(text).is_err() && Seal::open(text, &key).is_err());
    let _ = (Entry::parse(text).and_then(|entry| entry.place()), Seal::parse(text), LedgerVerifier::parse(text));
    if let Ok(record) = Record::parse(text) {
        assert_eq!(record.line().as_deref(), Ok(text), "one record has one text");
    }
}
