//! The XMP packet around a label (TC260-PG-20259A): made, found, merged.
//!
//! In: a label, or the text of a packet. Out: packet text. Readers go by namespace, writers use the
//! one spelling of the guide. No XML tree is built; properties of others are never touched.

use crate::label::AigcLabel;

/// Namespace of the property: `http`, `www.`, trailing slash.
pub const NAMESPACE: &str = "http://www.tc260.org.cn/ns/AIGC/1.0/";

/// The part of the namespace that also its misspellings share.
const NAMESPACE_CORE: &str = "tc260.org.cn/ns/AIGC";

/// What a packet says about generated content.
#[derive(Debug, PartialEq, Eq)]
pub enum Existing {
    /// No AIGC property.
    None,
    /// A label.
    Label(Box<AigcLabel>),
    /// An AIGC property that is no label.
    Malformed,
}

/// A fresh packet with only our property, in element form.
#[must_use]
pub fn packet(label: &AigcLabel) -> String {
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">{}</rdf:RDF></x:xmpmeta>\n\
         <?xpacket end=\"w\"?>",
        description("rdf", "", label)
    )
}

fn description(rdf: &str, about: &str, label: &AigcLabel) -> String {
    format!(
        "<{rdf}:Description {rdf}:about=\"{about}\" xmlns:TC260=\"{NAMESPACE}\"><TC260:AIGC>{}</TC260:AIGC></{rdf}:Description>",
        escape(&label.bare())
    )
}

/// The packet with our property added; `None` when there is no place for it.
#[must_use]
pub fn merge(packet: &str, label: &AigcLabel) -> Option<String> {
    let end = packet.rfind(":RDF>")?;
    let start = packet.get(..end)?.rfind("</")?;
    let prefix = packet.get(start + 2..end)?;
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if prefix.is_empty() || !prefix.chars().all(name) {
        return None;
    }
    // All descriptions of one packet speak of one resource, so the new one repeats its name.
    let about = packet
        .split_once(&format!("{prefix}:about=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(about, _)| about);
    Some([packet.get(..start)?, &description(prefix, about, label), packet.get(start..)?].concat())
}

/// Looks for the property in element or attribute form.
#[must_use]
pub fn find(packet: &str) -> Existing {
    if !packet.contains(NAMESPACE_CORE) {
        return Existing::None;
    }
    let mut rest = packet;
    while let Some((_, after)) = rest.split_once(":AIGC") {
        rest = after;
        let after = after.trim_start();
        let value = if let Some(value) = after.strip_prefix('=') {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            quote.and_then(|quote| value.get(1..)?.split(quote).next())
        } else if let Some(value) = after.strip_prefix('>') {
            value.split("</").next()
        } else if after.starts_with("/>") {
            Some("")
        } else {
            continue;
        };
        let value = value.unwrap_or_default().trim();
        let value = value.strip_prefix("<![CDATA[").and_then(|v| v.strip_suffix("]]>")).unwrap_or(value);
        return match AigcLabel::read(unescape(value).as_bytes()) {
            Some(label) => Existing::Label(Box::new(label)),
            None => Existing::Malformed,
        };
    }
    Existing::None
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#x22;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label() -> AigcLabel {
        AigcLabel::first_write("00119144030008867405X210001", "a&b<c>").unwrap()
    }

    #[test]
    fn a_written_packet_reads_back_as_the_same_label() {
        let packet = packet(&label());
        assert!(packet.contains("<TC260:AIGC>{&quot;Label&quot;:&quot;1&quot;"));
        assert_eq!(find(&packet), Existing::Label(Box::new(label())));
    }

    #[test]
    fn finds_attribute_form_other_prefixes_and_wrapped_values() {
        let attribute = format!(
            "<d xmlns:q=\"https://tc260.org.cn/ns/AIGC\" q:AIGC='{}'/>",
            label().wrapped().replace('&', "&amp;").replace('<', "&lt;")
        );
        assert_eq!(find(&attribute), Existing::Label(Box::new(label())));
        assert_eq!(find("<d xmlns:q=\"http://www.tc260.org.cn/ns/AIGC/1.0/\"><q:AIGC/></d>"), Existing::Malformed);
        assert_eq!(find("<d>about :AIGC</d>"), Existing::None);
    }

    #[test]
    fn merging_keeps_what_others_wrote() {
        let theirs = "<x:xmpmeta><r:RDF xmlns:r=\"u\"><r:Description r:about=\"me\" a:b=\"c\"/></r:RDF></x:xmpmeta>";
        let merged = merge(theirs, &label()).unwrap();
        assert!(merged.contains("<r:Description r:about=\"me\" a:b=\"c\"/>"));
        assert!(merged.contains("<r:Description r:about=\"me\" xmlns:TC260="));
        assert_eq!(find(&merged), Existing::Label(Box::new(label())));
        assert_eq!(merge("<x/>", &label()), None);
        assert_eq!(merge(":RDF>", &label()), None);
    }
}
