"""The real thing: a scenario's megaservice on opea-comps' own ServiceOrchestrator, in the environment that has it.

    ENVIRONMENT/bin/python -P harness/gateway/elsewhere.py harness.gateway.opea

Nodes, edges and hooks come from the same data as the reference gateway's (`graph.py`). Everything of OPEA's is imported here and only
when called: our own environment has none of it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.discovery import SCENARIO, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.gateway.graph import Engine, connect, served
from harness.gateway.parent import Parent
from harness.gateway.variables import give, traced_to
from harness.megaservice import Megaservice

FLUSH_MS = 2000


def service(megaservice: Megaservice, urls: Mapping[str, str], *, port: int = 0) -> Any:
    """The megaservice's own service on loopback; it listens already, and answers once it is started."""
    import comps
    from comps.cores.proto.docarray import LLMParams

    engine = Engine(comps, LLMParams)
    orchestrator = comps.ServiceOrchestrator()
    connect(engine, orchestrator, megaservice, urls)
    return served(engine, orchestrator, megaservice, port=port)


def _serve(parent: Parent) -> None:
    told = parent.configuration
    scenarios = discover(SCENARIO, tuple(Path(folder) for folder in told["folders"]))
    if told["scenario"] not in scenarios:
        raise UsageError(
            f"{told['scenario']}: there is no such scenario for opea-comps, whose environment sees no package but ours; "
            f"--path names the folder that holds it; there are {', '.join(scenarios)}"
        )
    if told["otlp"]:
        give(traced_to(told["otlp"]))
    try:
        gateway = service(scenarios[told["scenario"]].megaservice, told["nodes"], port=told["port"])
    except (RuntimeError, SystemExit) as error:
        raise StackError(
            f"gateway: {error or told['port']} cannot be served; --port 0 takes a free one"
        ) from error
    parent.announce(gateway)
    gateway.start()
    flush()


def flush() -> None:
    """Send the spans that opea-comps still holds."""
    from comps.cores.telemetry.opea_telemetry import traceProvider

    traceProvider.force_flush(FLUSH_MS)


def main() -> int:
    """Serve until the parent lets go; gives the exit code."""
    try:
        _serve(Parent())
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
