//! One function decides: the same thousand random services get the same verdict from the function itself, from the webhook
//! on the API server, in the status and in the scan's report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deepsynthesis::api::service::DeepSynthesisServiceStatus;
use deepsynthesis::compliance::{Change, Decision, Gate, Verdict, Workload, admit};
use deepsynthesis::operator::judge::Judge;
use deepsynthesis::operator::snapshot::{Key, Snapshot};
use jiff::Timestamp;
use kube::Resource;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::random::{Random, random};
use crate::support::{Place, USCC, eventually};

const SERVICES: usize = 1000;
/// So few that no result falls out of a namespace's report.
const PER_NAMESPACE: usize = 10;
/// kubectl sends one request after the other.
const CLIENTS: usize = 6;

pub fn list(items: Vec<Value>) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

/// Base 36, four characters: the service code of a number.
pub fn code(number: usize) -> String {
    let digit = |value: usize| char::from(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % 36]);
    [digit(number / 46656), digit(number / 1296), digit(number / 36), digit(number)].iter().collect()
}

pub fn namespace(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": {"deepsynthesis.dev/enforce": "true"}},
    })
}

pub fn account(namespace: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": namespace}})
}

pub fn create(cluster: &Cluster, objects: Vec<Value>) {
    std::thread::scope(|scope| {
        for part in objects.chunks(objects.len().div_ceil(CLIENTS)) {
            scope.spawn(|| cluster.kubectl(&["create", "-f", "-"], Some(&list(part.to_vec()).to_string())).admitted());
        }
    });
}

pub struct One {
    pub namespace: String,
    pub name: String,
    pub objects: Vec<Value>,
    pub pod: Value,
}

pub fn one(place: &Place<'_>, number: usize, random: &Random) -> One {
    let (namespace, name, code) = (place.name.clone(), format!("s{number}"), code(number));
    let mut spec = random.service.clone();
    spec["provider"] = json!({"name": "示例公司", "unifiedSocialCreditCode": USCC, "serviceCode": code});
    spec["workloadSelector"] = json!({"matchLabels": {"app": name}});
    let object = |kind: &str, name: &str, spec: &Value| json!({"apiVersion": "deepsynthesis.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec});
    let mut service = object("DeepSynthesisService", &name, &spec);
    service["metadata"]["namespace"] = namespace.clone().into();
    let mut objects = Vec::new();
    for (kind, records) in [("FilingRecord", &random.filings), ("AssessmentRecord", &random.assessments)] {
        for (index, record) in records.iter().enumerate() {
            let mut record = record.clone();
            record["serviceCode"] = code.clone().into();
            record["scope"] = json!({"namespaces": [namespace]});
            let name = format!("{namespace}-{name}-{index}-{}", kind.to_lowercase());
            objects.push(object(kind, &name, &record));
        }
    }
    // Last: a record that contradicts a service that is there is refused, and contradictions are to be judged here.
    objects.push(service);
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": "app:dev"}]},
    });
    One { namespace, name, objects, pod }
}

pub fn all<T: serde::de::DeserializeOwned>(cluster: &Cluster, kind: &str) -> Vec<T> {
    let text = cluster.kubectl(&["get", kind, "-A", "-o", "json"], None).admitted();
    let mut list: Value = serde_json::from_str(&text).unwrap();
    let items = std::mem::take(list["items"].as_array_mut().unwrap());
    items.into_iter().map(|item| serde_json::from_value(item).unwrap()).collect()
}

/// All objects of a kind as the operator would hold them.
pub fn map<T: Resource + serde::de::DeserializeOwned>(cluster: &Cluster, kind: &str) -> Arc<BTreeMap<Key, Arc<T>>> {
    let key = |object: &T| (object.meta().namespace.clone().unwrap_or_default(), object.meta().name.clone().unwrap());
    Arc::new(all::<T>(cluster, kind).into_iter().map(|object| (key(&object), Arc::new(object))).collect())
}

fn codes(verdict: &Verdict) -> BTreeSet<&str> {
    verdict.findings.iter().map(|finding| finding.reason.code()).collect()
}

pub fn decided(verdict: &Verdict) -> Decision {
    let workload = Workload {
        kind: "Pod",
        name: "p",
        change: Change::Create,
        at: Timestamp::now(),
        revision: None,
        content: None,
        runs: &[],
        admitted: &[],
    };
    admit(verdict, &workload)
}

#[test]
fn function_webhook_status_and_scan_agree_on_a_thousand_random_services() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _operator = cluster.start("parity", cluster.port, cluster.health);
    let policy = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"mode": "Audit"},
    });
    cluster.kubectl(&["create", "-f", "-"], Some(&policy.to_string())).admitted();

    let crds = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/openreports.yaml");
    cluster.kubectl(&["create", "-f", crds], None).admitted();

    let mut runner = TestRunner::deterministic();
    let places: Vec<Place<'_>> = (0..SERVICES / PER_NAMESPACE)
        .map(|index| Place { cluster: &cluster, name: format!("parity{index}"), code: String::new() })
        .collect();
    create(&cluster, places.iter().map(|place| namespace(&place.name)).collect());
    create(&cluster, places.iter().map(|place| account(&place.name)).collect());
    places.iter().for_each(Place::until_enforced);
    let ones: Vec<One> = (0..SERVICES)
        .map(|number| one(&places[number / PER_NAMESPACE], number, &random().new_tree(&mut runner).unwrap().current()))
        .collect();
    // What runs before anybody declared it: the scan must judge it all the same.
    let early = ones.iter().map(|one| one.pod.clone()).map(|mut pod| {
        pod["metadata"]["name"] = format!("{}-early", pod["metadata"]["name"].as_str().unwrap()).into();
        pod
    });
    create(&cluster, early.collect());
    // Records first: one that contradicts a service would be refused.
    let is_service = |object: &Value| object["kind"] == "DeepSynthesisService";
    let (services, records) = ones.iter().flat_map(|one| one.objects.clone()).partition(is_service);
    create(&cluster, records);
    create(&cluster, services);
    eventually("every service has a status", 400, || {
        let path = "-o=jsonpath={.items[*].status.gate}";
        cluster.kubectl(&["get", "dss", "-A", path], None).admitted().split_whitespace().count() == SERVICES
    });
    // Statuses follow the last record within a look.
    std::thread::sleep(std::time::Duration::from_secs(5));

    let snapshot = Snapshot {
        services: map(&cluster, "dss"),
        filings: map(&cluster, "filingrecords"),
        assessments: map(&cluster, "assessmentrecords"),
        policies: map(&cluster, "compliancepolicies"),
        histories: map(&cluster, "servicehistories"),
        ..Snapshot::default()
    };
    let judge = Judge::new(&snapshot);
    let verdicts: BTreeMap<(&str, &str), Verdict> = ones
        .iter()
        .map(|one| {
            let key = (one.namespace.clone(), one.name.clone());
            ((one.namespace.as_str(), one.name.as_str()), judge.verdict(&snapshot.services[&key], Timestamp::now()))
        })
        .collect();
    let gates: BTreeSet<&str> = verdicts.values().map(|verdict| verdict.gate.as_str()).collect();
    assert_eq!(gates, BTreeSet::from(["Closed", "Grace", "Open"]), "the random services must not be all alike");

    let mut wrong = Vec::new();
    statuses(&cluster, &verdicts, &mut wrong);
    answers(&cluster, &ones, &verdicts, &mut wrong);
    reports(&places, &verdicts, &mut wrong);
    assert!(wrong.is_empty(), "{} of {SERVICES} differ:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

/// Gate and reason codes in the status.
fn statuses(cluster: &Cluster, verdicts: &BTreeMap<(&str, &str), Verdict>, wrong: &mut Vec<String>) {
    for service in all::<Value>(cluster, "dss") {
        let name = |field: &str| service["metadata"][field].as_str().unwrap();
        let verdict = &verdicts[&(name("namespace"), name("name"))];
        let status: DeepSynthesisServiceStatus = serde_json::from_value(service["status"].clone()).unwrap();
        let found: BTreeSet<&str> = status.findings.iter().map(|finding| finding.code.as_str()).collect();
        if status.gate.as_deref() != Some(verdict.gate.as_str()) || found != codes(verdict) {
            wrong.push(format!("status of {}: {:?} {found:?}, {verdict:?}", name("name"), status.gate));
        }
    }
}

/// Refusals and warnings of the webhook, through the API server and without storing anything.
fn answers(cluster: &Cluster, ones: &[One], verdicts: &BTreeMap<(&str, &str), Verdict>, wrong: &mut Vec<String>) {
    let ask = |part: &[One]| {
        let pods = list(part.iter().map(|one| one.pod.clone()).collect()).to_string();
        cluster.kubectl(&["create", "--dry-run=server", "-o", "name", "-f", "-"], Some(&pods)).both()
    };
    let (out, err): (String, String) = std::thread::scope(|scope| {
        let asked: Vec<_> =
            ones.chunks(ones.len().div_ceil(CLIENTS)).map(|part| scope.spawn(move || ask(part))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).unzip()
    });
    let admitted: BTreeSet<&str> = out.lines().filter_map(|line| line.strip_prefix("pod/")).collect();
    for one in ones {
        let verdict = &verdicts[&(one.namespace.as_str(), one.name.as_str())];
        let decision = decided(verdict);
        let is_denied = matches!(decision, Decision::Deny(_));
        if admitted.contains(one.name.as_str()) == is_denied {
            wrong.push(format!("webhook on {}: admitted {}, {verdict:?}", one.name, !is_denied));
        }
        if let Decision::Warn(findings) = decision {
            for finding in findings {
                let prefix = format!("Warning: {}: [{}]", one.name, finding.reason.code());
                if !err.contains(&prefix) {
                    wrong.push(format!("webhook on {}: no {prefix}", one.name));
                }
            }
        }
    }
}

/// What the scan says about the pods that were there before.
fn reports(places: &[Place<'_>], verdicts: &BTreeMap<(&str, &str), Verdict>, wrong: &mut Vec<String>) {
    for place in places {
        let services = verdicts.keys().filter(|(namespace, _)| *namespace == place.name).count();
        let results = || {
            let report = place.get("reports.openreports.io", "deepsynthesis");
            report["results"].as_array().cloned().unwrap_or_default()
        };
        let names = |results: &[Value]| -> BTreeMap<String, BTreeSet<String>> {
            let mut rules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for result in results {
                let pod = result["resources"][0]["name"].as_str().unwrap_or_default().to_owned();
                rules.entry(pod).or_default().insert(result["rule"].as_str().unwrap_or_default().to_owned());
            }
            rules
        };
        eventually("every pod is scanned", 60, || {
            place.kubectl(&["get", "reports.openreports.io", "deepsynthesis"]).is_success()
                && names(&results()).keys().filter(|name| name.ends_with("-early")).count() == services
        });
        let found = names(&results());
        for ((_, name), verdict) in verdicts.iter().filter(|((namespace, _), _)| *namespace == place.name) {
            let rules = &found[&format!("{name}-early")];
            let violations = verdict
                .findings
                .iter()
                .filter(|finding| verdict.gate == Gate::Closed && finding.severity.as_str() == "Violation");
            for finding in violations {
                if !rules.contains(finding.reason.code()) {
                    wrong.push(format!("scan of {name}: no {} in {rules:?}", finding.reason.code()));
                }
            }
        }
    }
}
