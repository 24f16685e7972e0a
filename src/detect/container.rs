//! One container as detection sees it.
//!
//! In: a container's JSON, its pod's volumes and the ConfigMaps it reads. Out: [`Container`].
//! Must not: judge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bound;
use super::catalogue::Catalogue;
use super::command::{self, Segment};
use super::image::Image;
use super::sibling::ConfigMaps;
use super::words::Words;

/// A declared port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Port {
    /// Its name; empty when it has none.
    pub name: String,
    /// Its number.
    pub number: u16,
}

/// The parts of a container that tell what it is.
#[derive(Debug, Default)]
pub(super) struct Container {
    pub name: String,
    pub image: Image,
    /// Whether the pod overrides the image's entry point.
    pub has_command: bool,
    pub segments: Vec<Segment>,
    /// What runs beside: it may fetch models, it is not what the container is for.
    pub hooks: Vec<Segment>,
    /// Programs among its files: they tell servers and models, not activities.
    pub programs: Vec<Segment>,
    pub variables: BTreeMap<String, String>,
    pub ports: Vec<Port>,
    /// Port of a probe over HTTP.
    pub probe: Option<u16>,
    pub accelerated: bool,
    /// Where it mounts volumes and what they are: sorted texts.
    pub storage: Vec<String>,
    /// Configuration files: text by name.
    pub files: Vec<(String, String)>,
}

/// What a container shares with its pod.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub accelerated: bool,
    /// Description of each volume by name.
    pub volumes: BTreeMap<String, String>,
    /// ConfigMap of each volume by name.
    pub config_maps: BTreeMap<String, String>,
}

impl Container {
    /// Reads a container.
    pub fn read(json: &Value, shared: &Shared, maps: &ConfigMaps, catalogue: &Catalogue, left: &mut usize) -> Self {
        let mut container = Self {
            name: text(json, "name"),
            image: Image::read(json.get("image")),
            has_command: json.get("command").and_then(Value::as_array).is_some_and(|command| !command.is_empty()),
            variables: variables(json, maps),
            ports: ports(json.get("ports")),
            accelerated: shared.accelerated || requests_accelerator(json, catalogue),
            ..Self::default()
        };
        container.mounts(json, shared, maps);
        container.probe = probe(json, &container.ports);
        let mut line = strings(json.get("command"));
        line.extend(strings(json.get("args")));
        container.segments = command::segments(&line, &container.variables);
        let hook = json.pointer("/lifecycle/postStart/exec/command");
        container.hooks = command::segments(&strings(hook), &container.variables);
        container.arguments_in_variables(catalogue);
        container.scripts();
        container.cut(left);
        container.accelerated |=
            ["NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES", "ASCEND_VISIBLE_DEVICES"].iter().any(|name| {
                container
                    .variables
                    .get(*name)
                    .is_some_and(|value| !matches!(value.as_str(), "" | "none" | "void" | "-1"))
            });
        container
    }

    /// `COMMANDLINE_ARGS`, `CLI_ARGS`, `EXTRA_ARGS` and the like are part of the command line.
    fn arguments_in_variables(&mut self, catalogue: &Catalogue) {
        let lines: Vec<String> = self
            .variables
            .iter()
            .filter(|(name, value)| {
                Words::new(name).first(&catalogue.argument_variables).is_some() && value.contains('-')
            })
            .map(|(_, value)| command::expand(value, &self.variables))
            .collect();
        self.segments.extend(lines.iter().flat_map(|line| command::split(line)).map(Segment::new));
    }

    /// Shell scripts among the files that the command line names.
    fn scripts(&mut self) {
        let named =
            |file: &str| self.segments.iter().any(|segment| segment.words.iter().any(|word| word.ends_with(file)));
        let lines: Vec<Segment> = self
            .files
            .iter()
            .filter(|(name, _)| name.ends_with(".sh") && named(name))
            .flat_map(|(_, text)| command::split(&command::expand_script(text, &self.variables)))
            .map(Segment::new)
            .collect();
        self.segments.extend(lines);
        self.segments.truncate(bound::STRINGS);
        let programs = self.files.iter().filter(|(name, _)| name.ends_with(".py"));
        self.programs = programs.map(|(_, text)| Segment::new(quoted(text))).collect();
    }

    /// Drops what exceeds the bound of the workload.
    fn cut(&mut self, left: &mut usize) {
        let mut fits = |length: usize| {
            let fits = length <= *left;
            *left = left.saturating_sub(length);
            fits
        };
        let size = |segment: &Segment| segment.words.iter().map(String::len).sum();
        for segments in [&mut self.segments, &mut self.hooks, &mut self.programs] {
            segments.retain(|segment| fits(size(segment)));
        }
        self.variables.retain(|name, value| fits(name.len() + value.len()));
        self.files.retain(|(_, text)| fits(text.len()));
        self.storage.retain(|text| fits(text.len()));
    }

    fn mounts(&mut self, json: &Value, shared: &Shared, maps: &ConfigMaps) {
        let mounts = json.get("volumeMounts").and_then(Value::as_array);
        let mut left = bound::FILES;
        for mount in mounts.into_iter().flatten().take(bound::VOLUMES) {
            let volume = text(mount, "name");
            let described = shared.volumes.get(&volume).map_or("", String::as_str);
            if let Some(map) = shared.config_maps.get(&volume) {
                for (name, content) in maps.data(map) {
                    let content = bound::head(content, left);
                    left -= content.chars().count();
                    self.files.push((name.clone(), content.to_owned()));
                }
            } else if !described.is_empty() {
                let path = text(mount, "mountPath");
                self.storage.push(format!("{path} {} {described}", text(mount, "subPath")));
            }
        }
        self.storage.sort();
    }
}

/// Words of a program's text: what stands between quotes and blanks.
fn quoted(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | ','));
    words.filter(|word| !word.is_empty()).take(4 * bound::STRINGS).map(str::to_owned).collect()
}

/// A string member; empty when absent.
pub(super) fn text(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).map(|text| bound::head(text, bound::STRING).to_owned()).unwrap_or_default()
}

/// A list of strings, or one string; numbers count as what they look like.
pub(super) fn strings(json: Option<&Value>) -> Vec<String> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(bound::head(text, bound::STRING).to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    match json {
        Some(Value::Array(list)) => {
            let mut left = 2 * bound::STRING;
            let texts = list.iter().take(bound::STRINGS).filter_map(scalar);
            texts
                .take_while(|text| {
                    let fits = text.len() <= left;
                    left = left.saturating_sub(text.len());
                    fits
                })
                .collect()
        }
        Some(other) => scalar(other).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Declared ports over TCP.
pub(super) fn ports(json: Option<&Value>) -> Vec<Port> {
    let list = json.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter()
        .take(bound::PORTS)
        .filter(|port| !matches!(port.get("protocol").and_then(Value::as_str), Some("UDP" | "SCTP")))
        .filter_map(|port| Some(Port { name: text(port, "name"), number: number(port.get("containerPort"))? }))
        .collect()
}

/// A port number.
pub(super) fn number(json: Option<&Value>) -> Option<u16> {
    let number = match json? {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (number > 0).then_some(number)
}

fn probe(json: &Value, ports: &[Port]) -> Option<u16> {
    ["readinessProbe", "startupProbe", "livenessProbe"].into_iter().find_map(|probe| {
        let port = json
            .get(probe)
            .and_then(|probe| probe.pointer("/httpGet/port").or_else(|| probe.pointer("/tcpSocket/port")))?;
        let named = |name: &str| ports.iter().find(|port| port.name == name).map(|port| port.number);
        number(Some(port)).or_else(|| named(port.as_str()?))
    })
}

fn requests_accelerator(json: &Value, catalogue: &Catalogue) -> bool {
    ["/resources/limits", "/resources/requests"].into_iter().any(|pointer| {
        let resources = json.pointer(pointer).and_then(Value::as_object);
        resources.into_iter().flatten().take(bound::PORTS).any(|(name, amount)| {
            let none = amount.as_u64() == Some(0) || amount.as_str() == Some("0");
            !none && Words::new(name).first(&catalogue.accelerators).is_some()
        })
    })
}

fn variables(json: &Value, maps: &ConfigMaps) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let sources = json.get("envFrom").and_then(Value::as_array);
    for source in sources.into_iter().flatten().take(bound::PORTS) {
        let Some(map) = source.pointer("/configMapRef/name").and_then(Value::as_str) else {
            continue;
        };
        let prefix = text(source, "prefix");
        variables.extend(
            maps.data(map).take(bound::VARIABLES).map(|(name, value)| (format!("{prefix}{name}"), value.clone())),
        );
    }
    let list = json.get("env").and_then(Value::as_array);
    for variable in list.into_iter().flatten().take(bound::VARIABLES) {
        let reference = variable.pointer("/valueFrom/configMapKeyRef");
        let referenced = reference.and_then(|key| maps.value(key.get("name")?.as_str()?, key.get("key")?.as_str()?));
        let value = referenced.map(str::to_owned).unwrap_or_else(|| strings(variable.get("value")).concat());
        variables.insert(text(variable, "name"), value);
    }
    variables
}

impl Container {
    /// Adds a text that configures what runs in the container.
    pub fn describe(&mut self, name: &str, text: &str) {
        let words: Vec<String> = text.split_whitespace().take(bound::STRINGS).map(str::to_owned).collect();
        self.segments.push(Segment::new(words));
        self.files.push((name.to_owned(), text.to_owned()));
    }
}
