//! Thousands of objects out of one template.
//!
//! In the template and in the path `@INDEX@` is the object's number, `@NAMESPACE@` the namespace whose turn it is and
//! `@CODE@` the number as a service code.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::Args;
use tokio::task::JoinSet;

use crate::{Error, client};

/// Digits of a service code.
const DIGITS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What is created.
#[derive(Args)]
pub struct Settings {
    /// File with the object.
    #[arg(long)]
    template: PathBuf,
    /// Path to create it at.
    #[arg(long)]
    path: String,
    /// File with what is merged into its status afterwards.
    #[arg(long)]
    status: Option<PathBuf>,
    /// How many.
    #[arg(long)]
    count: usize,
    /// Over how many namespaces, one after the other.
    #[arg(long)]
    namespaces: usize,
    /// How many at a time.
    #[arg(long, default_value_t = 32)]
    clients: usize,
}

/// Creates them all and says how long it took.
pub async fn run(settings: &Settings) -> Result<(), Error> {
    let template = std::fs::read_to_string(&settings.template)?;
    let status = settings.status.as_ref().map(std::fs::read_to_string).transpose()?;
    let texts = Arc::new((template, settings.path.clone(), status));
    let (count, namespaces) = (settings.count, settings.namespaces);
    let (start, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for client in client::clients(settings.clients).await? {
        let (texts, next) = (Arc::clone(&texts), Arc::clone(&next));
        tasks.spawn(async move {
            let (template, path, status) = &*texts;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return Ok::<_, Error>(());
                }
                let of = |text: &str| fill_in(text, index, index % namespaces);
                client::create(&client, &of(path), of(template).as_bytes()).await?;
                if let Some(status) = status {
                    let path = format!("{}/{}/status", of(path), name(&of(template))?);
                    client::merge(&client, &path, of(status).as_bytes()).await?;
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let (what, seconds) = (settings.template.file_stem().unwrap_or_default(), start.elapsed().as_secs_f64());
    eprintln!("    {count} of {} in {seconds:.0} s", what.to_string_lossy());
    Ok(())
}

fn fill_in(text: &str, index: usize, namespace: usize) -> String {
    let (mut number, mut code) = (index, [b'0'; 4]);
    for digit in code.iter_mut().rev() {
        *digit = DIGITS[number % DIGITS.len()];
        number /= DIGITS.len();
    }
    text.replace("@INDEX@", &index.to_string())
        .replace("@NAMESPACE@", &format!("scale-{namespace}"))
        .replace("@CODE@", &String::from_utf8_lossy(&code))
}

fn name(object: &str) -> Result<String, Error> {
    let object: serde_json::Value = serde_json::from_str(object)?;
    Ok(object["metadata"]["name"].as_str().ok_or("an object without a name")?.to_owned())
}
