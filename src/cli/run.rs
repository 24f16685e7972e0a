//! Reads, asks, prints.

use std::io::{self, Write};
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::Value;

use super::args::{CheckArgs, InjectArgs, Input, InspectArgs, LabelArgs, Output};
use super::check::{Admission, check, has_template};
use super::known::{KnownError, field, group, namespace, snapshot};
use super::live::LiveError;
use super::media::MediaError;
use super::verdict::Outcome;
use super::{junit, media, sarif, text};
use crate::inject;
use crate::manifest::{self, Manifest, ManifestError};
use crate::operator::args::Settings;

/// Nothing is refused, something is, the input cannot be read.
pub(super) const REFUSED: u8 = 1;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The manifests.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// An object of our group.
    #[error(transparent)]
    Known(#[from] KnownError),
    /// A picture, sound or video.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The cluster.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// A name that nothing has.
    #[error("{0}")]
    NotFound(String),
    /// Something that cannot be injected.
    #[error("{0}")]
    NotInjected(String),
    /// The result cannot be written as JSON or YAML.
    #[error("the result cannot be written: {0}")]
    Form(String),
    /// The output is closed.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

impl Input {
    fn read(&self) -> Result<(Vec<Manifest>, Timestamp), ManifestError> {
        Ok((manifest::read(&self.files)?, self.at.unwrap_or_else(Timestamp::now)))
    }
}

/// `check`.
///
/// # Errors
/// [`CliError`].
pub fn run_check(args: &CheckArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let (manifests, now) = args.input.read()?;
    let verdicts = check(&manifests, &args.input.namespace, now)?;
    let form = |error: serde_json::Error| CliError::Form(error.to_string());
    match args.output {
        Output::Text => write!(output, "{}", text::text(&verdicts))?,
        Output::Json => writeln!(output, "{}", serde_json::to_string_pretty(&verdicts).map_err(form)?)?,
        Output::Sarif => writeln!(output, "{}", serde_json::to_string_pretty(&sarif::sarif(&verdicts)).map_err(form)?)?,
        Output::Junit => write!(output, "{}", junit::junit(&verdicts))?,
    }
    let is_refused = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Refused);
    Ok(if is_refused { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

/// `inject`.
///
/// # Errors
/// [`CliError`], also when the sidecar cannot serve a pod.
pub fn run_inject(args: &InjectArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let (manifests, now) = args.input.read()?;
    let snapshot = snapshot(&manifests, &args.input.namespace)?;
    let settings = Settings {
        sidecar_image: args.sidecar_image.clone(),
        sidecar_image_pull_policy: "IfNotPresent".to_owned(),
        ..Settings::default()
    };
    let admission = Admission::new(&snapshot, &settings, now);
    for manifest in &manifests {
        let object = injected(&admission, manifest, &args.input.namespace)?;
        let yaml = serde_saphyr::to_string(&object).map_err(|error| CliError::Form(error.to_string()))?;
        writeln!(output, "---\n{}", yaml.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn injected(admission: &Admission<'_>, manifest: &Manifest, default: &str) -> Result<Value, CliError> {
    let mut object = manifest.object.clone();
    let (kind, namespace) = (field(&manifest.object, "/kind"), namespace(&manifest.object, default));
    let template = inject::template_of(kind, &manifest.object).filter(|_| has_template(group(&manifest.object), kind));
    let Some(template) = template else { return Ok(object) };
    let pod = admission.injected(namespace, template).map_err(|refusal| {
        let name = field(&manifest.object, "/metadata/name");
        CliError::NotInjected(format!("{}:{}: {kind} {namespace}/{name}: {refusal}", manifest.file, manifest.line))
    })?;
    let place = match kind {
        "Pod" => &mut object,
        "CronJob" => &mut object["spec"]["jobTemplate"]["spec"]["template"],
        _ => &mut object["spec"]["template"],
    };
    *place = pod;
    Ok(object)
}

/// `inspect`.
///
/// # Errors
/// [`CliError`] for the first file that cannot be read.
pub fn run_inspect(args: &InspectArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let mut is_labelled = true;
    for file in &args.files {
        let found = media::inspect(file)?;
        is_labelled &= found.label.is_some();
        if args.json {
            let line = serde_json::to_string(&found).map_err(|error| CliError::Form(error.to_string()))?;
            writeln!(output, "{line}")?;
        } else {
            let detail = found.label.as_deref().or(found.reason).unwrap_or_default();
            writeln!(output, "{:<12} {} {detail}", found.verdict, found.file)?;
        }
    }
    Ok(if is_labelled { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// `label`.
///
/// # Errors
/// [`CliError`]; then there is no copy.
pub fn run_label(args: &LabelArgs, output: &mut dyn Write) -> Result<ExitCode, CliError> {
    let label = media::label(&args.file, &args.output, &args.provider, args.produce_id.as_deref())?;
    writeln!(output, "{} {}", args.output.display(), label.bare())?;
    Ok(ExitCode::SUCCESS)
}
