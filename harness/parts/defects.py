"""Which of the known defects of OPEA's orchestrator are in the engine under test? Tried on a bench of its own, beside the stack."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.defects.bench import bench
from harness.defects.catalogue import DEFECTS
from harness.defects.defect import Defect
from harness.gateway.environment import Environment
from harness.gateway.launch import Engine
from harness.progress import Progress


async def carry_out(
    engine: Engine,
    opea: Environment | None,
    log: Path,
    progress: Progress,
    tried: Sequence[Defect] = DEFECTS,
) -> list[dict[str, Any]]:
    """A row for each case of each defect: its verdict, and what happened at which node in which mode."""
    progress.begin("defects", sum(len(defect.cases) for defect in tried))
    rows = []
    async with bench(engine, opea, log) as made:
        for defect in tried:
            for case in defect.cases:
                verdict = await made.verdict(defect, case)
                row = {"fault": case.says, "node": case.node, "mode": case.mode, "defect": defect.says}
                rows.append({**verdict.as_json(), **row})
                progress.step(verdict.id, failed=verdict.verdict == "violated")
    progress.end()
    return sorted(rows, key=lambda row: str(row["id"]))
