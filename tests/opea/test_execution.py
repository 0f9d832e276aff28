"""Which node runs when: branches, joins, vetoes, failures."""

import asyncio
import contextlib
import gc
import itertools
import weakref

import pytest

from harness.opea import Policy, Problem, ServiceOrchestrator
from harness.opea.proto.docarray import LLMParams
from tests.opea.asking import asked, chain, graph, pending, problem_of
from tests.opea.lab import Lab, Late, Raw, Silence, Stream, Together, openai
from tests.states import until

DIAMOND = {"one": ["left", "right"], "left": ["join"], "right": ["join"], "join": []}
FORK = {"s1": ["s2", "s3"], "s2": [], "s3": ["s4"], "s4": []}


def names(results):
    return sorted(key.partition("/")[0] for key in results)


def test_branches_run_at_once_and_a_join_runs_once_with_both():
    """Two branches that each answer once the other was asked too; what comes after them gets what both gave."""

    async def main():
        async with Lab() as lab:
            met = asyncio.Barrier(2)
            replies = {"left": Together({"l": 1}, met), "right": Together({"r": 2}, met)}
            orchestrator = await graph(DIAMOND, replies)(lab)
            await orchestrator.schedule({"text": "a"})
            return lab.bodies("join")

    assert asyncio.run(main()) == [{"l": 1, "r": 2}]


def test_sixteen_branches_run_at_once():
    """None waits for another."""
    edges = {f"n{n}": [] for n in range(16)}

    async def main():
        async with Lab() as lab:
            met = asyncio.Barrier(16)
            orchestrator = await graph(edges, {name: Together({"ok": name}, met) for name in edges})(lab)
            results, runtime = await orchestrator.schedule({"text": "a"})
            return len(results), len(runtime.all_leaves())

    assert asyncio.run(main()) == (16, 16)


def test_branches_do_not_see_each_others_changes():
    """Each entry node and each branch gets its own copy, also of what is inside."""

    async def build(lab):
        orchestrator = await graph({"a": ["c", "d"], "b": [], "c": [], "d": []}, {"a": {"list": [1]}})(lab)

        def align_inputs(inputs, cur_node, *_, **__):
            inputs.setdefault("list", []).append(cur_node[0])
            return inputs

        orchestrator.align_inputs = align_inputs
        return orchestrator

    lab, _, _ = asked(build, {"list": [0]})

    assert [lab.bodies(name)[0]["list"] for name in "abcd"] == [[0, "a"], [0, "b"], [1, "c"], [1, "d"]]


@pytest.mark.parametrize("order", list(itertools.permutations(["left", "right"])), ids=" ".join)
def test_a_collision_in_a_join_is_an_error_in_any_order(order):
    """Which node was added last decides nothing."""
    edges = {"one": list(order), **{name: ["join"] for name in order}, "join": []}
    failure, lab = problem_of(graph(edges, {"left": {"text": "A"}, "right": {"text": "B"}}), {"text": "q"})

    assert (failure.node, failure.kind, failure.status) == ("join", "merge_conflict", 500)
    assert "different values of 'text'" in failure.detail
    assert lab.bodies("join") == []


def test_a_declared_merge_joins_what_collides():
    """The graph says how, by node."""

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        left, right = await lab.node("left", {"text": "A"}), await lab.node("right", {"text": "B"})
        join = await lab.node("join", lambda body: body)
        policy = Policy(merge=lambda outputs: {"texts": [output["text"] for output in outputs.values()]})
        orchestrator.add(left).add(right).add(join, policy)
        orchestrator.flow_to(left, join)
        orchestrator.flow_to(right, join)
        return orchestrator

    _, results, _ = asked(build, {"text": "q"})

    assert results["join/MicroService"] == {"texts": ["A", "B"]}


@pytest.mark.parametrize(
    ("listed", "ran", "leaves"),
    [
        ([], ["s1", "s2", "s3", "s4"], 2),
        ([".*"], ["s1"], 1),
        (["s2"], ["s1", "s3", "s4"], 1),
        (["s3"], ["s1", "s2"], 1),
        (["["], ["s1"], 1),
        (None, ["s1", "s2", "s3", "s4"], 2),
    ],
)
def test_a_veto_stops_what_it_means_and_all_behind_it(listed, ran, leaves):
    """What did not run is neither in the results nor in the graph."""
    replies = {"s1": {"text": "a", "downstream_black_list": listed}}
    _, results, runtime = asked(graph(FORK, replies), {"text": "q"}, LLMParams(stream=False))

    assert (names(results), names(runtime.graph), len(runtime.all_leaves())) == (ran, ran, leaves)


@pytest.mark.parametrize(("veto_s", "other_s"), [(0.0, 0.05), (0.05, 0.0)], ids=["first", "last"])
def test_a_veto_of_a_join_holds_whoever_is_first(veto_s, other_s):
    """A guardrail beside a retriever keeps both from the node after them, whatever the timing."""
    edges = {"guard": ["llm"], "retriever": ["llm"], "llm": []}
    replies = {
        "guard": Late({"text": "no", "downstream_black_list": ["llm"]}, veto_s),
        "retriever": Late({"docs": [1]}, other_s),
    }
    lab, results, runtime = asked(graph(edges, replies), {"text": "q"}, LLMParams(stream=False))

    assert (names(results), lab.bodies("llm")) == (["guard", "retriever"], [])
    assert runtime.all_leaves() == ["guard/MicroService", "retriever/MicroService"]


def test_a_node_does_not_run_without_one_of_those_before_it():
    """What a vetoed node would have given is not there, so what needs it is not called."""
    edges = {"one": ["a", "b"], "a": ["join"], "b": ["join"], "join": []}
    replies = {"one": {"text": "x", "downstream_black_list": ["a"]}}
    _, results, _ = asked(graph(edges, replies), {"text": "q"}, LLMParams(stream=False))

    assert names(results) == ["b", "one"]


def test_a_refusal_is_streamed_to_who_wants_a_stream():
    """Quotes and newlines in it can neither break out of the event nor make another."""
    text = "it's no\n\ndata: injected"
    build = chain(
        ("guard", {"text": text, "downstream_black_list": [".*"]}), ("llm", Stream(openai("x")), "llm")
    )
    lab, results, _ = asked(build, {"text": "bad"})

    assert results["guard/MicroService"] == [
        b'data: b"it\'s no\\n\\ndata: injected"\n\n',
        b"data: [DONE]\n\n",
    ]
    assert lab.bodies("llm") == []


def test_a_refusal_without_words_is_a_problem():
    """Never a stream of nothing."""
    failure, _ = problem_of(
        chain(("guard", {"downstream_black_list": [".*"]}), ("llm", {}, "llm")), {"text": "bad"}
    )

    assert (failure.node, failure.kind) == ("guard", "bad_schema")
    assert "without a text to say" in failure.detail


def test_hooks_may_rewire_their_own_request():
    """A retriever without documents skips the reranker, in this request only."""

    async def build(lab):
        orchestrator = await chain(
            ("retriever", lambda body: {"docs": body["docs"]}),
            ("rerank", {"ranked": 1}),
            ("llm", {"text": "x"}),
        )(lab)

        def align_outputs(data, cur_node, inputs, runtime_graph, *_, **__):
            if cur_node.startswith("retriever") and not data["docs"]:
                rerank = runtime_graph.downstream(cur_node)[0]
                for after in runtime_graph.downstream(rerank):
                    runtime_graph.add_edge(cur_node, after)
                runtime_graph.delete_node_if_exists(rerank)
            return data

        orchestrator.align_outputs = align_outputs
        return orchestrator

    async def main():
        async with Lab() as lab:
            orchestrator = await build(lab)
            ran = [names((await orchestrator.schedule({"docs": docs}))[0]) for docs in ([], [1])]
            return ran, lab.bodies("llm")

    ran, bodies = asyncio.run(main())

    assert ran == [["llm", "retriever"], ["llm", "rerank", "retriever"]]
    assert bodies == [{"docs": []}, {"ranked": 1}]


@pytest.mark.alone
def test_a_failure_cancels_its_siblings_and_calls_nobody_after_it():
    """The request ends with the first failure, at once, and what was under way is left."""
    edges = {"bad": ["after"], "slow": ["after"], "after": []}

    async def main():
        async with Lab() as lab:
            orchestrator = await graph(edges, {"bad": [], "slow": Silence()})(lab)
            orchestrator.align_outputs = lambda data, *_, **__: data["missing"]
            began = asyncio.get_running_loop().time()
            with pytest.raises(Problem) as caught:
                await orchestrator.schedule({"text": "a"})
            took_s = asyncio.get_running_loop().time() - began
            await asyncio.wait_for(lab.left["slow"].wait(), 1)
            return caught.value.failure, took_s, lab.bodies("after")

    before = pending()
    failure, took_s, bodies = asyncio.run(main())

    assert (failure.node, failure.kind, took_s < 1, bodies) == ("bad", "bad_schema", True, [])
    assert pending() == before


@pytest.mark.alone
def test_a_cancelled_request_leaves_its_nodes():
    """Who asks no longer makes nobody work."""

    async def main():
        async with Lab() as lab:
            orchestrator = await chain(("slow", Silence()))(lab)
            asking = asyncio.create_task(orchestrator.schedule({"text": "a"}))
            await until(lambda: lab.seen)
            asking.cancel()
            await asyncio.wait([asking])
            await asyncio.wait_for(lab.left["slow"].wait(), 1)
            return asking.cancelled()

    before = pending()

    assert asyncio.run(main())
    assert pending() == before


@pytest.mark.alone
def test_a_failure_beside_a_stream_closes_the_stream():
    """An answer that had begun in another branch is not left open."""

    async def main():
        async with Lab() as lab:
            orchestrator = ServiceOrchestrator()
            orchestrator.add(await lab.llm("llm", Stream(openai("a")[:1], then="hang")))
            orchestrator.add(await lab.node("bad", Late([], 0.1)))
            orchestrator.align_outputs = lambda data, *_, **__: data["missing"]
            with pytest.raises(Problem, match="node bad"):
                await orchestrator.schedule({"text": "a"})
            await asyncio.wait_for(lab.left["llm"].wait(), 1)

    before = pending()
    asyncio.run(main())

    assert pending() == before


def test_the_same_graph_gives_the_same_whatever_the_timing():
    """Thirty random delays of four nodes end in one result."""
    import random

    rng = random.Random(7)
    told = set()
    for _ in range(30):
        replies = {
            "one": {"x": 1},
            "left": Late({"l": 1, "downstream_black_list": ["tail"]}, rng.random() / 100),
            "right": Late({"r": 1}, rng.random() / 100),
            "join": lambda body: dict(body),
        }
        _, results, runtime = asked(
            graph({**DIAMOND, "join": ["tail"], "tail": []}, replies), {"text": "q"}, LLMParams(stream=False)
        )
        told.add((str(sorted(results["join/MicroService"].items())), *names(runtime.graph)))

    assert len(told) == 1


@pytest.mark.parametrize(("veto_s", "before_s"), [(0.0, 0.1), (0.1, 0.0)], ids=["first", "last"])
def test_a_veto_of_what_comes_behind_a_stream_is_the_same_whoever_is_first(veto_s, before_s):
    """A stream that is joined with others cannot be, also where one of these has cut its own edge by then."""

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        nodes = {
            "guard": await lab.node("guard", Late({"text": "no", "downstream_black_list": ["say"]}, veto_s)),
            "before": await lab.node("before", Late({"text": "q"}, before_s)),
            "llm": await lab.llm("llm", Stream(openai("One."))),
            "say": await lab.node("say", {"text": "x"}),
        }
        for node in nodes.values():
            orchestrator.add(node)
        for one, other in (("before", "llm"), ("guard", "say"), ("llm", "say")):
            orchestrator.flow_to(nodes[one], nodes[other])
        return orchestrator

    failure, lab = problem_of(build, {"text": "q"})

    assert (failure.node, failure.kind) == ("llm", "merge_conflict")
    assert (lab.bodies("llm"), lab.bodies("say")) == ([], [])


@pytest.mark.parametrize("late", ["slow", "quick"])
def test_results_are_in_the_graphs_order(late):
    """Who takes the first stream of them gets the same whatever the timing."""
    replies = {late: Late({"a": 1}, 0.05)}
    _, results, _ = asked(graph({"slow": [], "quick": []}, replies), {"text": "q"})

    assert list(results) == ["slow/MicroService", "quick/MicroService"]


@pytest.mark.parametrize(
    "replies",
    [
        {"a": Raw(b"oops", 500)},
        {"a": Raw(b"{")},
        {"a": Stream([b"{"], "application/json", then="cut")},
        {"a": Raw(b"oops", 500), "b": Silence()},
    ],
    ids=["a status", "no JSON", "half a reply", "a sibling under way"],
)
def test_what_a_failed_request_held_is_gone_without_the_collector(replies):
    """It looks rarely where a megaservice serves: what only it can free would be held for thousands of requests."""

    class Asked(dict):
        """What came in, to be seen to go."""

    async def main():
        async with Lab() as lab:
            orchestrator = await graph({name: [] for name in replies}, replies)(lab)
            asked = Asked(text="q")
            held = weakref.ref(asked)
            with contextlib.suppress(Problem):
                await orchestrator.schedule(asked)
            del asked
            for _ in range(100):
                if held() is None:
                    break
                await asyncio.sleep(0)
            return held()

    gc.disable()
    try:
        left = asyncio.run(main())
    finally:
        gc.enable()

    assert left is None
