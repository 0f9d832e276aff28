"""Defects that show when a node fails: by status, by a broken connection, by not being there."""

from harness.defects.behaviour import Behaviour, Says, Streams, appends, events, says
from harness.defects.defect import JSON, LLM, STREAM, Ask, Case, Defect, Expectation, Node
from harness.defects.expectations import gauge_falls_back, names
from harness.defects.witness import Witness

BROKEN = says({"text": "cannot", "error": "out of memory"}, status=500)
SLOW_S = 1.0
# Late enough that its sibling has been called.
BREAKS_OFF = Streams((b'{"te',), after_s=0.3, is_cut=True, content_type="application/json")
CUT = Streams(events("One", " two").pieces[:3], is_cut=True)  # A role, two tokens, and no end.


def _orphans(witness: Witness) -> int:
    """How many tasks nobody waited for, as asyncio says of each."""
    return witness.said.count("exception was never retrieved")


def _is_let_go(witness: Witness) -> bool:
    calls = witness.called("slow")
    return bool(calls) and all(call.is_left for call in calls) and not _orphans(witness)


def _how_let_go(witness: Witness) -> str:
    calls = witness.called("slow")
    how = "not called" if not calls else "left" if all(call.is_left for call in calls) else "kept"
    return f"slow {how}, and {_orphans(witness)} tasks of it left behind"


def _two(first: Behaviour, second: Behaviour, service_type: str = "UNDEFINED") -> tuple[Node, Node]:
    return Node("a", first), Node("b", second, ("a",), service_type)


STATUS = Defect(
    1,
    "an error's JSON becomes the next node's input",
    (
        Case(
            "status-500",
            "answers 500 with JSON",
            "a",
            _two(BROKEN, appends("!")),
            (JSON,),
            names("a", "upstream_5xx", uncalled="b"),
        ),
        Case(
            "status-500-stream",
            "answers 500 with JSON",
            "a",
            _two(BROKEN, events("Fine"), LLM),
            (STREAM,),
            names("a", "upstream_5xx", uncalled="b"),
        ),
        Case(
            "status-422",
            "answers 422 with JSON",
            "b",
            _two(appends("!"), says({"detail": "no such field"}, status=422)),
            (JSON,),
            names("b", "upstream_4xx"),
        ),
    ),
)
STREAM_STATUS = Defect(
    2,
    "a streaming model's error status is a success with nothing in it",
    (
        Case(
            "status-503",
            "answers 503 with JSON",
            "llm",
            (Node("llm", says({"error": "overloaded"}, status=503), service_type=LLM),),
            (STREAM,),
            names("llm", "upstream_5xx", statuses=(503,)),
        ),
        Case(
            "status-500-text",
            "answers 500 with text",
            "llm",
            (Node("llm", Says(b"Internal Server Error", 500, "text/plain"), service_type=LLM),),
            (STREAM,),
            names("llm", "upstream_5xx"),
        ),
    ),
)
BRANCH = Defect(
    23,
    "one failing branch ends the request, names nobody and leaves its siblings behind",
    (
        Case(
            "branch",
            "is not there, beside a slow sibling",
            "gone",
            (
                Node("first", appends("!")),
                Node("gone", None, ("first",)),
                Node("slow", says({"slow": True}, after_s=0.3), ("first",)),
            ),
            (JSON,),
            names("gone", "refused"),
        ),
        Case(
            "branch-sibling",
            "is slow, beside a sibling that breaks off",
            "slow",
            (
                Node("first", appends("!")),
                Node("broken", BREAKS_OFF, ("first",)),
                Node("slow", says({"slow": True}, after_s=SLOW_S), ("first",)),
            ),
            (JSON, Ask(method="GET", path="/collected")),
            Expectation("slow left, and no task of it left behind", _is_let_go, _how_let_go),
        ),
    ),
)
GAUGE = Defect(
    15,
    "the pending gauge leaks",
    (
        Case(
            "gauge-refused",
            "is not there",
            "gone",
            (Node("gone", None),),
            (JSON,),
            gauge_falls_back(),
            counts=True,
        ),
        Case(
            "gauge-status",
            "answers 503 to a stream",
            "llm",
            (Node("llm", says({}, status=503), service_type=LLM),),
            (STREAM,),
            gauge_falls_back(),
            counts=True,
        ),
        Case(
            "gauge-cut",
            "dies in the middle of a stream",
            "llm",
            (Node("llm", CUT, service_type=LLM),),
            (STREAM,),
            gauge_falls_back(),
            counts=True,
        ),
        Case(
            "gauge-left",
            "streams, and the caller leaves",
            "llm",
            (Node("llm", events(*["word "] * 6, every_s=0.05), service_type=LLM),),
            (Ask(STREAM.body, leaves=True),),
            gauge_falls_back(),
            counts=True,
        ),
        Case(
            "gauge-blocked",
            "vetoes all that comes after it",
            "guard",
            (
                Node("guard", says({"text": "No.", "downstream_black_list": [".*"]})),
                Node("llm", events("Yes"), ("guard",), LLM),
            ),
            (STREAM,),
            gauge_falls_back(),
            counts=True,
        ),
        Case(
            "gauge-no-model",
            "is no model, asked for a stream",
            "a",
            (Node("a", appends("!")),),
            (STREAM,),
            gauge_falls_back(),
            counts=True,
        ),
    ),
)
FAILING_NODES = (STATUS, STREAM_STATUS, GAUGE, BRANCH)
