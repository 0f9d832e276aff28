"""An answer of a real comp as it was recorded, and how another answer differs from it: status, headers, shape, framing of a stream.

Values of vectors, scores and generated text mean nothing, for the models were tiny. What a refusal says counts, but the wording of a
validation error does not: it is pydantic's, and changes with its version. Nor does whether a text is blocked, nor what is counted at /metrics.
"""

import json
import re
from ast import literal_eval
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from harness.comp import Upload

SENT = {"method", "url", "json", "form"}
STREAMS = ("event-stream", "ndjson")
FRAMING = ("content-length", "transfer-encoding")
WORDING = {"description", "example", "examples", "summary", "title"}
VERDICT = "downstream_black_list"  # Where a text is blocked another text stands in its place.
FORMAT = re.compile(r"; version=[\d.]+")  # Of /metrics; prometheus_client's.
UNCOUNTED = {"date", "server", *FRAMING}  # `server` names uvicorn, whose version or absence is no contract.


class Unknown(Exception):
    """What cannot be replayed or compared, and why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A request, and what a real comp answered. `headers` have lower-case names."""

    component: str
    method: str
    port: int
    path: str
    json: Any
    form: dict[str, Any] | None
    status: int
    headers: dict[str, str]
    body: Any


def recording(text: str) -> Recording:
    """The recording in a file of `{component, request, response}`; raises Unknown for one that says something else."""
    try:
        whole = json.loads(text)
        request, response = whole["request"], whole["response"]
        url = urlsplit(request["url"])
        strange = sorted(name for name in request.keys() - SENT if request[name] is not None)
        if strange:
            raise Unknown(f"request: has {strange}, which cannot be sent again; known are {sorted(SENT)}")
        return Recording(
            component=whole["component"],
            method=request["method"],
            port=url.port or 80,
            path=url.path + (f"?{url.query}" if url.query else ""),
            json=request.get("json"),
            form=request.get("form"),
            status=response["status"],
            headers={name.lower(): value for name, value in response["headers"].items()},
            body={"lines": response["events"]} if "events" in response else response["body"],
        )
    except KeyError as error:
        raise Unknown(f"is no request and reply of one comp: it lacks {error}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise Unknown(f"is no request and reply of one comp: {error}") from None


def form_of(fields: dict[str, Any]) -> tuple[dict[str, str], dict[str, Upload | tuple[Upload, ...]]]:
    """What is sent of a recorded form: its fields, and as files those written `@name`."""
    files = {name: value for name, value in fields.items() if str(_first(value)).startswith("@")}
    return (
        {name: str(value) for name, value in fields.items() if name not in files},
        {
            name: tuple(map(_upload, value)) if isinstance(value, list) else _upload(value)
            for name, value in files.items()
        },
    )


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _upload(name: str) -> Upload:
    return Upload(name.removeprefix("@").rpartition("/")[2], b"Deep learning is a kind of machine learning.")


def differences(real: Recording, status: int, headers: dict[str, str], content: bytes) -> Iterator[str]:
    """How an answer differs from the recorded one, one sentence each."""
    if status != real.status:
        yield f"status: is {status}, was {real.status}"
    yield from _headers(headers, real.headers)
    text = content.decode("utf-8", "replace")
    is_stream = any(each in real.headers.get("content-type", "") for each in STREAMS)
    if is_stream or isinstance(lines_of(real.body), list):
        lines = _lines(real.body) if isinstance(real.body, str) else lines_of(real.body) or []
        said = _lines(text) if "ndjson" in real.headers.get("content-type", "") else text.splitlines()
        ours, theirs = events(said), events(lines)
        if ours != theirs:
            yield f"stream: its events are {ours}, were {theirs}"
        return
    if real.path == "/metrics":
        lacks = sorted(_families(real.body) - _families(text))
        yield from [f"metrics: lack {lacks}"] if lacks else []
        return
    said = _said(content)
    is_value = status < 400 and all(each and isinstance(each, str) for each in (said, real.body))  # An id.
    if not is_value and (content or real.body not in (None, "")):  # An empty body is written down as either.
        yield from compared(said, real.body, "body")


def _families(text: str) -> set[str]:
    """The families of a page of metrics with their types; when each was first counted is told by some versions alone."""
    return {line for line in text.splitlines() if line.startswith("# TYPE ") and "_created " not in line}


def _headers(ours: dict[str, str], theirs: dict[str, str]) -> Iterator[str]:
    for name, value in theirs.items():
        if name not in UNCOUNTED and FORMAT.sub("", ours.get(name, "")) != FORMAT.sub("", value):
            yield f"header {name}: is {ours.get(name)!r}, was {value!r}"
    if "content-type" in ours and "content-type" not in theirs:
        yield f"header content-type: is {ours['content-type']!r}, was not there"
    framed = [[name for name in FRAMING if name in each] for each in (ours, theirs)]
    if framed[0] != framed[1] and framed[1]:
        yield f"framing: is {framed[0]}, was {framed[1]}"


def _said(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def lines_of(body: Any) -> list[str] | None:
    """The lines of a recorded stream, without the times at which they came; None for what is no stream."""
    rows = body.get("sse_lines", body.get("lines")) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        return None
    return [line for row in rows for line in _lines(row[-1] if isinstance(row, list) else row)]


def _lines(said: Any) -> list[str]:
    """What came at once: lines as they were, or an event's data, which may have been read already."""
    if not isinstance(said, str):
        return [f"data: {json.dumps(said)}"]
    return [f"data: {line}" if line.startswith(("{", "[")) else line for line in said.splitlines()]


def events(lines: list[str]) -> list[Any]:
    """The shapes of a stream's lines in their order; equal ones that follow each other count once."""
    return [kind for kind, _ in groupby(_event(line) for line in lines if line)]


def _event(line: str) -> Any:
    prefix, colon, data = line.partition(": ")
    if not colon or prefix not in ("data", "event", "id"):
        return "a bare line"
    with suppress(ValueError):
        return f"{prefix}: {shape(json.loads(data))}"
    with suppress(ValueError, SyntaxError):
        return f"{prefix}: {type(literal_eval(data)).__name__}"
    return f"{prefix}: {data}" if data.startswith("[") else f"{prefix}: text"


def shape(value: Any) -> Any:
    """Keys in their order, types of values; a list is its first member's shape."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return kind(value)


def kind(value: Any) -> str:
    """The type of a value as JSON has it."""
    for name, of in (("null", type(None)), ("boolean", bool), ("number", int | float), ("text", str)):
        if isinstance(value, of):
            return name
    return "object" if isinstance(value, dict) else "list"


def compared(ours: Any, theirs: Any, at: str) -> Iterator[str]:
    """How a JSON value differs in shape from another, one sentence each, with its place."""
    if kind(ours) != kind(theirs):
        yield f"{at}: is {_short(ours)}, was {_short(theirs)}"
    elif isinstance(theirs, dict):
        yield from _objects(ours, theirs, at)
    elif isinstance(theirs, list):
        if at.endswith(".detail"):
            yield from _errors(ours, theirs, at)
        elif theirs and not ours:
            yield f"{at}: is empty, was not"
        elif theirs:
            yield from compared(ours[0], theirs[0], f"{at}[0]")
    elif at.endswith((".detail", "body")) and ours != theirs:
        yield f"{at}: is {_short(ours)}, was {_short(theirs)}"


def _objects(ours: dict[str, Any], theirs: dict[str, Any], at: str) -> Iterator[str]:
    ours, theirs = (_without_words(each, at) for each in (ours, theirs))
    if VERDICT in ours and VERDICT in theirs and bool(ours[VERDICT]) != bool(theirs[VERDICT]):
        ours, theirs = ({**each, VERDICT: None, "text": None} for each in (ours, theirs))
    for name in theirs:
        if name in ours:
            yield from compared(ours[name], theirs[name], f"{at}.{name}")
        else:
            yield f"{at}.{name}: is missing"
    for name in ours:
        if name not in theirs:
            yield f"{at}.{name}: was not there"
    if (
        ours.keys() == theirs.keys()
        and [*ours] != [*theirs]
        and ".paths" not in at
        and ".components" not in at
    ):
        yield f"{at}: its keys stand as {[*ours]}, stood as {[*theirs]}"


def _without_words(value: dict[str, Any], at: str) -> dict[str, Any]:
    """Of what is in an OpenAPI document, what is no wording of FastAPI's version."""
    if ".schemas" not in at and ".paths" not in at:
        return value
    kept = {name.removesuffix("-Input").removesuffix("-Output"): each for name, each in value.items()}
    return {name: each for name, each in kept.items() if name not in WORDING or isinstance(each, dict)}


def _errors(ours: list[Any], theirs: list[Any], at: str) -> Iterator[str]:
    """Of validation errors, kinds and places."""
    mine, real = (
        [(each.get("type"), each.get("loc"), [*each]) for each in errors] for errors in (ours, theirs)
    )
    if mine != real:
        yield f"{at}: is {mine}, was {real}"


def _short(value: Any) -> str:
    return (
        f"{kind(value)} {json.dumps(value)[:80]}"
        if not isinstance(value, dict)
        else f"object {sorted(value)}"
    )
