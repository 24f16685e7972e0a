//! What a query string asks for.
//!
//! In: the query of a URL. Out: a log and a [`Query`]. Must not: pass over a parameter that it does not know: who misspells `from` would
//! get everything.

use jiff::Timestamp;

use super::export::Form;
use super::search::Query;
use crate::contract::batch::LogName;
use crate::law::retention::RetentionClass;
use crate::record::chain::is_name;
use crate::record::event::class_of;

/// Everything that can be asked for.
#[derive(Clone, Debug)]
pub struct Params {
    /// Which log.
    pub log: LogName,
    /// Which records.
    pub query: Query,
    /// How they are written.
    pub form: Form,
}

/// Why a query string is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// Nobody knows it, or its value.
    #[error("the parameter {0} is unknown or has no such value")]
    Bad(String),
    /// The log is not named.
    #[error("the parameter service names the UID of a service")]
    Service,
}

/// Reads one.
///
/// # Errors
/// [`ParamError`].
pub fn parse(text: &str) -> Result<Params, ParamError> {
    let (mut service, mut class, mut form) = (None, RetentionClass::NetworkLogs, Form::Ndjson);
    let mut query = Query::default();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let bad = || ParamError::Bad(name.chars().filter(char::is_ascii_alphanumeric).take(32).collect());
        let value = decode(value).ok_or_else(bad)?;
        match name {
            "service" => service = Some(value).filter(|value| is_name(value)),
            "class" => class = class_of(&value).ok_or_else(bad)?,
            "id" => query.id = Some(value),
            "subject" => query.subject = Some(value),
            "kind" => query.kind = Some(value),
            "from" => query.from = Some(time(&value).ok_or_else(bad)?),
            "to" => query.to = Some(time(&value).ok_or_else(bad)?),
            "form" => {
                form = match value.as_str() {
                    "ndjson" => Form::Ndjson,
                    "csv" => Form::Csv,
                    _ => return Err(bad()),
                }
            }
            _ => return Err(bad()),
        }
    }
    let service = service.ok_or(ParamError::Service)?;
    Ok(Params { log: LogName { service, class }, query, form })
}

/// Milliseconds since 1970, or RFC 3339.
fn time(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond))
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_knows_and_refuses_the_rest() {
        let params = parse("service=u-1&class=consent&id=a%2Fb&from=2026-01-01T00:00:00Z&to=5&form=csv").unwrap();
        assert_eq!(params.log.origin(), "deepsynthesis.dev/u-1/consent");
        assert_eq!((params.query.id.as_deref(), params.query.to, params.form), (Some("a/b"), Some(5), Form::Csv));
        assert_eq!(params.query.from, Some(1_767_225_600_000));
        for bad in ["", "service=../x", "service=u&form=xml", "service=u&form", "service=u&id=%zz", "service=u&since=1"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
