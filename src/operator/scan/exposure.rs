//! Ways to the pods of a service that admission never sees: Services, slices, Ingresses and routes to ports in front of
//! which no sidecar stands (Order 12 Art. 16). Pure.
//!
//! In: pods and templates of services first, then Services, then everything that leads to either. Out: findings by service.
//! Must not: keep a pod; of all pods of one template one shape is kept, and of each pod its addresses.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::entry::{Unlabelled, list, subject};
use super::report::{Entry, Outcome};
use crate::api::names::SIDECAR_ADMIN_PORT;
use crate::inject;
use crate::operator::snapshot::{Key, Snapshot};
use crate::operator::workload::{ENDPOINT_SLICE, HTTP_ROUTE, INGRESS, Kind, SERVICE};

/// Labels that differ between the pods of one template.
const PER_POD: [&str; 3] =
    ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-completion-index"];

const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";

/// Something that leads past the sidecars of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The service.
    pub service: Key,
    /// What to report about it.
    pub entry: Entry,
}

/// What pods of one template have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    labels: BTreeMap<String, String>,
    ports: BTreeMap<String, u16>,
}

/// A port of a Service behind which no sidecar stands.
#[derive(Clone, Debug)]
struct Gap {
    service: Key,
    number: u64,
    name: String,
    target: String,
}

/// What the scan knows of the ways to services.
pub struct Ways<'a> {
    snapshot: &'a Snapshot,
    shapes: BTreeMap<Key, BTreeSet<Shape>>,
    addresses: HashMap<String, Key>,
    /// Services of Kubernetes that find their pods by labels.
    selecting: BTreeSet<Key>,
    gaps: BTreeMap<Key, Vec<Gap>>,
}

impl<'a> Ways<'a> {
    /// Nothing known yet.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let (shapes, gaps) = (BTreeMap::new(), BTreeMap::new());
        Self { snapshot, shapes, addresses: HashMap::new(), selecting: BTreeSet::new(), gaps }
    }

    /// Takes note of a pod or template of a service.
    pub fn note(&mut self, kind: Kind, object: &Value, service: &Key) {
        let Some(template) = inject::template_of(kind.name, object) else { return };
        let mut labels = inject::template_labels(template);
        labels.retain(|key, _| !PER_POD.contains(&key.as_str()));
        let ports = inject::app_containers(template).flat_map(|container| list(&container["ports"]));
        let ports = ports.filter_map(|port| Some((port["name"].as_str()?.to_owned(), number(&port["containerPort"])?)));
        let shape = Shape { labels, ports: ports.collect() };
        self.shapes.entry(service.clone()).or_default().insert(shape);
        if kind.name == "Pod" {
            let addresses = list(&object["status"]["podIPs"]).iter().filter_map(|one| one["ip"].as_str());
            self.addresses.extend(addresses.map(|address| (address.to_owned(), service.clone())));
        }
    }

    /// Whether any pod of a service has an address.
    #[must_use]
    pub fn has_addresses(&self) -> bool {
        !self.addresses.is_empty()
    }

    fn is_declared(&self, service: &Key, port: u16) -> bool {
        let endpoints = self.snapshot.services.get(service).map(|service| service.spec.endpoints.as_slice());
        port == SIDECAR_ADMIN_PORT || endpoints.unwrap_or_default().iter().any(|endpoint| endpoint.port == port)
    }

    /// A Service of an enrolled namespace: ports that lead to an undeclared one.
    pub fn service(&mut self, object: &Value) -> Vec<Exposure> {
        let about = subject(SERVICE, object);
        let selector = object["spec"]["selector"].as_object().filter(|selector| !selector.is_empty());
        let Some(selector) = selector else { return Vec::new() };
        let key: Key = (about.namespace.clone(), about.name.clone());
        self.selecting.insert(key.clone());
        let selects = |shape: &&Shape| {
            selector.iter().all(|(key, value)| shape.labels.get(key).map(String::as_str) == value.as_str())
        };
        let mut gaps: BTreeMap<(Key, u64, String), Gap> = BTreeMap::new();
        let mine = self.shapes.iter().filter(|((namespace, _), _)| *namespace == about.namespace);
        for (service, shapes) in mine {
            for shape in shapes.iter().filter(selects) {
                for port in list(&object["spec"]["ports"]) {
                    let is_tcp = port["protocol"].as_str().is_none_or(|protocol| protocol == "TCP");
                    let Some(target) = target(port, shape) else { continue };
                    if is_tcp && self.is_declared(service, target) {
                        continue;
                    }
                    let target =
                        if is_tcp { target.to_string() } else { format!("{target}/{}", text(&port["protocol"])) };
                    let number = port["port"].as_u64().unwrap_or_default();
                    let name = text(&port["name"]).to_owned();
                    let gap = Gap { service: service.clone(), number, name, target: target.clone() };
                    gaps.insert((service.clone(), number, target), gap);
                }
            }
        }
        let gaps: Vec<Gap> = gaps.into_values().collect();
        let kind = object["spec"]["type"].as_str().unwrap_or("ClusterIP");
        // From inside of the cluster it may be a port for metrics; what is open to the outside is not.
        let is_public = kind != "ClusterIP" || !list(&object["spec"]["externalIPs"]).is_empty();
        let outcome = if is_public { Outcome::Fail } else { Outcome::Warn };
        let found = gaps.iter().map(|gap| Exposure {
            service: gap.service.clone(),
            entry: Unlabelled {
                outcome,
                rule: "ServicePortUndeclared",
                message: format!(
                    "The {kind} Service leads from port {} to port {} of pods of the service {}, which is none of its \
                     endpoints: what goes there is not labelled.",
                    gap.number, gap.target, gap.service.1
                ),
                message_zh: "该 Service 指向深度合成服务未声明的端口，经此输出的内容不会被添加标识。",
                remedy: "Declare the port under spec.endpoints of the DeepSynthesisService, or remove it from the Service.",
                remedy_zh: "请在 DeepSynthesisService 的 spec.endpoints 中声明该端口，或从 Service 中删除。",
            }
            .about(about.clone()),
        });
        let found = found.collect();
        self.gaps.insert(key, gaps);
        found
    }

    /// An Ingress: backends that lead to a gap of a Service.
    #[must_use]
    pub fn ingress(&self, object: &Value) -> Vec<Exposure> {
        let spec = &object["spec"];
        let rules = list(&spec["rules"]).iter().flat_map(|rule| list(&rule["http"]["paths"]));
        let backends = std::iter::once(&spec["defaultBackend"]).chain(rules.map(|path| &path["backend"]));
        let namespace = text(&object["metadata"]["namespace"]);
        let gaps = backends.flat_map(|backend| {
            let service = &backend["service"];
            let port = &service["port"];
            self.gap(namespace, text(&service["name"]), port["number"].as_u64(), port["name"].as_str())
        });
        led(INGRESS, "IngressPortUndeclared", object, gaps)
    }

    /// A route of the Gateway API: backends that lead to a gap of a Service, wherever that is.
    #[must_use]
    pub fn route(&self, object: &Value) -> Vec<Exposure> {
        let home = text(&object["metadata"]["namespace"]);
        let backends = list(&object["spec"]["rules"]).iter().flat_map(|rule| list(&rule["backendRefs"]));
        let services = backends.filter(|backend| backend["kind"].as_str().is_none_or(|kind| kind == "Service"));
        let gaps = services.flat_map(|backend| {
            let namespace = backend["namespace"].as_str().unwrap_or(home);
            self.gap(namespace, text(&backend["name"]), backend["port"].as_u64(), None)
        });
        led(HTTP_ROUTE, "RoutePortUndeclared", object, gaps)
    }

    fn gap(&self, namespace: &str, service: &str, number: Option<u64>, name: Option<&str>) -> Vec<&Gap> {
        let gaps = self.gaps.get(&(namespace.to_owned(), service.to_owned())).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |gap: &&Gap| number == Some(gap.number) || name.is_some_and(|name| name == gap.name);
        gaps.iter().filter(is_meant).collect()
    }

    /// A slice of any namespace: addresses of pods of a service on an undeclared port. What the controller makes of a
    /// Service that selects pods is reported at that Service.
    #[must_use]
    pub fn slice(&self, slice: &Slice) -> Vec<Exposure> {
        let meta = &slice.metadata;
        let maker = meta.labels.get("kubernetes.io/service-name").cloned().unwrap_or_default();
        // The controller removes what it did not make from among its own, so nobody else can keep a slice there.
        let is_managed = meta.labels.get(MANAGED_BY).is_some_and(|by| by == "endpointslice-controller.k8s.io");
        let is_selecting = is_managed && self.selecting.contains(&(meta.namespace.clone(), maker));
        let addresses = slice.endpoints.iter().flatten().flat_map(|endpoint| &endpoint.addresses);
        let mut found: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
        for address in addresses {
            let Some(service) = self.addresses.get(address) else { continue };
            if is_selecting && service.0 == meta.namespace {
                continue;
            }
            // A slice without ports means all of them.
            let ports = slice.ports.iter().flatten().map(|port| {
                let is_tcp = port.protocol.as_deref().is_none_or(|protocol| protocol == "TCP");
                (port.port, is_tcp)
            });
            let all = slice.ports.as_ref().is_none_or(Vec::is_empty).then_some((None, true));
            for (port, is_tcp) in ports.chain(all) {
                match port {
                    Some(port) if is_tcp && self.is_declared(service, port) => {}
                    Some(port) => drop(found.entry(service.clone()).or_default().insert(port.to_string())),
                    None => drop(found.entry(service.clone()).or_default().insert("any".to_owned())),
                }
            }
        }
        let object = serde_json::json!({
            "metadata": {"namespace": meta.namespace, "name": meta.name, "uid": meta.uid},
        });
        let exposure = |(service, ports): (Key, BTreeSet<String>)| {
            let ports = ports.into_iter().collect::<Vec<_>>().join(", ");
            let entry = Unlabelled {
                outcome: Outcome::Fail,
                rule: "EndpointSliceByHand",
                message: format!(
                    "No controller made this slice of namespace {}: it leads to port {ports} of pods of the service {}, which \
                     is none of its endpoints, so what goes there is not labelled.",
                    meta.namespace, service.1
                ),
                message_zh: "手工创建的 EndpointSlice 指向深度合成服务未声明的端口，经此输出的内容不会被添加标识。",
                remedy: "Delete the slice, or let it name a port under spec.endpoints of the DeepSynthesisService.",
                remedy_zh: "请删除该 EndpointSlice，或改为 DeepSynthesisService 已声明的端口。",
            };
            Exposure { service, entry: entry.about(subject(ENDPOINT_SLICE, &object)) }
        };
        found.into_iter().map(exposure).collect()
    }
}

fn led<'g>(kind: Kind, rule: &str, object: &Value, gaps: impl Iterator<Item = &'g Gap>) -> Vec<Exposure> {
    let about = subject(kind, object);
    let gaps: BTreeMap<(&Key, &str), &Gap> = gaps.map(|gap| ((&gap.service, gap.target.as_str()), gap)).collect();
    let exposure = |gap: &Gap| {
        Exposure {
        service: gap.service.clone(),
        entry: Unlabelled {
            outcome: Outcome::Fail,
            rule,
            message: format!(
                "The {} leads traffic from outside to port {} of pods of the service {}, which is none of its endpoints: what \
                 goes there is not labelled.",
                kind.name, gap.target, gap.service.1
            ),
            message_zh: "该入口将外部流量引向深度合成服务未声明的端口，经此输出的内容不会被添加标识。",
            remedy: "Lead it to a Service port that targets a port under spec.endpoints of the DeepSynthesisService.",
            remedy_zh: "请改为指向 DeepSynthesisService 的 spec.endpoints 中已声明的端口。",
        }
        .about(about.clone()),
    }
    };
    gaps.into_values().map(exposure).collect()
}

/// The pod's port that a port of a Service leads to.
fn target(port: &Value, shape: &Shape) -> Option<u16> {
    match &port["targetPort"] {
        Value::String(name) => shape.ports.get(name).copied(),
        Value::Null => number(&port["port"]),
        target => number(target),
    }
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64()?.try_into().ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// An `EndpointSlice`, as far as it is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Slice {
    metadata: SliceMeta,
    endpoints: Option<Vec<SliceEndpoint>>,
    ports: Option<Vec<SlicePort>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SliceMeta {
    namespace: String,
    name: String,
    uid: String,
    labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct SliceEndpoint {
    #[serde(default)]
    addresses: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct SlicePort {
    port: Option<u16>,
    protocol: Option<String>,
}

#[cfg(test)]
#[path = "exposure_tests.rs"]
mod tests;
