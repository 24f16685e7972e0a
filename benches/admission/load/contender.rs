//! Who takes part: a namespace whose labels only this contender's webhooks select, and the process behind them.

use std::str::FromStr;

/// One contender, written `NAME=NAMESPACE` or `NAME=NAMESPACE:PID`.
#[derive(Clone, Debug)]
pub struct Contender {
    /// As in the tables.
    pub name: String,
    /// Where objects are created to ask it.
    pub namespace: String,
    /// Its process; the baseline has none.
    pub pid: Option<u32>,
}

impl FromStr for Contender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('=').ok_or("NAME=NAMESPACE[:PID]")?;
        let (namespace, pid) = match rest.split_once(':') {
            Some((namespace, pid)) => (namespace, Some(pid.parse().map_err(|_| "PID is a number")?)),
            None => (rest, None),
        };
        Ok(Self { name: name.to_owned(), namespace: namespace.to_owned(), pid })
    }
}

/// What is created: `Pod` or `Deployment`, and the file with it.
#[derive(Clone, Debug)]
pub struct Object {
    /// As in the tables.
    pub kind: String,
    /// JSON.
    pub body: Vec<u8>,
}

impl FromStr for Object {
    type Err = String;

    fn from_str(file: &str) -> Result<Self, String> {
        let body = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let value: serde_json::Value = serde_json::from_slice(&body).map_err(|error| format!("{file}: {error}"))?;
        let kind = value["kind"].as_str().ok_or_else(|| format!("{file}: no kind"))?.to_owned();
        Ok(Self { kind, body })
    }
}

impl Object {
    /// Where it is created without being stored.
    pub fn dry_run(&self, namespace: &str) -> String {
        let (group, plural) = if self.kind == "Pod" { ("api/v1", "pods") } else { ("apis/apps/v1", "deployments") };
        format!("/{group}/namespaces/{namespace}/{plural}?dryRun=All")
    }
}
