//! Command lines as lists of words: shell wrappers opened, variables filled in, one list per simple command.
//!
//! In: `command`, `args` and variables of a container. Out: [`Segment`]s. Must not: evaluate anything.

use std::collections::BTreeMap;

use super::bound;
use super::words::Words;

/// One simple command: a program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The words, variables expanded.
    pub words: Vec<String>,
    /// The same for phrase look-ups.
    pub text: Words,
}

impl Segment {
    /// A segment of these words.
    pub fn new(words: Vec<String>) -> Self {
        // Addresses name what is elsewhere, not what runs here.
        let here: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.contains("://")).collect();
        let text = Words::new(&here.join(" "));
        Self { words, text }
    }

    /// Values of the flag, as `--flag value` and `--flag=value`; `_` and `-` are the same.
    pub fn values<'a>(&'a self, flag: &'a str) -> impl Iterator<Item = &'a str> {
        self.words.iter().enumerate().filter_map(move |(index, word)| {
            if same_flag(word, flag) {
                return self.words.get(index + 1).map(String::as_str).filter(|next| !is_flag(next));
            }
            let (name, value) = word.split_once('=')?;
            same_flag(name, flag).then_some(value)
        })
    }

    /// Whether the flag is there, with or without a value.
    pub fn has(&self, flag: &str) -> bool {
        self.words.iter().any(|word| same_flag(word.split_once('=').map_or(word.as_str(), |(name, _)| name), flag))
    }
}

/// Whether a word is a flag.
pub(super) fn is_flag(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next() == Some('-') && characters.next().is_some_and(|second| second == '-' || second.is_alphabetic())
}

fn same_flag(left: &str, right: &str) -> bool {
    left.starts_with('-')
        && left.len() == right.len()
        && left.bytes().zip(right.bytes()).all(|(left, right)| {
            let dash = |byte: u8| if byte == b'_' { b'-' } else { byte };
            dash(left) == dash(right)
        })
}

/// The simple commands of a container's command line.
pub(super) fn segments(line: &[String], variables: &BTreeMap<String, String>) -> Vec<Segment> {
    let mut simple: Vec<Vec<String>> = vec![Vec::new()];
    for (index, item) in line.iter().enumerate().take(bound::STRINGS) {
        let previous = index.checked_sub(1).and_then(|before| line.get(before));
        let script = previous.is_some_and(|word| is_command_flag(word)) || item.contains('\n') || is_wrapped(item);
        let item = if script { expand_script(item, variables) } else { expand(item, variables) };
        if script {
            let mut inner = split(&item).into_iter();
            if let (Some(last), Some(first)) = (simple.last_mut(), inner.next()) {
                last.extend(first);
            }
            simple.extend(inner);
        } else if let Some(last) = simple.last_mut() {
            last.push(item);
        }
    }
    simple.into_iter().filter(|words| !words.is_empty()).take(bound::STRINGS).map(Segment::new).collect()
}

/// `-c`, `-lc`, `-exc` and so on of a shell.
fn is_command_flag(word: &str) -> bool {
    word.len() <= 6 && word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}

/// A whole command line in one item, as in `args: ["vllm serve x --port 1"]`; JSON is left alone.
fn is_wrapped(item: &str) -> bool {
    let item = item.trim();
    item.contains(char::is_whitespace) && !item.starts_with(['{', '['])
}

/// The commands of a shell script, each as its words.
pub(super) fn split(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    let mut started = false;
    let mut characters = script.chars().take(bound::STRING).peekable();
    let end_word = |word: &mut String, started: &mut bool, commands: &mut Vec<Vec<String>>| {
        if *started && let Some(last) = commands.last_mut() {
            last.push(std::mem::take(word));
        }
        *started = false;
    };
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '\'' | '"') => {
                quote = Some(character);
                started = true;
            }
            (Some(open), close) if open == close => quote = None,
            (Some('\''), other) => word.push(other),
            (_, '\\') => match characters.next() {
                Some('\n') => end_word(&mut word, &mut started, &mut commands),
                Some('\r') => {
                    characters.next_if_eq(&'\n');
                    end_word(&mut word, &mut started, &mut commands);
                }
                Some(other) => {
                    word.push(other);
                    started = true;
                }
                None => {}
            },
            (Some(_), other) => word.push(other),
            (None, '#') if !started => while characters.next_if(|next| *next != '\n').is_some() {},
            (None, '\n' | ';' | '|' | '&') => {
                end_word(&mut word, &mut started, &mut commands);
                // `2>&1` and `>&2` separate nothing.
                let redirected = character == '&'
                    && commands.last().and_then(|last| last.last()).is_some_and(|last: &String| last.ends_with('>'));
                if !redirected
                    && commands.last().is_some_and(|last| !last.is_empty())
                    && commands.len() < bound::STRINGS
                {
                    commands.push(Vec::new());
                }
            }
            (None, space) if space.is_whitespace() => end_word(&mut word, &mut started, &mut commands),
            (None, other) => {
                word.push(other);
                started = true;
            }
        }
    }
    end_word(&mut word, &mut started, &mut commands);
    commands.retain(|words| !words.is_empty());
    commands
}

/// Fills in `$(NAME)`, `${NAME}`, `${NAME:-default}` and `$NAME`; unknown names stay as they are.
pub(super) fn expand(text: &str, variables: &BTreeMap<String, String>) -> String {
    expand_with(text, &|name| variables.get(name))
}

/// The same in a shell script, with the variables that it sets itself.
pub(super) fn expand_script(text: &str, variables: &BTreeMap<String, String>) -> String {
    let text = bound::head(text, bound::STRING);
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    for statement in text.split(['\n', ';', '&']).take(bound::STRINGS) {
        let statement = statement.trim();
        let bare = ["export ", "readonly ", "local "].iter().find_map(|word| statement.strip_prefix(word));
        let Some((name, value)) = bare.unwrap_or(statement).split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']);
        let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if named && !value.contains(char::is_whitespace) {
            let value = expand_with(value, &|name| own.get(name).or_else(|| variables.get(name)));
            // What a command prints is unknown.
            if value.len() <= bound::ASSIGNED && !value.contains("$(") && !value.contains('`') {
                own.insert(name.to_owned(), value);
            }
        }
    }
    expand_with(text, &|name| own.get(name).or_else(|| variables.get(name)))
}

fn expand_with<'a>(text: &str, variable: &dyn Fn(&str) -> Option<&'a String>) -> String {
    let mut current = bound::head(text, bound::STRING).to_owned();
    for _ in 0..bound::EXPANSIONS {
        if !current.contains('$') {
            break;
        }
        let next = expand_once(&current, variable);
        if next == current || next.len() > 4 * bound::STRING {
            break;
        }
        current = next;
    }
    current
}

fn expand_once<'a>(text: &str, variable: &dyn Fn(&str) -> Option<&'a String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        result.push_str(before);
        let after = &after[1..];
        let (name, default, used) = reference(after);
        let value = variable(name).map(String::as_str).filter(|value| !value.is_empty() || default.is_none());
        match value.or(default) {
            Some(value) if used > 0 && result.len() < 4 * bound::STRING => {
                result.push_str(value);
                rest = &after[used..];
            }
            _ => {
                result.push('$');
                rest = after;
            }
        }
    }
    result.push_str(rest);
    result
}

/// Name, default and length of the reference that follows a `$`.
fn reference(after: &str) -> (&str, Option<&str>, usize) {
    let close = match after.chars().next() {
        Some('(') => ')',
        Some('{') => '}',
        _ => {
            let length = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            return (&after[..length], None, length);
        }
    };
    let Some(end) = after.find(close) else {
        return ("", None, 0);
    };
    let inner = &after[1..end];
    match inner.split_once(":-").or_else(|| inner.split_once('-')) {
        Some((name, default)) if close == '}' => (name, Some(default), end + 1),
        _ => (inner, None, end + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str], variables: &[(&str, &str)]) -> Vec<Vec<String>> {
        let line: Vec<String> = line.iter().map(|item| (*item).to_owned()).collect();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        segments(&line, &variables).into_iter().map(|segment| segment.words).collect()
    }

    #[test]
    fn shells_are_opened_and_variables_filled_in() {
        assert_eq!(
            words(
                &["/bin/sh", "-c", "pip install x 2>&1 && exec vllm serve \"$MODEL\" \\\n  --port ${PORT:-9000} # c\n"],
                &[("MODEL", "a/b")]
            ),
            [
                vec!["/bin/sh", "-c", "pip", "install", "x", "2>", "1"],
                vec!["exec", "vllm", "serve", "a/b", "--port", "9000"]
            ]
        );
        assert_eq!(
            words(&["--port=$(P)", "$UNKNOWN", "$"], &[("P", "$(Q)"), ("Q", "8001")]),
            [["--port=8001", "$UNKNOWN", "$"]]
        );
        assert_eq!(words(&["$(A)"], &[("A", "$(A)$(A)")])[0].len(), 1);
        assert_eq!(words(&["{\"a\": 1; 2}"], &[]), [["{\"a\": 1; 2}"]]);
        let script = "export P=${Q:-1}\nR=\"$P\" ; D=$(date)\nserve $R $D $Q";
        assert_eq!(words(&["sh", "-c", script], &[("Q", "8008")]).pop().unwrap(), ["serve", "8008", "$D", "8008"]);
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        let line = ["--model_path", "x", "--port=1", "-p", "2", "--flag", "--other"].map(str::to_owned).to_vec();
        let segment = Segment::new(line);
        assert_eq!(segment.values("--model-path").collect::<Vec<_>>(), ["x"]);
        assert_eq!(segment.values("--port").collect::<Vec<_>>(), ["1"]);
        assert_eq!(segment.values("-p").collect::<Vec<_>>(), ["2"]);
        assert!(segment.has("--flag") && segment.values("--flag").next().is_none());
    }
}
