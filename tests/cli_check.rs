//! Claims about `kubectl deepsynthesis check`: it says of files what admission says in the cluster, and in every form.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const AT: &str = "2026-11-27T12:00:00+08:00";
const SAMPLES: &str = "config/samples/portrait";

/// A filed service `studio` that is not for the public, as the tests of admission have it, and its records.
const SERVICE: &str = r#"
apiVersion: deepsynthesis.dev/v1alpha1
kind: DeepSynthesisService
metadata: {name: studio, namespace: studio}
spec:
  provider: {name: 示例公司, unifiedSocialCreditCode: 91110108MADEM0XY18, serviceCode: "0001"}
  roles: [Provider]
  audience: PublicChina
  technologies: [Text]
  publicOpinion: {attribute: true}
  filingMode: Strict
  workloadSelector: {matchLabels: {app: studio}}
  endpoints: [{port: 8080}]
"#;
const RECORDS: &str = r#"
---
apiVersion: deepsynthesis.dev/v1alpha1
kind: FilingRecord
metadata: {name: studio}
spec: {kind: AlgorithmFiling, number: 网信算备110108000000001260015号, role: Provider, state: Filed, filedOn: "2026-03-10",
  unifiedSocialCreditCode: 91110108MADEM0XY18, serviceCode: "0001", scope: {namespaces: [studio]}}
---
apiVersion: deepsynthesis.dev/v1alpha1
kind: AssessmentRecord
metadata: {name: studio}
spec: {basis: [Article20], reportId: SA-1, reportSha256: "0000000000000000000000000000000000000000000000000000000000000000",
  assessor: 评估公司, assessedOn: "2026-02-04", result: Passed,
  unifiedSocialCreditCode: 91110108MADEM0XY18, serviceCode: "0001", scope: {namespaces: [studio]}}
"#;

struct Ran {
    code: i32,
    output: String,
    error: String,
}

fn run(words: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-deepsynthesis"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: ended.status.code().unwrap(), output: text(ended.stdout), error: text(ended.stderr) }
}

fn check(form: &str, files: &[&str], input: &str) -> Ran {
    run(&[&["check", "--at", AT, "-n", "studio", "-o", form], files].concat(), input)
}

fn verdicts(files: &[&str], input: &str) -> Vec<Value> {
    serde_json::from_str(&check("json", files, input).output).unwrap()
}

fn of<'a>(verdicts: &'a [Value], kind: &str) -> &'a Value {
    verdicts.iter().find(|verdict| verdict["kind"] == kind).unwrap()
}

fn pod(spec: &Value) -> String {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "studio"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]}});
    pod["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    format!("---\n{pod}\n")
}

#[test]
fn admits_the_filed_and_assessed_sample_articles_19_and_20() {
    let ran = check("text", &[SAMPLES], "");
    assert_eq!(ran.code, 0, "{}{}", ran.output, ran.error);
    assert!(
        ran.output.contains("admitted Deployment portrait/portrait-studio (config/samples/portrait/deployment.yaml:")
    );
    assert!(ran.output.lines().last().unwrap().starts_with("0 refused, "), "{}", ran.output);
}

#[test]
fn every_sample_is_admitted_with_its_records_and_refused_without_them_article_19() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/samples");
    let mut seen = 0;
    for sample in std::fs::read_dir(folder).unwrap() {
        let sample = sample.unwrap().path();
        let (path, name) = (sample.to_str().unwrap(), sample.file_name().unwrap().to_str().unwrap());
        let ran = check("text", &[path], "");
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.output, ran.error);
        let bare = ["service", "deployment"].map(|file| format!("{path}/{file}.yaml"));
        let said = verdicts(&[&bare[0], &bare[1]], "");
        let codes = of(&said, "Deployment")["codes"].to_string();
        assert!(codes.contains("FilingMissing"), "{name}: {said:?}");
        seen += 1;
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn refuses_the_same_sample_without_its_records_in_the_words_of_admission_articles_15_19_and_20() {
    let files = ["namespace", "service", "deployment"].map(|name| format!("{SAMPLES}/{name}.yaml"));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let ran = check("text", &files, "");
    assert_eq!(ran.code, 1, "{}{}", ran.output, ran.error);
    for words in [
        "REFUSED  Deployment portrait/portrait-studio",
        "[FilingMissing]",
        "[BiometricAssessmentMissing]",
        "Art. 19",
        "备案",
    ] {
        assert!(ran.output.contains(words), "{words}: {}", ran.output);
    }
    let said = verdicts(&files, "");
    let codes: Vec<&str> =
        of(&said, "Deployment")["codes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(codes.contains(&"FilingMissing") && codes.contains(&"BiometricAssessmentMissing"), "{codes:?}");
}

#[test]
fn judges_as_of_the_moment_it_is_asked_for() {
    let lapsing =
        RECORDS.replace("assessedOn: \"2026-02-04\"", "assessedOn: \"2026-02-04\", validUntil: \"2026-12-31\"");
    let all = SERVICE.to_owned() + &lapsing + &pod(&json!({}));
    let at = |time: &str| run(&["check", "--at", time, "-n", "studio", "-"], &all).code;
    assert_eq!(at(AT), 0);
    assert_eq!(at("2027-06-01T00:00:00+08:00"), 1, "the assessment has lapsed by then");
}

#[test]
fn every_bypass_that_admission_refuses_is_refused_article_16() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bypass");
    let mut seen = 0;
    for (file, code) in [
        ("container-name", "ContainerNameReserved"),
        ("host-network", "HostNetworkUsed"),
        ("host-pid", "HostPidUsed"),
        ("host-port", "HostPortUsed"),
        ("native-sidecar-name", "ContainerNameReserved"),
        ("net-admin", "NetworkRightUsed"),
        ("privileged", "NetworkRightUsed"),
        ("route-localnet", "LoopbackRouted"),
        ("shared-process-namespace", "ProcessNamespaceShared"),
        ("sidecar-port", "SidecarPortUsed"),
        ("volume-mount", "SidecarVolumeMounted"),
        ("volume-name", "VolumeNameReserved"),
        ("windows", "WindowsUnsupported"),
        ("overlaid-sidecar", "ContainerNameReserved"),
    ] {
        let attack = std::fs::read_to_string(folder.join(format!("{file}.yaml"))).unwrap();
        let said = verdicts(&["-"], &(SERVICE.to_owned() + RECORDS + "---\n" + &attack));
        let verdict = of(&said, "Pod");
        assert_eq!((&verdict["outcome"], &verdict["codes"][0]), (&json!("Refused"), &json!(code)), "{file}: {verdict}");
        seen += 1;
    }
    for file in ["generate-name", "bound-pod", "custom-owner"] {
        let attack = std::fs::read_to_string(folder.join(format!("{file}.yaml"))).unwrap();
        let said = verdicts(&["-"], &(SERVICE.to_owned() + "---\n" + &attack));
        assert!(of(&said, "Pod")["message"].as_str().unwrap().contains("[FilingMissing]"), "{file}");
        seen += 1;
    }
    assert_eq!(seen, 17);
}

#[test]
fn says_of_a_workload_that_only_its_pods_would_be_refused_article_16() {
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": {"app": "studio"}}, "template": {"metadata": {"labels": {"app": "studio"}},
        "spec": {"hostNetwork": true, "containers": [{"name": "app", "image": "app:1"}]}}}});
    let said = verdicts(&["-"], &format!("{SERVICE}{RECORDS}---\n{deployment}\n"));
    let verdict = of(&said, "Deployment");
    assert_eq!(verdict["codes"], json!(["HostNetworkUsed"]));
    assert!(verdict["message"].as_str().unwrap().contains("its pods are refused"));
}

#[test]
fn names_an_undeclared_generator_and_leaves_what_nobody_asks_about() {
    let workload = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "llm"}, "spec": {
        "template": {"metadata": {"labels": {"app": "llm"}}, "spec": {"containers": [
            {"name": "c", "image": "vllm/vllm-openai:v0.9.0", "args": ["--model", "Qwen/Qwen3-8B"], "ports": [{"containerPort": 8000}]}]}}}});
    let policy = "apiVersion: deepsynthesis.dev/v1alpha1\nkind: CompliancePolicy\nmetadata: {name: default}\n\
                  spec: {undeclared: Deny}\n";
    let others = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\napiVersion: x.example/v1\nkind: Deployment\n\
                  metadata: {name: not-ours}\n";
    let said = verdicts(&["-"], &format!("{policy}---\n{workload}\n{others}"));
    assert_eq!(of(&said, "Deployment")["outcome"], "Refused", "{said:?}");
    assert_eq!(of(&said, "ConfigMap")["outcome"], "NotAsked");
    assert_eq!(said[3]["outcome"], "NotAsked", "a Deployment of another group is not one of Kubernetes");
}

#[test]
fn sarif_has_a_rule_and_a_place_for_every_refusal() {
    let all = SERVICE.to_owned() + &pod(&json!({"hostNetwork": true}));
    let ran = check("sarif", &["-"], &all);
    assert_eq!(ran.code, 1);
    let log: Value = serde_json::from_str(&ran.output).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert_eq!(result["level"], "error");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "standard%20input");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
    }
}

#[test]
fn junit_has_a_case_for_every_judged_object() {
    let all = SERVICE.to_owned() + &pod(&json!({"hostNetwork": true}));
    let ran = check("junit", &["-"], &all);
    assert!(ran.output.contains("tests=\"2\" failures=\"1\""), "{}", ran.output);
    assert!(ran.output.contains("<failure type=\"HostNetworkUsed\""), "{}", ran.output);
}

#[test]
fn what_cannot_be_read_is_named_with_file_line_and_field_and_ends_with_2() {
    let broken = SERVICE.replace("audience: PublicChina", "audience: Everybody");
    for (input, words) in [
        (broken.as_str(), ["DeepSynthesisService studio", "Everybody"]),
        ("a: 1\n---\nb: [\n", ["standard input:3", "document 2"]),
    ] {
        let ran = check("text", &["-"], input);
        assert_eq!(ran.code, 2, "{}", ran.output);
        assert!(words.iter().all(|word| ran.error.contains(word)), "{}", ran.error);
        assert!(ran.output.is_empty());
    }
    assert_eq!(check("text", &["/nowhere.yaml"], "").code, 2);
}

#[test]
fn inject_prints_what_the_cluster_would_run_article_16() {
    let deployment = format!("{SAMPLES}/deployment.yaml");
    let service = format!("{SAMPLES}/service.yaml");
    let ran = run(&["inject", "--sidecar-image", "registry.example/sidecar:1", &service, &deployment], "");
    assert_eq!(ran.code, 0, "{}", ran.error);
    assert!(
        ran.output.contains("image: registry.example/sidecar:1") && ran.output.contains("name: deepsynthesis-sidecar")
    );
    let again = run(&["inject", "--sidecar-image", "registry.example/sidecar:1", "-"], &ran.output);
    assert_eq!(again.output, ran.output, "what is injected stays as it is");
}
