"""Every law of every comp has been seen to hold on what the comp's own examples are answered, and to fail on a reply that was spoilt."""

import json
from copy import deepcopy

import pytest

from harness.contract.promises import law_broken, said
from harness.discovery import COMP, discover
from tests.mocks.contract import _served

COMPS = discover(COMP)
SPOILS_MAX = 3000  # Of a long reply its first places are spoilt.
NUMBERS = (-1, -0.001, 0, 1.001, 2, 1e9, float("nan"))
TEXTS = ("", "x", "another text than this one", "UklGRg==")

ASKED_OF_NOTHING = "its examples find nothing in an empty store; its mock's own tests fill one"
TWO_AT_ONCE = "one change alone does not break it; its mock's own tests make two"
UNBOUNDED = "its examples set no bound; the laws' own tests do"
UNBROKEN = {
    ("dataprep", "entries-whole"): ASKED_OF_NOTHING,
    ("dataprep.qdrant", "entries-whole"): ASKED_OF_NOTHING,
    ("embeddings", "other-words-other-vector"): TWO_AT_ONCE,
    ("finetuning", "ids-differ"): ASKED_OF_NOTHING,
    ("finetuning", "of-job"): ASKED_OF_NOTHING,
    **{
        ("retrievers", law): ASKED_OF_NOTHING
        for law in ("at-most-k", "texts-there", "metadata-fits", "ids-differ")
    },
    ("third_parties.pathway", "nearest-first"): ASKED_OF_NOTHING,
    ("prompt_template", "no-place-left"): TWO_AT_ONCE,
    **{
        (f"third_parties.{name}", law): UNBOUNDED if law == "bounded" else TWO_AT_ONCE
        for name in ("ollama", "ovms", "sglang", "tgi", "vllm")
        for law in ("bounded", "cut-is-told")
    },
    **{
        (f"llms.{name}", law): UNBOUNDED if law == "bounded" else TWO_AT_ONCE
        for name in ("text_generation", "text_generation.ovms")
        for law in ("bounded", "cut-is-told")
    },
}  # Laws of a comp that no single change breaks, and why.


def answered(comp):
    """Each of its laws with the requests and replies that it is about."""
    rows = {}
    for endpoint in comp.endpoints:
        for variant in endpoint.variants:
            for example in variant.examples if variant.laws else ():
                if example.status == 200:
                    ready, answer = _served().put(comp, endpoint, example)
                    for law in variant.laws:
                        pair = (ready.request, said(answer, variant, ready))
                        rows.setdefault((endpoint.key, variant.name, law.id), (law, []))[1].append(pair)
    return rows


def complains(law, request, reply):
    """Whether it says in words what is wrong; that it cannot read the reply does not count."""
    try:
        return law.broken(request, reply) is not None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return False


def spoilt(reply):
    """The reply with one thing changed, again and again: a field gone, another text, number or order, one more, one fewer."""
    made = 0
    for path in places(reply):
        for change in changes(at(reply, path)):
            other = changed(reply, path, change)
            if other != reply:
                yield other
            made += 1
            if made >= SPOILS_MAX:
                return


def places(value, path=()):
    """The way to everything in a JSON value, the value itself first; of a list of numbers only its ends."""
    yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    if isinstance(value, list):
        for place, each in enumerate(value):
            if not isinstance(each, (int, float)) or place in (0, len(value) - 1):
                yield from places(each, (*path, place))


def at(value, path):
    """What stands there."""
    for step in path:
        value = value[step]
    return value


def changes(value):
    """What may stand there instead."""
    others = {
        str: TEXTS + ((value + "x", value[:-1]) if isinstance(value, str) else ()),
        int: NUMBERS + ((value + 1, value - 1) if isinstance(value, int) else ()),
        float: NUMBERS + ((value * 2,) if isinstance(value, float) else ()),
        bool: (not value,),
        list: ([], value[::-1], value[:-1], value[1:], value + value[:1]) if isinstance(value, list) else (),
    }
    yield from others.get(type(value), ())
    yield None
    if isinstance(value, dict):
        yield {}


def changed(value, path, other):
    """The value with that in that place; what is nowhere else is not shared."""
    if not path:
        return other
    value = deepcopy(value)
    at(value, path[:-1])[path[-1]] = other
    return value


@pytest.mark.parametrize("comp", COMPS.values(), ids=COMPS)
def test_every_law_holds_for_the_examples_and_fails_for_some_spoilt_reply(comp):
    """What nothing can break says nothing."""
    held, never = [], []
    for where, (law, pairs) in answered(comp).items():
        held += [
            f"{where}: {words}" for request, reply in pairs if (words := law_broken(law, request, reply))
        ]
        if not any(complains(law, request, each) for request, reply in pairs for each in spoilt(reply)):
            never.append((comp.id, law.id))

    assert held == []
    assert {each for each in UNBROKEN if each[0] == comp.id} == set(never)


def test_a_reply_is_spoilt_in_every_place():
    """A field gone, a list turned round, a number beyond its bounds."""
    found = [json.dumps(each) for each in spoilt({"a": [1, 2], "b": "x"})]

    assert {'{"a": [2, 1], "b": "x"}', '{"a": [1], "b": "x"}', '{"a": [1, 2], "b": ""}', "null"} <= set(found)
    assert '{"a": [1, 1.001], "b": "x"}' in found
    assert '{"a": [1, 2], "b": "x"}' not in found
