"""What is made of a case that schemathesis drew and of what it says of the answer, without a server."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis.strategies import integers, just

from harness.comp import Deviation, Refusal
from harness.contract import fuzzing as module
from harness.contract.check import Broken, Noted, Skipped
from harness.contract.fuzzing import (
    CHECKS,
    SHOWN,
    Drawn,
    Noise,
    Tally,
    _failures,
    _is_refused,
    _noise,
    _prepared,
    _probe,
    _strategies,
    _told,
    fuzzing,
)
from harness.contract.talk import Answer
from harness.flight import ClientError
from tests.contract.says import Says
from tests.mocking.greeter import GREETER

FAILURES = pytest.importorskip("schemathesis.core.failures")


GREET = replace(GREETER.endpoint("/v1/greet"), known=())
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
        (check,) = fuzzing(replace(GREETER, endpoints=(GREET,)))
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


class Judged:
    """A case of whose answer schemathesis says these things; `given` is what it was asked about."""

    def __init__(self, *said):
        self.said, self.given = said, None

    def validate_response(self, response, *, checks):
        """Raise what is wrong, as schemathesis does."""
        self.given = (response, [each.__name__ for each in checks])
        if self.said:
            raise FAILURES.FailureGroup(list(self.said))


def test_what_schemathesis_says_is_told_in_one_line():
    """Its class of failure and its words, or its title where it has none, and of long words the beginning."""
    worded = FAILURES.Failure(operation="x", title="Title", message="two\n  lines ")
    bare = FAILURES.ServerError(operation="x", status_code=500)
    long = FAILURES.Failure(operation="x", message="long " + "x" * 2 * SHOWN)

    assert list(_failures(Judged(worded, bare, long), None, Answer(500, "", b""))) == [
        ("Failure", "two lines"),
        ("ServerError", "Server error"),
        ("Failure", "long " + "x" * 295),
    ]


@pytest.mark.parametrize(
    ("content_type", "headers"), [("text/plain", {"content-type": ["text/plain"]}), ("", {})]
)
def test_schemathesis_is_asked_about_the_answer_that_came(content_type, headers):
    """By its checks of what a document promises and by that of a failure inside; of what is right nothing is told."""
    case, asked = Judged(), SimpleNamespace(url="http://x")

    assert list(_failures(case, asked, Answer(201, content_type, b"body"))) == []
    response, checks = case.given
    assert (response.status_code, response.headers, response.content) == (201, headers, b"body")
    assert (response.request, response.elapsed, response.verify) == (asked, 0.0, False)
    assert checks == ["not_a_server_error", *CHECKS]


def test_a_case_becomes_a_request_to_the_server_that_is_asked():
    """Whatever address its document names."""
    case = SimpleNamespace(as_transport_kwargs=lambda base_url: {"method": "PUT", "url": f"{base_url}/v1/x"})
    request = _prepared(case, SimpleNamespace(url="http://127.0.0.1:9"))

    assert (request.method, request.url) == ("PUT", "http://127.0.0.1:9/v1/x")


@pytest.mark.parametrize(
    ("status", "path", "code", "words", "covers"),
    [
        (404, "/v1/greet", "Some", "", True),
        (4040, "/v1/greet", "Some", "", False),
        (404, "/greet", "Some", "", False),
        (404, "/v1/greet", "Soma", "", False),
        (404, "/v1/greet", "Sone", "", False),
        (404, "/v1/greet", "Some", "null is no list", True),
    ],
)
def test_an_entry_of_the_baseline_covers_its_own_failures(status, path, code, words, covers):
    """Status and path as patterns, the code to the letter; words only where it has some."""
    entry = Noise("Some", "4\\d\\d", "/v1/*", "so")
    worded = replace(entry, words="null is")

    assert entry.covers(code, status, path, words) is covers
    assert worded.covers(code, status, path, words) is bool(words)
    assert not worded.covers(code, status, path, "3 is no list")


def test_each_endpoint_of_a_documented_comp_is_fuzzed():
    """Servers of other projects show no document."""

    assert [(check.id, check.says) for check in fuzzing(replace(GREETER, endpoints=(GREET,)))] == [
        ("greeters.v1-greet.schemathesis", f"POST /v1/greet: {module.FUZZ.says}")
    ]
    assert len(list(fuzzing(GREETER))) == len(GREETER.endpoints)
    assert list(fuzzing(replace(GREETER, framework=False))) == []
