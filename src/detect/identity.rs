//! Which known program a container runs, and what it does besides serving.
//!
//! In: a [`Container`] and the catalogue. Out: [`Identity`]. Must not: score.

use super::catalogue::{Activity, Catalogue, ModelRule, Role, Signature, Task};
use super::command::{Segment, is_flag};
use super::container::Container;
use super::model::is_weights;
use super::words::{Phrase, Words};

/// Where the signature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In the command line: the surest.
    Command,
    /// In the image's name.
    Image,
    /// In a flag that only this server has.
    Flag,
}

/// What a container is.
#[derive(Debug, Default)]
pub(super) struct Identity<'c> {
    pub signature: Option<&'c Signature>,
    pub source: Option<Source>,
    /// For explanations: "image x", "command y".
    pub found: String,
    pub activity: Option<&'c Activity>,
    /// Work on the way to something else, such as a download.
    pub passing: Option<&'c Activity>,
    /// Whether the container is called after something that is no server.
    pub marked: bool,
    pub task: Option<&'c Task>,
    /// A server whose variable it has, without other evidence of that server.
    pub variable: Option<(&'c Signature, &'c str)>,
    /// A server after which only the container is called.
    pub named: Option<&'c Signature>,
}

/// Tells what a container is.
pub(super) fn identify<'c>(container: &Container, catalogue: &'c Catalogue) -> Identity<'c> {
    let mut identity = Identity { task: task(container, catalogue), ..Identity::default() };
    let mut serving = None;
    let mut other_work = false;
    let mut passing = None;
    for segment in &container.segments {
        match activity(segment, catalogue) {
            Some(activity) if activity.passing => passing = passing.or(Some(activity)),
            Some(activity) => identity.activity = identity.activity.or(Some(activity)),
            None => {
                // A server of any model only carries the one that makes the content.
                let found = by_command(segment, catalogue);
                let carrier = |found: &Option<(&Signature, &Phrase)>| {
                    found.is_none_or(|(signature, _)| signature.model == ModelRule::Required)
                };
                if serving.is_none() || carrier(&serving) && !carrier(&found) {
                    serving = found;
                }
                other_work |= !is_setup(segment);
            }
        }
    }
    identity.passing = passing;
    if serving.is_some() {
        identity.activity = None;
    } else if !other_work {
        identity.activity = identity.activity.or(passing);
    }
    serving = serving.or_else(|| container.programs.iter().find_map(|program| by_command(program, catalogue)));
    let image = by_image(container, catalogue);
    let masked = image.as_ref().is_some_and(|(signature, _)| signature.role == Role::Sidecar);
    if let Some((signature, phrase)) = serving.filter(|_| !masked) {
        identity.signature = Some(signature);
        identity.source = Some(Source::Command);
        identity.found = format!("command \"{}\"", phrase.text);
    } else if let Some((signature, _)) = image {
        identity.signature = Some(signature);
        identity.source = Some(Source::Image);
        identity.found = format!("image {}", container.image.reference);
    } else if let Some((signature, flag)) = by_flag(container, catalogue) {
        identity.signature = Some(signature);
        identity.source = Some(Source::Flag);
        identity.found = format!("flag {flag}");
    } else {
        by_surroundings(&mut identity, container, catalogue);
    }
    identity
}

fn by_surroundings<'c>(identity: &mut Identity<'c>, container: &Container, catalogue: &'c Catalogue) {
    let engines = || catalogue.signatures.iter().filter(|signature| signature.role == Role::Engine);
    identity.variable = engines().find_map(|signature| {
        let name = signature.variables.iter().find(|name| container.variables.contains_key(*name))?;
        Some((signature, name.as_str()))
    });
    let name = Words::new(&container.name);
    let marked = catalogue.signatures.iter().any(|one| one.role == Role::Mark && name.first(&one.images).is_some());
    identity.marked = marked;
    identity.named = engines().find(|signature| name.first(&signature.images).is_some()).filter(|_| !marked);
}

fn by_flag<'c>(container: &Container, catalogue: &'c Catalogue) -> Option<(&'c Signature, &'c str)> {
    catalogue.signatures.iter().find_map(|signature| {
        let has = |flag: &&String| container.segments.iter().any(|segment| segment.has(flag));
        Some((signature, signature.flags.iter().find(has)?.as_str()))
    })
}

/// The program that a command starts.
pub(super) fn by_command<'c>(segment: &Segment, catalogue: &'c Catalogue) -> Option<(&'c Signature, &'c Phrase)> {
    catalogue.signatures.iter().find_map(|signature| Some((signature, segment.text.first(&signature.commands)?)))
}

/// The signature whose phrase says most about the image: its name before its folder before its tag, marks first.
fn by_image<'c>(container: &Container, catalogue: &'c Catalogue) -> Option<(&'c Signature, &'c Phrase)> {
    let mut best = None;
    let mut known = (false, 0, false, 0);
    for signature in &catalogue.signatures {
        for phrase in &signature.images {
            let mark = signature.role == Role::Mark;
            let level = if container.image.name.contains(phrase) {
                3
            } else if mark {
                continue;
            } else if container.image.path.contains(phrase) {
                2
            } else if signature.role == Role::Engine && container.image.tag.contains(phrase) {
                1
            } else {
                continue;
            };
            // A variable that only this server has says more than the name of a model.
            let variable = signature.variables.iter().any(|name| container.variables.contains_key(name));
            let weight = (mark, level, variable, phrase.text.len());
            if weight > known {
                known = weight;
                best = Some((signature, phrase));
            }
        }
    }
    best
}

fn activity<'c>(segment: &Segment, catalogue: &'c Catalogue) -> Option<&'c Activity> {
    let program = program(segment);
    catalogue.activities.iter().find(|activity| {
        let said = program.first(&activity.commands).is_some()
            || segment.text.first(&activity.anywhere).is_some()
            || activity.flags.iter().any(|flag| segment.has(flag));
        said && segment.text.first(&activity.unless).is_none()
    })
}

/// Commands that only prepare: they say nothing about what runs.
pub(super) fn is_setup(segment: &Segment) -> bool {
    const SETUP: [&str; 36] = [
        "pip", "ls", "cat", "tar", "unzip", "du", "df", "pip3", "apt", "apt-get", "apk", "git", "mkdir", "cp", "mv",
        "ln", "cd", "echo", "export", "set", "source", "chmod", "chown", "rm", "until", "while", "do", "done", "sleep",
        "wait", "if", "then", "fi", "test", "curl", "ulimit",
    ];
    let shell = |word: &str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        matches!(name, "sh" | "bash" | "ash" | "dash" | "exec" | "sudo" | "env" | "tini")
            || is_flag(word)
            || word == "--"
    };
    let program = segment.words.iter().find(|word| !shell(word));
    program.is_none_or(|word| SETUP.contains(&word.rsplit('/').next().unwrap_or(word)) || word.starts_with('['))
}

fn task<'c>(container: &Container, catalogue: &'c Catalogue) -> Option<&'c Task> {
    catalogue.tasks.iter().find(|task| {
        let means = |value: &str| task.values.is_empty() || Words::new(value).first(&task.values).is_some();
        let off = |value: &str| matches!(value, "" | "false" | "False" | "0" | "no");
        let flagged = container.segments.iter().any(|segment| {
            task.flags.iter().any(|flag| {
                let mut values = segment.values(flag).peekable();
                match values.peek() {
                    Some(_) => values.any(|value| !off(value) && means(value)),
                    None => task.values.is_empty() && segment.has(flag),
                }
            })
        });
        flagged
            || task
                .variables
                .iter()
                .any(|name| container.variables.get(name).is_some_and(|value| !off(value) && means(value)))
    })
}

/// What points at a generator elsewhere: a variable by its name, or an address by its host.
pub(super) fn endpoint<'a>(container: &'a Container, catalogue: &Catalogue) -> Option<&'a str> {
    let named = |name: &&str| Words::new(name).first(&catalogue.endpoint_variables).is_some();
    let leads = |value: &str| {
        let host = value.split_once("://").map(|(_, rest)| Words::new(rest));
        host.is_some_and(|host| {
            host.first(&catalogue.endpoint_hosts).is_some() && host.first(&catalogue.ignored_hosts).is_none()
        })
    };
    let variables = || container.variables.iter();
    variables()
        .map(|(name, _)| name.as_str())
        .find(named)
        .or_else(|| variables().find(|(_, value)| leads(value)).map(|(name, _)| name.as_str()))
        .or_else(|| {
            container.segments.iter().flat_map(|segment| &segment.words).find(|word| leads(word)).map(String::as_str)
        })
}

/// The word that says that the container is a user interface.
pub(super) fn interface<'c>(container: &Container, catalogue: &'c Catalogue) -> Option<&'c str> {
    let words = &catalogue.interface_words;
    let found = container
        .image
        .name
        .first(words)
        .or_else(|| container.segments.iter().find_map(|segment| program(segment).first(words)))
        .or_else(|| Words::new(&container.name).first(words));
    found.map(|phrase| phrase.text.as_str())
}

/// Whether volumes or variables say that models are kept.
pub(super) fn stores_models(container: &Container, catalogue: &Catalogue) -> bool {
    container.storage.iter().any(|text| Words::new(text).first(&catalogue.model_storage).is_some())
        || catalogue.model_storage_variables.iter().any(|name| container.variables.contains_key(name))
}

/// Whether the container takes its work from a queue: it listens nowhere unless it says so.
pub(super) fn takes_from_queue(container: &Container, catalogue: &Catalogue) -> bool {
    container.segments.iter().any(|segment| program(segment).first(&catalogue.queue_workers).is_some())
}

/// Whether the command line names a port.
pub(super) fn has_port_flag(container: &Container, catalogue: &Catalogue) -> bool {
    container.segments.iter().any(|segment| catalogue.port_flags.iter().any(|flag| segment.has(flag)))
}

/// The program and its subcommands: words before the first long flag, and scripts wherever they stand; no models.
pub(super) fn program(segment: &Segment) -> Words {
    let script = |word: &str| [".py", ".sh", ".js", ":app"].iter().any(|ending| word.ends_with(ending));
    let model = |word: &str| {
        !script(word)
            && (is_weights(word) || word.contains('/') && !word.starts_with(['/', '.']) && !word.contains("://"))
    };
    let lead = segment.words.iter().take_while(|word| !word.starts_with("--")).take(7).filter(|word| !model(word));
    let scripts = segment.words.iter().skip(1).filter(|word| script(word));
    // Of a path, its name and the folder that it stands in.
    let tail = |word: &'_ String| word.rsplitn(3, '/').take(2).collect::<Vec<_>>().join(" ");
    let text: Vec<String> =
        lead.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).chain(scripts.map(tail)).collect();
    Words::new(&text.join(" "))
}
