//! The closed list of what API servers add to our container after us. Everything else is a finding.
//!
//! In: the path of a difference inside the container, with `*` for list positions. Out: tolerated or not.

use serde_json::{Value, json};

use super::quantity::{nanos, same_quantity};

/// What a comparison is about, hence which list applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// Our container.
    Container,
    /// Nothing may differ (volumes: we write every defaulted field ourselves).
    Exact,
}

impl Tolerance {
    /// Whether a field that we did not write may be there.
    pub fn addition(self, path: &[&str], found: &Value) -> bool {
        if self == Self::Exact {
            return false;
        }
        match path {
            // Defaulting by the API server.
            ["terminationMessagePath"] => found == "/dev/termination-log",
            ["startupProbe" | "readinessProbe" | "livenessProbe", default] => match *default {
                "timeoutSeconds" | "successThreshold" => found == 1,
                _ => false,
            },
            ["startupProbe" | "readinessProbe" | "livenessProbe", "httpGet", "scheme"] => found == "HTTP",
            ["env", "*", "valueFrom", "fieldRef", "apiVersion"] => found == "v1",
            ["securityContext", "procMount"] => found == "Default",
            ["resizePolicy"] => {
                *found
                    == json!([
                        {"resourceName": "cpu", "restartPolicy": "NotRequired"},
                        {"resourceName": "memory", "restartPolicy": "NotRequired"},
                    ])
            }
            // OpenShift's SCC admission picks a user from the namespace's range. The pod-level field,
            // which is the tenant's, has the same power; root is stopped by runAsNonRoot and here.
            ["securityContext", "runAsUser"] => found.as_i64().is_some_and(|user| user > 0),
            // LimitRanger, only for resources that we left open.
            ["resources", "limits" | "requests", _] => nanos(found).is_some_and(|value| value >= 0),
            _ => false,
        }
    }

    /// Whether a field that we wrote may have this other value.
    pub fn change(self, path: &[&str], expected: &Value, found: &Value) -> bool {
        if self == Self::Exact {
            return false;
        }
        match path {
            // AlwaysPullImages.
            ["imagePullPolicy"] => found == "Always",
            // The API server rewrites quantities in canonical form.
            ["resources", "limits" | "requests", _] => same_quantity(expected, found),
            _ => false,
        }
    }
}
