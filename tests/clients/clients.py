"""Official clients, each asked twice: at the application itself and through the sidecar.

`clients.py NAME DIRECT LABELLED NOTICE` runs one of the functions below; it fails unless both clients read the same objects, but
for our label and our notice, which must stand where the law wants them.
"""

import base64
import json
import sys
import urllib.request

import anthropic
import httpx
import ollama
import openai

KEY = "aigc"
USER = {"role": "user", "content": "说说茶馆。"}
FORM = {"type": "json_schema", "json_schema": {"name": "city", "schema": {"type": "object"}}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


def plain(value):
    """What a client's object holds."""
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def without(value, notice, seen):
    """The same without label and notice; `seen` counts them."""
    if isinstance(value, dict):
        seen["label"] += sum(1 for key, item in value.items() if key == KEY and item)
        return {key: without(item, notice, seen) for key, item in value.items() if key != KEY}
    if isinstance(value, list):
        return [without(item, notice, seen) for item in value]
    if isinstance(value, str) and value.endswith(notice):
        seen["notice"] += 1
        return value[: -len(notice)]
    return value


def same(direct, labelled, notice, notices, labels=1):
    """Both are the same but for so many notices and at least so many labels."""
    seen = {"label": 0, "notice": 0}
    bare = without(plain(labelled), notice, seen)
    # The chunk that ends a stream had no content before it bore the notice.
    assert json.dumps(bare).replace('""', "null") == json.dumps(plain(direct)).replace('""', "null"), (direct, labelled)
    assert seen["notice"] == notices, (seen, labelled)
    assert seen["label"] >= labels, (seen, labelled)


def both(ask, direct, labelled, notice, notices, labels=1):
    same(ask(direct), ask(labelled), notice, notices, labels)


def openai_client(url):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0)


def openai_chat(direct, labelled, notice):
    def create(**more):
        return lambda url: openai_client(url).chat.completions.create(model="m", messages=[USER], **more)

    both(create(), direct, labelled, notice, 1)
    both(create(tools=[TOOL]), direct, labelled, notice, 0)
    both(create(response_format=FORM), direct, labelled, notice, 0)
    both(create(logprobs=True), direct, labelled, notice, 0)


def openai_chat_stream(direct, labelled, notice):
    def create(**more):
        return lambda url: list(openai_client(url).chat.completions.create(model="m", messages=[USER], stream=True, **more))

    both(create(), direct, labelled, notice, 1, labels=2)
    both(create(stream_options={"include_usage": True}), direct, labelled, notice, 1, labels=2)
    both(create(tools=[TOOL]), direct, labelled, notice, 0, labels=2)
    both(create(response_format=FORM), direct, labelled, notice, 0, labels=2)

    def accumulated(url):
        with openai_client(url).chat.completions.stream(model="m", messages=[USER]) as stream:
            return stream.get_final_completion().choices[0].message.content

    assert accumulated(labelled) == accumulated(direct) + notice


def openai_completions(direct, labelled, notice):
    both(lambda url: openai_client(url).completions.create(model="m", prompt="茶馆"), direct, labelled, notice, 1)
    stream = lambda url: list(openai_client(url).completions.create(model="m", prompt="茶馆", stream=True))  # noqa: E731
    both(stream, direct, labelled, notice, 1, labels=2)


def openai_responses(direct, labelled, notice):
    def create(**more):
        return lambda url: openai_client(url).responses.create(model="m", input="茶馆", **more)

    both(create(), direct, labelled, notice, 1)
    both(lambda url: openai_client(url).responses.retrieve("resp_1"), direct, labelled, notice, 1)
    form = {"format": {"type": "json_schema", "name": "city", "schema": {"type": "object"}}}
    both(create(text=form), direct, labelled, notice, 0)
    # Delta, text, part, item and response say it alike.
    both(lambda url: list(create(stream=True)(url)), direct, labelled, notice, 5, labels=2)

    def accumulated(url):
        with openai_client(url).responses.stream(model="m", input="茶馆") as stream:
            deltas = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
            text = stream.get_final_response().output_text
            assert deltas == text
            return text

    assert accumulated(labelled) == accumulated(direct) + notice


def openai_images(direct, labelled, notice):
    def generate(url, form, size="1024x1024"):
        return openai_client(url).images.generate(model="m", prompt="茶馆", n=2, size=size, response_format=form)

    both(lambda url: generate(url, "url"), direct, labelled, notice, 0)
    # A small answer, whose length is told, and one of many megabytes, which passes as it comes.
    for size in ["256x256", "1024x1024"]:
        plain, marked = (generate(url, "b64_json", size) for url in [direct, labelled])
        assert len(marked.data) == len(plain.data) == 2
        for one, other in zip(plain.data, marked.data):
            png, labelled_png = base64.b64decode(one.b64_json), base64.b64decode(other.b64_json)
            # Signature and header, our chunk, everything else.
            chunk = labelled_png[33 : 33 + len(labelled_png) - len(png)]
            assert labelled_png == png[:33] + chunk + png[33:] and marked.aigc["ProduceID"].encode() in chunk


def anthropic_messages(direct, labelled, notice):
    def client(url):
        return anthropic.Anthropic(base_url=url, api_key="k", max_retries=0).messages

    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    tools = {"tools": [{"name": "weather", "input_schema": {"type": "object"}}]}
    prefill = {"messages": [USER, {"role": "assistant", "content": "茶"}]}
    for more in [{}, thinking, tools, prefill]:
        more = {"model": "m", "max_tokens": 2048, "messages": [USER]} | more
        both(lambda url: client(url).create(**more), direct, labelled, notice, 1)  # noqa: B023
        both(lambda url: list(client(url).create(stream=True, **more)), direct, labelled, notice, 1, labels=2)  # noqa: B023

        def accumulated(url):
            with client(url).stream(**more) as stream:  # noqa: B023
                text = "".join(stream.text_stream)
                assert text == "".join(block.text for block in stream.get_final_message().content if block.type == "text")
                return text

        assert accumulated(labelled) == accumulated(direct) + notice


def ollama_clients(direct, labelled, notice):
    def generate(url, **more):
        return ollama.Client(url).generate(model="m", prompt="茶馆", **more)

    def chat(url, **more):
        return ollama.Client(url).chat(model="m", messages=[USER], **more)

    # The client drops members that it does not know, so that the label is asked for below, byte by byte.
    for ask in [generate, chat]:
        both(ask, direct, labelled, notice, 1, labels=0)
        both(lambda url: ask(url, format="json"), direct, labelled, notice, 0, labels=0)  # noqa: B023
        both(lambda url: list(ask(url, stream=True)), direct, labelled, notice, 1, labels=0)  # noqa: B023
    lines = httpx.post(f"{labelled}/api/chat", json={"messages": [USER]}).text.splitlines()
    assert [KEY in json.loads(line) for line in lines] == [True, False, False, True]


def http2(direct, labelled, notice):
    with httpx.Client(http1=False, http2=True) as client:
        body = {"model": "m", "messages": [USER]}
        answer = client.post(f"{labelled}/v1/chat/completions", json=body)
        assert answer.http_version == "HTTP/2" and answer.headers["aigc-label"] == "1"
        same(httpx.post(f"{direct}/v1/chat/completions", json=body).json(), answer.json(), notice, 1)


def ten_turns(direct, labelled, _notice):
    def bodies(url):
        turns = []
        for number in range(10):
            turns.append({"role": "user", "content": f"{number}. 说说茶馆。"})
            answer = openai_client(url).chat.completions.create(model="m", messages=turns)
            turns.append({"role": "assistant", "content": answer.choices[0].message.content})
        return urllib.request.urlopen(f"{direct}/_asked").read()

    bodies(direct)
    assert bodies(direct) == bodies(labelled)


if __name__ == "__main__":
    name, *rest = sys.argv[1:]
    globals()[name](*rest)
