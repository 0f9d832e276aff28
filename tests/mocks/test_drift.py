"""Every recorded answer of a real comp is replayed against the mock; another folder of them with `--recorded FOLDER`."""

import json
import re

import pytest

from tests.mocks.chain import drifted_chain, is_chain
from tests.mocks.drift import RECORDED, drifted
from tests.mocks.recording import Unknown, differences, recording


def pytest_generate_tests(metafunc):
    """One test for each recording in the folder."""
    if "recorded" in metafunc.fixturenames:
        folder = metafunc.config.getoption("recorded") or RECORDED
        files = sorted(folder.glob("*.json"))
        if not files:
            raise pytest.UsageError(f"{folder}: holds no *.json, so nothing can be replayed")
        metafunc.parametrize("recorded", files, ids=[file.stem for file in files])


def test_the_mock_answers_as_the_real_comp_did(recorded):
    """Status, headers, keys, types and the framing of streams; what cannot be replayed is unknown, and not green."""
    try:
        text = recorded.read_text()
        found = drifted_chain(text) if is_chain(text) else drifted(recording(text))
    except Unknown as why:
        pytest.fail(f"unknown: {why}", pytrace=False)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


STREAM = """data: {"text": "a"}

data: {"text": "b"}

data: [DONE]

"""


def _recorded(change=None):
    """A recording, altered: a list of vectors, as it might have come from anybody."""
    whole = {
        "component": "embedding",
        "request": {"method": "POST", "url": "http://127.0.0.1:6000/v1/embeddings", "json": {"input": "x"}},
        "response": {
            "status": 200,
            "headers": {"content-length": "9", "content-type": "application/json"},
            "body": {"object": "list", "data": [{"index": 0}]},
        },
    }
    (change or (lambda _whole: None))(whole)
    return recording(json.dumps(whole))


@pytest.mark.parametrize(
    ("status", "headers", "content", "words"),
    [
        (200, {}, b'{"object": "other", "data": [{"index": 7}, {}]}', []),
        (500, {}, b'{"object": "", "data": [{"index": 7}]}', ["status: is 500, was 200"]),
        (200, {"content-type": "text/plain"}, b'{"object": "", "data": [{"index": 7}]}',
         ["header content-type: is 'text/plain', was 'application/json'"]),
        (200, {"content-length": None, "transfer-encoding": "chunked"}, b'{"object": "", "data": [{"index": 7}]}',
         ["framing: is ['transfer-encoding'], was ['content-length']"]),
        (200, {}, b'{"object": null, "data": [{}]}',
         ['body.object: is null null, was text "list"', "body.data[0].index: is missing"]),
        (200, {}, b'{"data": [], "object": "", "more": 1}', ["body.data: is empty, was not", "body.more: was not there"]),
        (200, {}, b'{"data": [{"index": 0}], "object": ""}',
         ["body: its keys stand as ['data', 'object'], stood as ['object', 'data']"]),
        (200, {}, b"oh", ["body: is text \"oh\", was object ['data', 'object']"]),
    ],
)  # fmt: skip
def test_every_difference_is_told_in_a_sentence_with_its_place(status, headers, content, words):
    """Values do not count; status, headers, framing, keys and types do."""
    told = {"content-length": "9", "content-type": "application/json", **headers}
    answered = {name: value for name, value in told.items() if value}

    assert list(differences(_recorded(), status, answered, content)) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (STREAM, []),
        (STREAM.replace('"b"', '"another"') + ": a comment\n\n", None),
        (STREAM.replace('"text": "b"', '"text": null'), None),
        (STREAM.replace("data: [DONE]\n\n", ""), None),
        (STREAM.replace("data: ", ""), None),
    ],
)
def test_a_stream_is_compared_by_the_shapes_of_its_events(content, words):
    """How many tokens came does not count; what an event is, and how the stream ends, does."""

    def streamed(whole):
        lines = [[0.1 * at, line] for at, line in enumerate(STREAM.replace('"b"', '"c"').splitlines())]
        whole["response"] |= {"headers": {"content-type": "text/event-stream"}, "body": {"sse_lines": lines}}

    found = list(
        differences(_recorded(streamed), 200, {"content-type": "text/event-stream"}, content.encode())
    )

    assert found == [] if words == [] else found[0].startswith("stream: its events are [")


@pytest.mark.parametrize(
    "body",
    [
        STREAM,
        {"lines": STREAM.splitlines()},
        {"sse_lines": [[0.1, "data: {}\n\n".format('{"text": "c"}')], [0.2, "data: [DONE]\n\n"]]},
        {"lines": [{"text": "c"}, "[DONE]"]},
    ],
    ids=["text", "lines", "events", "data"],
)
def test_a_stream_may_have_been_written_down_in_several_ways(body):
    """As text, by lines with or without their times, by events, by what is in them."""

    def streamed(whole, said=body):
        whole["response"] |= {"headers": {"content-type": "text/event-stream"}, "body": said}

    def told(real):
        return list(differences(real, 200, {"content-type": "text/event-stream"}, STREAM.encode()))

    assert told(_recorded(streamed)) == []
    assert told(_recorded(lambda whole: streamed(whole, {"lines": ["data: [DONE]"]})))[0].startswith(
        "stream: "
    )


def test_a_stream_may_be_told_as_events():
    """In the place of a body."""
    whole = json.loads((RECORDED / "llm_textgen__chat_stream.json").read_text())
    whole["response"]["events"] = whole["response"].pop("body")["sse_lines"]

    assert drifted(recording(json.dumps(whole))) == []


@pytest.mark.parametrize(("status", "words"), [(200, []), (500, ['body: is text "b", was text "a"'])])
def test_a_text_alone_is_a_value_where_it_is_an_answer_and_a_reason_where_it_is_none(status, words):
    """An id is another each time, and an internal error is told in the same words."""
    real = _recorded(lambda whole: whole["response"].update(status=status, body="a"))
    headers = {"content-length": "3", "content-type": "application/json"}

    assert list(differences(real, status, headers, b'"b"')) == words
    assert list(differences(real, status, headers, b"5")) == ['body: is number 5, was text "a"']


def test_whether_a_text_is_blocked_does_not_count():
    """It is the model's to say; that it is told does."""
    passed, blocked = (
        {"text": ["a"], "downstream_black_list": []},
        {"text": "no", "downstream_black_list": [".*"]},
    )
    real = _recorded(lambda whole: whole["response"].update(body=passed))
    headers = {"content-length": "9", "content-type": "application/json"}

    assert list(differences(real, 200, headers, json.dumps(blocked).encode())) == []
    assert list(differences(real, 200, headers, b'{"text": ["a"]}')) == [
        "body.downstream_black_list: is missing"
    ]


def test_of_metrics_the_families_count():
    """With their types; figures, and the version of the page's form, do not."""
    told = {"content-length": "9", "content-type": "text/plain; version=0.0.4; charset=utf-8"}

    def asked(whole):
        whole["request"] |= {"method": "GET", "url": "http://127.0.0.1:6000/metrics"}
        whole["response"] |= {"headers": told, "body": "# TYPE a counter\na 1\n# TYPE a_created gauge\n"}

    def found(page):
        headers = {**told, "content-type": told["content-type"].replace("0.0.4", "1.0.0")}
        return list(differences(_recorded(asked), 200, headers, page))

    assert found(b"# TYPE a counter\na 2\n") == []
    assert found(b"# TYPE a gauge\na 2\n") == ["metrics: lack ['# TYPE a counter']"]


@pytest.mark.parametrize("figure", [None, 0.5])
def test_statistics_are_null_before_the_first_answer_and_numbers_after_it(figure):
    """The mock is brought to where the comp was, however its examples are asked."""
    names = [f"{kind}_latency{of}" for of in ("", "_first_token") for kind in ("p50", "p99", "average")]

    def asked(comp, port):
        told = {name: None if "first" in name else figure for name in names}
        whole = {
            "component": comp,
            "request": {"method": "GET", "url": f"http://127.0.0.1:{port}/v1/statistics"},
            "response": {
                "status": 200,
                "headers": {"content-type": "application/json"},
                "body": {f"opea_service@{comp}": told},
            },
        }
        return recording(json.dumps(whole))

    for comp, port in (
        ("dataprep", 5000),
        ("retrievers", 7000),
        ("guardrails", 9090),
        ("pii_detection", 9080),
    ):
        assert drifted(asked(comp, port)) == []


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/health", 200, ""),
        ("GET", "/nowhere", 404, "Not Found"),
        ("GET", "/", 404, "Not Found"),
        ("POST", "/v1/health_check", 405, "Method Not Allowed"),
        ("POST", "/v1/pii/", 307, ""),
    ],
)
def test_what_all_services_answer_alike_needs_no_name(method, path, status, detail):
    """That they are well, that there is no such route or method, and that a slash is too many."""

    def asked(whole):
        whole.update(component="?", request={"method": method, "url": f"http://127.0.0.1:9080{path}"})
        headers = {"content-type": "application/json"} if detail else {}
        whole["response"] = {
            "status": status,
            "headers": headers,
            "body": {"detail": detail} if detail else "",
        }

    assert drifted(_recorded(asked)) == []


@pytest.mark.parametrize("as_text", [False, True], ids=["lines", "text"])
def test_lines_of_json_are_compared_by_their_shapes(as_text):
    """Ollama's streams, however they were written down; and an empty body is nothing or an empty text."""
    lines = [
        '{"response":"a","done":false}',
        '{"response":"b","done":false}',
        '{"response":"","done":true,"n":1}',
    ]

    def streamed(whole):
        body = "\n".join(lines) if as_text else {"lines": [[0.1, line] for line in lines]}
        whole["response"] |= {"headers": {"content-type": "application/x-ndjson"}, "body": body}

    def found(*said):
        content = "\n".join(said).encode()
        return list(differences(_recorded(streamed), 200, {"content-type": "application/x-ndjson"}, content))

    empty = _recorded(lambda whole: whole["response"].update(headers={}, body=None if as_text else ""))

    assert found(*lines[1:]) == []
    assert found(*lines[:2])[0].startswith("stream: its events are [")
    assert list(differences(empty, 200, {}, b"")) == []
    assert list(differences(empty, 200, {}, b"x")) != []


def test_a_validation_error_is_compared_by_kind_and_place_and_a_refusal_by_its_words():
    """The wording of the first is pydantic's, that of the second the comp's own."""

    def refused(detail):
        return lambda whole: whole["response"].update(status=422, body={"detail": detail})

    def found(real, ours):
        headers = {"content-length": "9", "content-type": "application/json"}
        return list(
            differences(_recorded(refused(real)), 422, headers, json.dumps({"detail": ours}).encode())
        )

    error = {"type": "missing", "loc": ["body", "input"], "msg": "Field required"}

    assert found([error], [{**error, "msg": "field is required"}]) == []
    assert found([error], [{**error, "loc": ["body"]}])[0].startswith("body.detail: is [('missing', ['body']")
    assert found("Not here", "Nowhere") == ['body.detail: is text "Nowhere", was text "Not here"']


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda whole: whole["request"].pop("url"), "is no request and reply of one comp: it lacks 'url'"),
        (lambda whole: whole["request"].update(cookies={"a": "b"}), "request: has ['cookies'], which cannot be sent again"),
        (lambda whole: whole.update(component="nothing", request={"method": "GET", "url": "http://x:1/nowhere"}),
         "component 'nothing': is none of"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_unknown_with_the_reason(change, why):
    """It is no crash, and it is not green."""
    with pytest.raises(Unknown, match="^" + re.escape(why)):
        drifted(_recorded(change))


def test_a_chain_that_answers_otherwise_is_told_by_node():
    """What each node put out is compared by its key; a node that nobody knows makes it unknown."""
    whole = json.loads((RECORDED / "mega__nonstream.json").read_text())
    whole["response"]["rerank/MicroService"]["temperature"] = "warm"
    found = drifted_chain(json.dumps(whole))

    assert found == ['outputs.rerank/MicroService.temperature: is number 0.01, was text "warm"']
    with pytest.raises(Unknown, match=r"^nodes \['oven'\]: are none of "):
        drifted_chain(json.dumps({**whole, "response": {"oven/MicroService": {}}}))


def test_a_chain_that_streams_is_told_by_its_events():
    """OPEA's orchestrator passes them on as the model's comp said them."""
    whole = json.loads((RECORDED / "mega__nonstream.json").read_text())

    def chunk(reason):
        choice = {"finish_reason": reason, "index": 0, "logprobs": None, "text": "a"}
        before = {"id": "cmpl-1", "choices": [choice], "created": 1, "model": "tiny"}
        rest = {"object": "text_completion", "system_fingerprint": None, "usage": None}
        return f"data: {json.dumps(before | rest)}"

    def streamed(*lines):
        whole["response"]["llm/MicroService"] = {"sse_lines": [[0.1, line] for line in lines]}
        return drifted_chain(json.dumps(whole))

    assert streamed(chunk(None), chunk(None), chunk("length"), "data: [DONE]") == []
    assert streamed("data: [DONE]")[0].startswith("outputs.llm/MicroService: its events are [")


def test_a_comp_of_another_name_is_found_by_its_port_and_route():
    """A route or reply that it does not have is a difference, and no crash."""
    found = drifted(_recorded(lambda whole: whole.update(component="somebody's")))

    assert found[0].startswith("embeddings")


@pytest.mark.parametrize(
    ("component", "path", "body", "comp"),
    [
        ("faq_generation", "/v1/statistics", {}, "llms.faq_generation"),
        ("somebody's", "/v1/statistics", {"opea_service@llm_docsum": {}}, "llms.doc_summarization"),
        (
            "somebody's",
            "/openapi.json",
            {"info": {"title": "opea_service@llm_docsum"}},
            "llms.doc_summarization",
        ),
    ],
)
def test_a_side_endpoint_is_of_the_comp_that_it_names(component, path, body, comp):
    """Several services have the same port."""

    def asked(whole):
        whole.update(component=component, request={"method": "GET", "url": f"http://127.0.0.1:9000{path}"})
        whole["response"]["body"] = body

    assert drifted(_recorded(asked))[0].startswith(f"{comp}, GET {path}: ")
