//! How much of an object is looked at: objects come from tenants and admission must answer at once.

/// Characters of one string.
pub(super) const STRING: usize = 16 * 1024;
/// Characters of all command lines, variables and files of one workload.
pub(super) const TEXT: usize = 128 * 1024;
/// Strings of one command line or list.
pub(super) const STRINGS: usize = 512;
/// Containers of one workload.
pub(super) const CONTAINERS: usize = 48;
/// Variables of one container, own and from ConfigMaps.
pub(super) const VARIABLES: usize = 512;
/// Ports of one container or Service.
pub(super) const PORTS: usize = 64;
/// Volumes of one pod.
pub(super) const VOLUMES: usize = 128;
/// Levels of nesting in which pod templates are searched.
pub(super) const DEPTH: usize = 12;
/// Values visited while pod templates are searched.
pub(super) const VISITS: usize = 20_000;
/// Objects of the same namespace.
pub(super) const SIBLINGS: usize = 2_000;
/// Characters of configuration files that one container reads.
pub(super) const FILES: usize = 64 * 1024;
/// How often variables are expanded within each other.
pub(super) const EXPANSIONS: usize = 3;

/// Bytes of a value that a script assigns.
pub(super) const ASSIGNED: usize = 1024;

/// The beginning of a string, cut on a character border.
pub(super) fn head(text: &str, limit: usize) -> &str {
    match text.char_indices().nth(limit) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}
