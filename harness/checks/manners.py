"""Does a megaservice answer in the way in which it is asked, and does a question lead to each of its nodes?"""

from collections.abc import Mapping
from typing import Any

from harness.history import Mode
from harness.verdict import Verdict, holds, unknown, violated

MEANT: Mapping[Mode, str] = {"json": "JSON", "stream": "a stream"}
ASKED: Mapping[Mode, str] = {"json": "false", "stream": "true"}
KINDS = frozenset({"application/json", "text/event-stream", "text/plain", "application/x-ndjson"})
MEND: Mapping[Mode, str] = {
    "json": "schedule() streams unless its llm_parameters say otherwise, so give it LLMParams(stream=...) of the request",
    "stream": "give schedule() LLMParams(stream=...) of the request, and return the StreamingResponse that comes of it",
}


def judge_manners(manners: Mapping[str, Any]) -> list[Verdict]:
    """One verdict for each mode in which it was asked, and one for the nodes; none where nobody had to get to know it."""
    if not manners:
        return []
    return [
        *(_kind(mode, manners["other"].get(mode, "")) for mode in manners["modes"]),
        _reached(manners["unasked"]),
    ]


def _kind(mode: Mode, came: str) -> Verdict:
    check, expected = f"correctness.kind.{mode}", f"{MEANT[mode]} where `stream` is {ASKED[mode]}"
    if not came:
        return holds(check, "megaservice", expected=expected, actual="nothing else came")
    is_kind = came in KINDS
    why = (
        f"asked with `stream: {ASKED[mode]}` it {'answers' if is_kind else 'fails:'} {came}{f': {MEND[mode]}' if is_kind else ''}; "
        f"all else is judged as it does answer, and --modes {'stream' if mode == 'json' else 'json'} leaves this question out "
        "where it is meant so"
    )
    return violated(check, "megaservice", why, expected=expected, actual=came)


def _reached(unasked: list[str]) -> Verdict:
    check, expected = "correctness.nodes-asked", "a question leads to every node"
    if not unasked:
        return holds(check, "megaservice", expected=expected, actual="it does")
    why = f"no question that is asked leads to {' and '.join(unasked)}, so nothing is known of how the megaservice gets on with it"
    return unknown(check, "megaservice", why, expected=expected, actual=f"not asked: {', '.join(unasked)}")
