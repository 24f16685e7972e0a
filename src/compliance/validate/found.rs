//! What validation found so far, and the checks that every kind shares.
//!
//! In: field paths and values. Out: a list of [`Invalid`]. Must not: know kinds.

use std::hash::Hash;

use jiff::civil::Date;

use super::Invalid;
use crate::api::RecordScope;
use crate::law::{ProviderCode, ServiceType, Uscc};

/// What was found so far.
#[derive(Default)]
pub(super) struct Found(pub Vec<Invalid>);

impl Found {
    pub fn add(
        &mut self,
        field: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
        zh: impl Into<String>,
    ) {
        self.0.push(Invalid { field: field.into(), reason: reason.into(), remedy: remedy.into(), zh: zh.into() });
    }

    pub fn uscc(&mut self, field: &str, text: &str) {
        if let Err(error) = Uscc::parse(text) {
            self.add(field, error.to_string(), error.remedy(), "不是有效的统一社会信用代码，请核对十八位代码。");
        }
    }

    pub fn service_code(&mut self, field: &str, text: &str) {
        // The form does not depend on the entity, so a known good one stands in for it.
        if let Ok(uscc) = Uscc::parse("91440300708461136T")
            && let Err(error) = ProviderCode::build(&uscc, ServiceType::Generation, text)
        {
            self.add(field, "is not four digits or capitals", error.remedy(), "应为四位数字或大写字母。");
        }
    }

    pub fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        // jiff also reads dates with a time behind them; a record holds plain days.
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        if date.is_none() {
            self.add(field, "is no day of the calendar", "write YYYY-MM-DD", "不是有效日期，请写作 YYYY-MM-DD。");
        }
        date
    }

    pub fn optional_date(&mut self, field: &str, text: Option<&str>) -> Option<Date> {
        text.and_then(|text| self.date(field, text))
    }

    pub fn text(&mut self, field: &str, text: &str) {
        if text.chars().any(char::is_control) {
            let remedy = "remove line breaks, tabs and other control characters";
            self.add(field, "holds control characters", remedy, "含有控制字符，请去掉换行、制表符等。");
        }
        if !text.is_empty() && text.trim().is_empty() {
            self.add(field, "holds blanks only", "write something", "只有空白，请填写内容。");
        }
    }

    pub fn optional_text(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    /// An address that people or programs open.
    pub fn url(&mut self, field: &str, text: &str) {
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            let remedy = "write one address without blanks, line breaks and other control characters";
            self.add(field, "holds blanks or control characters", remedy, "含有空白或控制字符，请填写一个完整网址。");
            return;
        }
        let host = text.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
        if host.is_none_or(|host| host.is_empty() || host.starts_with(':')) {
            self.add(field, "names no host", "write e.g. https://example.com/path", "缺少主机名，请填写完整网址。");
        }
    }

    pub fn optional_url(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.url(field, text);
        }
    }

    pub fn duplicates<T: Eq + Hash>(&mut self, field: &str, list: &[T]) {
        let mut seen = std::collections::HashSet::new();
        for (index, item) in list.iter().enumerate() {
            if !seen.insert(item) {
                let field = format!("{field}[{index}]");
                self.add(field, "is in the list already", "name every entry once", "与列表中已有条目重复。");
            }
        }
    }

    pub fn scope(&mut self, scope: &RecordScope) {
        self.duplicates("spec.scope.namespaces", &scope.namespaces);
        for (index, namespace) in scope.namespaces.iter().enumerate() {
            let plain = !namespace.is_empty()
                && namespace.len() <= 63
                && namespace.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !plain {
                let field = format!("spec.scope.namespaces[{index}]");
                let remedy = "name one namespace; patterns are not supported";
                self.add(field, "is no namespace name", remedy, "不是命名空间名称；不支持通配。");
            }
        }
    }
}
