"""schemathesis fuzzes what a service's own OpenAPI document promises: what it takes is answered as documented, what it does not is refused.

What the framework is known to do otherwise stands in `noise.json`, one baseline for all comps, each entry with its reason.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache, lru_cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

from harness.comp import Comp, Deviation, Endpoint, Example
from harness.contract.check import UNANSWERED, UNREACHED, Broken, Check, Finding, Noted, Skipped, check_id
from harness.contract.drawn import foretold
from harness.contract.falsify import Limits, falsify
from harness.contract.kind import Kind
from harness.contract.promises import as_known, is_touchy, known
from harness.contract.shapes import accepts
from harness.contract.talk import Answer, Talk
from harness.errors import StackError
from harness.flight import ClientError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
)
NOT_SENT = frozenset(
    {"content-length", "host", "connection", "accept-encoding", "user-agent", "x-schemathesis-testcaseid"}
)
SHOWN = 300
# For each endpoint and mode, beside the first case: building its strategy is what takes long.
DRAWING_S = 1.0
SHARE = 5  # Its cases cost five times as much as those of the contract's own models.

FUZZ = Kind(
    "schemathesis",
    "L4",
    "what schemathesis makes of the service's own OpenAPI document is answered as that says",
    "The contract's own checks ask what the contract says; this one takes the service at its word. A document that promises what the "
    "handler does not do misleads every generated client.",
    'schemathesis run "$URL/openapi.json" --phases fuzzing --max-examples 20',
    "The failure holds the request. Declare the `response_model` and the statuses that the handler really gives (`responses={400: ...}`), "
    "or refuse the request in the handler.",
)
KINDS = (FUZZ,)


@dataclass(frozen=True, slots=True)
class Noise:
    """What is passed over: failures of that code (schemathesis's class of failure) whose status and path fit, and why.

    `words` narrows it to failures whose words begin so.
    """

    code: str
    status: str
    path: str
    reason: str
    words: str = ""

    def covers(self, code: str, status: int, path: str, words: str = "") -> bool:
        """Whether this failure is known noise."""
        fits = re.fullmatch(self.status, str(status)) is not None and fnmatch(path, self.path)
        return fits and code == self.code and words.startswith(self.words)


TAKEN = Noise("AcceptedNegativeData", ".*", "*", "the contract takes it, whatever the document says")
REFUSED = Noise("RejectedPositiveData", ".*", "*", "the contract refuses it too")


@cache
def baseline() -> tuple[Noise, ...]:
    """The entries of `noise.json`."""
    rows = json.loads((resources.files("harness.contract") / "noise.json").read_text())
    return tuple(Noise(**row) for row in rows)


def fuzzing(comp: Comp) -> Iterator[Check]:
    """One check an endpoint, for comps that show an OpenAPI document."""
    if not comp.framework:
        return
    for endpoint in comp.endpoints:
        yield Check(
            check_id(comp.id, endpoint.slug, FUZZ.name),
            FUZZ,
            f"{endpoint.key}: {FUZZ.says}",
            partial(_find, endpoint),
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A case as it was drawn; it shows itself by what it sends, so that the smallest is told."""

    case: "Case[Any]"

    def __repr__(self) -> str:
        return f"{self.case.path_parameters} {self.case.query} {self.case.body!r}"


@dataclass(slots=True)
class Tally:
    """What was met that is known: of the comp, and of the framework (how often, by entry of the baseline)."""

    deviations: list[Deviation] = field(default_factory=list)
    noise: Counter[Noise] = field(default_factory=Counter)


async def _find(endpoint: Endpoint, talk: Talk) -> Finding:
    require_schemathesis()
    answer = await talk.send("GET", "/openapi.json")
    strategies = await asyncio.to_thread(_strategies, answer.body, endpoint.method, endpoint.path)
    if not strategies:
        return Skipped(f"{endpoint.key}: is not documented; openapi.routes tells of it")
    tally, asked = Tally(), 0
    limits = Limits(talk.seed, max(1, talk.drawn_max // SHARE), DRAWING_S)
    for strategy in strategies:
        found = await falsify(strategy, partial(_probe, endpoint, talk, tally), limits)
        if found.broken is not None:
            return found.broken
        asked += found.asked
    return as_known(tally.deviations) or _told(tally.noise, asked)


@lru_cache(maxsize=64)
def _strategies(body: bytes, method: str, path: str) -> "tuple[SearchStrategy[Drawn], ...]":
    """What a document takes at a route, and what it does not, as schemathesis draws it; nothing where the route is not in it.

    Building them takes longer than asking, and variants of a comp have the same document.
    """
    import schemathesis

    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict) or method.lower() not in paths.get(path, {}):
        return ()
    operation = schemathesis.openapi.from_dict(document)[path][method]
    told = paths[path][method.lower()]
    takes = "requestBody" in told or any(each.get("in") == "query" for each in told.get("parameters", ()))
    modes = list(schemathesis.GenerationMode) if takes else [schemathesis.GenerationMode.POSITIVE]
    return tuple(operation.as_strategy(generation_mode=mode).map(Drawn) for mode in modes)


async def _probe(endpoint: Endpoint, talk: Talk, tally: Tally, drawn: Drawn) -> Broken | None:
    case = drawn.case
    request = _prepared(case, talk)
    head = {name: _text(value) for name, value in request.headers.items() if name.lower() not in NOT_SENT}
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode()
    try:
        answer = await talk.send(
            request.method or "", str(request.url).removeprefix(talk.url.rstrip("/")), body, head
        )
    except ClientError as error:
        if error.kind in UNREACHED:
            raise
        return Broken(f"{UNANSWERED}: {error}", asked=talk.last[0])
    for name, title in _failures(case, request, answer):
        noise = _noise(name, title, answer.status, endpoint, case)
        if noise is not None:
            tally.noise[noise] += 1
            continue
        deviation = known(endpoint, case.body, answer)
        if deviation is None:
            return Broken(f"{name}: {title}", actual=answer.shown, asked=answer.asked)
        tally.deviations.append(deviation)
    return None


def _noise(code: str, words: str, status: int, endpoint: Endpoint, case: "Case[Any]") -> Noise | None:
    """The entry that covers a failure; that the document is narrower or wider than the contract is told by openapi.request."""
    if code == "AcceptedNegativeData" and accepts(endpoint, case.body):
        return TAKEN
    if code == "RejectedPositiveData" and _is_refused(endpoint, case):
        return REFUSED
    return next((each for each in baseline() if each.covers(code, status, endpoint.path, words)), None)


def _is_refused(endpoint: Endpoint, case: "Case[Any]") -> bool:
    """Whether the contract refuses what the document takes, or does not mind."""
    body = case.body if isinstance(case.body, (dict, list, str, int, float)) else None
    if endpoint.body != "json":
        return True  # The document of OPEA's forms names no field, so that nothing of what is drawn is meant.
    asked = Example("drawn", body, path={name: str(value) for name, value in case.path_parameters.items()})
    return not accepts(endpoint, body) or is_touchy(endpoint, body) or foretold(endpoint, asked) >= 400


def _prepared(case: "Case[Any]", talk: Talk) -> Any:
    import requests

    return requests.Request(**case.as_transport_kwargs(base_url=talk.url)).prepare()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _failures(case: "Case[Any]", request: Any, answer: Answer) -> Iterator[tuple[str, str]]:
    """What schemathesis finds wrong with an answer: its class of failure, and its words."""
    from schemathesis import Response
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi import checks

    asked = [not_a_server_error, *(getattr(checks, name) for name in CHECKS)]
    headers = {"content-type": [answer.content_type]} if answer.content_type else {}
    response = Response(answer.status, headers, answer.body, request, elapsed=0.0, verify=False)
    try:
        case.validate_response(response, checks=asked)
    except FailureGroup as group:
        for failure in group.exceptions:
            words = getattr(failure, "message", "") or str(failure)
            yield type(failure).__name__, " ".join(words.split())[:SHOWN]


def _told(noise: Counter[Noise], asked: int) -> Finding:
    """Nothing is wrong; what was passed over is told with its reason."""
    if not asked:
        return Skipped("schemathesis could draw nothing from the document")
    words = "; ".join(f"{each.code} {many} times: {each.reason}" for each, many in noise.items())
    return Noted(f"{asked} cases; passed over, as the baseline says: {words}") if words else None


def require_schemathesis() -> None:
    """Raise a sentence where schemathesis is not installed."""
    try:
        import schemathesis  # noqa: F401
    except ImportError:
        raise StackError(
            "contract: schemathesis is not installed, and OpenAPI fuzzing needs it; "
            "install it with `pip install 'opea-harness[contract]'`"
        ) from None
