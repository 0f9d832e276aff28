"""Comp files that make no sense, each told in a sentence."""

from dataclasses import replace

import pytest

from harness.comp import Binary, Endpoint, Example, Law, Refusal, Spoken, Stream, Upload, Variant
from harness.discovery import COMP, discover
from harness.errors import ContractError
from harness.sense import broken_law, doubled_route, nonsense
from tests.mocking.greeter import GREETER, Greeted, Greeting

NAMED = Law(
    "named", "the name is there", lambda q, a: None if q["name"] in a["text"] else "the name is missing"
)
ADA = Example("ada", {"name": "Ada"})


def comp(answer, *, law=NAMED, example=ADA, request=Greeting, **more):
    """A comp of one endpoint with one example and one law."""
    variant = Variant("greeting", request, Greeted, (example,), (law,))
    endpoint = Endpoint("/v1/greet", answer, (variant,), "source-only", "x.py", **more)
    return replace(GREETER, endpoints=(endpoint,))


def greet(request, world):
    """With the name."""
    return Greeted(text=f"Hello {request.name}")


def test_every_comp_that_is_bundled_makes_sense():
    """Their routes differ, and their examples keep their laws."""

    assert [words for each in discover(COMP).values() if (words := nonsense(each))] == []


def test_a_route_that_stands_twice_is_told():
    """With what to do instead."""
    twice = replace(GREETER, endpoints=(*GREETER.endpoints, GREETER.endpoints[0]))

    assert doubled_route(twice) == (
        "greeters: POST /v1/greet stands twice; a route with several contracts has a variant for each"
    )
    assert doubled_route(GREETER) is None


def test_an_example_that_breaks_its_own_law_is_told():
    """Which example, which law, and what it says."""

    assert broken_law(comp(greet)) is None
    assert nonsense(comp(lambda _request, _world: Greeted(text="Hello"))) == (
        "greeters: POST /v1/greet: the example ada breaks its own law named: the name is missing; "
        "the answer to an example keeps every law of its variant"
    )


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (
            Example("bad", {"name": 7}),
            "the example bad is no request of its own contract: 1 validation error",
        ),
        (Example("bad", {"name": 7}, status=422), None),
        (Example("later", {"name": 7}, stream=True), None),
    ],
)
def test_an_example_is_a_request_of_its_contract(example, words):
    """Unless it shows a refusal."""
    found = broken_law(comp(greet, example=example))

    assert found is None if words is None else words in found


def test_an_example_that_is_refused_is_told():
    """It should say so."""

    def refuse(_request, _world):
        raise Refusal(403, "nobody")

    assert broken_law(comp(refuse)) == (
        "greeters: POST /v1/greet: the example ada is refused: 403: nobody; an example of a refusal says its status"
    )


@pytest.mark.parametrize(
    ("reply", "broken"),
    [
        (Spoken({"text": "Ada"}, 1, 1), False),
        (Spoken({"text": "x"}, 1, 1), True),
        (Stream("raw_delta", (), (), ()), False),
        ({"words": "Ada"}, True),
    ],
)
def test_replies_of_every_kind_are_read_as_laws_read_them(reply, broken):
    """A law that cannot even read the reply is broken."""

    assert (broken_law(comp(lambda _request, _world: reply)) is not None) is broken


def test_bytes_and_forms_are_read_too():
    """As the verifier shows them to a law."""
    law = Law(
        "whole", "is whole", lambda _q, a: None if a == {"content_type": "x/y", "base64": "QQ=="} else f"{a}"
    )
    form = Example("file", files={"file": Upload("a.txt", b"A")})
    made = comp(
        lambda form, _world: Binary(form["file"].content, "x/y"),
        law=law,
        example=form,
        request=None,
        body="form",
    )

    assert broken_law(made) is None


def test_a_file_from_outside_is_told_with_its_name(tmp_path):
    """Whatever command reads it."""
    path = tmp_path / "twice.py"
    path.write_text(
        "from dataclasses import replace\n"
        "from mocks.prompt_template import COMPS as ALL\n"
        "COMPS = (replace(ALL[0], id='twice', endpoints=ALL[0].endpoints * 2),)\n"
    )

    with pytest.raises(ContractError, match=rf"^{path}: twice: POST \S+ stands twice; a route"):
        discover(COMP, (tmp_path,))
