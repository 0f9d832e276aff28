"""Replays what a real comp was asked, and compares the mock's reply in shape.

`tests/data/recorded/` holds requests and replies of real comps (GenAIComps 8130a3f, on loopback). Their values mean
nothing, for the models were tiny; status, keys, types, content type and stream framing are the contract.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

from harness.sse import EventParser
from tests.mocks.contract import ask

RECORDED = Path(__file__).parents[1] / "data" / "recorded"


def recorded(name):
    """A recorded exchange."""
    return json.loads((RECORDED / f"{name}.json").read_text())


def drifted(comp, name, settings=None):
    """How the mock's reply differs in shape from the recorded one; [] if it does not."""
    exchange = recorded(name)
    request, wanted = exchange["request"], exchange["response"]
    path = urlsplit(request["url"]).path
    got = ask(comp, request["method"], path, request["json"], settings, like_upstream=True)
    found = (
        [] if got.status_code == wanted["status"] else [f"status: {got.status_code}, was {wanted['status']}"]
    )
    if got.headers.get("content-type") != wanted["headers"].get("content-type"):
        found.append(
            f"content type: {got.headers.get('content-type')}, was {wanted['headers'].get('content-type')}"
        )
    ours, theirs = _body(got), wanted["body"]
    if isinstance(theirs, dict) and "sse_lines" in theirs:
        ours = [shape(json.loads(event)) for event in ours[:3]] + ours[-1:]
        lines = [line.removeprefix("data: ") for _, line in theirs["sse_lines"]]
        theirs = [shape(json.loads(line)) for line in lines[:3]] + lines[-1:]
    elif not isinstance(theirs, str):
        ours, theirs = shape(ours), shape(theirs)
    return found if ours == theirs else [*found, f"body: {ours}, was {theirs}"]


def shape(value):
    """Keys in their order, types of values; a list is its first member's shape."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def _body(reply):
    if "event-stream" in reply.headers["content-type"]:
        return [event.data.decode() for event in EventParser().feed(0, reply.content)]
    return reply.json() if "json" in reply.headers["content-type"] else reply.text
