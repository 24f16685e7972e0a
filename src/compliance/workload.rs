//! What a workload of a service may not run, whatever its records say.
//!
//! In: the containers of a template, the digests that assessments name. Out: findings. Must not: look into images; a
//! digest is compared, a tool is known by its name and its options.

use super::finding::Finding;
use super::reason::Reason;
use super::stripping::stripping;

/// One container as a template names it. Ours is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container<'a> {
    /// Name.
    pub name: &'a str,
    /// Image reference.
    pub image: &'a str,
    /// Command and arguments, one after the other.
    pub words: Vec<&'a str>,
    /// Variables with a value of their own.
    pub env: Vec<(&'a str, &'a str)>,
}

impl Container<'_> {
    /// The digest that the image is pinned to.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.image.rsplit_once('@').map(|(_, digest)| digest).filter(|digest| digest.starts_with("sha256:"))
    }
}

/// Containers named in one finding.
const SHOWN: usize = 3;

/// Everything that is wrong with what a workload runs.
#[must_use]
pub fn judge(assessed: Option<&[String]>, runs: &[Container<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(assessed) = assessed.filter(|_| !runs.is_empty()) {
        found.extend(image(assessed, runs));
    }
    for container in runs {
        if let Some(what) = stripping(container) {
            let detail = format!("container {}: {what}", container.name);
            found.push(Finding::violation(Reason::MarkStripping).detail(detail));
        }
    }
    found
}

/// One container of a workload runs what was assessed (Order 12 Art. 15(2)); helpers beside it need not be models.
fn image(assessed: &[String], runs: &[Container<'_>]) -> Option<Finding> {
    let pinned: Vec<&str> = runs.iter().filter_map(Container::digest).collect();
    if pinned.iter().any(|digest| assessed.iter().any(|one| one == digest)) {
        return None;
    }
    let reason = if pinned.is_empty() { Reason::ImageNotPinned } else { Reason::ImageNotAssessed };
    let names: Vec<_> =
        runs.iter().take(SHOWN).map(|container| format!("container {}: {}", container.name, container.image)).collect();
    Some(Finding::violation(reason).detail(names.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "sha256:aaaa";
    const B: &str = "sha256:bbbb";

    fn codes(assessed: Option<&[String]>, images: &[&str]) -> Vec<&'static str> {
        let runs: Vec<_> = images.iter().map(|image| Container { name: "c", image, ..Container::default() }).collect();
        judge(assessed, &runs).into_iter().map(|finding| finding.reason.code()).collect()
    }

    #[test]
    fn one_image_of_a_workload_is_pinned_to_an_assessed_digest() {
        let list = [A.to_owned()];
        let assessed = Some(&list[..]);
        let (a, b) = (format!("registry.example:5000/x:v1@{A}"), format!("x@{B}"));
        assert_eq!(codes(None, &["x:v1"]), [""; 0]);
        assert_eq!(codes(assessed, &["x:v1"]), ["ImageNotPinned"]);
        assert_eq!(codes(assessed, &["x@md5:aaaa"]), ["ImageNotPinned"]);
        assert_eq!(codes(assessed, &[&a]), [""; 0]);
        assert_eq!(codes(assessed, &[&b]), ["ImageNotAssessed"]);
        assert_eq!(codes(assessed, &["proxy:v1", &b]), ["ImageNotAssessed"]);
        assert_eq!(codes(assessed, &[&b, &a, "proxy:v1"]), [""; 0]);
        assert_eq!(codes(assessed, &[]), [""; 0]);
    }
}
