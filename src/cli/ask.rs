//! `why`, `report`, `calendar`: reads files or a cluster, asks, prints.

use std::io::Write;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::Value;

use super::args::{Asked, ReportArgs, WhyArgs};
use super::known::{field, namespace, snapshot};
use super::run::{CliError, REFUSED};
use super::sheet::{Sheet, sheets};
use super::{ics, inspector, live, why};
use crate::api::DeepSynthesisService;
use crate::inject::{template_labels, template_of};
use crate::manifest::{self, Manifest};
use crate::operator::snapshot::{Snapshot, names};

/// Namespace of objects in files that name none.
const DEFAULT: &str = "default";

/// What was read, and which namespace is meant.
struct Read {
    manifests: Vec<Manifest>,
    snapshot: Snapshot,
    namespace: String,
    now: Timestamp,
}

impl Asked {
    fn read(&self, workload: Option<(&str, &str, &str)>) -> Result<Read, CliError> {
        let (manifests, namespace) = if self.files.is_empty() {
            let cluster = live::read(self.namespace.as_deref(), workload)?;
            (cluster.manifests, cluster.namespace)
        } else {
            let namespace = self.namespace.clone().unwrap_or_else(|| DEFAULT.to_owned());
            (manifest::read(&self.files)?, namespace)
        };
        let snapshot = snapshot(&manifests, &namespace)?;
        Ok(Read { manifests, snapshot, namespace, now: self.at.unwrap_or_else(Timestamp::now) })
    }

    /// Every service, or those of one namespace.
    fn all(&self) -> Result<(Vec<Sheet>, Timestamp), CliError> {
        let read = self.read(None)?;
        let is_asked = |service: &DeepSynthesisService| {
            self.namespace.as_deref().is_none_or(|namespace| names(service).0 == namespace)
        };
        let sheets = sheets(&read.snapshot, read.now, is_asked);
        if sheets.is_empty() {
            return Err(CliError::NotFound("there is no DeepSynthesisService here: nothing is declared".to_owned()));
        }
        Ok((sheets, read.now))
    }
}

/// `why`.
///
/// # Errors
/// [`CliError`].
pub fn run_why(args: &WhyArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let workload = match args.target.as_deref().and_then(|target| target.split_once('/')) {
        Some((kind, name)) => {
            let (group, kind) = kind_of(kind).ok_or_else(|| {
                CliError::NotFound(format!(
                    "{kind} is no kind of workload; deployment, statefulset, daemonset, job, cronjob, pod are"
                ))
            })?;
            Some((group, kind, name))
        }
        None => None,
    };
    let read = args.asked.read(workload)?;
    let asked: Vec<String> = match (workload, &args.target) {
        (Some((_, kind, name)), _) => selecting(&read, kind, name)?,
        (None, Some(name)) => vec![name.clone()],
        (None, None) => Vec::new(),
    };
    let is_here = |service: &DeepSynthesisService| {
        let (namespace, name) = names(service);
        let is_meant = args.target.is_none() || asked.iter().any(|asked| asked == name);
        // Whoever names a file and nothing else means what stands in it.
        let anywhere = !args.asked.files.is_empty() && args.asked.namespace.is_none();
        is_meant && (anywhere || namespace == read.namespace)
    };
    let sheets = sheets(&read.snapshot, read.now, is_here);
    if sheets.is_empty() {
        let what = args.target.as_deref().unwrap_or("any");
        return Err(CliError::NotFound(format!(
            "there is no DeepSynthesisService {what} in the namespace {}; kubectl get dss -A lists them",
            read.namespace
        )));
    }
    print(args.json, &sheets, || why::text(&sheets, args.all), output)?;
    let is_violated = sheets.iter().any(|sheet| sheet.duties.iter().any(|row| row.state == "Violated"));
    Ok(if is_violated { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

/// `report`.
///
/// # Errors
/// [`CliError`].
pub fn run_report(args: &ReportArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let (sheets, now) = args.asked.all()?;
    print(args.json, &sheets, || inspector::html(&sheets, now), output)?;
    Ok(ExitCode::SUCCESS)
}

/// `calendar`.
///
/// # Errors
/// [`CliError`].
pub fn run_calendar(args: &Asked, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let (sheets, now) = args.all()?;
    write!(output, "{}", ics::ics(&sheets, now))?;
    Ok(ExitCode::SUCCESS)
}

fn print(json: bool, sheets: &[Sheet], text: impl FnOnce() -> String, output: &mut dyn Write) -> Result<(), CliError> {
    let text = if json {
        serde_json::to_string_pretty(sheets).map_err(|error| CliError::Form(error.to_string()))? + "\n"
    } else {
        text()
    };
    Ok(write!(output, "{text}")?)
}

/// Group and kind of a name as kubectl takes it.
fn kind_of(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name.to_ascii_lowercase().as_str() {
        "deployment" | "deployments" | "deploy" => ("apps", "Deployment"),
        "statefulset" | "statefulsets" | "sts" => ("apps", "StatefulSet"),
        "daemonset" | "daemonsets" | "ds" => ("apps", "DaemonSet"),
        "replicaset" | "replicasets" | "rs" => ("apps", "ReplicaSet"),
        "job" | "jobs" => ("batch", "Job"),
        "cronjob" | "cronjobs" | "cj" => ("batch", "CronJob"),
        "pod" | "pods" | "po" => ("", "Pod"),
        _ => return None,
    })
}

/// Names of the services that a workload's pods belong to.
fn selecting(read: &Read, kind: &str, name: &str) -> Result<Vec<String>, CliError> {
    let is_it = |object: &Value| {
        field(object, "/kind") == kind
            && field(object, "/metadata/name") == name
            && namespace(object, &read.namespace) == read.namespace
    };
    let Some(found) = read.manifests.iter().find(|manifest| is_it(&manifest.object)) else {
        return Err(CliError::NotFound(format!("there is no {kind} {}/{name} here", read.namespace)));
    };
    let labels = template_of(kind, &found.object).map(template_labels).unwrap_or_default();
    let services = read.snapshot.selecting(&read.namespace, &labels);
    if services.is_empty() {
        return Err(CliError::NotFound(format!(
            "no DeepSynthesisService selects the pods of {kind} {}/{name}: if they generate or edit text, pictures, sound or video for the \
             public, declare them (Order 12 Arts 2, 23); kubectl deepsynthesis check says what they look like",
            read.namespace
        )));
    }
    Ok(services.iter().map(|service| names(service).1.to_owned()).collect())
}
