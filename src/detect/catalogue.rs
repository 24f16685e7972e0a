//! The signatures as data.
//!
//! In: `signatures.yaml`. Out: the [`Catalogue`], read once. Must not: decide; adding a server needs
//! no change here.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

use super::words::{Phrase, Words};
use crate::api::service::Technology;

const EMBEDDED: &str = include_str!("signatures.yaml");

/// Everything that is known about servers, models and activities.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Catalogue {
    /// Extended resources and node labels that mean an accelerator.
    pub accelerators: Vec<Phrase>,
    /// Volumes and mount paths that hold models.
    pub model_storage: Vec<Phrase>,
    /// Variables that mean models are fetched or kept.
    pub model_storage_variables: Vec<String>,
    /// Flags whose value names a model.
    pub model_flags: Vec<String>,
    /// Flags whose value names something else that looks like a model.
    pub ignored_flags: Vec<String>,
    /// Words in the name of a variable or key whose value names a model.
    pub model_keys: Vec<Phrase>,
    /// Words in the name of a variable whose value names a model that somebody else uses.
    pub ignored_keys: Vec<Phrase>,
    /// Variables that point at a generator elsewhere.
    pub endpoint_variables: Vec<Phrase>,
    /// Words of hosts that are generators elsewhere.
    pub endpoint_hosts: Vec<Phrase>,
    /// Words of such hosts that are none.
    pub ignored_hosts: Vec<Phrase>,
    /// Where web frameworks listen, by a phrase of the command.
    pub frameworks: Vec<PortOf>,
    /// Words of images and scripts of user interfaces for people.
    pub interface_words: Vec<Phrase>,
    /// Flags that carry the port.
    pub port_flags: Vec<String>,
    /// Variables that carry the port.
    pub port_variables: Vec<String>,
    /// Variables that carry command-line arguments.
    pub argument_variables: Vec<Phrase>,
    /// Programs that take work from a queue instead of a port.
    pub queue_workers: Vec<Phrase>,
    /// Names of ports that are not for users.
    pub internal_port_names: Vec<Phrase>,
    /// Numbers of ports that are usually not for users.
    pub internal_ports: Vec<u16>,
    /// Names of ports for users.
    pub public_port_names: Vec<Phrase>,
    /// What containers do besides serving.
    pub activities: Vec<Activity>,
    /// Flags that turn a generator into something else.
    pub tasks: Vec<Task>,
    /// Model families; the first that matches decides.
    pub models: Vec<Family>,
    /// Words that hint at generation when an image is unknown.
    pub hints: Vec<Family>,
    /// Custom resources that run servers without a pod template.
    pub resources: Vec<Resource>,
    /// Known programs.
    pub signatures: Vec<Signature>,
}

/// What a container may do besides serving.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Activity {
    /// For explanations: "it …".
    pub says: String,
    /// Whether a server that starts in the same script matters more.
    #[serde(default)]
    pub passing: bool,
    /// Phrases of the program, its subcommands and scripts.
    #[serde(default)]
    pub commands: Vec<Phrase>,
    /// Phrases anywhere in the command.
    #[serde(default)]
    pub anywhere: Vec<Phrase>,
    /// Flags of the command.
    #[serde(default)]
    pub flags: Vec<String>,
    /// A serving word in the command lifts the activity.
    #[serde(default)]
    pub unless: Vec<Phrase>,
}

/// A flag, a variable or a phrase that says that no content is generated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Task {
    /// What the server does then: "computes embeddings".
    pub says: String,
    /// The flags.
    #[serde(default)]
    pub flags: Vec<String>,
    /// The variables.
    #[serde(default)]
    pub variables: Vec<String>,
    /// The values; empty means that the presence is enough.
    #[serde(default)]
    pub values: Vec<Phrase>,
}

/// Models of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Family {
    /// What they generate; empty when they do not.
    #[serde(default)]
    pub technologies: Vec<Technology>,
    /// What they are: "embedding model".
    pub says: String,
    /// Their names.
    pub names: Vec<Phrase>,
}

/// A custom resource that runs a server and has no pod template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Resource {
    /// Its API group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// The server it runs unless the object names another.
    #[serde(default)]
    pub signature: Option<String>,
    /// The port on which its pods serve unless the object names another.
    #[serde(default)]
    pub port: Option<u16>,
    /// A member that says that the object does something else.
    #[serde(default)]
    pub unless: Option<String>,
    /// Whether its `image` names a model.
    #[serde(default)]
    pub image_is_model: bool,
    /// Set when such an object never serves generated content.
    #[serde(default)]
    pub never: Option<String>,
}

/// What a known program is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    /// Generates content.
    Engine,
    /// Shows a generator's content to people.
    Frontend,
    /// Passes traffic on to models elsewhere.
    Gateway,
    /// Passes traffic on.
    Proxy,
    /// Stands beside; never what the pod is for.
    Sidecar,
    /// Something else.
    Other,
    /// A part of a name which says that the program is not what the rest of the name says.
    Mark,
}

/// How the model that an engine serves changes what it generates.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ModelRule {
    /// The engine always generates the same.
    #[default]
    Fixed,
    /// The model decides; without one, the engine's usual kinds hold.
    Decides,
    /// The model adds to the engine's kinds.
    Adds,
    /// Without a generating model the engine is no generator.
    Required,
}

/// A known program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Signature {
    /// Stable id.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What it is.
    pub role: Role,
    /// How its model matters.
    #[serde(default)]
    pub model: ModelRule,
    /// What it generates.
    #[serde(default)]
    pub technologies: Vec<Technology>,
    /// Phrases of its images, without registry and tag.
    #[serde(default)]
    pub images: Vec<Phrase>,
    /// Phrases of its command line.
    #[serde(default)]
    pub commands: Vec<Phrase>,
    /// Flags that tell this server from others where neither command nor image does.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Variables that only this server reads.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Where it listens unless told otherwise.
    #[serde(default)]
    pub port: Option<u16>,
    /// Ports of members of a family of programs, by a phrase of image or command.
    #[serde(default)]
    pub ports: Vec<PortOf>,
    /// Further flags that carry its port.
    #[serde(default)]
    pub port_flags: Vec<String>,
    /// Further variables that carry its port.
    #[serde(default)]
    pub port_variables: Vec<String>,
    /// How to keep it on the loopback address.
    #[serde(default)]
    pub loopback: Option<Loopback>,
}

/// Where a program listens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PortOf {
    /// A phrase of its image or command.
    pub name: Phrase,
    /// The port.
    pub port: u16,
}

/// How a server is told to listen on loopback.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Loopback {
    /// By argument.
    #[serde(default)]
    pub argument: Option<String>,
    /// By variable.
    #[serde(default)]
    pub environment: Option<String>,
    /// In other words.
    #[serde(default)]
    pub note: Option<String>,
}

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let phrase = Self::new(&text);
        if phrase.is_empty() {
            return Err(serde::de::Error::custom(format!("{text:?} has no word")));
        }
        Ok(phrase)
    }
}

impl Catalogue {
    /// What ships with the program.
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        // A test keeps the fallback out of reach.
        CATALOGUE.get_or_init(|| serde_saphyr::from_str(EMBEDDED).unwrap_or_default())
    }

    /// The signature of that id.
    pub fn signature(&self, id: &str) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.id == id)
    }

    /// The family of a model's name.
    pub fn family(&self, name: &str) -> Option<(&Family, &Phrase)> {
        first_family(&self.models, &Words::new(name))
    }
}

/// The first family of which a name stands in the text.
pub(super) fn first_family<'a>(families: &'a [Family], text: &Words) -> Option<(&'a Family, &'a Phrase)> {
    families.iter().find_map(|family| Some((family, text.first(&family.names)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_signature_is_complete() {
        let catalogue: Catalogue = serde_saphyr::from_str(EMBEDDED).expect("signatures.yaml");
        let mut ids = BTreeSet::new();
        for signature in &catalogue.signatures {
            let id = &signature.id;
            assert!(ids.insert(id), "{id} is there twice");
            assert!(!signature.title.is_empty(), "{id}: title");
            assert!(!signature.images.is_empty() || !signature.commands.is_empty(), "{id}: nothing to match");
            if matches!(signature.role, Role::Engine | Role::Frontend) {
                assert!(signature.port.is_some(), "{id}: port");
                assert!(!signature.technologies.is_empty(), "{id}: technologies");
                let loopback = signature.loopback.as_ref().expect("loopback");
                assert!(
                    loopback.argument.is_some() || loopback.environment.is_some() || loopback.note.is_some(),
                    "{id}: loopback"
                );
            } else {
                assert!(signature.technologies.is_empty(), "{id}: generates nothing");
            }
        }
        for resource in &catalogue.resources {
            let known = |id: &String| ids.contains(id);
            assert!(resource.signature.as_ref().is_none_or(known), "{}", resource.kind);
            assert!(resource.signature.is_some() != resource.never.is_some(), "{}", resource.kind);
        }
        for task in &catalogue.tasks {
            assert!(!task.flags.is_empty() || !task.variables.is_empty(), "{}", task.says);
        }
        assert!(catalogue.signatures.len() > 100 && !catalogue.models.is_empty());
    }
}
