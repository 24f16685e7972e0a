"""An application that speaks the text APIs as their documents show them. It says the same to everybody and keeps what it was asked.

`upstream.py PORT` serves on 127.0.0.1. `GET /_asked` gives the bodies of all requests so far, one per line, and forgets them.
"""

import base64
import json
import random
import struct
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECES = ["茶馆", "开在", "河边。"]
TEXT = "".join(PIECES)
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"杭州"}'}}
USAGE = {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4}
asked, lock = [], threading.Lock()


def structured(body):
    form = body.get("response_format") or {}
    return form.get("type", "text") != "text"


def chat(body):
    text = '{"city": "杭州"}' if structured(body) else TEXT
    base = {"id": "chatcmpl-1", "created": 1, "model": "m"}
    tool = "tools" in body
    if not body.get("stream"):
        message = {"role": "assistant", "content": None if tool else text, "refusal": None}
        if tool:
            message["tool_calls"] = [CALL]
        reason = "tool_calls" if tool else "stop"
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
        return base | {"object": "chat.completion", "choices": [choice], "usage": USAGE}

    def chunk(delta, reason=None):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return base | {"object": "chat.completion.chunk", "choices": [choice]}

    chunks = [chunk({"role": "assistant", "content": None if tool else ""})]
    if tool:
        chunks.append(chunk({"tool_calls": [{"index": 0} | CALL]}))
    else:
        chunks += [chunk({"content": piece}) for piece in ([text] if structured(body) else PIECES)]
    chunks.append(chunk({}, "tool_calls" if tool else "stop"))
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks.append(base | {"object": "chat.completion.chunk", "choices": [], "usage": USAGE})
    return chunks + ["[DONE]"]


def completions(body):
    base = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m"}
    if not body.get("stream"):
        choice = {"index": 0, "text": TEXT, "logprobs": None, "finish_reason": "stop"}
        return base | {"choices": [choice], "usage": USAGE}
    pieces = [(piece, None) for piece in PIECES] + [("", "stop")]
    choices = ([{"index": 0, "text": text, "logprobs": None, "finish_reason": reason}] for text, reason in pieces)
    return [base | {"choices": choice} for choice in choices] + ["[DONE]"]


def response(status, output, form="text"):
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": "m", "output": output,
        "error": None, "incomplete_details": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "text": {"format": {"type": form}},
    }  # fmt: skip


def responses(body):
    form = ((body.get("text") or {}).get("format") or {}).get("type", "text")
    text = TEXT if form == "text" else '{"city": "杭州"}'
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    if not body.get("stream"):
        return response("completed", [item], form)
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    begun = item | {"status": "in_progress", "content": []}
    events = [
        {"type": "response.created", "response": response("in_progress", [], form)},
        {"type": "response.in_progress", "response": response("in_progress", [], form)},
        {"type": "response.output_item.added", "output_index": 0, "item": begun},
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
    ]
    for piece in PIECES if form == "text" else [text]:
        events.append({"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []})
    events += [
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response("completed", [item], form)},
    ]
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def messages(body):
    blocks = []
    if "thinking" in body:
        blocks.append({"type": "thinking", "thinking": "嗯", "signature": "c2ln"})
    blocks.append({"type": "text", "text": TEXT})
    if "tools" in body:
        blocks.append({"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "杭州"}})
    reason = "tool_use" if "tools" in body else "end_turn"
    base = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
    usage = {"input_tokens": 1, "output_tokens": 3}
    if not body.get("stream"):
        return base | {"content": blocks, "stop_reason": reason, "usage": usage}
    start = base | {"content": [], "stop_reason": None, "usage": usage}
    events = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for index, block in enumerate(blocks):
        empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}
        deltas = {
            "text": [{"type": "text_delta", "text": piece} for piece in PIECES],
            "thinking": [{"type": "thinking_delta", "thinking": "嗯"}, {"type": "signature_delta", "signature": "c2ln"}],
            "tool_use": [{"type": "input_json_delta", "partial_json": '{"city":"杭州"}'}],
        }[block["type"]]
        events.append({"type": "content_block_start", "index": index, "content_block": block | empty[block["type"]]})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    end = {"stop_reason": reason, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 3}})
    return events + [{"type": "message_stop"}]


def ollama(body, key):
    text = '{"city": "杭州"}' if body.get("format") else None
    pieces = [(piece, False) for piece in ([text] if text else PIECES)] + [("", True)]
    if body.get("stream") is False:
        pieces = [(text or TEXT, True)]
    value = {"response": lambda text: text, "message": lambda text: {"role": "assistant", "content": text}}[key]
    base = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}
    lines = [base | {key: value(piece), "done": done} | ({"done_reason": "stop"} if done else {}) for piece, done in pieces]
    return lines[0] if body.get("stream") is False else lines


def png(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = random.Random(1).randbytes((side * 3 + 1) * side)
    rows = b"".join(b"\0" + rows[at + 1 : at + side * 3 + 1] for at in range(0, len(rows), side * 3 + 1))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def images(body):
    if body.get("response_format") != "b64_json":
        return {"created": 1, "data": [{"url": "https://x/1.png"}] * body["n"]}
    side = int(body["size"].split("x")[0])
    return {"created": 1, "data": [{"b64_json": png(side)}] * body["n"]}


ROUTES = {
    "/v1/chat/completions": chat,
    "/v1/completions": completions,
    "/v1/responses": responses,
    "/v1/messages": messages,
    "/v1/images/generations": images,
    "/api/generate": lambda body: ollama(body, "response"),
    "/api/chat": lambda body: ollama(body, "message"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/_asked":
            with lock:
                bodies = b"".join(body + b"\n" for body in asked)
                asked.clear()
            self.whole(bodies, "application/octet-stream")
        elif self.path.startswith("/v1/responses/"):
            self.whole(json.dumps(responses({})).encode(), "application/json")
        else:
            self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            asked.append(body)
        answer = ROUTES[self.path](json.loads(body))
        if isinstance(answer, dict):
            self.whole(json.dumps(answer, ensure_ascii=self.path.startswith("/v1/m")).encode(), "application/json")
            return
        lines = self.path.startswith("/api/")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if lines else "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in answer:
            data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
            name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
            self.piece((f"{data}\n" if lines else f"{name}data: {data}\n\n").encode())
        self.piece(b"")

    def piece(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def whole(self, data, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
