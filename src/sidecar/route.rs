//! Which content a request asks for.
//!
//! In: an endpoint's routes, method and path. Out: [`Matched`]. A path that an application may
//! read in two ways (dot segments, escapes, doubled slashes) is judged by the stricter of both, so that
//! `/static/../generate` never leaves as `NotGenerated`.

use http::Method;

use crate::api::service::RouteContent;
use crate::contract::{SidecarEndpoint, SidecarRoute};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched {
    /// What it delivers.
    pub content: RouteContent,
    /// Whether it publishes information of users.
    pub publication: bool,
}

impl Matched {
    /// Whether the duties of a deep synthesis service are about it: generated, or published.
    #[must_use]
    pub fn is_duty_bound(self) -> bool {
        self.publication || self.content != RouteContent::NotGenerated
    }
}

/// What a request asks for.
#[must_use]
pub fn of(endpoint: &SidecarEndpoint, method: &Method, path: &str) -> Matched {
    let literal = first_match(&endpoint.routes, method, path);
    match normal(path) {
        Some(normal) => {
            let other = first_match(&endpoint.routes, method, &normal);
            Matched {
                content: stricter(literal.content, other.content),
                publication: literal.publication || other.publication,
            }
        }
        None => literal,
    }
}

fn first_match(routes: &[SidecarRoute], method: &Method, path: &str) -> Matched {
    routes
        .iter()
        .find(|route| {
            is_prefix(&route.path, path)
                && (route.methods.is_empty()
                    || route.methods.iter().any(|name| name.eq_ignore_ascii_case(method.as_str())))
        })
        .map_or(Matched { content: RouteContent::Auto, publication: false }, |route| Matched {
            content: route.content,
            publication: route.publication,
        })
}

/// Prefix on whole segments: `/v1` holds `/v1` and `/v1/x`, not `/v10`.
fn is_prefix(prefix: &str, path: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn stricter(one: RouteContent, other: RouteContent) -> RouteContent {
    let rank = |content| match content {
        RouteContent::NotGenerated => 0,
        RouteContent::Auto => 1,
        RouteContent::Generated => 2,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// The path as a lenient application reads it: unescaped, no path parameters, one slash, no dot
/// segments. `None` when that is what it already is.
fn normal(path: &str) -> Option<String> {
    let decoded = decode(path).replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/') {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
    let mut normal = format!("/{}", segments.join("/"));
    if path.len() > 1 && path.ends_with('/') && normal.len() > 1 {
        normal.push('/');
    }
    (normal != path).then_some(normal)
}

fn decode(path: &str) -> String {
    let mut out = Vec::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::service::UpstreamProtocol;

    fn endpoint(routes: &[(&str, &[&str], RouteContent)]) -> SidecarEndpoint {
        SidecarEndpoint {
            port: 8080,
            protocol: UpstreamProtocol::Http1,
            routes: routes
                .iter()
                .map(|(path, methods, content)| SidecarRoute {
                    publication: false,
                    path: (*path).to_owned(),
                    methods: methods.iter().map(|method| (*method).to_owned()).collect(),
                    content: *content,
                })
                .collect(),
        }
    }

    #[test]
    fn the_first_route_that_fits_on_whole_segments_decides_and_the_default_is_auto() {
        let endpoint =
            endpoint(&[("/v1", &["POST"], RouteContent::Generated), ("/v1/models/", &[], RouteContent::NotGenerated)]);
        let of = |method: Method, path| super::of(&endpoint, &method, path).content;
        assert_eq!(of(Method::POST, "/v1/models"), RouteContent::Generated);
        assert_eq!(of(Method::GET, "/v1/models"), RouteContent::NotGenerated);
        assert_eq!(of(Method::GET, "/v1/modelsx"), RouteContent::Auto);
        assert_eq!(of(Method::POST, "/v10"), RouteContent::Auto);
        assert_eq!(of(Method::GET, "*"), RouteContent::Auto);
    }

    #[test]
    fn a_path_with_two_readings_gets_the_stricter_one() {
        let endpoint =
            endpoint(&[("/static", &[], RouteContent::NotGenerated), ("/gen", &[], RouteContent::Generated)]);
        for path in [
            "/static/../gen",
            "/static/%2e%2e/gen",
            "/static/..%2Fgen",
            "/static\\..\\gen",
            "/static;x/../gen/",
            "//gen",
            "/%67en",
            "/./gen",
        ] {
            assert_eq!(super::of(&endpoint, &Method::GET, path).content, RouteContent::Generated, "{path}");
        }
        for path in ["/static", "/static/a%20b", "/static/", "/static//x"] {
            assert_eq!(super::of(&endpoint, &Method::GET, path).content, RouteContent::NotGenerated, "{path}");
        }
        assert_eq!(super::of(&endpoint, &Method::GET, "/static/%zz%").content, RouteContent::NotGenerated);
    }
}
