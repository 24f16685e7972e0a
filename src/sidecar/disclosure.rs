//! What a service tells its users about itself, at a well-known path of every port (Order 12 Arts 8, 12, 19).
//!
//! In: the disclosure of the configuration, what the client accepts. Out: JSON or a page in Chinese and English. The application
//! is not asked: it could forget or forge it.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use http::{HeaderMap, Method, Response};

use super::body::OutBody;
use crate::contract::SidecarConfig;
use crate::contract::disclosure::{Disclosure, ShownFiling};
use crate::law::label_words::NOTICE;

/// Where it is asked for.
pub const PATH: &str = "/.well-known/deep-synthesis";

/// The answer; `None` when something else was asked for.
#[must_use]
pub fn answer(method: &Method, path: &str, headers: &HeaderMap, config: &SidecarConfig) -> Option<Response<OutBody>> {
    if path != PATH || !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let wants_page =
        headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let words = config.wording.as_deref().unwrap_or(NOTICE);
    let (kind, body) = if wants_page {
        ("text/html; charset=utf-8", page(&config.disclosure, words))
    } else {
        ("application/json", json(&config.disclosure, words, &config.provider_code))
    };
    let mut response = Response::new(OutBody::full(Bytes::from(body)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    Some(response)
}

fn json(disclosure: &Disclosure, words: &str, producer: &str) -> String {
    let label = serde_json::json!({
        "standard": "GB 45438-2025",
        "words": words,
        "contentProducer": producer,
    });
    let mut value = serde_json::to_value(disclosure).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.insert("label".to_owned(), label);
    }
    value.to_string()
}

fn page(disclosure: &Disclosure, words: &str) -> String {
    let mut rows = String::new();
    let mut row = |chinese: &str, english: &str, value: &str| {
        // Writing into a String cannot fail.
        let _ = write!(rows, "<dt>{chinese} <span lang=\"en\">{english}</span></dt><dd>{value}</dd>");
    };
    row("服务提供者", "Provider", &escaped(&disclosure.provider));
    row("统一社会信用代码", "Unified social credit code", &escaped(&disclosure.unified_social_credit_code));
    match &disclosure.filing {
        Some(filing) => row("算法备案编号", "Algorithm filing", &shown(filing)),
        None => row("算法备案编号", "Algorithm filing", "暂无 <span lang=\"en\">none in force</span>"),
    }
    if let Some(filing) = &disclosure.generative_ai {
        row("生成式人工智能备案（登记）", "Generative AI filing", &shown(filing));
    }
    if let Some(complaints) = &disclosure.complaints {
        let limit = complaints.respond_within.as_deref().and_then(time_limit);
        row("投诉举报入口", "Complaints", &format!("{}{}", link(&complaints.url), limit.unwrap_or_default()));
    }
    if let Some(agreement) = &disclosure.agreement {
        let version = escaped(&agreement.version);
        row("服务协议", "Agreement", &format!("{} ({version})", link(&agreement.url)));
        if let Some(rules) = &agreement.rules_url {
            row("管理规则和平台公约", "Rules", &link(rules));
        }
    }
    row("生成合成内容标识", "Label", &escaped(words));
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>深度合成服务公示</title><h1>深度合成服务公示 <span lang=\"en\">Deep synthesis service</span></h1><dl>{rows}</dl>\
         <p>本服务生成或者合成的内容依照《人工智能生成合成内容标识办法》和 GB 45438-2025 添加显式标识和隐式标识，任何组织和个人不得删除、篡改、隐匿。</p>\
         <p lang=\"en\">What this service generates bears an explicit and an implicit label (GB 45438-2025). Nobody may remove, change or hide them.</p></html>"
    )
}

fn shown(filing: &ShownFiling) -> String {
    let mut text = escaped(&filing.number);
    if let Some(model) = &filing.model {
        let _ = write!(text, " ({})", escaped(model));
    }
    if let Some(address) = &filing.link {
        let _ = write!(text, " {}", link(address));
    }
    text
}

/// Only addresses of the web: the API server has checked the same, but a page must not trust it.
fn link(address: &str) -> String {
    let text = escaped(address);
    if address.starts_with("https://") || address.starts_with("http://") {
        format!("<a href=\"{text}\" rel=\"noreferrer\">{text}</a>")
    } else {
        text
    }
}

/// `P7D` and `PT48H` in words.
fn time_limit(duration: &str) -> Option<String> {
    let (count, chinese, english) = match duration.strip_prefix("PT") {
        Some(rest) => (rest.strip_suffix('H')?, "小时", "hours"),
        None => (duration.strip_prefix('P')?.strip_suffix('D')?, "日", "days"),
    };
    let count: u32 = count.parse().ok()?;
    Some(format!("，{count} {chinese}内答复 <span lang=\"en\">answered within {count} {english}</span>"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::disclosure::{ShownAgreement, ShownComplaints};

    fn disclosure() -> Disclosure {
        let number = "网信算备110108823483901220011号".to_owned();
        Disclosure {
            provider: "<某>公司".to_owned(),
            unified_social_credit_code: "91110108MA01234567".to_owned(),
            filing: Some(ShownFiling {
                number,
                link: Some("https://beian.cac.gov.cn/?a=1&b=2".to_owned()),
                model: None,
            }),
            generative_ai: None,
            complaints: Some(ShownComplaints {
                url: "javascript:alert(1)".to_owned(),
                respond_within: Some("P7D".to_owned()),
            }),
            agreement: Some(ShownAgreement {
                url: "https://example.cn/\"x".to_owned(),
                version: "3".to_owned(),
                rules_url: None,
            }),
        }
    }

    #[test]
    fn shows_number_link_complaints_and_limit_order_12_articles_12_and_19() {
        let page = page(&disclosure(), NOTICE);
        for part in [
            "&lt;某&gt;公司",
            "网信算备110108823483901220011号",
            "<a href=\"https://beian.cac.gov.cn/?a=1&amp;b=2\"",
            "7 日内答复",
            "answered within 7 days",
            "https://example.cn/&quot;x",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("href=\"javascript"));
        let json: serde_json::Value = serde_json::from_str(&json(&disclosure(), NOTICE, "code")).unwrap();
        assert_eq!(json["filing"]["number"], "网信算备110108823483901220011号");
        assert_eq!(json["complaints"]["respondWithin"], "P7D");
        assert_eq!(json["label"]["contentProducer"], "code");
        assert!(json.get("generativeAi").is_none());
    }

    #[test]
    fn a_service_without_a_filing_says_so_order_12_article_19() {
        assert!(page(&Disclosure::default(), NOTICE).contains("none in force"));
        assert_eq!(time_limit("PT48H").unwrap(), "，48 小时内答复 <span lang=\"en\">answered within 48 hours</span>");
        assert_eq!(time_limit("P1M"), None);
    }
}
