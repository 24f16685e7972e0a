//! Tools and options that remove marks or the metadata that holds them (Order 12 Art. 18; Labelling Measures Art. 10(2)).
//!
//! In: one container. Out: the words that were found, for people. Must not: guess; a word counts only as a whole, an
//! option only behind its tool. Whoever hides a tool in an image or renames it is not found: the sidecar, which looks at
//! the content itself, is the one that holds.

use super::workload::Container;

/// When a tool is meant.
enum Use {
    /// By its name alone: it serves nothing else. The words make it read only.
    Always(&'static [&'static str]),
    /// With one of these options. A second word is the option's value.
    With(&'static [&'static [&'static str]]),
}

/// Words that look and do not write.
const LOOKS: &[&str] = &["-s", "--show", "-l", "--list", "-h", "--help", "-V", "--version", "-v"];

/// Tools by name, and when they strip. A trailing `*` in an option stands for any rest.
const TOOLS: &[(&[&str], Use)] = &[
    (
        &["exiftool", "exiftool.pl"],
        Use::With(&[
            &["-all="],
            &["-all:all="],
            &["-xmp="],
            &["-xmp:all="],
            &["-xmp-*="],
            &["-exif="],
            &["-exif:all="],
            &["-usercomment="],
            &["-aigc="],
            &["-jumbf:all="],
            &["-png:all="],
        ]),
    ),
    (&["exiv2"], Use::With(&[&["rm"], &["delete"], &["-d*"]])),
    (&["mat2"], Use::Always(LOOKS)),
    (
        &["ffmpeg", "avconv"],
        Use::With(&[&["-map_metadata", "-1"], &["-map_metadata:g", "-1"], &["-map_metadata:s*", "-1"]]),
    ),
    (
        &["convert", "mogrify", "magick", "gm", "composite"],
        Use::With(&[&["-strip"], &["+profile", "*"], &["+profile", "xmp"], &["+profile", "exif"]]),
    ),
    (&["jpegoptim"], Use::With(&[&["-s"], &["--strip-all"], &["--strip-xmp"], &["--strip-exif"], &["--strip-com"]])),
    (&["jpegtran"], Use::With(&[&["-copy", "none"]])),
    (&["jhead"], Use::With(&[&["-purejpg"], &["-de"], &["-dx"], &["-du"], &["-dc"]])),
    (&["optipng"], Use::With(&[&["-strip", "all"]])),
    (
        &["oxipng"],
        Use::With(&[&["--strip", "all"], &["--strip", "safe"], &["--strip=all"], &["--strip=safe"], &["-s"]]),
    ),
    (&["pngcrush"], Use::With(&[&["-rem", "*"]])),
    (&["pngquant"], Use::With(&[&["--strip"]])),
    (&["cwebp"], Use::With(&[&["-metadata", "none"]])),
    (&["webpmux"], Use::With(&[&["-strip", "xmp"], &["-strip", "exif"]])),
    (&["gifsicle"], Use::With(&[&["--no-comments"], &["--no-extensions"]])),
    (&["atomicparsley"], Use::With(&[&["--metaenema"]])),
    (&["metaflac"], Use::With(&[&["--remove-all"], &["--remove-all-tags"]])),
    (&["id3v2"], Use::With(&[&["-d"], &["--delete-all"]])),
    (&["eyed3"], Use::With(&[&["--remove-all"]])),
    (&["qpdf"], Use::With(&[&["--remove-metadata"], &["--remove-info"]])),
    (
        &[
            "remove-ai-watermarks",
            "remove-ai-watermark",
            "noai-watermark",
            "unmarker",
            "watermark-remover",
            "watermark-removal",
            "watermarkremover",
            "ai-watermark-remover",
            "gemini-watermark-remover",
            "sora-watermark-remover",
            "sora-watermark-cleaner",
            "sorawatermarkcleaner",
            "video-watermark-remover",
            "ai-label-remover",
            "ai-metadata-cleaner",
            "c2pa-remover",
            "c2pa-stripper",
            "synthid-remover",
        ],
        Use::Always(&[]),
    ),
];

/// Variables that tell a server to strip, and the values that mean yes.
const VARIABLES: &[(&str, &[&str])] = &[("IMGPROXY_STRIP_METADATA", &["true", "1", "t", "yes", "on"])];

/// What a container runs that strips marks; `None` when nothing known does.
#[must_use]
pub(super) fn stripping(container: &Container<'_>) -> Option<String> {
    let variable = container.env.iter().find(|(name, value)| {
        VARIABLES.iter().any(|(known, yes)| known == name && yes.contains(&value.trim().to_ascii_lowercase().as_str()))
    });
    if let Some((name, value)) = variable {
        return Some(format!("{name}={}", value.trim()));
    }
    // An image is often called like the program it starts.
    let mut command = vec![repository_name(container.image).to_owned()];
    let mut commands: Vec<Vec<String>> = Vec::new();
    for text in &container.words {
        split(text, &mut command, &mut commands);
    }
    commands.push(command);
    for (_, value) in &container.env {
        let mut command = Vec::new();
        split(value, &mut command, &mut commands);
        commands.push(command);
    }
    commands.iter().find_map(|command| stripping_command(command))
}

/// The last part of an image's name, without tag and digest.
fn repository_name(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    name.split(':').next().unwrap_or_default()
}

/// Splits a text into words and, where a shell would, into commands.
fn split(text: &str, command: &mut Vec<String>, commands: &mut Vec<Vec<String>>) {
    let mut word = String::new();
    for c in text.chars() {
        match c {
            ';' | '&' | '|' | '(' | ')' | '`' | '\n' | '\r' => {
                command.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                commands.push(std::mem::take(command));
            }
            '"' | '\'' | '\\' => {}
            c if c.is_whitespace() || c == ',' || c == '[' || c == ']' => {
                command.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            c => word.push(c),
        }
    }
    command.extend((!word.is_empty()).then_some(word));
}

fn stripping_command(command: &[String]) -> Option<String> {
    command.iter().enumerate().find_map(|(at, word)| {
        let program = program(word);
        let (_, r#use) = TOOLS.iter().find(|(names, _)| names.contains(&program.as_str()))?;
        let rest = &command[at + 1..];
        match r#use {
            Use::Always(looks) => (!rest.iter().any(|word| looks.contains(&word.as_str()))).then_some(program),
            Use::With(options) => {
                let option = options.iter().find_map(|option| with(rest, option))?;
                Some(format!("{program} {option}"))
            }
        }
    })
}

/// `/usr/bin/ExifTool` is `exiftool`, `remove_ai_watermarks.py` is `remove-ai-watermarks`.
fn program(word: &str) -> String {
    let name = word.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(".py").or_else(|| name.strip_suffix(".exe")).unwrap_or(&name);
    // A pinned package is the package.
    name.split("==").next().unwrap_or_default().replace('_', "-")
}

/// The option as it stands among the words.
fn with(words: &[String], option: &[&str]) -> Option<String> {
    words.windows(option.len()).find_map(|window| {
        let fits = window.iter().zip(option).all(|(word, pattern)| fits(&word.to_ascii_lowercase(), pattern));
        fits.then(|| window.join(" "))
    })
}

fn fits(word: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some(("", "")) | None => word == pattern || pattern == "*",
        Some((head, tail)) => word.len() >= head.len() + tail.len() && word.starts_with(head) && word.ends_with(tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(image: &str, words: &[&str], env: &[(&str, &str)]) -> Option<String> {
        stripping(&Container { name: "c", image, words: words.to_vec(), env: env.to_vec() })
    }

    #[test]
    fn tools_that_strip_are_found_however_they_are_called() {
        for (words, expected) in [
            (&["exiftool", "-all=", "/out/x.png"][..], "exiftool -all="),
            (&["sh", "-c", "cd /out && /usr/bin/exiftool -r -XMP:all= ."], "exiftool -XMP:all="),
            (&["sh", "-c", "ffmpeg -i a.mp4 -map_metadata -1 -c copy b.mp4"], "ffmpeg -map_metadata -1"),
            (&["ffmpeg", "-i", "a", "-map_metadata:s:v", "-1", "b"], "ffmpeg -map_metadata:s:v -1"),
            (&["mogrify", "-strip", "*.jpg"], "mogrify -strip"),
            (&["magick", "a.png", "+profile", "'*'", "b.png"], "magick +profile *"),
            (&["mat2", "--inplace", "x.png"], "mat2"),
            (&["exiv2", "rm", "x.jpg"], "exiv2 rm"),
            (&["exiv2", "-da", "x.jpg"], "exiv2 -da"),
            (&["jpegoptim", "--strip-all", "x.jpg"], "jpegoptim --strip-all"),
            (&["oxipng", "--strip", "safe", "x.png"], "oxipng --strip safe"),
            (&["optipng", "-strip", "all", "x.png"], "optipng -strip all"),
            (&["pngcrush", "-rem", "alla", "a", "b"], "pngcrush -rem alla"),
            (&["python", "-m", "remove_ai_watermarks", "x"], "remove-ai-watermarks"),
            (&["sh", "-c", "pip install noai-watermark==0.2; true"], "noai-watermark"),
            (&["AtomicParsley", "a.mp4", "--metaEnema"], "atomicparsley --metaEnema"),
        ] {
            assert_eq!(found("app:v1", words, &[]).as_deref(), Some(expected), "{words:?}");
        }
        assert_eq!(found("ghcr.io/x/unmarker@sha256:00", &[], &[]).as_deref(), Some("unmarker"));
        assert_eq!(found("x/exiftool:13", &["-all=", "x.png"], &[]).as_deref(), Some("exiftool -all="));
        let env = [("POST", "mogrify -strip /out/*.png"), ("X", "y")];
        assert_eq!(found("app", &[], &env).as_deref(), Some("mogrify -strip"));
        let env = [("IMGPROXY_STRIP_METADATA", "true")];
        assert_eq!(found("imgproxy", &[], &env).as_deref(), Some("IMGPROXY_STRIP_METADATA=true"));
    }

    #[test]
    fn the_same_words_without_tool_or_option_are_nothing() {
        for words in [
            &["exiftool", "-json", "/out/x.png"][..],
            &["exiftool", "-XMP:AIGC={}", "x.png"],
            &["ffmpeg", "-i", "a", "-map_metadata", "0", "b"],
            &["ffmpeg", "-i", "a", "b"],
            &["sh", "-c", "strip /usr/bin/app; convert a b"],
            &["sh", "-c", "convert a b && tar --strip-components 1 -strip"],
            &["mat2", "--show", "x.png"],
            &["exiv2", "pr", "x.jpg"],
            &["optipng", "-o2", "x.png"],
            &["oxipng", "--strip", "none", "x.png"],
            &["vllm", "serve", "--strip-all", "-all="],
            &["app", "--watermark-remover=false", "--no-watermark"],
            &["watermarkremoverless"],
            &["python", "-m", "http.server", "-d", "/out"],
        ] {
            assert_eq!(found("registry.example/app:v1", words, &[]), None, "{words:?}");
        }
        assert_eq!(found("imgproxy", &[], &[("IMGPROXY_STRIP_METADATA", "false")]), None);
        assert_eq!(found("imgproxy", &[], &[("NOTE", "we never use -strip")]), None);
        assert_eq!(found("unmarkers", &[], &[]), None);
    }
}
