"""A run's folder: everything a run leaves on disk. Every report is computed from it, never from memory.

runs/<utc>-<scenario>-<git commit or nogit>/
  plan.json        what was to be done; written first
  history.jsonl    every request to the gateway and its answer (`Op`)
  journal.jsonl    every exchange on every hop (`Exchange`)
  cells.jsonl      every fault that was set, when, and whether it fired (`Cell`)
  facts.json       what only the living run knew: contract verdicts, instrument, how it ended
  spans/           traces as read back over HTTP
  logs/            what every process wrote
  verdicts.json report.json report.md junit.xml report.html     computed from the above
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import StackError, UsageError
from harness.history import Exchange, Mode, Op, as_line, read_line, read_lines
from harness.report import GraphNode, Machine

PLAN_SCHEMA = "opea-harness/plan/1"


class Plan(BaseModel):
    """What a run was to do, as data: enough to judge and to repeat it.

    `graph` says of each node where it runs; it is empty until the stack stands. `limits_s` is what each node may take in all. `wired`
    says whether wires of ours stand before the nodes, `traced` whether there is a trace store to read. `file` is the user's
    megaservice file that was run, with what was seen of it, `folders` where comps, scenarios and faults were looked for beside the
    bundled ones. `images` is how many of its containers are of real images (`2 of 7`), `stand_ins` are the nodes that are not.
    """

    model_config = ConfigDict(extra="ignore")

    schema_: str = PLAN_SCHEMA
    id: str
    scenario: str
    says: str
    gateway: str
    seed: int
    parts: list[str]
    rate_per_s: float
    duration_s: float
    started: str
    began_ns: int
    epoch_offset_ns: int = 0
    git: str
    command: str
    machine: Machine
    graph: list[GraphNode]
    limits_s: dict[str, float] = {}
    wired: bool = True
    traced: bool = True
    file: dict[str, Any] | None = None
    folders: list[str] = []
    images: str = ""
    stand_ins: list[str] = []


@dataclass(slots=True)
class Cell:
    """One fault on one node in one mode, as it was carried out.

    `fired` is the wire's own counter (None: it could not be read). `unfit` says why the fault makes no sense here; such a cell was
    not carried out. `lifted` says that after its end the wire read back no fault.

    `action` is what was done to the container of that name, empty where a wire did it: then `hop` is the node that fails with it,
    `witness` what the engine said of it, first at `struck_ns`, and `lifted` says that the container was read back as it was before.
    """

    fault: str
    node: str
    mode: Mode
    outcome: str
    statuses: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    slower_ms: float = 0.0
    control: bool = False
    unfit: str = ""
    began_ns: int = 0
    ended_ns: int = 0
    fired: int | None = None
    lifted: bool = False
    problem: str = ""
    action: str = ""
    hop: str = ""
    witness: str = ""
    struck_ns: int = 0

    @property
    def id(self) -> str:
        """`status-500.embedding.stream`."""
        return f"{self.fault}.{self.node}.{self.mode}"


class Run:
    """One run's folder, open for writing while it runs and for reading ever after."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.plan = plan
        self._history: BinaryIO | None = None
        self._cells: BinaryIO | None = None

    @classmethod
    def create(cls, runs_dir: Path, plan: Plan) -> "Run":
        """Make the folder, write the plan and point `latest` at it; raises UsageError where that cannot be, StackError for want of room."""
        path = runs_dir / plan.id
        try:
            path.mkdir(parents=True)
            (path / "logs").mkdir()
            (path / "spans").mkdir()
            run = cls(path, plan)
            run.write("plan.json", plan.model_dump(mode="json"))
            run._history = (path / "history.jsonl").open("ab", buffering=0)
            run._cells = (path / "cells.jsonl").open("ab", buffering=0)
            _point_latest(runs_dir, path)
        except OSError as error:
            wrong = StackError if error.errno == errno.ENOSPC else UsageError
            raise wrong(
                f"{runs_dir}: the run cannot be written there ({error.strerror}); --runs-dir names a folder that can be"
            ) from error
        return run

    @classmethod
    def open(cls, path: Path) -> "Run":
        """A run that was made before; raises UsageError where the folder is none of a run's."""
        plan = path / "plan.json"
        if not plan.is_file():
            raise UsageError(
                f"{path}: holds no plan.json; a run's folder is what `opea-harness run` leaves under runs/"
            )
        try:
            return cls(path.resolve(), Plan.model_validate_json(plan.read_bytes()))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or "the document"
            raise UsageError(
                f"{plan}: {where}: {first['msg']}; it is written by `opea-harness run`"
            ) from error

    def add(self, op: Op) -> None:
        """Append what was asked and what came back; on disk when this returns."""
        assert self._history is not None
        self._history.write(as_line(op))

    def add_cell(self, cell: Cell) -> None:
        """Append a fault cell that has ended."""
        assert self._cells is not None
        self._cells.write(orjson.dumps(asdict(cell), option=orjson.OPT_APPEND_NEWLINE))

    def add_exchange(self, exchange: Exchange) -> None:
        """Append what crossed a hop that no wire of the run stands before."""
        with (self.path / "journal.jsonl").open("ab") as file:
            file.write(as_line(exchange))

    def write(self, name: str, document: object) -> Path:
        """Write a JSON document beside the others, whole or not at all; raises StackError where that cannot be."""
        path = self.path / name
        part = path.with_suffix(".part")
        try:
            part.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            part.replace(path)
        except OSError as error:
            raise StackError(
                f"{path}: cannot be written ({error.strerror}); the run's folder must be there, writable, and have room"
            ) from error
        return path

    def read(self, name: str) -> Any:
        """A JSON document of the folder, or None where it is not there; raises UsageError for a damaged one."""
        path = self.path / name
        return read_line(path.read_bytes(), str(path), lambda document: document) if path.is_file() else None

    @property
    def ops(self) -> list[Op]:
        """Every request to the gateway, in the order in which they ended."""
        return list(read_lines(Op, self.path / "history.jsonl"))

    @property
    def exchanges(self) -> Iterator[Exchange]:
        """Every exchange on every hop."""
        return read_lines(Exchange, self.path / "journal.jsonl")

    @property
    def cells(self) -> list[Cell]:
        """Every fault cell, in the order in which they were carried out."""
        path = self.path / "cells.jsonl"
        if not path.exists():
            return []
        return [
            read_line(line, f"{path}:{number}", lambda document: Cell(**document))
            for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1)
            if line.endswith(b"\n")
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What only the living run knew; `ended` is "crashed" where the run never came to say."""
        return {"ended": "crashed", **(self.read("facts.json") or {})}

    @property
    def has_logs(self) -> bool:
        """Did any process of it say anything?"""
        return any(path.is_file() and path.stat().st_size for path in (self.path / "logs").rglob("*"))

    def discard(self) -> None:
        """Remove the folder; `latest` points at the newest that is left, if it pointed here."""
        latest = self.path.parent / "latest"
        is_latest = latest.is_symlink() and latest.resolve() == self.path.resolve()
        shutil.rmtree(self.path)
        if is_latest:
            latest.unlink()
            others = _runs(self.path.parent)
            if others:
                _point_latest(self.path.parent, others[-1])

    def close(self) -> None:
        """Close the files that were open for writing."""
        for file in (self._history, self._cells):
            if file is not None:
                file.close()


def run_id(scenario: str, git: str, now: datetime | None = None) -> str:
    """`20261122T214530.123456Z-rag-0db65a5`: sorts by time, and two runs of one second differ."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{stamp}-{scenario}-{git or 'nogit'}"


def find_run(name: str, runs_dir: Path) -> Run:
    """The run of this path, or of this id under `runs_dir`."""
    for path in (Path(name), runs_dir / name):
        if path.is_dir():
            return Run.open(path)
    raise UsageError(
        f"{name}: there is no such run, neither as a path nor under {runs_dir}; `latest` is the newest"
    )


def retain(runs_dir: Path, keep: int) -> list[Path]:
    """Remove the oldest runs beyond `keep`; gives what was removed. Only folders that hold a plan.json are runs."""
    runs = _runs(runs_dir)
    gone = runs[: max(0, len(runs) - keep)]
    for path in gone:
        shutil.rmtree(path)
    return gone


def _runs(runs_dir: Path) -> list[Path]:
    """The folders of runs, oldest first."""
    return sorted(path.parent for path in runs_dir.glob("*/plan.json") if not path.parent.is_symlink())


def _point_latest(runs_dir: Path, path: Path) -> None:
    latest = runs_dir / "latest"
    part = runs_dir / f".latest-{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    part.symlink_to(path.name)
    part.replace(latest)
