//! Header hygiene of a proxy (RFC 9110 7.6) and the headers that a label brings or takes.

use std::net::IpAddr;

use http::header::{
    self, ACCEPT_RANGES, CONNECTION, COOKIE, HOST, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE, VARY,
};
use http::uri::Authority;
use http::{HeaderMap, Uri, Version};

use crate::label::AigcLabel;

/// Digit of the label: 1 is, 2 may be, 3 suspected.
pub const AIGC_LABEL: HeaderName = HeaderName::from_static("aigc-label");
/// Code of the producer.
pub const AIGC_CONTENT_PRODUCER: HeaderName = HeaderName::from_static("aigc-content-producer");
/// The producer's number of the content, the same as inside the content.
pub const AIGC_PRODUCE_ID: HeaderName = HeaderName::from_static("aigc-produce-id");

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Request headers of this prefix are ours; a client cannot set them.
const OWN_PREFIX: &str = "x-aigc-";

/// Some frameworks let these replace the path, which would lead past the route that was matched.
const PATH_OVERRIDES: [&str; 2] = ["x-original-url", "x-rewrite-url"];

/// Checksums over bytes that an edit changes.
const DIGESTS: [&str; 4] = ["content-md5", "digest", "content-digest", "repr-digest"];

/// Connection headers whether or not `Connection` names them. `Trailer` stays: it announces end-to-end fields.
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te"];

/// Removes what belongs to one connection, also what `Connection` nominates.
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let nominated: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // Framing is decided by the parser; a peer cannot nominate it, or the target, away.
        .filter(|name| ![header::CONTENT_LENGTH, HOST].contains(name))
        .collect();
    for name in nominated {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove(TRANSFER_ENCODING);
    headers.remove(UPGRADE);
}

/// The protocol a request wants to switch to.
#[must_use]
pub fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("upgrade"));
    asks.then(|| headers.get(UPGRADE).cloned()).flatten()
}

/// Prepares request headers for the application, on any route.
pub fn request_inwards(headers: &mut HeaderMap, peer: IpAddr, version: Version) {
    let takes_trailers = headers
        .get_all(TE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("trailers"));
    strip_hop_by_hop(headers);
    if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    // The body is pulled as the application reads it, and our server answers 100 at the first pull.
    headers.remove(header::EXPECT);
    let own: Vec<HeaderName> = headers.keys().filter(|name| name.as_str().starts_with(OWN_PREFIX)).cloned().collect();
    for name in own {
        headers.remove(name);
    }
    for name in PATH_OVERRIDES {
        headers.remove(name);
    }
    if version == Version::HTTP_2 {
        join(headers, &COOKIE, "; ");
    }
    let peer = peer.to_canonical().to_string();
    let chain: Vec<_> = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok().map(str::to_owned))
        .chain([peer])
        .collect();
    if let Ok(value) = HeaderValue::from_str(&chain.join(", ")) {
        headers.insert(X_FORWARDED_FOR, value);
    }
    headers.entry(X_FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
}

/// HTTP/2 splits cookies, HTTP/1.1 must not (RFC 9113 8.2.3).
fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &str) {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    if values.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&values.join(separator.as_bytes()))
    {
        headers.insert(name, joined);
    }
}

/// To whom the request is addressed. `Err` when the request contradicts RFC 9112 3.2 (no Host or several).
///
/// # Errors
/// Says what is wrong.
pub fn authority(uri: &Uri, headers: &HeaderMap, version: Version) -> Result<Option<Authority>, &'static str> {
    if let Some(authority) = uri.authority() {
        return Ok(Some(authority.clone()));
    }
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => Err("The request has several Host headers."),
        (Some(host), None) if host.is_empty() => Ok(None),
        (Some(host), None) => match Authority::try_from(host.as_bytes()) {
            Ok(authority) => Ok(Some(authority)),
            Err(_) => Err("The Host header is not a host."),
        },
        (None, _) if version == Version::HTTP_11 => Err("The request has no Host header."),
        (None, _) => Ok(None),
    }
}

/// The content is about to change: takes away what speaks about the old bytes.
pub fn body_changes(headers: &mut HeaderMap) {
    drop_digests(headers);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("none"));
}

/// Takes away checksums of the old bytes, from headers or trailers (RFC 9530).
pub fn drop_digests(headers: &mut HeaderMap) {
    for name in DIGESTS {
        headers.remove(name);
    }
}

/// Says in headers what the label says.
pub fn announce(headers: &mut HeaderMap, label: &AigcLabel) {
    headers.insert(AIGC_LABEL, HeaderValue::from_static(label.verdict().digit()));
    for (name, value) in [(AIGC_CONTENT_PRODUCER, label.content_producer()), (AIGC_PRODUCE_ID, label.produce_id())] {
        match HeaderValue::from_str(value) {
            Ok(value) if !value.is_empty() => {
                headers.insert(name, value);
            }
            // Labels of others may hold what no header can.
            _ => {
                headers.remove(name);
            }
        }
    }
}

/// Adds `Accept-Encoding` to `Vary`: what is answered here never depends on it downstream of us, but it
/// does upstream, and caches must not mix the two.
pub fn merge_vary(headers: &mut HeaderMap) {
    let covered = headers
        .get_all(VARY)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|name| name.trim() == "*" || name.trim().eq_ignore_ascii_case("accept-encoding"));
    if !covered {
        headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

/// Whether the content is encoded (gzip, br, …).
#[must_use]
pub fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().is_empty() && !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The declared length.
#[must_use]
pub fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn what_belongs_to_one_connection_does_not_pass_rfc9110_7_6_1() {
        let mut headers = map(&[
            ("connection", "close, X-Secret, Content-Length"),
            ("x-secret", "1"),
            ("content-length", "5"),
            ("keep-alive", "1"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("trailer", "x-sum"),
        ]);
        strip_hop_by_hop(&mut headers);
        assert_eq!(headers, map(&[("content-length", "5"), ("trailer", "x-sum")]));
    }

    #[test]
    fn clients_cannot_speak_in_our_name_and_are_named_to_the_application() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-aigc-user", "root"),
            ("x-original-url", "/gen"),
            ("x-forwarded-for", "1.2.3.4"),
            ("te", "trailers, gzip"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        request_inwards(&mut headers, IpAddr::from([10, 0, 0, 9]), Version::HTTP_2);
        assert_eq!(headers["x-forwarded-for"], "1.2.3.4, 10.0.0.9");
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(
            (&headers["te"], &headers["cookie"]),
            (&HeaderValue::from_static("trailers"), &HeaderValue::from_static("a=1; b=2"))
        );
        assert!(!headers.contains_key("x-aigc-user") && !headers.contains_key("x-original-url"));
    }

    #[test]
    fn a_request_names_one_host_rfc9112_3_2() {
        let of = |headers: &HeaderMap, version| authority(&Uri::from_static("/"), headers, version);
        assert!(of(&map(&[]), Version::HTTP_11).is_err());
        assert_eq!(of(&map(&[]), Version::HTTP_10), Ok(None));
        assert_eq!(of(&map(&[("host", "a:1")]), Version::HTTP_11).unwrap().unwrap().as_str(), "a:1");
        let mut two = map(&[("host", "a")]);
        two.append(HOST, HeaderValue::from_static("b"));
        assert!(of(&two, Version::HTTP_11).is_err());
    }
}
