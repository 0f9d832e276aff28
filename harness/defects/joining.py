"""Defects of graphs: what nodes share, how outputs are joined, what a veto stops, what order there is."""

from typing import Any

from harness.defects.behaviour import Reply, Says, appends, says
from harness.defects.defect import JSON, Ask, Case, Defect, Expectation, Node, Setting
from harness.defects.expectations import gives, names
from harness.defects.streaming import unblocked
from harness.defects.witness import Witness

SLOW_S = 0.5
SEVERAL = tuple(f"n{number:02}" for number in range(12))


def renamed(inputs: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
    """A hook that changes what it is given, as hooks do."""
    inputs["query"] = inputs.pop("text")
    return inputs


def _veto(name: str, after_key: str) -> Any:
    """A node that answers after as many seconds as the request says under its key."""

    def reply(body: dict[str, Any]) -> Reply:
        listed = {"downstream_black_list": ["join"]} if name == "veto" else {}
        return says({name: True, "text": body["text"], **listed}, after_s=body.get(after_key, 0.0))

    return reply


def _vetoes(listed: Any, *behind: str) -> tuple[Node, ...]:
    guard = Node("guard", says({"text": "hm", "downstream_black_list": listed}))
    return (guard, *(Node(name, appends("!"), ("guard",)) for name in behind))


def _calls(*called: str) -> Expectation:
    """Just these nodes are called after the guard."""

    def met(witness: Witness) -> bool:
        return {call.node for call in witness.calls} == {"guard", *called} and all(
            each.status == 200 for each in witness.answers
        )

    def saw(witness: Witness) -> str:
        others = [call.node for call in witness.calls if call.node != "guard"]
        return f"{witness.told}; called: {', '.join(others) or 'none'}"

    return Expectation(f"200; called: {', '.join(called) or 'none'}", met, saw)


def _same(witness: Witness) -> bool:
    early, late = witness.answers
    return early.status == late.status == 200 and early.json.keys() == late.json.keys()


def _refused(witness: Witness) -> bool:
    return bool(witness.refused)


def _how_built(witness: Witness) -> str:
    return f"refused: {witness.refused}" if witness.refused else "built without a word"


def _order(witness: Witness) -> str:
    return f"behind first: {', '.join(witness.downstream.get('first', []))}"


ENTRIES = Defect(
    5,
    "parallel entry nodes change one dictionary",
    (
        Case(
            "entries",
            "is the second entry node of two",
            "b",
            (Node("a", says({"a": True})), Node("b", says({"b": True}))),
            (JSON,),
            gives("what both nodes gave", lambda told: told == {"a": {"a": True}, "b": {"b": True}}),
            Setting(align_inputs=renamed),
        ),
    ),
)
LATE_VETO = Defect(
    6,
    "whether a veto stops a join depends on who is first",
    (
        Case(
            "late-veto",
            "vetoes the join, once before and once after its sibling is done",
            "veto",
            (
                Node("veto", _veto("veto", "veto_after_s")),
                Node("other", _veto("other", "other_after_s")),
                Node("join", appends("!"), ("veto", "other")),
            ),
            (
                Ask({"text": "hello", "stream": False, "other_after_s": 0.15}),
                Ask({"text": "hello", "stream": False, "veto_after_s": 0.15}),
            ),
            Expectation("the same answer both times", _same),
        ),
    ),
)
PATTERNS = Defect(
    7,
    "a black list's entry is a pattern searched anywhere in name and class; an invalid one is ignored",
    (
        Case(
            "pattern",
            "vetoes `llm`, beside `llm_judge`",
            "guard",
            _vetoes(["llm"], "llm", "llm_judge"),
            (JSON,),
            _calls("llm_judge"),
        ),
        Case(
            "invalid-pattern",
            "vetoes `(`, which is no pattern",
            "guard",
            _vetoes(["("], "llm"),
            (JSON,),
            _calls(),
        ),
    ),
)
COLLISION = Defect(
    11,
    "a join of different values takes that of the node that was added last",
    (
        Case(
            "collision",
            "is given two texts",
            "join",
            (
                Node("a", says({"text": "A"})),
                Node("b", says({"text": "B"})),
                Node("join", appends("!"), ("a", "b")),
            ),
            (JSON,),
            names("join", "merge_conflict", statuses=(500,)),
        ),
    ),
)
OTHER_OUTPUTS = Defect(
    12,
    "a black list is looked for in whatever a node gives",
    (
        Case(
            "sound",
            "answers with sound",
            "tts",
            (Node("tts", Says(b"RIFF", content_type="audio/wav")),),
            (JSON,),
            Expectation(
                "200, 'RIFF'",
                lambda witness: witness.answers[0].body == b"RIFF",
            ),
        ),
        Case(
            "null-list",
            "answers with a black list of null",
            "guard",
            _vetoes(None, "llm"),
            (JSON,),
            _calls("llm"),
        ),
    ),
)
FLOWS = Defect(
    21,
    "flow_to swallows errors",
    (
        Case(
            "cycle",
            "comes after the node that comes after it",
            "b",
            (Node("a", says({}), ("b",)), Node("b", says({}), ("a",)), Node("c", says({}))),
            (),
            Expectation("refused when the graph is built", _refused, _how_built),
        ),
        Case(
            "unknown-node",
            "comes after a node that was not added",
            "a",
            (Node("a", says({}), ("nobody",)),),
            (),
            Expectation("refused when the graph is built", _refused, _how_built),
        ),
    ),
)
ORDER = Defect(
    22,
    "the order of the nodes behind a node depends on the seed of Python's hashes",
    (
        Case(
            "order",
            f"has {len(SEVERAL)} nodes behind it",
            "first",
            (Node("first", says({})), *(Node(name, says({}), ("first",)) for name in SEVERAL)),
            (),
            Expectation(
                f"behind first: {', '.join(SEVERAL)}",
                lambda witness: witness.downstream["first"] == list(SEVERAL),
                _order,
            ),
        ),
    ),
)
YAML = Defect(
    26,
    "a graph in a YAML file answers one request at a time, whatever its nodes answer",
    (
        Case(
            "yaml-blocking",
            f"takes {SLOW_S:g} s, for two callers at once",
            "slow",
            (Node("slow", says({"text": "hi"}, after_s=SLOW_S)),),
            (JSON, JSON, Ask(method="GET", path="/health", after_s=SLOW_S / 4)),
            unblocked(SLOW_S),
            Setting(is_yaml=True),
            at_once=True,
        ),
        Case(
            "yaml-status",
            "answers 500 with JSON",
            "a",
            (Node("a", says({"text": "cannot"}, status=500)), Node("b", appends("!"), ("a",))),
            (JSON,),
            names("a", "upstream_5xx", uncalled="b"),
            Setting(is_yaml=True),
        ),
    ),
)
JOINING = (ENTRIES, LATE_VETO, PATTERNS, COLLISION, OTHER_OUTPUTS, FLOWS, ORDER, YAML)
