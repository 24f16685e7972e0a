//! What a template runs, as [`crate::compliance`] looks at it.
//!
//! In: a raw template. Out: borrowed containers. Must not: judge.

use serde_json::Value;

use crate::compliance::Container;
use crate::inject;

/// Every container but ours.
#[must_use]
pub fn containers(template: &Value) -> Vec<Container<'_>> {
    inject::app_containers(template).map(container).collect()
}

fn container(container: &Value) -> Container<'_> {
    let list = |key: &str| container[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let hooks = ["/lifecycle/postStart/exec/command", "/lifecycle/preStop/exec/command"];
    let hooked = hooks.into_iter().filter_map(|hook| container.pointer(hook)?.as_array()).flatten();
    Container {
        name: container["name"].as_str().unwrap_or_default(),
        image: container["image"].as_str().unwrap_or_default(),
        words: list("command").iter().chain(list("args")).chain(hooked).filter_map(Value::as_str).collect(),
        env: list("env")
            .iter()
            .filter_map(|variable| Some((variable["name"].as_str()?, variable["value"].as_str()?)))
            .collect(),
    }
}
