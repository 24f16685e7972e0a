use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::label::Notice;
use crate::label::api::KEY;
use crate::label::api::turn::Ending;
use crate::law::label_words::is_text_label;

const LABEL: &str = r#"{"Label":"1"}"#;

fn mark(with_notice: bool) -> Mark {
    Mark { label: LABEL.to_owned(), ending: with_notice.then(|| Ending::new(&Notice::default())) }
}

fn framing(protocol: Protocol) -> Framing {
    if protocol.speaks_lines() { Framing::Lines } else { Framing::Events }
}

/// `@` stands for the notice and `%` for the label's member, as the client sees them.
fn filled(stream: &str) -> String {
    let ending = Ending::new(&Notice::default());
    let notice = Value::from(ending.as_str()).to_string();
    stream.replace('@', notice.trim_matches('"')).replace('%', &format!("\"{KEY}\":{LABEL},"))
}

fn labelled(protocol: Protocol, stream: &str, chunk: usize, with_notice: bool) -> String {
    let mut editor = Editor::new(protocol, framing(protocol), mark(with_notice));
    let mut out: Vec<u8> = stream.as_bytes().chunks(chunk).flat_map(|piece| editor.push(piece)).collect();
    out.extend(editor.finish());
    String::from_utf8(out).unwrap()
}

/// Streams as the APIs send them, with marks where label and notice belong.
const STREAMS: [(&str, Protocol, &str); 15] = [
    (
        "chat",
        Protocol::ChatCompletions,
        r#"data: {%"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

data: {"id":"1","choices":[{"index":0,"delta":{"content":"你"}}]}

: keep-alive

data: {%"id":"1","choices":[{"index":0,"delta":{"content":"@"},"finish_reason":"stop"}]}

data: {"id":"1","choices":[],"usage":{"total_tokens":3}}

data: [DONE]

"#,
    ),
    (
        "chat, vLLM: the last chunk has text",
        Protocol::ChatCompletions,
        "data: {%\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\r\n\r\ndata: {%\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b@\",\"tool_calls\":[]},\"finish_reason\":\"length\"}]}\r\n\r\n",
    ),
    (
        "chat, two choices, one of them a tool call alone, and a filter's chunk first",
        Protocol::ChatCompletions,
        r#"data: {%"choices":[],"prompt_filter_results":[]}

data: {"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":null,"tool_calls":[{"index":0}]}}]}

data: {%"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: {%"choices":[{"index":1,"delta":{"content":"@"},"finish_reason":"stop"}]}

"#,
    ),
    (
        "chat: an open code fence",
        Protocol::ChatCompletions,
        r#"data: {%"choices":[{"index":0,"delta":{"content":"```py\nx"}}]}

data: {%"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

"#,
    ),
    (
        "chat: an error and a label of the application",
        Protocol::ChatCompletions,
        r#"data: {"error":{"message":"x"}}

data: {"aigc":{"Label":"1","ContentProducer":"other"},"choices":[{"index":0,"delta":{"content":"a"}}]}

"#,
    ),
    (
        "completions",
        Protocol::Completions,
        r#"data: {%"choices":[{"index":0,"text":"a","finish_reason":null}]}

data: {%"choices":[{"index":0,"text":"@","finish_reason":"stop"}]}

data: [DONE]

"#,
    ),
    (
        "responses: every repetition of the text",
        Protocol::Responses,
        r#"event: response.created
data: {"type":"response.created","sequence_number":0,"response":{%"id":"r","output":[]}}

event: response.output_item.added
data: {"type":"response.output_item.added","item":{"type":"message","content":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":3,"delta":"你"}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":4,"delta":"好@","logprobs":[]}

event: response.output_text.annotation.added
data: {"type":"response.output_text.annotation.added","sequence_number":5}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":6,"text":"你好@"}

event: response.content_part.done
data: {"type":"response.content_part.done","part":{"type":"output_text","text":"你好@","annotations":[]}}

event: response.output_item.done
data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"你好@"}]}}

event: response.completed
data: {"type":"response.completed","response":{%"id":"r","output":[{"type":"reasoning","content":[{"type":"reasoning_text","text":"t"}]},{"type":"message","content":[{"type":"output_text","text":"你好@"}]}]}}

"#,
    ),
    (
        "responses: a form that was asked for",
        Protocol::Responses,
        r#"data: {"type":"response.created","response":{%"text":{"format":{"type":"json_schema"}}}}

data: {"type":"response.output_text.delta","delta":"{}"}

data: {"type":"response.output_text.done","text":"{}"}

data: {"type":"response.completed","response":{%"text":{"format":{"type":"json_schema"}},"output":[{"type":"message","content":[{"type":"output_text","text":"{}"}]}]}}

"#,
    ),
    (
        "messages: thinking, text, ping while a text waits",
        Protocol::Messages,
        r#"event: message_start
data: {"type":"message_start","message":{%"id":"m","content":[]}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"你"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"好@"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

event: message_stop
data: {%"type":"message_stop"}

"#,
    ),
    (
        "messages: a text in two blocks, then a tool, then more text",
        Protocol::Messages,
        r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

data: {"type":"content_block_stop","index":0}

data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b@"}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{}}}

data: {"type":"content_block_stop","index":1}

data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","input":{}}}

data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}

data: {"type":"content_block_stop","index":2}

data: {"type":"content_block_start","index":3,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"c"}}

data: {"type":"content_block_stop","index":3}

data: {"type":"message_delta","delta":{}}

"#,
    ),
    (
        "messages: a tool alone",
        Protocol::Messages,
        r#"data: {"type":"message_start","message":{%"content":[]}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":{}}}

data: {"type":"content_block_stop","index":0}

data: {%"type":"message_stop"}

"#,
    ),
    (
        "ollama generate",
        Protocol::OllamaGenerate,
        "{%\"model\":\"m\",\"response\":\"你\",\"done\":false}\n{\"model\":\"m\",\"response\":\"好\",\"done\":false}\n{%\"model\":\"m\",\"response\":\"@\",\"done\":true,\"context\":[1]}\n",
    ),
    (
        "ollama chat",
        Protocol::OllamaChat,
        "{%\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false}\n{%\"message\":{\"role\":\"assistant\",\"content\":\"@\"},\"done\":true}\n",
    ),
    ("ollama chat: an error", Protocol::OllamaChat, "{\"error\":\"x\"}\n"),
    ("ollama chat in one answer", Protocol::OllamaChat, "{%\"message\":{\"content\":\"a@\"},\"done\":true}"),
];

#[test]
fn streams_keep_their_events_and_bear_label_and_notice_gb45438_5_1() {
    for (name, protocol, stream) in STREAMS {
        let sent = stream.replace("\"content\":\"@\"},\"finish", "},\"finish").replace(['@', '%'], "");
        for chunk in [1, 7, sent.len()] {
            assert_eq!(labelled(protocol, &sent, chunk, true), filled(stream), "{name}, {chunk}");
        }
        let unnoticed = filled(&stream.replace("\"content\":\"@\"},\"finish", "},\"finish").replace('@', ""));
        assert_eq!(labelled(protocol, &sent, 5, false), unnoticed, "{name}");
    }
    assert!(is_text_label(&filled("@")));
}

#[test]
fn a_text_leaves_as_soon_as_the_next_one_is_there_and_a_ping_at_once() {
    let mut editor = Editor::new(Protocol::Messages, Framing::Events, mark(true));
    let delta = |text: &str| {
        format!(
            "data: {{\"type\":\"content_block_delta\",\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n"
        )
    };
    let ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    assert!(editor.push(delta("a").as_bytes()).is_empty());
    assert_eq!(editor.push(ping.as_bytes()), ping.as_bytes());
    assert_eq!(editor.push(delta("b").as_bytes()), delta("a").as_bytes());
    // A stream that breaks off shows all that came, and no notice.
    assert_eq!(editor.finish(), delta("b").as_bytes());
    assert!(!editor.is_noticed());
}

#[test]
fn what_waits_is_bounded() {
    let mut editor = Editor::new(Protocol::Responses, Framing::Events, mark(true));
    let mut out = editor.push(b"data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n").len();
    let event = format!("data: {{\"type\":\"foreign\",\"x\":\"{}\"}}\n\n", "x".repeat(1000));
    for _ in 0..70 {
        out += editor.push(event.as_bytes()).len();
    }
    assert!(out > HELD_LIMIT);
}

proptest! {
    #[test]
    fn any_bytes_pass_in_their_order_and_alike_however_they_are_chunked(
        pieces in proptest::collection::vec((0..STREAMS.len(), 0usize..40, 0usize..200), 1..5),
        noise in proptest::collection::vec(any::<u8>(), 0..30), chunk in 1usize..50, api in 0..STREAMS.len(),
    ) {
        let mut stream = noise;
        for (index, from, length) in pieces {
            let bytes = STREAMS[index].2.as_bytes();
            let from = from * bytes.len() / 40;
            stream.extend(&bytes[from..(from + length).min(bytes.len())]);
        }
        let protocol = STREAMS[api].1;
        let through = |size: usize| {
            let mut editor = Editor::new(protocol, framing(protocol), mark(true));
            let mut out: Vec<u8> = stream.chunks(size).flat_map(|piece| editor.push(piece)).collect();
            out.extend(editor.finish());
            out
        };
        let whole = through(stream.len());
        prop_assert!(whole.len() >= stream.len());
        prop_assert_eq!(whole, through(chunk));
    }
}
