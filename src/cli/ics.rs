//! Deadlines as a calendar (RFC 5545), for whoever has to keep them.
//!
//! In: sheets, the clock. Out: one all-day event per deadline of a duty. Must not: make an event anew at every run: its UID is made of
//! service, code and day.

use jiff::Timestamp;

use super::sheet::Sheet;
use crate::law::calendar::china_date;

/// Octets of a line before it is folded (section 3.1).
const WIDTH: usize = 73;

/// The whole calendar.
#[must_use]
pub fn ics(sheets: &[Sheet], now: Timestamp) -> String {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//deepsynthesis.dev//kubectl-deepsynthesis//EN"] {
        line(text);
    }
    for sheet in sheets {
        for (row, why) in sheet.duties.iter().flat_map(|row| row.reasons.iter().map(move |why| (row, why))) {
            let Some(due) = why.due.map(china_date) else { continue };
            let (service, day) = (format!("{}/{}", sheet.namespace, sheet.name), due.strftime("%Y%m%d").to_string());
            let summary = format!("{service}: {} {} ({})", row.title, row.title_zh, row.article);
            let text = format!("[{}] {} {} {}{}", why.code, why.message, why.remedy, why.message_zh, why.remedy_zh);
            line("BEGIN:VEVENT");
            line(&format!("UID:{}.{}.{}.{day}@deepsynthesis.dev", sheet.namespace, sheet.name, why.code));
            line(&format!("DTSTAMP:{stamp}"));
            line(&format!("DTSTART;VALUE=DATE:{day}"));
            line(&format!("SUMMARY:{}", escape(&summary)));
            line(&format!("DESCRIPTION:{}", escape(&text)));
            line("END:VEVENT");
        }
    }
    line("END:VCALENDAR");
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// Lines end with CR LF, and a long one goes on after a space; never within a character.
fn fold(out: &mut String, text: &str) {
    let mut length = 0;
    for letter in text.chars() {
        if length + letter.len_utf8() > WIDTH {
            out.push_str("\r\n ");
            length = 0;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters_and_unfold_to_the_same() {
        let text = format!("SUMMARY:{}", escape(&"备案, 逾期; a\\b\n".repeat(20)));
        let mut out = String::new();
        fold(&mut out, &text);
        assert!(out.lines().all(|line| line.len() <= 75), "{out}");
        assert_eq!(out.replace("\r\n ", "").trim_end(), text);
        assert_eq!(escape("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
    }
}
