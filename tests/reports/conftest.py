"""Reports as runs leave them, made up from a seed: all holds, violated, unknown, interrupted, empty, large."""

import functools
import math
import random

import pytest

from harness.report import (
    Coverage,
    FaultCell,
    GraphNode,
    LoadFigures,
    Machine,
    NodeRow,
    Point,
    Quantiles,
    Report,
    RunFacts,
    Span,
    VerdictRow,
    Waterfall,
)
from reports.page import page

NODES = ("guardrail_in", "embedding", "retriever", "rerank", "llm")
COMPS = ("guardrails", "embeddings", "retrievers", "rerankings", "llms")
PATHS = ("/v1/guardrails", "/v1/embeddings", "/v1/retrieval", "/v1/reranking", "/v1/chat/completions")
COST_MS = (4.2, 9.8, 14.1, 21.7, 181.0)
FAULTS = (
    "noop", "latency-300ms", "status-500", "status-429", "connection-refused", "reset-mid-body", "black-hole",
    "wrong-content-type", "truncated-json", "wrong-dimension", "stream-cut-3", "slow-first-token-500ms",
)  # fmt: skip


def quantiles(values: list[float]) -> Quantiles:
    values = sorted(values)
    at = {name: values[math.ceil(share * len(values)) - 1] for name, share in
          (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))}  # fmt: skip
    return Quantiles(count=len(values), mean=sum(values) / len(values), max=values[-1], **at)


def fault_cells() -> list[FaultCell]:
    cells, at_s = [], 14.0
    for fault in FAULTS:
        for node in NODES:
            for mode in ("json", "stream"):
                only = {
                    "wrong-dimension": "embedding",
                    "stream-cut-3": "llm",
                    "slow-first-token-500ms": "llm",
                }
                if only.get(fault, node) != node or (
                    fault in ("stream-cut-3", "slow-first-token-500ms") and mode == "json"
                ):
                    cells.append(
                        FaultCell(
                            fault=fault,
                            node=node,
                            mode=mode,
                            verdict="n/a",
                            why="acts on embeddings or streams only",
                        )
                    )
                    continue
                cells.append(
                    FaultCell(
                        fault=fault, node=node, mode=mode, verdict="holds", fired=0 if fault == "noop" else 3,
                        expected="the un-faulted answer" if fault == "noop" else f"an error that names {node}, status 502",
                        actual="the same text" if fault == "noop" else f"502, upstream_5xx at {node}",
                        client_ms=212.0, began_s=at_s, ended_s=at_s + 0.34,
                    )
                )  # fmt: skip
                at_s += 0.4
    return cells


def points(rng: random.Random, amount: int) -> list[Point]:
    """Correctness from 0 s, chaos from 14 s with a failure in five, load from 58 s with few failures."""

    def correct(index: int) -> Point:
        return Point(
            at_s=index * 0.2,
            response_ms=rng.lognormvariate(5.4, 0.15),
            ttft_ms=70.0 if index % 2 else None,
            part="correctness",
            ok=True,
        )

    def chaotic(index: int) -> Point:
        bad = index % 5 == 0
        response = rng.choice([3.0, 320.0, 2000.0]) if bad else rng.lognormvariate(5.4, 0.2)
        return Point(
            at_s=14 + index * 0.19,
            response_ms=response,
            ttft_ms=None if bad or index % 2 else 80.0,
            part="chaos",
            ok=not bad,
        )

    def loaded(index: int) -> Point:
        response, ok = rng.lognormvariate(5.4, 0.22), index % 211 != 7
        return Point(
            at_s=58 + index * 30 / amount,
            response_ms=response,
            ttft_ms=response * 0.3 if ok and index % 3 else None,
            part="load",
            ok=ok,
        )

    return [*map(correct, range(60)), *map(chaotic, range(220)), *map(loaded, range(amount))]


def verdict_rows(cells: list[FaultCell]) -> list[VerdictRow]:
    contract = [
        VerdictRow(
            id=f"{comp}.contract.{check}",
            subject=node,
            verdict="holds",
            actual="as the contract says",
            seed=7,
        )
        for node, comp in zip(NODES, COMPS, strict=True)
        for check in ("status", "content-type", "shape", "laws", "bad-input")
    ]
    correctness = [
        VerdictRow(
            id=f"correctness.{check}",
            subject="rag",
            verdict="holds",
            expected="all of 24",
            actual="24 of 24",
            seed=7,
        )
        for check in (
            "answers-right",
            "stream-same-text",
            "every-token",
            "done-last",
            "blocked-never-reaches-llm",
            "no-cross-talk",
        )
    ]
    return [*contract, *correctness, *map(chaos_row, cells)]


def chaos_row(cell: FaultCell) -> VerdictRow:
    return VerdictRow(
        id=f"chaos.{cell.fault}.{cell.node}.{cell.mode}", subject=cell.node, verdict=cell.verdict, why=cell.why,
        expected=cell.expected, actual=cell.actual, seed=7,
        repeat="" if cell.verdict == "n/a" else "opea-harness run rag --only chaos --seed 7",
    )  # fmt: skip


def waterfall(label: str, stretch: float) -> Waterfall:
    total = sum(COST_MS) * stretch + 4
    spans = [Span(node="rag", kind="server", name="POST /v1/chatqna", start_ms=0, duration_ms=total)]
    at = 1.2
    for node, path, cost in zip(NODES, PATHS, COST_MS, strict=True):
        cost *= stretch
        spans.append(
            Span(node=node, kind="client", name=f"POST {path}", start_ms=at, duration_ms=cost, depth=1)
        )
        spans.append(
            Span(
                node=node,
                kind="server",
                name=f"POST {path}",
                start_ms=at + 0.3,
                duration_ms=cost - 0.6,
                depth=2,
            )
        )
        at += cost + 0.3
    return Waterfall(label=label, trace_id="4bf92f3577b34da6a3ce929d0e0e4736", total_ms=total, spans=spans)


def node_rows(calls: int) -> list[NodeRow]:
    rows = []
    for node, comp, cost in zip(NODES, COMPS, COST_MS, strict=True):
        figures = {
            f"{kind}_ms_{name}": cost * share * stretch
            for kind, share in (("client", 1.0), ("server", 0.95), ("self", 0.93))
            for name, stretch in (("p50", 1.0), ("p95", 1.43), ("p99", 1.81))
        }
        if node == "llm":
            figures |= {
                "ttft_ms_p50": 41.3,
                "ttft_ms_p95": 66.0,
                "ttft_ms_p99": 81.2,
                "itl_ms_p50": 4.02,
                "itl_ms_p95": 6.3,
                "itl_ms_p99": 9.7,
            }
        rows.append(
            NodeRow(
                node=node,
                comp=comp,
                calls=calls,
                attempts=calls,
                errors=0,
                gap_ms_mean=0.31,
                critical_share=cost / sum(COST_MS),
                strategy="spans",
                confidence=1.0,
                **figures,
            )
        )
    return rows


def holding(amount: int = 600) -> Report:
    rng = random.Random(7)
    made, cells = points(rng, amount), fault_cells()
    load = [point for point in made if point.part == "load" and point.ok]
    response = [point.response_ms for point in load]
    first = [point.ttft_ms for point in load if point.ttft_ms is not None]
    return Report(
        run=RunFacts(
            id="20261122T140312Z-rag-9d1eeb8", scenario="rag", says="Question answering over a small corpus: guardrail, embedding, retriever, rerank, LLM",
            started="2026-11-22T14:03:12+00:00", duration_s=88.4, git="9d1eeb8", seed=7, parts=["correctness", "chaos", "load"], images="0 of 5",
        ),
        verdict="holds",
        verdicts=verdict_rows(cells),
        quality={"recall_at_3": 1.0, "mrr": 0.979, "answer_share": 1.0},
        graph=[GraphNode(name=node, comp=comp, path=path, after=[NODES[i - 1]] if i else []) for i, (node, comp, path) in enumerate(zip(NODES, COMPS, PATHS, strict=True))],
        nodes=node_rows(amount),
        coverage=Coverage(requests_sent=880, roots_found=879, orphans=0, unattributed=2, share=879 / 880),
        load=LoadFigures(
            arrivals=amount, sent=amount, rate_asked=20.0, rate_sent=19.98, rate_done=19.9, response_ms=quantiles(response),
            service_ms=quantiles([value - 0.4 for value in response]), ttft_ms=quantiles(first), itl_ms=quantiles([rng.gauss(4.1, 0.4) for _ in range(4000)]),
            tpot_ms=quantiles([rng.gauss(4.2, 0.3) for _ in range(400)]), goodput_per_s=19.71, good_share=0.9917, errors={"reset": 2, "status": 1},
            lag_ms_p99=0.62, certificate={"cpu_share": 0.41, "loop_lag_ms_p99": 1.2, "kept_up": True}, valid=True, schedule_hash="b1946ac9",
        ),
        faults=cells, points=made, waterfalls=[waterfall("median", 1.0), waterfall("p99", 1.9)],
        machine=Machine(python="3.11.2", system="Linux 6.1", cpu="Example CPU at 2.4 GHz", cores=2, memory_gib=7.8, load_average=0.42),
        command="opea-harness run rag --seed 7 --rate 20 --duration 30",
    )  # fmt: skip


def changed(report: Report, **fields) -> Report:
    return report.model_copy(update=fields)


def violating() -> Report:
    """Two fault cells go wrong, and one cannot be judged."""
    report = holding()
    cells = list(report.faults)

    def spoil(fault: str, node: str, mode: str, **fields) -> None:
        index = next(i for i, c in enumerate(cells) if (c.fault, c.node, c.mode) == (fault, node, mode))
        cells[index] = cells[index].model_copy(update=fields)

    for mode in ("json", "stream"):
        spoil(
            "wrong-content-type",
            "embedding",
            mode,
            verdict="violated",
            why="a wrong answer was passed on as a success",
            actual="200 and an answer made without context",
        )
    spoil(
        "status-429",
        "llm",
        "stream",
        verdict="violated",
        why="the error does not name the node",
        actual="500 Internal Server Error",
    )
    spoil(
        "black-hole",
        "rerank",
        "json",
        verdict="unknown",
        why="the fault did not fire: its counter stayed 0",
        actual="the same text",
        fired=0,
    )
    rows = [row for row in report.verdicts if not row.id.startswith("chaos.")]
    rows += map(chaos_row, cells)
    return changed(
        report,
        verdict="violated",
        verdicts=rows,
        faults=cells,
        warnings=["1 of 120 faults did not fire; its cell is unknown"],
    )


def unknown() -> Report:
    """Traces miss requests, so nothing of the nodes is known."""
    report = holding()
    row = VerdictRow(
        id="traces.coverage",
        subject="rag",
        verdict="unknown",
        why="0.931 of the requests were found in the traces, 0.99 are needed",
        expected="at least 0.99",
        actual="0.931",
        seed=7,
        repeat=report.command,
    )
    none = {name: None for name in NodeRow.model_fields if "_ms_" in name or name == "critical_share"}
    return changed(
        report, verdict="unknown", verdicts=[*report.verdicts, row], nodes=[node.model_copy(update=none) for node in report.nodes],
        coverage=Coverage(requests_sent=880, roots_found=819, orphans=14, share=819 / 880), warnings=["61 traces were not found: the figures of nodes are withheld"],
    )  # fmt: skip


def interrupted() -> Report:
    report = holding()
    kept = [point for point in report.points if point.at_s < 20]
    run = report.run.model_copy(
        update={"ended": "interrupted", "parts": ["correctness", "chaos"], "duration_s": 20.1}
    )
    cells = [cell for cell in report.faults if (cell.began_s or 99) < 20]
    return changed(report, run=run, verdict="unknown", points=kept, load=None, faults=cells, verdicts=verdict_rows(cells),
                   nodes=[], coverage=Coverage(requests_sent=90), waterfalls=[], warnings=["the run was interrupted in chaos"])  # fmt: skip


def empty() -> Report:
    run = RunFacts(id="20261122T140312Z-rag-nogit", scenario="rag", ended="crashed")
    return Report(run=run, verdict="unknown", warnings=["the stack did not start: port 6007 is in use"])


def branching() -> Report:
    """Parallel branches, a join, and an edge that jumps over ranks."""
    report = holding()
    shape = {
        "guard": [],
        "embed": ["guard"],
        "search": ["guard"],
        "retrieve": ["embed"],
        "join": ["retrieve", "search"],
        "llm": ["join", "guard"],
    }
    graph = [GraphNode(name=name, comp="comps", path="/v1/x", after=after) for name, after in shape.items()]
    return changed(
        report,
        graph=graph,
        nodes=[NodeRow(node=name, comp="comps", calls=40, client_ms_p50=3.0) for name in shape],
    )


def large() -> Report:
    """100,000 requests, 1,500 fault cells and 3,000 verdicts with long reasons."""
    report = holding(100_000)
    cells = [
        cell.model_copy(update={"fault": f"{cell.fault}-{copy}"})
        for copy in range(13)
        for cell in report.faults
    ]
    rows = [
        VerdictRow(
            id=f"check.{index}",
            subject="rag",
            verdict="violated" if index % 50 == 0 else "holds",
            why="because " * 40,
            expected="x" * 200,
            actual="<b>&" * 60,
        )
        for index in range(3000)
    ]
    return changed(
        report, faults=cells, verdicts=rows, verdict="violated", warnings=["a long warning " * 20] * 30
    )


KINDS = {
    "holds": holding,
    "violated": violating,
    "unknown": unknown,
    "interrupted": interrupted,
    "empty": empty,
    "branching": branching,
    "large": large,
}


@pytest.fixture
def made():
    """Make a report of one of the kinds."""
    return lambda kind: KINDS[kind]()


@pytest.fixture
def drawn_page():
    """The page of a report."""
    return page


@pytest.fixture(scope="session")
def page_of():
    """The page of one of the kinds, drawn once."""
    return functools.cache(lambda kind: page(KINDS[kind]()))
