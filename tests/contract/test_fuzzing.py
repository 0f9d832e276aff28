"""What schemathesis finds: services whose document says other than they do, and what the framework is known to do."""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import replace
from time import monotonic
from types import SimpleNamespace

import pytest
from hypothesis.strategies import integers, just

from harness.client import Client
from harness.comp import Deviation, Endpoint, Example, Refusal, Stream, Variant, World
from harness.contract import fuzzing as module
from harness.contract.check import Broken, Noted, Skipped
from harness.contract.fuzzing import (
    FUZZ,
    Drawn,
    Noise,
    Tally,
    _is_refused,
    _noise,
    _probe,
    _strategies,
    _told,
    baseline,
    fuzzing,
)
from harness.contract.talk import Answer, Talk
from harness.errors import StackError
from harness.flight import ClientError
from harness.stack.behaviour import Behaviour
from harness.stack.mock_app import Mock
from harness.stack.mock_http import Whole
from harness.stack.mock_serving import serving
from tests.contract.says import Says
from tests.contract.ways import Wrapped
from tests.stack.greeter import GREETER, Greeted, Greeting

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
    assert monotonic() - began < 8


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


GREET = comp(greet).endpoints[0]
CASE = SimpleNamespace(body={"name": "x"}, path_parameters={}, query={"a": 1})
REQUEST = SimpleNamespace(
    method="POST",
    url="http://127.0.0.1:9/v1/greet?a=1",
    headers={"Content-Type": b"text/pl\xe4in", "User-Agent": "x", "Host": "x", "x-own": "y"},
    body="ä",
)


def probed(monkeypatch, *failures, request=REQUEST, said=None, endpoint=GREET, case=CASE):
    """What is found in an answer of which schemathesis says that; the talk, and what was met that is known."""
    monkeypatch.setattr(module, "_prepared", lambda case, talk: request)
    monkeypatch.setattr(module, "_failures", lambda case, request, answer: iter(failures))
    talk, tally = Says(said or Answer(500, "text/plain", b"oops")), Tally()
    return asyncio.run(_probe(endpoint, talk, tally, Drawn(case))), talk, tally


def test_a_case_is_sent_as_it_was_drawn(monkeypatch):
    """Without what differs each time; text in bytes, bytes in text."""
    _, talk, _ = probed(monkeypatch)
    nothing = SimpleNamespace(method=None, url=talk.url + "/x", headers={}, body=None)
    _, bare, _ = probed(monkeypatch, request=nothing)

    assert talk.asked == [
        ("POST", "/v1/greet?a=1", "ä".encode(), {"Content-Type": "text/pläin", "x-own": "y"})
    ]
    assert bare.asked == [("", "/x", b"", {})]


def test_each_failure_is_noise_or_known_or_wrong(monkeypatch):
    """The first that is wrong is told; what is none is counted."""
    passed_over = Noise("Known", "500", "/v1/*", "so")
    monkeypatch.setattr(module, "baseline", lambda: (passed_over,))
    known = Deviation("down", "it is down", lambda body: body == {"name": "x"}, 500)
    wrong = probed(monkeypatch, ("Known", "a"), ("ServerError", "b"), ("Other", "c"))
    met = probed(
        monkeypatch, ("Known", "a"), ("Known", "b"), ("Other", "c"), endpoint=replace(GREET, known=(known,))
    )

    assert wrong[0] == Broken("ServerError: b", actual="500 oops")
    assert met[0] is None
    assert met[2].noise == {passed_over: 2}
    assert met[2].deviations == [known]


def test_a_request_that_breaks_the_connection_is_the_one_to_repeat(monkeypatch):
    """A server that is gone leaves it unknown."""
    broken, gone = (ClientError(each, "http://x", "words", elapsed_ms=1.0) for each in ("reset", "dns"))
    told, talk, _ = probed(monkeypatch, said=broken)

    assert told.why.startswith("no whole answer came: ")
    assert told.asked is talk.last[0]
    with pytest.raises(ClientError):
        probed(monkeypatch, said=gone)


@pytest.mark.parametrize(
    ("code", "body", "status", "entry"),
    [
        ("AcceptedNegativeData", {"name": "x"}, 200, "TAKEN"),
        ("AcceptedNegativeData", {"name": 7}, 200, None),
        ("RejectedPositiveData", {"name": 7}, 422, "REFUSED"),
        ("RejectedPositiveData", {"name": "x"}, 422, None),
        ("RejectedPositiveData", object(), 422, "REFUSED"),
        ("ServerError", {"name": 7}, 422, None),
    ],
)
def test_where_document_and_contract_differ_the_contract_counts(code, body, status, entry):
    """That they differ is told by another check."""
    found = _noise(code, "words", status, GREET, SimpleNamespace(body=body, path_parameters={}))

    assert found == (getattr(module, entry) if entry else None)


def test_what_the_contract_itself_refuses_may_be_refused():
    """By its own answer, with the path's parameters; a form's document says nothing of its fields."""

    def refuse(request, world, thing=""):
        raise Refusal(int(thing or 400), "no")

    case = SimpleNamespace(body={"name": "x"}, path_parameters={"thing": 404})
    redirect = SimpleNamespace(body={"name": "x"}, path_parameters={"thing": 399})

    assert _is_refused(replace(GREET, answer=refuse), case)
    assert not _is_refused(replace(GREET, answer=refuse), redirect)
    assert not _is_refused(GREET, CASE)
    assert _is_refused(replace(GREET, body="form"), CASE)


def test_what_was_passed_over_is_counted_by_its_reason():
    """Nothing drawn is not green."""
    noise = Counter({Noise("A", "1", "*", "so"): 2, Noise("B", "1", "*", "too"): 1})

    assert _told(noise, 7) == Noted(
        "7 cases; passed over, as the baseline says: A 2 times: so; B 1 times: too"
    )
    assert _told(Counter(), 7) is None
    assert (
        _told(noise, 0) == _told(Counter(), 0) == Skipped("schemathesis could draw nothing from the document")
    )


@pytest.mark.parametrize(
    "body",
    [b"no", b"[]", b"{}", b'{"paths": []}', b'{"paths": {}}', b'{"paths": {"/v1/greet": {"get": {}}}}'],
)
def test_what_is_no_document_of_the_route_gives_nothing(body):
    """Another check tells of it."""

    assert _strategies(body, "POST", "/v1/greet") == ()


def test_what_takes_nothing_has_no_wrong_requests():
    """A body or a query does."""
    answers = {"responses": {"200": {"description": "x"}}}
    query = {"name": "q", "in": "query", "schema": {"type": "integer"}}
    body = {"content": {"application/json": {"schema": {"type": "integer"}}}}
    told = {
        "/plain": {"get": answers},
        "/head": {"get": {**answers, "parameters": [{**query, "in": "header"}]}},
        "/query": {"get": {**answers, "parameters": [query]}},
        "/body": {"get": {**answers, "requestBody": body}},
    }
    document = json.dumps(
        {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": told}
    ).encode()

    assert {path: len(_strategies(document, "GET", path)) for path in told} == {
        "/plain": 1,
        "/head": 1,
        "/query": 2,
        "/body": 2,
    }


@pytest.mark.parametrize(("drawn_max", "asked"), [(20, 4), (4, 1), (1, 1), (10, 2)])
def test_a_fifth_of_the_requests_is_asked_of_each_kind(drawn_max, asked, monkeypatch):
    """One at least; what is found first ends it, and all that is known is told."""
    cases, known = [], Deviation("down", "it is down", lambda body: True, 500)

    async def probe(endpoint, talk, tally, drawn):
        cases.append(drawn)
        tally.deviations.append(known)
        return Broken(f"{drawn} is wrong") if drawn == "wrong" else None

    def found(*strategies):
        monkeypatch.setattr(module, "_strategies", lambda *_: strategies)
        (check,) = fuzzing(comp(greet))
        cases.clear()
        return asyncio.run(check.find(Says(Answer(200, "", b"{}"), drawn_max=drawn_max)))

    monkeypatch.setattr(module, "_probe", probe)
    good, wrong = integers(0, 10**6), just("wrong")

    assert found(good, good) == Skipped("known deviation down: it is down")
    assert len(cases) == 2 * asked
    assert found(wrong, good).why == "wrong is wrong"
    assert set(cases) == {"wrong"}
    assert found().why == "POST /v1/greet: is not documented; openapi.routes tells of it"


def test_a_case_shows_itself_by_what_it_sends():
    """So that the smallest is told."""

    assert repr(Drawn(CASE)) == "{} {'a': 1} {'name': 'x'}"
