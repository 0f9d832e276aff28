"""Requests are put as the contract's examples say them."""

import asyncio

import pytest

from harness.client import Client, Limits
from harness.comp import Before, Example, Upload, World
from harness.contract.talk import BOUNDARY, LIMITS, Answer, Talk, multipart
from harness.contract.talk import _step as picked
from harness.errors import ContractError
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from tests.mocking.greeter import GREETER


def put(path, example, method="POST", extra=None):
    """The answer of the greeter's mock to an example."""

    async def once():
        client = Client()
        async with serving([Mock(GREETER, World())]) as urls:
            try:
                talk = Talk(client, urls["greeters"], GREETER)
                return await talk.put(GREETER.endpoint(path, method), example, extra)
            finally:
                await client.close()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("path", "method", "example", "said"),
    [
        ("/v1/greet", "POST", Example("x", {"name": "Ada"}), {"text": "Hello Ada", "times": None}),
        ("/v1/search", "GET", Example("x", {"text": "a b"}), {"found": {"text": "a b"}}),
        ("/v1/things/{thing}", "GET", Example("x", path={"thing": "b c"}), {"thing": "b c"}),
        (
            "/v1/upload",
            "POST",
            Example("x", {"note": 1}, files={"files": (Upload("a", b"A"), Upload("b", b"B"))}),
            {"note": ["1"], "files": ["A", "B"]},
        ),
    ],
)
def test_an_example_is_put_as_its_endpoint_takes_it(path, method, example, said):
    """JSON, query, path and form."""

    assert put(path, example, method).json == said


def test_extra_fields_are_merged_into_the_json():
    """That is how a stream is asked for."""

    assert put("/v1/greet", Example("x", {"name": "Ada"}), extra={"name": "Bo"}).json["text"] == "Hello Bo"


def test_an_answer_keeps_its_pieces_and_their_times():
    """So that a stream can be told from a lump."""
    answer = put("/v1/letters", Example("x", {"name": "ab"}))

    assert b"".join(data for _, data in answer.pieces) == answer.body
    assert [at for at, _ in answer.pieces] == sorted(at for at, _ in answer.pieces)


def test_a_body_that_is_no_json_is_none():
    """And is shown shortened."""
    answer = Answer(502, "text/html", b"<html>" + b"x" * 300)

    assert answer.json is None
    assert answer.shown.startswith("502 <html>xxx")
    assert len(answer.shown) == 204


def test_a_form_without_anything_is_a_form():
    """With nothing in it."""

    assert multipart(None, {}) == f"--{BOUNDARY}--\r\n".encode()


def test_a_name_in_a_form_cannot_end_its_line():
    """It is written as browsers write it; a field that stands several times is sent so."""
    form = multipart({"tags": ("a", "b")}, {"file": Upload('a"b\r\n.txt', b"x")})

    assert b'filename="a%22b%0D%0A.txt"' in form
    assert form.count(b'name="tags"') == 2


ADA = Before("who", "POST /v1/greet", Example("ada", {"name": "Ada"}), pick="text")


@pytest.mark.parametrize(
    ("path", "method", "example", "said"),
    [
        (
            "/v1/greet",
            "POST",
            Example("x", {"name": "$who"}, after=(ADA,)),
            {"text": "Hello Hello Ada", "times": None},
        ),
        (
            "/v1/things/{thing}",
            "GET",
            Example(
                "x",
                path={"thing": "$again"},
                after=(ADA, Before("again", ADA.key, Example("x", {"name": "$who"}), "text")),
            ),
            {"thing": "Hello Hello Ada"},
        ),
        (
            "/v1/greet",
            "POST",
            Example("x", {"name": "$who"}, after=(Before("who", ADA.key, ADA.sends, pick="no"),)),
            {"text": "Hello $who", "times": None},
        ),
    ],
    ids=["request", "path-and-chain", "nothing-given"],
)
def test_what_comes_before_an_example_gives_it_its_values(path, method, example, said):
    """A name that nothing was given for stays, so that the answer tells of it."""

    assert put(path, example, method).json == said


def test_a_request_before_an_example_is_one_of_the_same_comp():
    """Else the contract is wrong, which is said."""
    example = Example("x", after=(Before("x", "POST /v1/nope", Example("y")),))

    with pytest.raises(ContractError) as caught:
        put("/v1/greet", example)

    assert str(caught.value) == "greeters: x comes after POST /v1/nope, which is no endpoint"


@pytest.mark.parametrize(
    ("answer", "pick", "found"),
    [
        ({"a": {"b": "x"}}, "a.b", "x"),
        (["x", "y"], "-1", "y"),
        ({"a": [{"b": "x"}]}, "a.0.b", "x"),
        (["x"], "1", None),
        (["x"], "a", None),
        ({"a": "x"}, "b", None),
        ("x", "a", None),
    ],
)
def test_what_stands_deep_in_an_answer_is_picked_by_its_path(answer, pick, found):
    """Fields by name, members of a list by place."""
    value = answer
    for step in pick.split("."):
        value = picked(value, step)

    assert value == found


@pytest.mark.parametrize("step", ["2", "-3", "x"])
def test_a_place_that_a_list_has_not_is_nothing(step):
    """Neither behind its end nor before its beginning."""

    assert picked([1, 2], step) is None
    assert [picked([1, 2], each) for each in ("0", "1", "-1", "-2")] == [1, 2, 2, 1]


def test_a_server_is_well_when_its_own_page_says_so():
    """One that is starting is not."""

    async def asked(behaviour):
        client = Client()
        async with serving([Mock(GREETER, World(), behaviour=behaviour)]) as urls:
            try:
                return await Talk(client, urls["greeters"], GREETER).is_well()
            finally:
                await client.close()

    assert asyncio.run(asked(Behaviour())) is True
    assert asyncio.run(asked(Behaviour(start_ms=60_000))) is False


@pytest.mark.parametrize(
    ("path", "method", "example", "extra", "asked"),
    [
        ("/v1/greet", "POST", Example("x", {"a": 1}), {"b": 2}, ("/v1/greet", b'{"a":1,"b":2}')),
        ("/v1/greet", "POST", Example("x", {"a": 1}), {"a": 2}, ("/v1/greet", b'{"a":2}')),
        ("/v1/greet", "POST", Example("x", ["a"]), {"b": 2}, ("/v1/greet", b'{"b":2}')),
        ("/v1/greet", "POST", Example("x", ["a"]), {}, ("/v1/greet", b'["a"]')),
        ("/v1/greet", "POST", Example("x"), None, ("/v1/greet", b"")),
        ("/v1/search", "GET", Example("x", {"a": [1, "b c"]}), None, ("/v1/search?a=1&a=b+c", b"")),
        ("/v1/search", "GET", Example("x"), None, ("/v1/search", b"")),
        ("/v1/image", "GET", Example("x", {"a": 1}), None, ("/v1/image", b"")),
        (
            "/v1/things/{thing}",
            "GET",
            Example("x", path={"thing": "a/b?"}),
            None,
            ("/v1/things/a%2Fb%3F", b""),
        ),
    ],
    ids=str,
)
def test_a_request_is_written_as_its_endpoint_reads_it(path, method, example, extra, asked):
    """Its address and its body; JSON says that it is."""
    sent = put(path, example, method, extra).asked
    head = {"content-type": "application/json"} if sent.body else {}

    assert (sent.method, sent.url[len("http://127.0.0.1:") :].partition("/")[2], sent.body) == (
        method,
        asked[0][1:],
        asked[1],
    )
    assert sent.headers == head


def test_what_was_asked_last_is_kept():
    """Under an address without a second slash; one request at a time."""

    async def once():
        client, last = Client(), []
        async with serving([Mock(GREETER, World())]) as urls:
            talk = Talk(client, f"{urls['greeters']}/", GREETER, last=last)
            try:
                first = await talk.send("GET", "/health")
                second = await talk.send("GET", "/v1/image")
                return first, second, last, urls["greeters"]
            finally:
                await client.close()

    first, second, last, url = asyncio.run(once())

    assert (first.asked.url, first.asked.headers, first.asked.body) == (f"{url}/health", {}, b"")
    assert last == [second.asked]
    assert (second.status, second.content_type, second.body) == (200, "image/png", b"\x89PNG")


def test_a_server_is_waited_for_half_a_minute():
    """And for ten seconds where it says nothing."""

    assert Limits(2.0, 10.0, 10.0, 30.0) == LIMITS
    talk = Talk(Client(), "http://127.0.0.1:9", GREETER)
    assert (talk.limits, talk.seed, talk.drawn_max, talk.process, talk.others) == (LIMITS, 0, 20, None, {})


def test_a_body_is_shown_as_far_as_a_message_can_hold_it():
    """Two hundred bytes, whatever they are; an empty one is none."""

    assert Answer(200, "", b"\xff" + b"x" * 300).shown == "200 \ufffd" + "x" * 199
    assert Answer(204, "", b"").shown == "204"
    assert Answer(200, "", b" a ").shown == "200  a"


def test_a_form_is_written_byte_for_byte():
    """Text, then uploads, each with its head."""
    form = multipart(
        {"a": 1, "b": ("x", "y")}, {"f": Upload("n.txt", b"N", "text/plain"), "g": (Upload("m", b"M"),)}
    )
    mark, name = f"--{BOUNDARY}\r\n", "Content-Disposition: form-data; name="
    kind = Upload("m", b"M").content_type

    assert form.decode() == (
        f'{mark}{name}"a"\r\n\r\n1\r\n{mark}{name}"b"\r\n\r\nx\r\n{mark}{name}"b"\r\n\r\ny\r\n'
        f'{mark}{name}"f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nN\r\n'
        f'{mark}{name}"g"; filename="m"\r\nContent-Type: {kind}\r\n\r\nM\r\n--{BOUNDARY}--\r\n'
    )
    assert multipart(["a"], {}) == multipart(None, {})


def test_names_are_replaced_wherever_they_stand_whole():
    """In lists and objects; within a text they are text, and what is no text stays."""
    example = Example("x", {"a": ["$who", "to $who"], "b": {"c": "$who"}, "n": 7}, after=(ADA,))

    async def once():
        client = Client()
        async with serving([Mock(GREETER, World())]) as urls:
            try:
                return await Talk(client, urls["greeters"], GREETER).prepared(example)
            finally:
                await client.close()

    found = asyncio.run(once())

    assert found.request == {"a": ["Hello Ada", "to $who"], "b": {"c": "Hello Ada"}, "n": 7}
    assert found.after == ()


def test_a_whole_answer_may_be_what_is_given():
    """Where it is a text; what is none gives nothing."""
    whole = Before("who", ADA.key, ADA.sends)

    assert put("/v1/greet", Example("x", {"name": "$who"}, after=(whole,))).json["text"] == "Hello $who"
