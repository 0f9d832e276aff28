"""Defects of what is sent to nodes, and of the service around the graph: parameters, keys, proxies, limits, figures."""

from harness.defects.behaviour import Streams, appends, events, says
from harness.defects.defect import FAR, JSON, LLM, STREAM, Ask, Case, Defect, Expectation, Node, Setting
from harness.defects.expectations import gives
from harness.defects.witness import Call, Witness

WAIT_MAX_S = 600.0
TOKENS = ("one", " two", " three", " four")


def _first(witness: Witness, node: str) -> Call:
    """The first request that a node got, or one without anything in it."""
    return next(iter(witness.called(node)), Call(node, {}, {}))


def _no_key(node: str, slug: str, says_: str, nodes: tuple[Node, ...], ask: Ask) -> Case:
    return Case(
        slug,
        says_,
        node,
        nodes,
        (ask,),
        Expectation(
            f"Authorization at {node}: none",
            lambda witness: (
                bool(witness.called(node)) and "authorization" not in _first(witness, node).headers
            ),
            lambda witness: (
                f"Authorization at {node}: {_first(witness, node).headers.get('authorization', 'none')}"
            ),
        ),
    )


def _kept(witness: Witness) -> bool:
    sent = _first(witness, "llm").body
    return (sent.get("max_tokens"), sent.get("stream"), "id" in sent) == (4096, False, False)


def _sent(witness: Witness) -> str:
    sent = _first(witness, "llm").body
    shown = {name: sent[name] for name in ("max_tokens", "stream", "id") if name in sent}
    return f"sent to llm: {shown}"


def _limits(witness: Witness) -> list[float]:
    return list((witness.answers[0].json or {}).get("limits_s", []))


def _within(witness: Witness) -> bool:
    limits = _limits(witness)
    return bool(limits) and max(limits) <= WAIT_MAX_S


def _counts(witness: Witness) -> tuple[float, float]:
    """Whole requests and tokens that were counted."""
    tokens = sum(witness.gained(f"megaservice_{name}_token_latency_count") for name in ("first", "inter"))
    return witness.gained("megaservice_request_latency_count"), tokens


def _counting(slug: str, says_: str, behaviour: Streams | None, requests: int, tokens: int) -> Case:
    node = Node("llm", behaviour or says({"text": "one two three four"}), service_type=LLM)
    return Case(
        slug,
        says_,
        "llm",
        (node,),
        (STREAM if behaviour else JSON,),
        Expectation(
            f"requests counted: {requests}, tokens: {tokens}",
            lambda witness: _counts(witness) == (requests, tokens),
            lambda witness: "requests counted: {:g}, tokens: {:g}".format(*_counts(witness)),
        ),
        counts=True,
    )


PARAMETERS = Defect(
    8,
    "defaults overwrite what the caller sent",
    (
        Case(
            "parameters",
            "is to take the caller's own parameters",
            "llm",
            (Node("llm", says({"text": "hi"}), service_type=LLM),),
            (Ask({"text": "hello", "stream": False, "max_tokens": 4096}),),
            Expectation("sent to llm: {'max_tokens': 4096, 'stream': False}", _kept, _sent),
            Setting(is_bare=True),
        ),
    ),
)
NO_KEY = Defect(
    9,
    "a node without a key is sent `Authorization: Bearer None`",
    (_no_key("a", "bearer-none", "has no key", (Node("a", appends("!")),), JSON),),
)
KEY = Defect(
    10,
    "a model's key is sent to the node behind it",
    (
        _no_key(
            "tts",
            "key",
            "stands behind a model with a key",
            (
                Node("llm", events("Hello.", dialect="py_bytes"), service_type=LLM, api_key="secret"),
                Node("tts", appends("!"), ("llm",)),
            ),
            Ask({"text": "hello", "stream": True, "model": "m"}),
        ),
    ),
)
LIMITS = Defect(
    18,
    "a node is waited for up to 2000 s",
    (
        Case(
            "limits",
            "may take its time",
            "any",
            (),
            (Ask(method="GET", path="/limits"),),
            Expectation(
                f"no limit above {WAIT_MAX_S:g} s, as configured",
                _within,
                lambda witness: (
                    f"limits of {', '.join(f'{each:g}' for each in _limits(witness)) or 'unknown'} s"
                ),
            ),
        ),
    ),
)
PROXY = Defect(
    19,
    "a proxy of the environment gets between gateway and nodes, for some calls",
    (
        Case(
            "proxy",
            "is called where http_proxy is set",
            "a",
            (Node("a", appends("!"), host=FAR),),
            (JSON,),
            Expectation(
                "called directly",
                lambda witness: bool(witness.calls) and not any(call.is_proxied for call in witness.calls),
                lambda witness: (
                    "called through the proxy"
                    if any(call.is_proxied for call in witness.calls)
                    else "called directly"
                    if witness.calls
                    else f"not called; {witness.told}"
                ),
            ),
        ),
    ),
)
BATCHES = Defect(
    24,
    "dynamic batching ends with the first batch that fails",
    (
        Case(
            "batching",
            "fails for one batch, and is asked again",
            "batched",
            (),
            (
                Ask({"fails": True}, path="/batched", limit_s=1.5),
                Ask({"fails": False}, path="/batched", limit_s=1.5),
            ),
            Expectation(
                "500 for the first, 200 for the second",
                lambda witness: [each.status for each in witness.answers] == [500, 200],
            ),
        ),
    ),
)
HEALTH = Defect(
    25,
    "a megaservice is healthy whatever its nodes are",
    (
        Case(
            "health",
            "is not there",
            "gone",
            (Node("gone", None),),
            (Ask(method="GET", path="/v1/health_check"),),
            Expectation(
                "a health check that names node gone",
                lambda witness: b"gone" in witness.answers[0].body,
            ),
        ),
    ),
)
MODEL = Defect(
    28,
    "a request that is a model fails where the first node is an LLM",
    (
        Case(
            "model",
            "is the first node",
            "llm",
            (Node("llm", says({"text": "hi"}), service_type=LLM),),
            (Ask({"messages": "hello", "stream": False}),),
            gives("{'llm': {'text': 'hi'}}", lambda told: told == {"llm": {"text": "hi"}}),
            Setting(is_model=True),
        ),
    ),
)
FIGURES = Defect(
    30,
    "whole answers are not counted, and a chunk counts as one token",
    (
        _counting("figures", "answers at once", None, 1, 0),
        _counting(
            "figures-stream",
            "streams four tokens in one chunk",
            Streams((b"".join(events(*TOKENS).pieces),)),
            1,
            len(TOKENS),
        ),
    ),
)
REQUESTING = (PARAMETERS, NO_KEY, KEY, LIMITS, PROXY, HEALTH, MODEL, FIGURES, BATCHES)
