//! Where a container and a pod take the traffic of users.
//!
//! In: containers, their signatures, Services. Out: port numbers. Must not: decide what generates.

use super::catalogue::{Catalogue, PortOf, Signature};
use super::command::Segment;
use super::container::{Container, Port};
use super::identity;
use super::model::settings;
use super::sibling::Target;
use super::words::Words;

/// A port and whether the container's own settings name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub number: u16,
    pub explicit: bool,
}

/// The port on which a container serves.
pub(super) fn of(container: &Container, signature: Option<&Signature>, catalogue: &Catalogue) -> Option<Entry> {
    if let Some(number) = told(container, signature, catalogue) {
        return Some(Entry { number, explicit: true });
    }
    declared(container, signature, catalogue)
        .or(container.probe)
        .or_else(|| usual(container, signature, catalogue))
        .map(|number| Entry { number, explicit: false })
}

/// The port in arguments, variables or configuration files.
fn told(container: &Container, signature: Option<&Signature>, catalogue: &Catalogue) -> Option<u16> {
    let own = signature.map_or(&[][..], |signature| &signature.port_flags);
    let same = |segment: &&Segment| {
        let other = identity::by_command(segment, catalogue).map(|(other, _)| other.id.as_str());
        other.is_none() || other == signature.map(|signature| signature.id.as_str())
    };
    let segments: Vec<&Segment> = container.segments.iter().filter(same).collect();
    for flag in own.iter().chain(&catalogue.port_flags) {
        // The last one wins, as in most argument parsers; the serving command comes last in scripts.
        let numbers = segments.iter().flat_map(|segment| segment.values(flag)).filter_map(port_in);
        if let Some(number) = numbers.last() {
            return Some(number);
        }
    }
    let variable = |name: &String| container.variables.get(name).and_then(|value| port_in(value));
    if let Some(number) = signature.and_then(|signature| signature.port_variables.iter().find_map(variable)) {
        return Some(number);
    }
    let listed = |number: &u16| container.ports.is_empty() || container.ports.iter().any(|port| port.number == *number);
    if let Some(number) = catalogue.port_variables.iter().filter_map(variable).find(listed) {
        return Some(number);
    }
    let called = || container.segments.iter().chain(&container.programs).find_map(called_port);
    container.files.iter().find_map(|(_, text)| file_port(text)).or_else(called).filter(listed)
}

/// `port=8000` in a program's text, as in `uvicorn.run(app, port=8000)`; a flag is none.
fn called_port(segment: &Segment) -> Option<u16> {
    let arguments = segment.words.iter().flat_map(|word| word.split(['(', ',']));
    let values = arguments.filter_map(|argument| {
        argument.trim().strip_prefix("server_port=").or_else(|| argument.trim().strip_prefix("port="))
    });
    let digits =
        |value: &'_ str| value.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    values.filter_map(digits).find(|number| *number > 0)
}

/// `listen 8080;` of nginx, `port: 8000` of many.
fn file_port(text: &str) -> Option<u16> {
    let listen = text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("listen")?;
        let value = rest.trim().split([' ', ';']).next()?;
        port_in(value)
    });
    listen.or_else(|| {
        settings(text)
            .find(|(key, _)| matches!(*key, "port" | "http_port" | "port_value"))
            .and_then(|(_, value)| port_in(&value))
    })
}

/// `8080`, `:8080`, `0.0.0.0:8080`, `http://[::]:8080/`.
fn port_in(value: &str) -> Option<u16> {
    let value = value.trim().trim_end_matches('/');
    let number = value.rsplit(':').next()?;
    number.parse().ok().filter(|number| *number > 0)
}

/// Whether a port is for machines beside the service.
pub(super) fn is_internal(port: &Port, catalogue: &Catalogue) -> bool {
    Words::new(&port.name).first(&catalogue.internal_port_names).is_some()
}

/// Where such a program listens unless told otherwise.
fn usual(container: &Container, signature: Option<&Signature>, catalogue: &Catalogue) -> Option<u16> {
    let runs = |one: &&PortOf| container.segments.iter().any(|segment| segment.text.contains(&one.name));
    let is = |one: &&PortOf| container.image.name.contains(&one.name) || container.image.path.contains(&one.name);
    let ports = signature.map_or(&[][..], |signature| &signature.ports);
    // A framework that is started says more than the name of the image, unless the server itself starts it.
    let own = |segment: &&Segment| signature.is_some_and(|signature| segment.text.first(&signature.commands).is_some());
    let framework = |segment: &Segment| {
        catalogue.frameworks.iter().find(|one| segment.text.contains(&one.name)).map(|one| one.port)
    };
    let started = || container.segments.iter().filter(|segment| !identity::is_setup(segment));
    ports
        .iter()
        .find(runs)
        .map(|one| one.port)
        .or_else(|| started().filter(|segment| !own(segment)).find_map(framework))
        .or_else(|| ports.iter().find(is).map(|one| one.port))
        .or(signature.and_then(|signature| signature.port))
        .or_else(|| started().find_map(framework))
}

fn declared(container: &Container, signature: Option<&Signature>, catalogue: &Catalogue) -> Option<u16> {
    let usual = usual(container, signature, catalogue);
    let open: Vec<&Port> = container.ports.iter().filter(|port| !is_internal(port, catalogue)).collect();
    let is = |wanted: u16| open.iter().any(|port| port.number == wanted);
    // Some serve over nothing but gRPC.
    let own = |wanted: &u16| container.ports.iter().any(|port| port.number == *wanted);
    if let Some(own) = signature.and_then(|signature| signature.port).filter(|port| usual == Some(*port)).filter(own) {
        return Some(own);
    }
    let named = || open.iter().find(|port| Words::new(&port.name).first(&catalogue.public_port_names).is_some());
    let usable = || open.iter().find(|port| !catalogue.internal_ports.contains(&port.number));
    match usual.filter(|usual| is(*usual)) {
        Some(usual) => Some(usual),
        None => container
            .probe
            .filter(|probe| open.len() > 1 && is(*probe) && !catalogue.internal_ports.contains(probe))
            .or_else(|| named().or_else(usable).or(open.first()).map(|port| port.number)),
    }
}

/// The port of a pod, given the port of the container that takes its traffic and where Services lead.
pub(super) fn entry(front: Option<Entry>, targets: &[Target], others: &[&Port], catalogue: &Catalogue) -> Option<u16> {
    let internal = |target: &&Target| {
        let name = |name: &str| Words::new(name).first(&catalogue.internal_port_names).is_some();
        name(&target.name) || others.iter().any(|port| port.number == target.number && name(&port.name))
    };
    let open: Vec<&Target> = targets.iter().filter(|target| !internal(target)).collect();
    let (Some(first), Some(front)) = (open.first(), front) else {
        return front.map(|front| front.number).or(open.first().map(|target| target.number));
    };
    if open.iter().any(|target| target.number == front.number) {
        return Some(front.number);
    }
    let public = |target: &&&Target| Words::new(&target.name).first(&catalogue.public_port_names).is_some();
    let best = open.iter().find(public).unwrap_or(first);
    let elsewhere = others.iter().any(|port| port.number == best.number);
    Some(if front.explicit && !elsewhere { front.number } else { best.number })
}
