"""What schemathesis finds: services whose document says other than they do, and what the framework is known to do."""

import asyncio
import json
import sys
from dataclasses import replace
from time import monotonic

import pytest

from harness.client import Client
from harness.comp import Deviation, Endpoint, Example, Refusal, Stream, Variant, World
from harness.contract.fuzzing import FUZZ, Noise, baseline, fuzzing
from harness.contract.talk import Talk
from harness.errors import StackError
from harness.mocking.app import Mock
from harness.mocking.asgi import Whole
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from tests.contract.ways import Wrapped
from tests.mocking.greeter import GREETER, Greeted, Greeting

FAILURES = pytest.importorskip("schemathesis.failure_codes").FAILURE_CLASSES


def comp(answer, **more):
    """A comp of one endpoint, which is documented to greet."""
    variant = Variant("greeting", Greeting, Greeted, (Example("ada", {"name": "Ada"}),))
    endpoint = Endpoint("/v1/greet", answer, (variant,), "source-only", "x.py", **more)
    return replace(GREETER, endpoints=(endpoint,))


def greet(request, world):
    """As documented."""
    return Greeted(text=f"Hello {request.name}")


def verdict(served, around=None, *, like_upstream=False):
    """The verdict on the mock of a comp, with something between it and the network."""

    async def judged():
        client = Client()
        mock = Mock(served, World(), behaviour=Behaviour(like_upstream=like_upstream))
        async with serving([Wrapped(mock, around) if around else mock]) as urls:
            try:
                (check,) = fuzzing(served)
                return await check.judge(Talk(client, urls[served.id], served))
            finally:
                await client.close()

    return asyncio.run(judged())


async def refusing(mock, scope, receive, send):
    """A server that refuses whatever it is asked, and shows its document."""
    if scope["path"] == "/v1/greet":
        await Whole(400, b'{"detail": "no"}').send(send)
        return
    await mock(scope, receive, send)


def documented(change):
    """A server whose document is changed, and nothing else."""

    async def around(mock, scope, receive, send):
        said = []

        async def sent(event):
            said.append(event)

        await mock(scope, receive, sent)
        if scope["path"] == "/openapi.json":
            document = json.loads(said[1]["body"])
            change(document)
            await Whole(200, json.dumps(document).encode()).send(send)
            return
        for event in said:
            await send(event)

    return around


def test_a_service_that_does_as_its_document_says_passes():
    """Nothing has to be passed over."""
    found = verdict(comp(greet))

    assert (found.verdict, found.why, found.id) == ("holds", "", "greeters.v1-greet.schemathesis")


def test_a_reply_that_is_not_as_documented_is_told():
    """With the request, without what differs each time."""
    needs_more = documented(
        lambda document: document["components"]["schemas"]["Greeted"].update(required=["tenant"])
    )
    found = verdict(comp(greet), needs_more)

    assert found.verdict == "violated"
    assert found.why.startswith("JsonSchemaError: ")
    assert "'tenant' is a required property" in found.why or '"tenant" is a required property' in found.why
    assert "curl " in found.repeat
    assert "schemathesis" not in found.repeat.lower()


def test_a_failure_inside_is_told_and_one_that_is_known_is_told_as_known():
    """A status that nobody declared is the framework's way, a 500 is nobody's."""
    failing = Deviation("down", "its backend is down", lambda _body: True, 500)

    def explode(request, world):
        raise Refusal(500, "oops")

    assert verdict(comp(explode)).why.startswith("ServerError: ")
    known = verdict(comp(greet, known=(failing,)), like_upstream=True)
    assert (known.verdict, known.why) == ("n/a", "known deviation down: its backend is down")


def test_what_the_document_refuses_and_the_service_takes_is_told():
    """Unless the contract takes it too."""

    async def lenient(mock, scope, receive, send):
        async def sent(event):
            if event.get("status") == 422:
                event = {**event, "status": 200}
            await send(event)

        await mock(scope, receive, sent)

    def stricter(document):
        document["components"]["schemas"]["Greeting"]["properties"]["name"]["maxLength"] = 0

    assert verdict(comp(greet), lenient).why.startswith(("AcceptedNegativeData: ", "JsonSchemaError: "))
    noted = verdict(comp(greet), documented(stricter))
    assert noted.verdict == "holds"
    assert "AcceptedNegativeData" in noted.why
    assert "the contract takes it, whatever the document says" in noted.why


def test_what_is_passed_over_is_told_with_its_reason():
    """A refusal that nobody documented; a stream that is documented as JSON."""

    def refuse(request, world):
        raise Refusal(400, "never")

    def stream(request, world):
        return Stream("raw_delta", (), (b"data: x\n\n",), (b"data: [DONE]\n\n",))

    refused = verdict(comp(refuse))
    assert refused.verdict == "holds"
    assert "the contract refuses it too" in refused.why
    assert "FastAPI documents 200 and 422 alone" in refused.why
    assert "FastAPI documents a StreamingResponse" in verdict(comp(stream)).why


def test_a_valid_request_that_is_refused_without_need_is_told():
    """The contract answers it."""
    assert verdict(comp(greet), refusing).why.startswith("RejectedPositiveData: ")


def test_refusing_what_is_known_to_break_a_comp_is_no_failure():
    """What only takes a refusal's place excuses no refusal."""
    breaks = Deviation("breaks", "every request breaks it", lambda _body: True, 500)

    assert verdict(comp(greet, known=(breaks,)), refusing).verdict == "holds"
    instead = replace(breaks, instead_of=403)
    assert verdict(comp(greet, known=(instead,)), refusing).why.startswith("RejectedPositiveData: ")


def test_without_a_document_there_is_nothing_to_fuzz():
    """Its own check tells of it; servers of other projects have none."""
    gone = documented(lambda document: document["paths"].clear())

    assert verdict(comp(greet), gone).why == "POST /v1/greet: is not documented; openapi.routes tells of it"
    assert list(fuzzing(replace(GREETER, framework=False))) == []


def test_a_server_that_breaks_off_is_told():
    """No whole answer is an answer too."""

    async def breaking(mock, scope, receive, send):
        if scope["path"] != "/v1/greet":
            await mock(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        scope["extensions"] = None
        raise ConnectionAbortedError

    async def quietly(mock, scope, receive, send):
        try:
            await breaking(mock, scope, receive, send)
        except ConnectionAbortedError:
            return

    assert verdict(comp(greet), quietly).why.startswith("no whole answer came: ")


def test_a_slow_service_is_asked_less_often():
    """A second for each mode, and what is under way."""

    async def slow(mock, scope, receive, send):
        if scope["path"] == "/v1/greet":
            await asyncio.sleep(0.6)
        await mock(scope, receive, send)

    began = monotonic()

    assert verdict(comp(greet), slow).verdict == "holds"
    assert monotonic() - began < 30


def test_without_schemathesis_the_sentence_says_what_to_install(monkeypatch):
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "schemathesis", None)

    with pytest.raises(StackError, match=r"pip install 'opea-harness\[contract\]'"):
        verdict(comp(greet))


def test_every_entry_of_the_baseline_has_its_reason():
    """And a failure that schemathesis knows; it covers that one alone."""
    codes = {each.__name__ for each in FAILURES}

    assert baseline()
    assert {each.code for each in baseline()} <= codes
    assert all(len(each.reason) > 20 for each in baseline())
    entry = Noise("UndefinedStatusCode", "4\\d\\d", "/v1/*", "so")
    assert entry.covers("UndefinedStatusCode", 404, "/v1/greet")
    assert not entry.covers("UndefinedStatusCode", 4040, "/v1/greet")
    assert not entry.covers("UndefinedStatusCode", 404, "/greet")
    assert not entry.covers("ServerError", 404, "/v1/greet")
    worded = replace(entry, words="null is")
    assert worded.covers("UndefinedStatusCode", 404, "/v1/greet", "null is no list")
    assert not worded.covers("UndefinedStatusCode", 404, "/v1/greet", "3 is no list")
    assert FUZZ.level == "L4"
