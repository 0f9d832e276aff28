"""The report of a run, as `report.json` holds it: versioned, computed from the run's folder alone.

Times are milliseconds as floats, shares 0..1. A figure that cannot be known is None, and `warnings` says why.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from harness.history import Mode
from harness.verdict import Overall, Word

SCHEMA = "opea-harness/report/1"


class Part(BaseModel):
    """A piece of a report; unknown fields of later versions are kept out, missing ones of older versions have defaults."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Quantiles(Part):
    """p50, p95 and p99 in milliseconds with their count; None below a percentile's floor of samples."""

    count: int = 0
    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None


class NodeRow(Part):
    """One node's figures, read back from traces."""

    node: str
    comp: str = ""
    calls: int = 0
    errors: int = 0
    attempts: int = 0
    client_ms_p50: float | None = None
    client_ms_p95: float | None = None
    client_ms_p99: float | None = None
    server_ms_p50: float | None = None
    server_ms_p95: float | None = None
    server_ms_p99: float | None = None
    self_ms_p50: float | None = None
    self_ms_p95: float | None = None
    self_ms_p99: float | None = None
    gap_ms_mean: float | None = None
    critical_share: float | None = None
    ttft_ms_p50: float | None = None
    ttft_ms_p95: float | None = None
    ttft_ms_p99: float | None = None
    itl_ms_p50: float | None = None
    itl_ms_p95: float | None = None
    itl_ms_p99: float | None = None
    strategy: str = ""
    confidence: float | None = None


class Coverage(Part):
    """How much of what was sent was found in the traces; below 0.99 node figures are withheld.

    `figures_of` says which of the requests the node figures are of, where not of all.
    """

    requests_sent: int = 0
    roots_found: int = 0
    orphans: int = 0
    unattributed: int = 0
    share: float | None = None
    figures_of: str = ""


class LoadFigures(Part):
    """What the open-loop load saw. `response_ms` counts from the intended start, `service_ms` from the sending.

    `arrivals` were scheduled, `sent` of them went out, `censored` of those had no end when the run ended.
    """

    arrivals: int = 0
    sent: int = 0
    rate_asked: float = 0.0
    rate_sent: float | None = None
    rate_done: float | None = None
    response_ms: Quantiles = Quantiles()
    service_ms: Quantiles = Quantiles()
    ttft_ms: Quantiles = Quantiles()
    itl_ms: Quantiles = Quantiles()
    tpot_ms: Quantiles = Quantiles()
    goodput_per_s: float | None = None
    good_share: float | None = None
    errors: dict[str, int] = {}
    censored: int = 0
    lag_ms_p99: float | None = None
    certificate: dict[str, Any] = {}
    valid: bool = False
    why_invalid: str = ""
    schedule_hash: str = ""


class FaultCell(Part):
    """One fault on one node in one mode: what the client saw and what it should have seen."""

    fault: str
    node: str
    mode: Mode
    verdict: Word
    why: str = ""
    fired: int = 0
    expected: str = ""
    actual: str = ""
    client_ms: float | None = None
    began_s: float | None = None
    ended_s: float | None = None


class DefectRow(Part):
    """One case of a known defect of OPEA's orchestrator: what happened at which node, and what the caller saw and should have seen."""

    id: str
    defect: str = ""
    fault: str
    node: str
    mode: Mode
    verdict: Word
    why: str = ""
    expected: str = ""
    actual: str = ""


class Machine(Part):
    """Where the run happened."""

    python: str = ""
    system: str = ""
    cpu: str = ""
    cores: int = 0
    memory_gib: float = 0.0
    load_average: float | None = None


class VerdictRow(Part):
    """A verdict as `verdicts.json` holds it."""

    id: str
    subject: str
    verdict: Word
    why: str = ""
    expected: str = ""
    actual: str = ""
    evidence: list[str] = []
    repeat: str = ""
    seed: int | None = None


class Point(Part):
    """One request for the plot of latency over time; `at_s` counts from the run's beginning."""

    at_s: float
    response_ms: float
    ttft_ms: float | None = None
    part: str
    ok: bool


class Span(Part):
    """One row of a waterfall."""

    node: str
    kind: str
    name: str
    start_ms: float
    duration_ms: float
    depth: int = 0
    error: bool = False
    fault: str = ""


class Waterfall(Part):
    """The spans of one request, in order of start; `label` is "median" or "p99"."""

    label: str
    trace_id: str
    total_ms: float
    spans: list[Span] = []


class GraphNode(Part):
    """A node of the megaservice and what it comes after; `where` says mock, image or URL."""

    name: str
    comp: str
    path: str
    after: list[str] = []
    where: str = "mock"


class RunFacts(Part):
    """Which run this is. `ended` is "complete", "interrupted", "crashed" or "unbegun": its stack did not get ready; `parts` are those that ran.

    `vectors` says what they were kept in, and where that is not what is usual, why.
    """

    id: str
    scenario: str
    says: str = ""
    gateway: str = "reference"
    started: str = ""
    duration_s: float = 0.0
    git: str = ""
    seed: int = 0
    ended: str = "complete"
    parts: list[str] = []
    images: str = ""
    vectors: str = ""


class Report(Part):
    """Everything a page, a table or a comparison needs to know of one run."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    schema_: str = Field(SCHEMA, alias="schema")
    run: RunFacts
    verdict: Overall
    verdicts: list[VerdictRow] = []
    quality: dict[str, float | None] = {}
    graph: list[GraphNode] = []
    nodes: list[NodeRow] = []
    coverage: Coverage = Coverage()
    load: LoadFigures | None = None
    faults: list[FaultCell] = []
    defects: list[DefectRow] = []
    points: list[Point] = []
    waterfalls: list[Waterfall] = []
    warnings: list[str] = []
    machine: Machine = Machine()
    command: str = ""
