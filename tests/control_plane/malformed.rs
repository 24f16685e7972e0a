//! Our own kinds: what is refused names the field, and what the operator writes nobody else may write.

use serde_json::{Value, json};

use crate::cluster::shared;
use crate::support::{Place, USCC, eventually};

const DRY: &[&str] = &["--dry-run=server"];

#[test]
fn the_api_server_takes_every_sample() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/samples");
    for sample in std::fs::read_dir(samples).unwrap() {
        let sample = sample.unwrap().path();
        // Not enrolled: here the shape is asked for, and what the webhook says of records.
        let name = sample.file_name().unwrap().to_str().unwrap();
        shared().kubectl(&["create", "namespace", name], None);
        for file in ["service", "filing", "assessment", "deployment", "kubernetes-service"] {
            let file = sample.join(format!("{file}.yaml"));
            let words = ["apply", "--dry-run=server", "--validate=strict", "-f", file.to_str().unwrap()];
            shared().kubectl(&words, None).admitted();
        }
    }
}

#[test]
fn a_malformed_object_is_refused_with_the_field_at_fault() {
    let place = Place::empty(shared(), "malformed", true);
    let (service, filing, assessment) = (place.service("studio", "studio"), place.filing(), place.assessment());
    for object in [&service, &filing, &assessment] {
        place.create_with(object, DRY).admitted();
    }
    let mistyped = format!("{}9", &USCC[..17]);
    let table: &[(&Value, &str, Value, &str)] = &[
        (
            &service,
            "/spec/provider/unifiedSocialCreditCode",
            mistyped.as_str().into(),
            "spec.provider.unifiedSocialCreditCode",
        ),
        (&service, "/spec/provider/serviceCode", "ps01".into(), "spec.provider.serviceCode"),
        (&service, "/spec/workloadSelector", json!({}), "spec.workloadSelector"),
        (&service, "/spec/workloadSelector/matchLabels", json!({}), "spec.workloadSelector"),
        (&service, "/spec/technologies", json!(["Text"]), "spec.biometricEditing.face"),
        (&service, "/spec/technologies", json!([]), "spec.technologies"),
        (&service, "/spec/roles", json!(["Provider", "Provider"]), "spec.roles[1]"),
        (&service, "/spec/endpoints", json!([{"port": 8080}, {"port": 8080}]), "spec.endpoints[1]"),
        (&service, "/spec/endpoints/0/port", 15990.into(), "spec.endpoints[0].port"),
        (&service, "/spec/endpoints/0/port", 70000.into(), "spec.endpoints[0].port"),
        (&service, "/spec/audience", "Everybody".into(), "spec.audience"),
        (&service, "/spec/publicOpinion", json!({}), "spec.publicOpinion.attribute"),
        (
            &service,
            "/spec/publicOpinion",
            json!({"attribute": true, "decidedOn": "2026-02-30"}),
            "spec.publicOpinion.decidedOn",
        ),
        (&service, "/metadata/name", "a".repeat(50).into(), "metadata.name"),
        (&filing, "/spec/unifiedSocialCreditCode", mistyped.as_str().into(), "spec.unifiedSocialCreditCode"),
        // Class 02 is personalised recommendation.
        (&filing, "/spec/number", "网信算备110108000000002260015号".into(), "spec.number"),
        (&filing, "/spec/number", "网信算备11010800000000126001号".into(), "spec.number"),
        (&filing, "/spec/number", Value::Null, "spec.number"),
        (&filing, "/spec/filedOn", Value::Null, "spec.filedOn"),
        (&filing, "/spec/filedOn", "2026-02-30".into(), "spec.filedOn"),
        (&filing, "/spec/filedOn", "10.03.2026".into(), "spec.filedOn"),
        (&filing, "/spec/state", "Granted".into(), "spec.state"),
        (&filing, "/spec/scope/namespaces", json!([]), "spec.scope.namespaces"),
        (&filing, "/spec/scope/namespaces", json!(["portrait-*"]), "spec.scope.namespaces[0]"),
        (&assessment, "/spec/basis", json!(["Article15Biometric", "Article15Biometric"]), "spec.basis[1]"),
        (&assessment, "/spec/reportSha256", "00".into(), "spec.reportSha256"),
        (&assessment, "/spec/assessedOn", "2026-13-01".into(), "spec.assessedOn"),
        (&assessment, "/spec/validUntil", "2026-02-03".into(), "spec.validUntil"),
    ];
    for (object, pointer, value, field) in table {
        let mut object = (*object).clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        object.pointer_mut(parent).unwrap()[key] = value.clone();
        let message = place.create_with(&object, DRY).refused(&[]);
        assert!(message.contains(field), "{pointer} = {value}: {field} is not named in: {message}");
    }
}

#[test]
fn a_policy_of_another_name_is_refused() {
    let place = Place::empty(shared(), "policy", true);
    let policy = |name: &str| {
        json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1",
            "kind": "CompliancePolicy",
            "metadata": {"name": name},
            "spec": {"mode": "Enforce"},
        })
    };
    place.create_with(&policy("default"), DRY).admitted();
    place.create_with(&policy("mine"), DRY).refused(&["metadata.name", "default"]);
}

#[test]
fn an_update_is_held_to_the_same_rules() {
    let place = Place::unfiled(shared(), "update");
    let patch = json!({"spec": {"endpoints": [{"port": 15990}]}}).to_string();
    let words = ["patch", "dss", "studio", "--type=merge", "-p", &patch];
    place.kubectl(&words).refused(&["spec.endpoints[0].port", "15990"]);
    assert_eq!(place.jsonpath("dss", "studio", "{.spec.endpoints[0].port}"), "8080");
}

#[test]
fn the_operators_own_kinds_are_written_by_the_operator_only() {
    let place = Place::unfiled(shared(), "own");
    eventually("the operator wrote its word", 20, || {
        place.kubectl(&["get", "namespaceenforcement", "dss"]).is_success()
    });
    let eve = ["--as=eve", "--as-group=system:masters"];
    let open = json!({"spec": {"services": [{"name": "studio", "gate": "Open", "image": "x"}]}}).to_string();
    let patch = ["patch", "namespaceenforcement", "dss", "--type=merge", "-p", &open];
    place.kubectl(&[&patch[..], &eve[..]].concat()).refused(&["OperatorOnly", "namespaceenforcements"]);
    assert_eq!(place.jsonpath("namespaceenforcement", "dss", "{.spec.services[0].gate}"), "Closed");

    let elsewhere = Place::empty(place.cluster, "elsewhere", false);
    let object = |kind: &str, name: &str, spec: Value| {
        json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec,
        })
    };
    let enforcement = object("NamespaceEnforcement", "dss", json!({"services": []}));
    let history = json!({"unifiedSocialCreditCode": USCC, "serviceCode": place.code});
    let history = object("ServiceHistory", &place.name, history);
    for object in [enforcement, history] {
        let said = elsewhere.create_with(&object, &[&eve[..], DRY].concat());
        said.refused(&["OperatorOnly", object["kind"].as_str().unwrap()]);
        elsewhere.create_with(&object, DRY).admitted();
    }
}
