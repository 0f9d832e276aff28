"""Examples and laws, judged on answers that were made up."""

import asyncio
import gzip
import json
from dataclasses import replace

import pytest

from harness.client import Client
from harness.comp import Example, Law, Refusal, Upload, World
from harness.contract.check import Broken, Skipped
from harness.contract.promises import (
    as_known,
    broken_reply,
    is_touchy,
    known,
    law_broken,
    promises,
    said,
    sent,
)
from harness.contract.talk import Answer, Talk
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from tests.contract.says import Says
from tests.mocking.greeter import GREETER

GREET = GREETER.endpoint("/v1/greet")
GREETING = GREET.variants[0]
ADA = Example("ada", {"name": "Ada"}, {"text": "Hello Ada"})
REFUSED = Example("nobody", {"name": "nobody"}, {"detail": "no"}, status=403)


def answer(body, status=200, content_type="application/json"):
    """An answer with that body."""
    return Answer(status, content_type, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("example", "answered", "why"),
    [
        (ADA, answer({"text": "Hello Ada", "times": None}), None),
        (ADA, answer({"text": "x"}), "reply.text: is 'x', 'Hello Ada' was promised"),
        (ADA, answer({"txt": "x"}), "text: Field required, seen \"{'txt': 'x'}\""),
        (ADA, answer({}, 500), "status: is 500 {}, 200 was promised"),
        (ADA, answer(b"<html>"), "body: is no JSON: 200 <html>"),
        (
            ADA,
            answer({}, content_type="text/html"),
            "content type: is 'text/html', 'application/json' was promised",
        ),
        (REFUSED, answer({"detail": "no"}, 403), None),
        (REFUSED, answer({"detail": "yes"}, 403), "reply.detail: is 'yes', 'no' was promised"),
        (REFUSED, answer(b"", 403), "body: is empty; a 403 says its reason"),
        (REFUSED, answer({"detail": "no"}, 400), 'status: is 400 {"detail": "no"}, 403 was promised'),
    ],
)
def test_an_answer_is_judged_by_status_type_shape_and_content(example, answered, why):
    """In that order."""

    assert broken_reply(GREET, GREETING, example, answered) == why


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(b"{}"), ", but compressed, which nobody asked for"),
        (b"\xef\xbb\xbf{}", ", for a byte order mark stands before it"),
        ('{"text": "Grüße"}'.encode("latin-1"), ", for it is no UTF-8 from byte 12 on"),
        ('{"text": "Grüße'.encode(), ", for it ends too early"),
        (b'{"text": NaN}', ", from letter 9 on"),
        (b"<html>", ""),
    ],
    ids=["gzip", "byte-order-mark", "latin-1", "cut", "nan", "html"],
)
def test_what_is_no_json_is_told_with_its_reason(body, why):
    """For the bytes may look as if they were."""
    answered = Answer(200, "application/json", body)

    assert broken_reply(GREET, GREETING, Example("x"), answered) == f"body: is no JSON{why}: {answered.shown}"


def test_an_untyped_or_binary_reply_is_judged_by_its_status_alone():
    """There is nothing else to hold it against."""
    untyped = replace(GREETING, reply=None)

    assert broken_reply(GREET, untyped, Example("x"), answer(b"\x89PNG", content_type="image/png")) is None


def test_what_is_known_instead_of_a_refusal_excuses_nothing_else():
    """Where an answer was promised, failing is no known deviation."""
    instead = replace(GREET.known[0], instead_of=404)
    endpoint = replace(GREET, known=(instead,))
    failed = answer({}, 500)

    assert known(endpoint, {"name": ""}, failed, promised=404) == instead
    assert known(endpoint, {"name": ""}, failed, promised=200) is None
    assert known(endpoint, {"name": ""}, failed) == instead


def test_a_known_deviation_is_told_by_request_and_status():
    """Another status is no known one; a request that it cannot read neither."""

    assert known(GREET, {"name": ""}, answer({}, 500)).id == "empty"
    assert known(GREET, {"name": ""}, answer({}, 502)) is None
    assert known(GREET, {"name": "x"}, answer({}, 500)) is None
    assert known(GREET, None, answer({}, 500)) is None


def test_a_reply_that_a_law_cannot_read_breaks_it():
    """A law need not guard itself."""
    law = Law("x", "says", lambda request, reply: reply["data"][0])

    assert (
        law_broken(law, {}, {"data": []}) == "the reply cannot be read: IndexError: list index out of range"
    )
    assert law_broken(law, {}, {"data": [None]}) is None


def test_of_a_stream_laws_judge_the_text():
    """All deltas together."""
    variant = replace(GREETING, dialect="raw_delta")
    body = b"data: a\n\ndata: b\n\ndata: [DONE]\n\n"
    streamed = Answer(200, "text/event-stream", body, ((1, body),))

    assert said(streamed, variant, Example("x", stream=True)) == {"text": "ab"}


def test_there_is_a_check_for_every_example_and_every_law():
    """With their names in it."""
    variants = (replace(GREETING, laws=(Law("fine", "is fine", lambda q, a: None),)),)
    ids = [check.id for check in promises("greeters", replace(GREET, variants=variants))]

    assert ids == ["greeters.v1-greet.example.greeting.ada", "greeters.v1-greet.law.greeting.fine"]


def test_a_law_of_bytes_judges_them_in_base64():
    """So a picture or a recording can be looked into."""
    variant = replace(GREETING, reply=bytes)

    assert said(answer(b"RIFF", content_type="audio/wav"), variant, ADA) == {
        "content_type": "audio/wav",
        "base64": "UklGRg==",
    }


def test_what_was_sent_of_a_form_are_its_fields_and_its_uploads():
    """As the server reads it, so that a known deviation can ask for either."""
    upload = Upload("a.txt", b"A")

    assert sent(Example("x", {"name": "a"}, files={"file": upload})) == {"name": "a", "file": upload}
    assert sent(ADA) == {"name": "Ada"}


def verdicts(endpoint, answers=None):
    """The verdicts on a mock that answers by `answers` what `endpoint` promises."""

    async def judged():
        client = Client()
        served = replace(GREETER, endpoints=(replace(endpoint, answer=answers or endpoint.answer),))
        async with serving([Mock(served, World())]) as urls:
            talk = Talk(client, urls["greeters"], replace(GREETER, endpoints=(endpoint,)))
            try:
                return [await check.judge(talk) for check in promises("greeters", endpoint)]
            finally:
                await client.close()

    return asyncio.run(judged())


LAWFUL = replace(
    GREETING,
    examples=(
        Example("nobody", {"name": "nobody"}, status=403),
        Example("bob", {"name": "Bob"}),
        Example("ada", {"name": "Ada"}),
    ),
    laws=(Law("short", "is short", lambda q, a: None if len(a["text"]) < 10 else f"{a['text']} is long"),),
)
GREETED = replace(GREET, variants=(LAWFUL,))


def test_a_law_is_held_against_every_example_that_is_answered():
    """What is refused, or not answered as promised, has its own check."""

    def but_bob(request, world):
        if request.name == "Bob":
            raise Refusal(400, "not today")
        return GREET.answer(request, world)

    def long_for_ada(request, world):
        reply = GREET.answer(request, world)
        return {"text": reply.text + "!" * 9 if request.name == "Ada" else reply.text}

    assert [each.verdict for each in verdicts(GREETED)] == ["holds"] * 4
    assert [each.verdict for each in verdicts(GREETED, but_bob)] == ["holds", "violated", "holds", "holds"]
    assert verdicts(GREETED, long_for_ada)[-1].why == "ada: Hello Ada!!!!!!!!! is long"


def test_a_law_without_an_answer_to_judge_is_not_green():
    """It says so."""

    def never(_request, _world):
        raise Refusal(400, "never")

    law = verdicts(GREETED, never)[-1]

    assert (law.verdict, law.why) == (
        "n/a",
        "no example was answered in its shape, so there is nothing to judge",
    )


@pytest.mark.parametrize("status", [400, 499, 501, 503])
def test_what_is_known_is_known_by_its_very_status(status):
    """Another one is another fault."""

    assert known(GREET, {"name": ""}, answer(b"known", 500)) is GREET.known[0]
    assert known(GREET, {"name": ""}, answer(b"known", status)) is None


@pytest.mark.parametrize("error", [KeyError("a"), IndexError("a"), TypeError("a"), AttributeError("a")])
def test_a_deviation_that_cannot_read_a_request_is_not_set_off_by_it(error):
    """Whatever the request is."""

    def fail(_body):
        raise error

    endpoint = replace(GREET, known=(replace(GREET.known[0], applies=fail), GREET.known[0]))

    assert known(endpoint, {"name": ""}, answer({}, 500)) is GREET.known[0]


@pytest.mark.parametrize(
    "error", [KeyError("a"), IndexError("a"), TypeError("a"), AttributeError("a"), ValueError("a")]
)
def test_whatever_a_law_stumbles_over_breaks_it(error):
    """By the error's own words."""

    def fail(_request, _reply):
        raise error

    words = f"the reply cannot be read: {type(error).__name__}: {error}"

    assert law_broken(Law("x", "says", fail), {}, {}) == words


def test_a_request_that_sets_off_what_is_known_is_touchy():
    """What only takes a refusal's place is none of that."""
    instead = replace(GREET.known[0], instead_of=404)

    assert is_touchy(GREET, {"name": ""})
    assert not is_touchy(GREET, {"name": "x"})
    assert not is_touchy(replace(GREET, known=(instead,)), {"name": ""})
    assert is_touchy(replace(GREET, known=(instead, *GREET.known)), {"name": ""})


def test_what_is_known_is_told_once_each():
    """With its reason; nothing met is nothing told."""
    other = replace(GREET.known[0], id="other", says="it is other")

    assert as_known([]) is None
    assert as_known([GREET.known[0], other, GREET.known[0]]) == Skipped(
        "known deviation empty: an empty name; known deviation other: it is other"
    )


@pytest.mark.parametrize(
    ("example", "changes", "answered", "why"),
    [
        (Example("x", status=403), {}, answer(b"no", 403), None),
        (Example("x", status=400), {}, answer(b"", 400), "body: is empty; a 400 says its reason"),
        (Example("x", status=302), {"reply": None}, answer(b"", 302), None),
        (REFUSED, {}, answer(b"no", 403), "reply: is 'None', \"{'detail': 'no'}\" was promised"),
        (Example("x", stream=True), {}, answer(b"data: x", content_type="text/event-stream"), None),
        (Example("x"), {"reply": bytes}, answer(b"RIFF", content_type="audio/wav"), None),
        (Example("x"), {"reply": type(None)}, answer(b"null"), None),
        (
            Example("x"),
            {"reply": type(None)},
            answer(b"nul"),
            "body: is no JSON, for it ends too early: 200 nul",
        ),
        (Example("x"), {}, answer({"text": "a"}, content_type="application/json; charset=utf-8"), None),
        (ADA, {"reply": dict}, answer({"text": "a"}), "reply.text: is 'a', 'Hello Ada' was promised"),
    ],
)
def test_what_an_answer_may_be_is_the_contracts_matter(example, changes, answered, why):
    """A refusal needs a reason of whatever form; streams, bytes and null have their own shapes."""

    assert broken_reply(GREET, replace(GREETING, **changes), example, answered) == why


def test_the_type_of_a_reply_is_that_of_its_endpoint():
    """What stands behind the semicolon does not count."""
    endpoint = replace(GREET, reply_type="application/problem+json; charset=utf-8")

    assert (
        broken_reply(
            endpoint, GREETING, Example("x"), answer({"text": "a"}, content_type="application/problem+json")
        )
        is None
    )
    assert broken_reply(endpoint, GREETING, Example("x"), answer({"text": "a"})).startswith(
        "content type: is "
    )


def test_of_what_is_no_stream_laws_judge_the_json():
    """A stream needs a dialect and an example that asks for it; one of no piece has no text."""
    plain = answer({"text": "a"})
    streaming = replace(GREETING, dialect="raw_delta")

    assert said(plain, GREETING, Example("x", stream=True)) == said(plain, streaming, ADA) == {"text": "a"}
    assert said(plain, streaming, Example("x", stream=True)) == {"text": ""}


def test_an_example_that_is_answered_otherwise_is_told_or_known():
    """By the request as it was sent and the status that was promised."""
    (check,) = promises(
        "greeters", replace(GREET, variants=(replace(GREETING, examples=(Example("empty", {"name": ""}),)),))
    )
    failed = answer(b"oops", 500)

    assert asyncio.run(check.find(Says(failed))) == Skipped("known deviation empty: an empty name")
    assert asyncio.run(check.find(Says(answer(b"oops", 502)))) == Broken(
        "status: is 502 oops, 200 was promised", actual="502 oops"
    )
    assert check.says == "POST /v1/greet: the example empty is answered with 200, as promised"


def test_a_law_that_is_broken_shows_the_answer():
    """Of the first example that breaks it; refusals are not asked for."""
    early = Example("early", {"name": "x"}, status=100)
    lawful = replace(LAWFUL, examples=(early, *LAWFUL.examples))
    law = list(promises("greeters", replace(GREET, variants=(lawful,))))[-1]
    talk = Says(answer({"text": "Hello"}), answer({"text": "Hello everybody"}))

    assert asyncio.run(law.find(talk)) == Broken(
        "ada: Hello everybody is long", actual='200 {"text": "Hello everybody"}'
    )
    assert [example.name for _, example in talk.asked] == ["bob", "ada"]
    assert law.says == "POST /v1/greet: is short"


def test_a_law_that_breaks_over_what_is_known_is_told_so():
    """With its reason, and only for that request; another example's break is a break."""
    passed_over = replace(
        GREET.known[0],
        id="long",
        says="names of three letters are long",
        applies=lambda body: body["name"] == "Ada",
        status=200,
        taken_as=lambda body: body,
    )
    law = list(promises("greeters", replace(GREET, variants=(LAWFUL,), known=(passed_over,))))[-1]
    short, long = answer({"text": "Hello"}), answer({"text": "Hello everybody"})

    assert asyncio.run(law.find(Says(short, long))) == Skipped(
        "known deviation long: names of three letters are long"
    )
    assert asyncio.run(law.find(Says(long, short))).why == "bob: Hello everybody is long"
    assert asyncio.run(law.find(Says(short, short))) is None
    assert not is_touchy(replace(GREET, known=(passed_over,)), {"name": "Ada"})
