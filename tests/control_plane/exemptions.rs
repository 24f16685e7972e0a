//! An exemption takes two people, says which duty and until when, and ends by itself.
//!
//! Users are played by `kubectl --as`: whoever may impersonate can be both people, which is why that right belongs to nobody
//! in production (docs/exemptions.md).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cluster::shared;
use crate::support::{Place, Said, owned_pod, template, workload};

/// Duties that keep the gate of an unfiled `studio` closed: filing and both assessments.
const DUTIES: [&str; 3] = ["o12-19-1", "o12-15-2", "o12-20"];

/// The two people and the one without the verb, with roles that are bound once.
struct People {
    requester: String,
    approver: String,
    bystander: String,
}

impl People {
    fn of(place: &Place<'_>) -> Self {
        let user = |who: &str| format!("{who}-{}", place.name);
        let people = Self { requester: user("wang"), approver: user("li"), bystander: user("zhao") };
        bind(place, &people.requester, "deepsynthesis-exemption-requester");
        bind(place, &people.approver, "deepsynthesis-exemption-approver");
        bind(place, &people.approver, "deepsynthesis-exemption-requester");
        // May write approvals, but was never given the verb.
        let writes = ["create", "clusterrole", &format!("writes-{}", place.name), "--verb=create,get"];
        place.kubectl(&[&writes[..], &["--resource=exemptionapprovals.deepsynthesis.dev"]].concat()).admitted();
        bind(place, &people.bystander, &format!("writes-{}", place.name));
        people
    }
}

fn bind(place: &Place<'_>, user: &str, role: &str) {
    let name = format!("{user}-{role}");
    let words = ["create", "clusterrolebinding", &name, &format!("--clusterrole={role}"), &format!("--user={user}")];
    place.kubectl(&words).admitted();
}

fn exemption(place: &Place<'_>, seconds: i64) -> Value {
    let end = Timestamp::now().saturating_add(SignedDuration::from_secs(seconds)).unwrap();
    json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1",
        "kind": "EnforcementExemption",
        "metadata": {"name": place.name},
        "spec": {
            "target": {"namespace": place.name, "service": "studio"},
            "duties": DUTIES,
            "reason": "The CAC's portal is down; the paper application is in.",
            "ticket": "LAW-1234",
            "expiresAt": format!("{end:.0}"),
        },
    })
}

fn approval(place: &Place<'_>) -> Value {
    json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1",
        "kind": "ExemptionApproval",
        "metadata": {"name": place.name},
        "spec": {"exemption": place.name, "comment": "Seen in the ticket."},
    })
}

/// `kubectl create` as somebody; once more where the operator had not heard of the exemption yet.
fn create_as(place: &Place<'_>, user: &str, object: &Value) -> Said {
    place.create_with(object, &["--as", user])
}

/// Creates the exemption and waits until the operator has heard of it.
fn ask(place: &Place<'_>, people: &People, object: &Value) {
    create_as(place, &people.requester, object).admitted();
    let dry = ["--dry-run=server", "--as", &people.approver];
    crate::support::eventually("the operator knows the exemption", 10, || {
        place.create_with(&approval(place), &dry).is_success()
    });
}

/// An exemption of these duties for `studio` that somebody else approved, for ten minutes.
pub fn exempt(place: &Place<'_>, duties: &[&str]) {
    let people = People::of(place);
    let mut object = exemption(place, 600);
    object["spec"]["duties"] = json!(duties);
    ask(place, &people, &object);
    create_as(place, &people.approver, &approval(place)).admitted();
}

#[test]
fn an_approved_exemption_opens_the_gate_and_ends_by_itself() {
    let place = Place::unfiled(shared(), "exempt");
    let people = People::of(&place);
    let start = workload("Deployment", "studio", template());
    ask(&place, &people, &exemption(&place, 25));
    // Asked for is not approved.
    place.create_with(&start, &["--dry-run=server"]).refused(&["FilingMissing"]);
    create_as(&place, &people.approver, &approval(&place)).admitted();
    place.until_gate("studio", "Open");
    place.create_with(&start, &["--dry-run=server"]).admitted();
    let in_force = "{.status.conditions[?(@.type==\"InForce\")].reason}";
    let is = |reason: &str| place.jsonpath("enforcementexemption", &place.name, in_force) == reason;
    crate::support::eventually("the exemption is in force", 10, || is("Approved"));
    let deadline = place.jsonpath("dss", "studio", "{.status.nextDeadline}");
    assert_eq!(deadline, place.jsonpath("enforcementexemption", &place.name, "{.spec.expiresAt}"));
    crate::support::eventually("the exemption ends", 40, || {
        !place.create_with(&start, &["--dry-run=server"]).is_success()
    });
    place.create_with(&start, &["--dry-run=server"]).refused(&["FilingMissing", "Art. 19"]);
    place.until_gate("studio", "Closed");
    crate::support::eventually("the exemption says that it is over", 10, || is("Expired"));
}

#[test]
fn after_a_lapse_by_the_clock_pods_are_replaced_rollbacks_run_and_new_images_are_refused() {
    let place = Place::unfiled(shared(), "clock");
    let people = People::of(&place);
    ask(&place, &people, &exemption(&place, 30));
    create_as(&place, &people.approver, &approval(&place)).admitted();
    place.until_gate("studio", "Open");
    for kind in ["Deployment", "ReplicaSet"] {
        place.create(&workload(kind, "studio", template())).admitted();
    }
    let owner = place.get("replicaset", "studio");
    let pod = |name: &str| owned_pod(name, &owner, &json!({"pod-template-hash": "h1"}), template());
    place.create(&pod("first")).admitted();
    place.kubectl(&["set", "image", "deployment/studio", "app=app:v2"]).admitted();
    crate::support::eventually("the revision is on record", 20, || {
        let path = "{.spec.services[0].admittedRevisions[*].owner}";
        !place.jsonpath("namespaceenforcement", "dss", path).is_empty()
    });
    // Nobody writes anything: the end comes by itself.
    crate::support::eventually("the gate closes", 60, || place.jsonpath("dss", "studio", "{.status.gate}") == "Closed");
    place.kubectl(&["delete", "pod", "first", "--timeout=10s"]).admitted();
    place.create(&pod("again")).admitted();
    place.kubectl(&["set", "image", "deployment/studio", "app=app:v3"]).refused(&["FilingMissing", "Art. 19"]);
    place.kubectl(&["set", "image", "deployment/studio", "app=app:dev"]).admitted();
}

#[test]
fn a_withdrawn_approval_closes_the_gate() {
    let place = Place::unfiled(shared(), "withdraw");
    let people = People::of(&place);
    ask(&place, &people, &exemption(&place, 600));
    create_as(&place, &people.approver, &approval(&place)).admitted();
    place.until_gate("studio", "Open");
    place.kubectl(&["delete", "exemptionapproval", &place.name, "--as", &people.approver]).admitted();
    place.until_gate("studio", "Closed");
}

#[test]
fn requester_and_approver_are_stamped_and_differ() {
    let place = Place::empty(shared(), "stamp", true);
    let people = People::of(&place);
    let dry = ["--as", &people.approver, "--dry-run=server"];
    place.create_with(&approval(&place), &dry).refused(&["ExemptionUnknown", "spec.exemption", "不存在"]);
    let mut forged = exemption(&place, 600);
    forged["spec"]["requestedBy"] = "somebody-else".into();
    create_as(&place, &people.requester, &forged).refused(&["StampedField", "spec.requestedBy", &people.requester]);

    ask(&place, &people, &exemption(&place, 600));
    let stored = place.get("enforcementexemption", &place.name);
    assert_eq!(stored["spec"]["requestedBy"], people.requester.as_str());

    create_as(&place, &people.bystander, &approval(&place)).refused(&[
        "ApproverNotAllowed",
        "spec.exemption",
        "approve",
        "deepsynthesis-exemption-approver",
    ]);
    let mut forged = approval(&place);
    forged["spec"]["specSha256"] = "0".repeat(64).into();
    create_as(&place, &people.approver, &forged).refused(&["StampedField", "spec.specSha256"]);
    create_as(&place, &people.approver, &approval(&place)).admitted();
    let approved = place.get("exemptionapproval", &place.name);
    assert_eq!(approved["spec"]["approvedBy"], people.approver.as_str());
    assert_eq!(approved["spec"]["exemptionUid"], stored["metadata"]["uid"]);
    assert_eq!(approved["spec"]["specSha256"].as_str().unwrap().len(), 64);
}

#[test]
fn nobody_approves_an_exemption_of_their_own() {
    let place = Place::empty(shared(), "self", true);
    let people = People::of(&place);
    create_as(&place, &people.approver, &exemption(&place, 600)).admitted();
    crate::support::eventually("the operator knows the exemption", 10, || {
        !create_as(&place, &people.approver, &approval(&place)).said().contains("ExemptionUnknown")
    });
    create_as(&place, &people.approver, &approval(&place)).refused(&["SelfApproval", "two people", "不能自行批准"]);
}

#[test]
fn an_exemption_names_duties_of_the_catalogue_and_ends_within_the_policys_days() {
    let place = Place::empty(shared(), "reach", true);
    let people = People::of(&place);
    for (pointer, value, texts) in [
        ("/spec/duties", json!(["filing"]), ["spec.duties[0]", "docs/law.md", "义务目录"]),
        ("/spec/duties", json!(["o12-18"]), ["spec.duties[0]", "nobody can be exempted", "不得豁免"]),
        ("/spec/expiresAt", json!("2099-01-01T00:00:00Z"), ["spec.expiresAt", "exemptionMaxDays", "缩短期限"]),
        ("/spec/expiresAt", json!("2020-01-01T00:00:00Z"), ["spec.expiresAt", "over already", "已经过去"]),
        ("/spec/ticket", json!("LAW\n1234"), ["spec.ticket", "control characters", "控制字符"]),
    ] {
        let mut object = exemption(&place, 600);
        *object.pointer_mut(pointer).unwrap() = value;
        create_as(&place, &people.requester, &object).refused(&texts);
    }
}

/// GitOps: one service account applies what people merged, again and again, with server-side apply and with replace.
#[test]
fn the_same_manifest_applied_again_by_another_changes_nothing() {
    let place = Place::empty(shared(), "gitops", true);
    let people = People::of(&place);
    let requests = format!("system:serviceaccount:{}:default", place.name);
    bind(&place, &requests, "deepsynthesis-exemption-requester");
    let manifest = exemption(&place, 600).to_string();
    let apply = |user: &str, words: &[&str]| {
        place.cluster.kubectl(&[words, &["-f", "-", "--as", user]].concat(), Some(&manifest))
    };
    let server_side: &[&str] = &["apply", "--server-side", "--field-manager=gitops"];
    apply(&requests, server_side).admitted();
    let first = place.get("enforcementexemption", &place.name)["spec"].clone();
    assert_eq!(first["requestedBy"], requests.as_str());
    apply(&requests, server_side).admitted();
    apply(&people.requester, &["apply"]).admitted();
    apply(&people.requester, &["replace"]).admitted();
    assert_eq!(place.get("enforcementexemption", &place.name)["spec"], first);

    let patch = json!({"spec": {"reason": "another"}}).to_string();
    let words = ["patch", "enforcementexemption", &place.name, "--type=merge", "-p", &patch];
    place.kubectl(&words).refused(&["spec is immutable", "create another"]);
    // Metadata stays editable.
    place.kubectl(&["label", "enforcementexemption", &place.name, "team=law"]).admitted();
}

#[test]
fn statuses_and_the_operators_kinds_are_written_by_the_operator_only() {
    let place = Place::unfiled(shared(), "status");
    let admin = format!("root-{}", place.name);
    bind(&place, &admin, "cluster-admin");
    let patch = json!({"status": {"gate": "Open"}}).to_string();
    let status = ["patch", "dss", "studio", "--subresource=status", "--type=merge", "-p", &patch, "--as", &admin];
    place.kubectl(&status).refused(&["OperatorOnly", "DeepSynthesisService/status", "只能由 operator"]);
    let history = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "ServiceHistory", "metadata": {"name": place.name},
        "spec": {"unifiedSocialCreditCode": crate::support::USCC, "serviceCode": place.code},
    });
    place.create_with(&history, &["--as", &admin]).refused(&["OperatorOnly"]);
    place.file();
    place.until_gate("studio", "Open");
    let status = ["patch", "filingrecord", &place.name, "--subresource=status", "--type=merge", "-p"];
    let body = json!({"status": {"observedGeneration": 9}}).to_string();
    place.kubectl(&[&status[..], &[&body, "--as", &admin]].concat()).refused(&["OperatorOnly", "FilingRecord/status"]);
}
