"""What a file builds is seen, and its nodes are put where we want them."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.gateway.hooking import FileError, Workshop, around, line_in, name_in
from harness.gateway.variables import Readings


def orchestrator(*edges, nodes=()):
    graph = {name: set() for name in nodes}
    for before, after in edges:
        graph.setdefault(before, set()).add(after)
        graph.setdefault(after, set())
    return SimpleNamespace(graph=graph, services=dict.fromkeys(graph))


def workshop(*orchestrators, places=None):
    made = Workshop(Path("x.py"), Readings(Path("/"), stand_in=False), places or {}, 0, lambda *_: None)
    made.orchestrators = [(each, line) for line, each in enumerate(orchestrators, 1)]
    return made


def test_of_several_orchestrators_the_widest_is_the_graph():
    """As long as it holds all of the others."""
    small, wide = orchestrator(nodes=("llm",)), orchestrator(("asr", "llm"))

    assert workshop(small, wide).graph is wide


@pytest.mark.parametrize(
    ("orchestrators", "line", "words"),
    [
        ((), 0, "builds no ServiceOrchestrator before it serves; a megaservice has one"),
        ((orchestrator(),), 1, "adds no service to its ServiceOrchestrator; a graph has a node"),
        (
            (orchestrator(("a/M", "b/M")), orchestrator(nodes=("c/M",))),
            2,
            (
                "builds 2 orchestrators (lines 1 and 2) of which none holds the others' graphs: c is in one alone; "
                "a file is run with one megaservice"
            ),
        ),
    ],
)
def test_no_orchestrator_and_two_are_refused(orchestrators, line, words):
    """With the line where the odd one was made."""
    with pytest.raises(FileError) as told:
        _ = workshop(*orchestrators).graph

    assert (told.value.line, told.value.words) == (line, words)


def test_a_method_is_replaced_with_its_original_at_hand():
    """And keeps its name."""

    class Tram:
        def ring(self, times):
            """Ring."""
            return "ding" * times

    around(Tram, "ring", lambda original, tram, times: original(tram, times + 1) + "!")

    assert Tram().ring(1) == "dingding!"
    assert Tram.ring.__name__ == "ring"


def test_the_line_of_a_file_is_found_among_those_who_called():
    """The innermost frame of it, or 0."""
    here = sys._getframe()

    assert line_in(Path(__file__), here) == here.f_lineno
    assert line_in(Path("/no/such/file.py"), here) == 0


def test_a_service_is_called_by_the_name_that_it_was_given():
    """Without the class that OPEA puts behind it."""
    assert [name_in(key) for key in ("llm/MicroService", "a/b/MicroService", "MicroService")] == [
        "llm",
        "a/b",
        "MicroService",
    ]


def test_an_edge_that_an_engine_would_only_log_is_refused():
    """Opea-comps' flow_to gives False for a cycle, and would go on without the edge."""
    llm, tts = SimpleNamespace(name="llm/MicroService"), SimpleNamespace(name="tts/MicroService")
    graph = orchestrator((llm.name, tts.name))

    with pytest.raises(FileError) as told:
        workshop(graph)._flow(lambda *_: False, graph, tts, llm)

    assert told.value.words == "lets tts flow to llm, which closes a cycle; a graph of services has none"
    assert workshop(graph)._flow(lambda *_: True, graph, llm, tts) is True
