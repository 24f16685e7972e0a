//! One function decides, also where no webhook is left: over random services the policies inside the API server refuse exactly the
//! pods that `compliance::admit` refuses, while the operator lives and, when gates lapse meanwhile, after it died.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deepsynthesis::compliance::Decision;
use deepsynthesis::operator::judge::Judge;
use deepsynthesis::operator::snapshot::Snapshot;
use jiff::{SignedDuration, Timestamp};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::ground::{inject, verify_key};
use crate::parity::{One, account, all, code, create, decided, list, map, namespace, one};
use crate::random::random;
use crate::support::{Place, USCC, eventually};

const SERVICES: usize = 200;
const PER_NAMESPACE: usize = 10;
const ORDERS: usize = 50;

fn snapshot(cluster: &Cluster) -> Snapshot {
    Snapshot {
        services: map(cluster, "dss"),
        filings: map(cluster, "filingrecords"),
        assessments: map(cluster, "assessmentrecords"),
        policies: map(cluster, "compliancepolicies"),
        histories: map(cluster, "servicehistories"),
        enforcements: Arc::default(),
        ..Snapshot::default()
    }
}

/// Names of the pods that the API server would create.
fn admitted(cluster: &Cluster, pods: &[Value]) -> BTreeSet<String> {
    let list = list(pods.to_vec()).to_string();
    let (out, _) = cluster.kubectl(&["create", "--dry-run=server", "-o", "name", "-f", "-"], Some(&list)).both();
    out.lines().filter_map(|line| line.strip_prefix("pod/")).map(str::to_owned).collect()
}

/// What the function and the API server disagree about.
fn differences(cluster: &Cluster, ones: &[One], pods: &[Value]) -> (usize, Vec<String>) {
    let snapshot = snapshot(cluster);
    let judge = Judge::new(&snapshot);
    let admitted = admitted(cluster, pods);
    let mut refused = 0;
    let mut wrong = Vec::new();
    for one in ones {
        let service = &snapshot.services[&(one.namespace.clone(), one.name.clone())];
        let verdict = judge.verdict(service, Timestamp::now());
        let is_denied = matches!(decided(&verdict), Decision::Deny(_));
        refused += usize::from(is_denied);
        if admitted.contains(&one.name) == is_denied {
            let (gate, mode) = (verdict.gate.as_str(), verdict.mode);
            wrong.push(format!("{}: admitted {}, gate {gate}, mode {mode:?}", one.name, is_denied));
        }
    }
    (refused, wrong)
}

/// What the operator said last, by service.
fn enforced(cluster: &Cluster) -> BTreeMap<String, Value> {
    let objects = all::<Value>(cluster, "namespaceenforcements");
    let services = objects.iter().filter_map(|object| object["spec"]["services"].as_array()).flatten();
    services.map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry.clone())).collect()
}

fn policy(cluster: &Cluster, spec: &Value) {
    let object = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": spec,
    });
    cluster.kubectl(&["apply", "-f", "-"], Some(&object.to_string())).admitted();
}

#[test]
fn policies_and_function_agree_on_random_services_also_after_the_operator_died() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("parity", cluster.port, cluster.health);
    cluster.delete_webhooks();
    policy(&cluster, &json!({"mode": "Audit"}));
    let places: Vec<Place<'_>> = (0..SERVICES / PER_NAMESPACE)
        .map(|index| Place { cluster: &cluster, name: format!("backstop{index}"), code: String::new() })
        .collect();
    create(&cluster, places.iter().map(|place| namespace(&place.name)).collect());
    create(&cluster, places.iter().map(|place| account(&place.name)).collect());
    let mut runner = TestRunner::deterministic();
    let ones: Vec<One> = (0..SERVICES)
        .map(|number| one(&places[number / PER_NAMESPACE], number, &random().new_tree(&mut runner).unwrap().current()))
        .collect();
    create(&cluster, ones.iter().flat_map(|one| one.objects.clone()).collect());
    eventually("the operator has spoken of every service", 120, || enforced(&cluster).len() == SERVICES);

    let key = verify_key(&enforced(&cluster)["s0"]);
    let known = snapshot(&cluster).services;
    let pods: Vec<Value> = ones
        .iter()
        .map(|one| {
            let uid = known[&(one.namespace.clone(), one.name.clone())].metadata.uid.clone().unwrap();
            inject(one.pod.clone(), &one.namespace, &one.name, &uid, &key)
        })
        .collect();
    // The last record reaches the policies within a look of the operator.
    eventually("function and policies agree", 60, || differences(&cluster, &ones, &pods).1.is_empty());
    let (before, _) = differences(&cluster, &ones, &pods);
    assert!((5..SERVICES - 5).contains(&before), "the random services must not be all alike: {before} refused");

    // Now every closed gate refuses, and orders begin soon, about services that may run until then among others.
    let begins = Timestamp::from_second(Timestamp::now().as_second()).unwrap() + SignedDuration::from_secs(60);
    let orders: Vec<Value> = (0..ORDERS)
        .map(|index| {
            json!({
                "reference": format!("第{index}号"), "measure": "SuspendService", "unifiedSocialCreditCode": USCC,
                "serviceCode": code(index * SERVICES / ORDERS), "from": begins.to_string(),
            })
        })
        .collect();
    policy(&cluster, &json!({"mode": "Enforce", "orders": orders}));
    let until = begins.to_string();
    eventually("the operator says which services stop", 50, || {
        enforced(&cluster).values().filter(|entry| entry["suspendedFrom"] == until.as_str()).count() == ORDERS
    });
    let will_lapse = enforced(&cluster).values().filter(|entry| entry["closesAt"] == until.as_str()).count();
    assert!(will_lapse > 5, "{will_lapse} gates lapse");
    operator.kill();
    let words = enforced(&cluster);
    eventually("the orders have begun", 60, || Timestamp::now() > begins + SignedDuration::from_secs(1));
    let (after, wrong) = differences(&cluster, &ones, &pods);
    assert!(wrong.is_empty(), "{} of {SERVICES} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(after > before + will_lapse, "{before} and {after} refused");
    assert_eq!(enforced(&cluster), words, "nobody wrote meanwhile");
    println!("{SERVICES} services: {before} refused, {after} after {will_lapse} gates lapsed under a dead operator");
}
