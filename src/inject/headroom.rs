//! Whether a namespace has room for the sidecar: what its limit ranges and quotas will refuse once a pod is injected.
//!
//! In: `LimitRange`s and `ResourceQuota`s as they are stored, a pod template, the plan. Out: what will refuse, with the
//! number to change. Must not: name what would be refused without the sidecar, too, nor guess scopes that it cannot judge.

use serde_json::{Map, Value, json};

use super::Plan;
use super::container::{Shape, resources};
use super::obstacle::{Obstacle, Remedy};
use super::quantity::nanos;
use super::view::{is_sidecar, list};

/// As many as people read.
const MAX_OBSTACLES: usize = 8;
const RESOURCES: [&str; 2] = ["cpu", "memory"];
/// One core, or one byte, in billionths.
const ONE: i128 = 1_000_000_000;
const MEBIBYTE: i128 = ONE << 20;
const MILLICORE: i128 = ONE / 1000;

/// What asks for resources and may use them.
#[derive(Clone, Copy, Debug, Default)]
struct Need {
    request: Option<i128>,
    limit: Option<i128>,
}

impl Need {
    /// Nothing asked for is nothing used.
    fn plus(self, other: Self) -> Self {
        let add = |left: Option<i128>, right: Option<i128>| match (left, right) {
            (Some(left), Some(right)) => Some(left.saturating_add(right)),
            (left, right) => left.or(right),
        };
        Self { request: add(self.request, other.request), limit: add(self.limit, other.limit) }
    }

    fn most(self, other: Self) -> Self {
        Self { request: self.request.max(other.request), limit: self.limit.max(other.limit) }
    }
}

/// What will refuse pods of this template, each number once.
#[must_use]
pub fn obstacles(template: &Value, plan: &Plan, limit_ranges: &[Value], quotas: &[Value]) -> Vec<Obstacle> {
    let defaults = defaults(limit_ranges);
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let own = |key: &str| -> Vec<(bool, Value)> {
        let others =
            list(spec, key).iter().filter(|container| container["name"] != crate::api::names::SIDECAR_CONTAINER);
        others.map(|container| (is_sidecar(container), completed(&container["resources"], &defaults))).collect()
    };
    let (init, containers) = (own("initContainers"), own("containers"));
    let sidecar = completed(&resources(plan, shape(spec, init.iter().chain(&containers))), &defaults);
    let mut found = Vec::new();
    for resource in RESOURCES {
        let ours = need(&sidecar, resource);
        let without = pod_need(&init, &containers, resource);
        let pod = Pod { resource, ours, without, with: without.plus(ours) };
        found.extend(limit_ranges.iter().flat_map(|range| of_limit_range(range, &pod)));
        let quotas = quotas.iter().filter(|quota| is_in_scope(quota, spec));
        found.extend(quotas.flat_map(|quota| of_quota(quota, &pod)));
    }
    found.sort();
    found.dedup();
    found.truncate(MAX_OBSTACLES);
    found
}

/// The needs of one pod for one resource.
struct Pod {
    resource: &'static str,
    ours: Need,
    without: Need,
    with: Need,
}

fn of_limit_range(range: &Value, pod: &Pod) -> Vec<Obstacle> {
    let resource = pod.resource;
    let mut found = Vec::new();
    for (index, item) in list(&range["spec"], "limits").iter().enumerate() {
        let mut say = |part: &str, remedy: Remedy| {
            let is = item[part][resource].as_str().map_or_else(|| item[part][resource].to_string(), str::to_owned);
            let field = format!("spec.limits[{index}].{part}.{resource}");
            found.push(Obstacle { kind: "LimitRange", object: name(range), field, is, remedy });
        };
        let number = |part: &str| nanos(&item[part][resource]);
        let ratio_of = |need: Need| match (need.request, need.limit) {
            // In billionths, like the number it is compared with.
            (Some(request), Some(limit)) if request > 0 => Some(limit.saturating_mul(ONE) / request),
            _ => None,
        };
        match item["type"].as_str() {
            Some("Container") => {
                let ours = pod.ours;
                let most = ours.limit.max(ours.request);
                if let (Some(max), Some(most)) = (number("max"), most)
                    && most > max
                {
                    say("max", Remedy::Raise(show(resource, most)));
                }
                if let (Some(default), Some(request)) = (number("default"), ours.request)
                    && ours.limit == Some(default)
                    && default < request
                {
                    say("default", Remedy::Raise(show(resource, request)));
                }
                if let (Some(min), Some(request)) = (number("min"), ours.request)
                    && request < min
                {
                    say("min", Remedy::Lower(show(resource, request)));
                }
                if let (Some(most), Some(ratio)) = (number("maxLimitRequestRatio"), ratio_of(ours))
                    && ratio > most
                {
                    say("maxLimitRequestRatio", Remedy::Raise(whole(ratio)));
                }
            }
            Some("Pod") => {
                let most = |need: Need| need.limit.max(need.request);
                if let (Some(max), Some(with)) = (number("max"), most(pod.with))
                    && with > max
                    && most(pod.without).is_none_or(|without| without <= max)
                {
                    say("max", Remedy::Raise(show(resource, with)));
                }
                if let (Some(most), Some(with)) = (number("maxLimitRequestRatio"), ratio_of(pod.with))
                    && with > most
                    && ratio_of(pod.without).is_none_or(|without| without <= most)
                {
                    say("maxLimitRequestRatio", Remedy::Raise(whole(with)));
                }
            }
            _ => {}
        }
    }
    found
}

fn of_quota(quota: &Value, pod: &Pod) -> Vec<Obstacle> {
    let resource = pod.resource;
    let used = |key: &str| nanos(&quota["status"]["used"][key]).unwrap_or(0);
    let hard: Map<String, Value> = quota["spec"]["hard"].as_object().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (key, value) in &hard {
        let Some(hard) = nanos(value) else { continue };
        let is = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is = format!("{is} with {} used", show(key, used(key)));
        let mut say = |remedy: Remedy| {
            let field = format!("spec.hard[{key}]");
            found.push(Obstacle { kind: "ResourceQuota", object: name(quota), field, is: is.clone(), remedy });
        };
        if key == "pods" || key == "count/pods" {
            if used(key).saturating_add(ONE) > hard {
                say(Remedy::Raise(whole(used(key).saturating_add(ONE))));
            }
            continue;
        }
        let side: fn(Need) -> Option<i128> = match key.strip_prefix("limits.") {
            Some(of) if of == resource => |need| need.limit,
            None if key == resource || key.strip_prefix("requests.") == Some(resource) => |need| need.request,
            _ => continue,
        };
        let Some(ours) = side(pod.ours) else {
            say(Remedy::SetDefault(resource));
            continue;
        };
        let free = hard.saturating_sub(used(key));
        let (with, without) = (side(pod.with).unwrap_or(0), side(pod.without).unwrap_or(0));
        if with > free && (without <= free || ours > free) {
            say(Remedy::Raise(show(resource, used(key).saturating_add(with))));
        }
    }
    found
}

/// Whether a quota counts pods of this template; a scope that cannot be judged does not.
fn is_in_scope(quota: &Value, pod: &Value) -> bool {
    let spec = &quota["spec"];
    let is_terminating = pod["activeDeadlineSeconds"].as_i64().is_some();
    let class = pod["priorityClassName"].as_str();
    let plain = list(spec, "scopes").iter().map(|scope| (scope.as_str().unwrap_or_default(), "Exists", &[][..]));
    let expressions = list(&spec["scopeSelector"], "matchExpressions").iter().map(|expression| {
        let text = |key: &str| expression[key].as_str().unwrap_or_default();
        (text("scopeName"), text("operator"), list(expression, "values"))
    });
    plain.chain(expressions).all(|(scope, operator, values)| match (scope, operator) {
        ("Terminating", _) => is_terminating,
        ("NotTerminating", _) => !is_terminating,
        // The sidecar requests something: an injected pod is never BestEffort.
        ("NotBestEffort", _) => true,
        ("PriorityClass", "Exists") => class.is_some(),
        ("PriorityClass", "DoesNotExist") => class.is_none(),
        ("PriorityClass", "In") => class.is_some_and(|class| values.iter().any(|value| value == class)),
        ("PriorityClass", "NotIn") => class.is_some_and(|class| values.iter().all(|value| value != class)),
        _ => false,
    })
}

/// What `LimitRanger` gives to containers that say nothing.
fn defaults(limit_ranges: &[Value]) -> Value {
    let mut defaults = json!({"limits": {}, "requests": {}});
    let items = limit_ranges.iter().flat_map(|range| list(&range["spec"], "limits"));
    for item in items.filter(|item| item["type"] == "Container") {
        for (part, kind) in [("default", "limits"), ("defaultRequest", "requests")] {
            for (resource, value) in item[part].as_object().into_iter().flatten() {
                defaults[kind][resource] = value.clone();
            }
        }
    }
    defaults
}

/// Resources with the defaults filled in; without a request the limit is the request.
fn completed(resources: &Value, defaults: &Value) -> Value {
    let mut completed = json!({"limits": {}, "requests": {}});
    for resource in RESOURCES {
        let of = |kind: &str| Some(&resources[kind][resource]).filter(|value| !value.is_null());
        let default = |kind: &str| Some(&defaults[kind][resource]).filter(|value| !value.is_null());
        let (limit, request) = (of("limits"), of("requests").or(of("limits")));
        for (kind, value) in [("limits", limit.or(default("limits"))), ("requests", request.or(default("requests")))] {
            if let Some(value) = value {
                completed[kind][resource] = value.clone();
            }
        }
    }
    completed
}

/// The shape that the sidecar gets beside these containers.
fn shape<'a>(spec: &Value, mut others: impl Iterator<Item = &'a (bool, Value)>) -> Shape {
    let is_guaranteed = |resources: &Value| {
        RESOURCES.iter().all(|resource| {
            let need = need(resources, resource);
            need.limit.is_some_and(|limit| limit > 0) && need.limit == need.request
        })
    };
    let is_open = spec["resources"].is_null();
    if is_open && others.all(|(_, resources)| is_guaranteed(resources)) { Shape::Guaranteed } else { Shape::Burstable }
}

fn need(resources: &Value, resource: &str) -> Need {
    Need { request: nanos(&resources["requests"][resource]), limit: nanos(&resources["limits"][resource]) }
}

/// Containers and native sidecars together, or the largest init container beside the sidecars before it.
fn pod_need(init: &[(bool, Value)], containers: &[(bool, Value)], resource: &str) -> Need {
    let sum = |total: Need, (_, resources): &(bool, Value)| total.plus(need(resources, resource));
    let mut sidecars = Need::default();
    let mut largest = Need::default();
    for (is_sidecar, resources) in init {
        let need = need(resources, resource);
        if *is_sidecar {
            sidecars = sidecars.plus(need);
        } else {
            largest = largest.most(sidecars.plus(need));
        }
    }
    containers.iter().fold(sidecars, sum).most(largest)
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

/// As people write it, rounded up.
fn show(resource: &str, nanos: i128) -> String {
    let up = |unit: i128| nanos.saturating_add(unit - 1) / unit;
    match resource.rsplit('.').next() {
        Some("cpu") => format!("{}m", up(MILLICORE)),
        Some("memory") => format!("{}Mi", up(MEBIBYTE)),
        _ => whole(nanos),
    }
}

fn whole(nanos: i128) -> String {
    (nanos.saturating_add(ONE - 1) / ONE).to_string()
}

#[cfg(test)]
#[path = "headroom_tests.rs"]
mod tests;
