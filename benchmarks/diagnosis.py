"""How long `opea-harness lint` and `opea-harness doctor` take on a newcomer's stack, from nothing to the last finding.

    python benchmarks/diagnosis.py [--times 5]

The doctor's stack is the worst one: each address takes the connection and never answers, so that the doctor looks as long as it ever does.
Prints each run's wall time and processor time in seconds. Targets: `lint` under 2 s, `doctor` under 5 s.
"""

import argparse
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

STACK = Path(__file__).parents[1] / "tests" / "data" / "lint" / "seed"
NODES = ("guardrail_in", "embedding", "retriever", "rerank", "llm")
LIMIT_S = 60
FINDINGS = 1
"""The exit code of both where something was found; whoever found nothing did not look."""


def main() -> None:
    """Run both, a row a run; fails where the fastest run of one misses its target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    print(f"{'command':>8} {'wall_s':>8} {'cpu_s':>8}")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        nodes = [word for name in NODES for word in ("--node", f"{name}={url}")]
        missed = [
            *_misses(times, 2.0, "lint", str(STACK / "megaservice.py"), str(STACK / "compose.yaml")),
            *_misses(times, 5.0, "doctor", "--gateway", url, *nodes),
        ]
    if missed:
        sys.exit("; ".join(missed))


def _misses(times: int, target_s: float, *words: str) -> Sequence[str]:
    """Run the command that often; what it misses, as a sentence."""
    command = [str(Path(sys.executable).with_name("opea-harness")), *words, "--json"]
    walls_s = []
    for _ in range(times):
        began_s, spent_s = time.monotonic(), _spent_s()
        ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        walls_s.append(time.monotonic() - began_s)
        if ended.returncode != FINDINGS:
            return [f"{words[0]} ended with {ended.returncode}: {ended.stderr.strip()}"]
        print(f"{words[0]:>8} {walls_s[-1]:8.2f} {_spent_s() - spent_s:8.2f}", flush=True)
    if min(walls_s) <= target_s:
        return []
    return [f"{words[0]} takes {min(walls_s):.2f} s; the target is {target_s} s"]


def _spent_s() -> float:
    """The processor time of all ended children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
