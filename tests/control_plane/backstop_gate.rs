//! Closed gates past the webhooks: the policies inside the API server judge by what the operator said last (Order 12 Arts 15,
//! 19, 20, 21), and by the clock of the API server once it is dead.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cluster::{Cluster, without_webhooks};
use crate::ground::{Ground, create, enforced, injected, is_chinese, outside};
use crate::support::{Place, USCC, eventually, owned_pod, template, workload};

fn policy(cluster: &Cluster, spec: &Value) {
    let object = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": spec,
    });
    cluster.kubectl(&["apply", "-f", "-"], Some(&object.to_string())).admitted();
}

#[test]
fn denies_pods_of_an_unfiled_service_with_the_reasons_articles_15_19_and_20() {
    let place = Place::unfiled(without_webhooks(), "unfiled");
    let pod = injected(&place, "studio", workload("Pod", "studio", template()));
    eventually("the gate is known to be closed", 10, || {
        place.create_with(&pod, &["--dry-run=server"]).said().contains("[FilingMissing]")
    });
    let said = place.create(&pod).refused(&[
        "ValidatingAdmissionPolicy",
        "service studio",
        "Art. 19",
        "kubectl describe dss studio",
    ]);
    assert!(is_chinese(&said), "{said}");
    place.file();
    place.until_gate("studio", "Open");
    eventually("the gate is known to be open", 10, || place.create(&pod).is_success());
}

#[test]
fn a_lapse_lets_admitted_revisions_be_replaced_and_nothing_else() {
    let ground = Ground::open("frozen");
    let place = &ground.held;
    place.create(&workload("ReplicaSet", "studio", template())).admitted();
    let owner = place.get("replicaset", "studio");
    let pod = |name: &str, hash: &str| {
        injected(place, "studio", owned_pod(name, &owner, &json!({"pod-template-hash": hash}), template()))
    };
    create(place, &pod("first", "h1")).admitted();
    eventually("the revision is on record", 20, || {
        enforced(place, "studio")["admittedRevisions"][0]["owner"] == owner["metadata"]["uid"]
    });
    place.kubectl(&["delete", "filingrecord", &place.name]).admitted();
    place.until_gate("studio", "Closed");
    eventually("the gate is known to be closed", 10, || {
        create(place, &pod("later", "h2")).said().contains("[FilingMissing]")
    });
    create(place, &pod("again", "h1")).admitted();
    let mut stranger = pod("stranger", "h1");
    stranger["metadata"]["ownerReferences"][0]["uid"] = "00000000-0000-0000-0000-000000000000".into();
    create(place, &stranger).refused(&["[FilingMissing]"]);
    create(place, &ground.pod).refused(&["[FilingMissing]"]);
}

#[test]
fn a_pod_runs_an_image_that_was_assessed_article_15() {
    const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let place = Place::empty(without_webhooks(), "assessed", true);
    let mut assessment = place.assessment();
    assessment["spec"]["models"] = json!([{"name": "portrait", "imageDigest": DIGEST}]);
    place.create(&json!({"apiVersion": "v1", "kind": "List", "items": [place.filing(), assessment]})).admitted();
    place.create(&place.service("studio", "studio")).admitted();
    place.until_gate("studio", "Open");
    let with = |image: &str| {
        let mut template = template();
        template["spec"]["containers"][0]["image"] = image.into();
        place.create_with(&injected(&place, "studio", workload("Pod", "studio", template)), &["--dry-run=server"])
    };
    eventually("the image that was assessed is known", 10, || with(&format!("app@{DIGEST}")).is_success());
    for image in ["app:dev", &format!("app@{}", DIGEST.replace('9', "8"))] {
        with(image).refused(&["[ImageNotAssessed]", "Order 12 Art. 15"]);
    }
}

#[test]
fn undeclared_pods_need_a_decision_where_the_policy_says_deny_article_2() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _operator = cluster.start("only", cluster.port, cluster.health);
    cluster.delete_webhooks();
    let place = Place::empty(&cluster, "undeclared", true);
    let dry = || place.create_with(&outside(), &["--dry-run=server"]);
    eventually("the operator has spoken", 20, || dry().is_success());
    policy(&cluster, &json!({"undeclared": "Deny", "mode": "Warn"}));
    eventually("the policy is in force", 20, || {
        place.jsonpath("compliancepolicy", "default", "{.status.observedGeneration}") == "1"
    });
    dry().admitted();
    policy(&cluster, &json!({"undeclared": "Deny"}));
    eventually("nothing undeclared is admitted", 20, || !dry().is_success());
    let said = dry().refused(&["[UndeclaredWorkload]", "Order 12 Art. 2", "ScopeDecision"]);
    assert!(is_chinese(&said), "{said}");
    let mut record = place.assessment();
    record["spec"]["basis"] = json!(["ScopeDecision"]);
    record["spec"]["decision"] = json!({"notGenerative": [{"matchLabels": {"app": "database"}}]});
    place.create(&record).admitted();
    eventually("the decision is known", 20, || dry().is_success());
    let mut other = outside();
    other["metadata"]["labels"]["app"] = "cache".into();
    place.create(&other).refused(&["[UndeclaredWorkload]"]);
}

#[test]
fn a_gate_lapses_although_the_operator_is_dead_article_21() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("only", cluster.port, cluster.health);
    let ground = Ground::on(&cluster, "lapse");
    let place = &ground.held;
    place.create(&workload("ReplicaSet", "studio", template())).admitted();
    let owner = place.get("replicaset", "studio");
    let owned = |name: &str| {
        let labels = json!({"pod-template-hash": "h1"});
        let pod = owned_pod(name, &owner, &labels, template());
        place.create(&pod)
    };
    // The webhooks are still there and inject it.
    owned("first").admitted();
    eventually("the revision is on record", 20, || {
        enforced(place, "studio")["admittedRevisions"][0]["owner"] == owner["metadata"]["uid"]
    });
    cluster.delete_webhooks();
    // Whole seconds, as the API server stamps them.
    let begins = Timestamp::from_second(Timestamp::now().as_second()).unwrap() + SignedDuration::from_secs(15);
    policy(
        &cluster,
        &json!({"orders": [{
            "reference": "国信办令〔2026〕1号", "measure": "SuspendService", "unifiedSocialCreditCode": USCC,
            "serviceCode": place.code, "from": begins.to_string(),
        }]}),
    );
    eventually("the operator says when the gate closes", 12, || {
        let said = enforced(place, "studio");
        said["closesAt"] == begins.to_string() && said["suspendedFrom"] == begins.to_string()
    });
    assert_eq!(enforced(place, "studio")["gate"], "Open");
    operator.kill();
    let dry = || place.create_with(&ground.pod, &["--dry-run=server"]);
    dry().admitted();
    eventually("the gate closes", 30, || !dry().is_success());
    assert!(Timestamp::now() >= begins, "not before its time");
    dry().refused(&["ValidatingAdmissionPolicy", "[ServiceSuspended]", "Art. 21"]);
    // An order stops replacements, too.
    let again = injected(place, "studio", owned_pod("again", &owner, &json!({"pod-template-hash": "h1"}), template()));
    place.create(&again).refused(&["[ServiceSuspended]"]);
    assert_eq!(enforced(place, "studio")["gate"], "Open", "nobody wrote meanwhile");
    create(place, &outside()).admitted();
}
