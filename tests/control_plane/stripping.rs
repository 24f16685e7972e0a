//! What a workload of a service may not run, whatever its records say (Order 12 Arts 15(2), 18).

use serde_json::json;

use crate::cluster::shared;
use crate::support::{Place, eventually, template, workload};

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[test]
fn tools_that_strip_marks_are_refused_although_the_gate_is_open() {
    let place = Place::open(shared(), "strip");
    let mut strips = template();
    strips["spec"]["containers"][0]["command"] = json!(["sh", "-c", "app & exiftool -r -all= /out"]);
    for kind in ["Deployment", "CronJob", "Pod"] {
        place.create(&workload(kind, "strips", strips.clone())).refused(&[
            "[MarkStripping]",
            "container app",
            "exiftool -all=",
            "Art. 18",
            "第十八条",
        ]);
    }
    place.create(&workload("Deployment", "plain", template())).admitted();
    let variable = ["set", "env", "deployment/plain", "IMGPROXY_STRIP_METADATA=true"];
    place.kubectl(&variable).refused(&["[MarkStripping]", "IMGPROXY_STRIP_METADATA"]);
    // What nobody selects is not asked.
    strips["metadata"]["labels"]["app"] = "database".into();
    place.create(&workload("Pod", "outside", strips)).admitted();
}

#[test]
fn a_workload_runs_an_image_that_was_assessed() {
    let place = Place::empty(shared(), "image", true);
    place.create(&place.service("studio", "studio")).admitted();
    let mut assessment = place.assessment();
    assessment["spec"]["models"] = json!([{"name": "portrait", "imageDigest": DIGEST}]);
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [place.filing(), assessment]});
    place.create(&list).admitted();
    place.until_gate("studio", "Open");
    let with = |image: &str| {
        let mut template = template();
        template["spec"]["containers"][0]["image"] = image.into();
        place.create_with(&workload("Deployment", "studio", template), &["--dry-run=server"])
    };
    eventually("the models are known", 10, || !with("app:dev").is_success());
    with("app:dev").refused(&["[ImageNotPinned]", "container app", "Art. 15(2)", "第十五条"]);
    with(&format!("app@{}", DIGEST.replace('9', "8"))).refused(&["[ImageNotAssessed]", "container app"]);
    with(&format!("registry.example/app:v1@{DIGEST}")).admitted();
}
