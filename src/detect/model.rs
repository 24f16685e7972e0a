//! Which models a container serves, by every name that its specification gives.
//!
//! In: a [`Container`]. Out: [`Models`]. Must not: know servers.

use std::collections::BTreeSet;

use super::bound;
use super::catalogue::{Catalogue, Family, first_family};
use super::command::{Segment, is_flag};
use super::container::Container;
use super::words::Words;
use crate::api::service::Technology;

/// Files that hold weights.
const WEIGHTS: [&str; 9] = [".gguf", ".safetensors", ".ckpt", ".pt", ".pth", ".onnx", ".bin", ".engine", ".ggml"];

/// Whether a word names a file of weights.
pub(super) fn is_weights(word: &str) -> bool {
    WEIGHTS.iter().any(|ending| word.ends_with(ending))
}

/// Models of one container.
#[derive(Debug, Default)]
pub(super) struct Models<'c> {
    /// Families with the name by which each was found; by its own words.
    pub named: Vec<(&'c Family, String)>,
    /// By its storage, its preparation or its image.
    pub implied: Vec<(&'c Family, String)>,
    /// Whether a model's files are given, by path or by repository: those who only call it give a short name.
    pub by_path: bool,
    /// Whether any model is named at all, known or not.
    pub any: bool,
}

impl<'c> Models<'c> {
    /// Collects the models of a container; `preparing` ran before it and may have fetched them.
    pub fn of(container: &Container, preparing: &[Container], catalogue: &'c Catalogue) -> Self {
        let mut models = Self::default();
        let mut seen = BTreeSet::new();
        for name in names(container, catalogue) {
            models.any = true;
            let repository = name.split('/').filter(|part| !part.is_empty()).count() == 2 && !name.contains("://");
            let path = name.starts_with('/') || is_weights(&name) || repository;
            if let Some((family, _)) = catalogue.family(&name)
                && seen.insert(name.clone())
            {
                models.by_path |= path;
                models.named.push((family, name));
            }
        }
        let fetched = preparing.iter().flat_map(|container| names(container, catalogue));
        let implied = container.storage.iter().cloned().chain(fetched);
        for name in implied {
            if let Some((family, phrase)) = catalogue.family(&name) {
                models.implied.push((family, phrase.text.clone()));
            }
        }
        // Words that only hint at text are weighed as hints.
        let hint = |family: &Family, phrase: &str| {
            family.technologies == [Technology::Text]
                && catalogue.hints.iter().any(|hints| hints.names.iter().any(|name| name.text == phrase))
        };
        for text in [&container.image.name, &container.image.tag] {
            let found = first_family(&catalogue.models, text);
            if let Some((family, phrase)) = found.filter(|(family, phrase)| !hint(family, &phrase.text)) {
                models.implied.push((family, phrase.text.clone()));
            }
        }
        models.named.truncate(bound::PORTS);
        models.implied.truncate(bound::PORTS);
        models
    }

    /// Models that generate, best evidence only.
    pub fn generating(&self) -> Option<&(&'c Family, String)> {
        let generates = |model: &&(&Family, String)| !model.0.technologies.is_empty();
        self.named.iter().find(generates).or_else(|| self.implied.iter().find(generates))
    }

    /// A model that does not generate, when none that does is named by the container itself.
    pub fn not_generating(&self) -> Option<&(&'c Family, String)> {
        let pick = |models: &'_ [(&'c Family, String)]| models.iter().all(|(family, _)| family.technologies.is_empty());
        match (self.named.first(), self.implied.first()) {
            (Some(first), _) if pick(&self.named) => Some(first),
            (None, Some(first)) if pick(&self.implied) => Some(first),
            _ => None,
        }
    }

    /// What the models generate: those named, else those implied.
    pub fn technologies(&self) -> BTreeSet<Technology> {
        let all = |models: &[(&'c Family, String)]| -> BTreeSet<Technology> {
            models.iter().flat_map(|(family, _)| family.technologies.iter().copied()).collect()
        };
        let named = all(&self.named);
        if named.is_empty() { all(&self.implied) } else { named }
    }
}

/// Everything that may be a model's name.
fn names(container: &Container, catalogue: &Catalogue) -> Vec<String> {
    let mut names = Vec::new();
    for segment in container.segments.iter().chain(&container.hooks).chain(&container.programs) {
        for flag in &catalogue.model_flags {
            names.extend(segment.values(flag).map(str::to_owned));
        }
        names.extend(positional(segment, catalogue));
    }
    for (name, value) in &container.variables {
        if is_model_key(name, catalogue) {
            names.extend(value.split([',', ';', ' ', '\n']).filter(|part| !part.is_empty()).map(str::to_owned));
        }
    }
    for (_, text) in &container.files {
        for (_, value) in settings(text).filter(|(key, _)| is_model_key(key, catalogue)) {
            let parts = value.split(',').map(|part| part.trim_matches([' ', '[', ']', '"', '\'']));
            names.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
        }
    }
    names.retain(|name| !name.is_empty() && !name.starts_with("http://") && !name.starts_with('$'));
    names.truncate(bound::STRINGS);
    names
}

fn is_model_key(name: &str, catalogue: &Catalogue) -> bool {
    let words = Words::new(name);
    words.first(&catalogue.model_keys).is_some() && words.first(&catalogue.ignored_keys).is_none()
}

/// Words that are names of models though no flag says so: `vllm serve Qwen/Qwen2-7B`, `ollama pull llama3`.
fn positional(segment: &Segment, catalogue: &Catalogue) -> Vec<String> {
    let mut names = Vec::new();
    let mut verb = false;
    let mut before = "";
    for word in segment.words.iter().skip(1) {
        let skipped = catalogue.ignored_flags.iter().any(|flag| Segment::new(vec![before.to_owned()]).has(flag));
        let script = [".py", ".sh", ".json", ".yaml", ".yml", ".jinja"].iter().any(|ending| word.ends_with(ending));
        let named = (word.contains('/') && !word.contains("://")
            || word.starts_with("https://huggingface.co/")
            || word.starts_with("hf://"))
            || is_weights(word)
            || verb;
        if named && !is_flag(word) && !skipped && !script {
            names.push(word.clone());
            verb = false;
        }
        verb |= matches!(word.as_str(), "serve" | "pull" | "run" | "launch" | "api_server" | "download" | "deploy");
        before = word;
    }
    names
}

/// `key: value` and `key = value` lines of a configuration file.
pub(super) fn settings(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.lines().filter_map(|line| {
        let (key, value) = line.split_once([':', '='])?;
        let trim = |text: &'_ str| text.trim().trim_matches(['"', '\'', ',', ' ']).to_owned();
        let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        (!key.starts_with('#')).then(|| (key, trim(value)))
    })
}
