"""The defects by number, and those that no request can show."""

from collections.abc import Mapping

from harness.defects.defect import Defect
from harness.defects.failing_nodes import FAILING_NODES
from harness.defects.joining import JOINING
from harness.defects.requesting import REQUESTING
from harness.defects.streaming import STREAMING
from harness.defects.tracing import TRACES

DEFECTS: tuple[Defect, ...] = tuple(
    sorted(
        (*FAILING_NODES, *STREAMING, *JOINING, *REQUESTING, TRACES),
        # What stops the batching of a process for good comes last.
        key=lambda defect: (defect.number == 24, defect.number),
    )
)
# Defects that are none of running, and why.
NOTED: Mapping[int, str] = {
    20: "hooks that are set on the class hold for every orchestrator of a process: OPEA's own examples need that, so ours does it too; "
    "one process runs one megaservice",
    27: "the `opea` command cannot start: its package lacks a module; ours is `opea-harness`",
    31: "BaseService.check_server_readiness imports a module that is not there; no megaservice calls it",
}
