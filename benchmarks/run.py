"""How long a whole run takes, and how soon its stack is ready.

    python benchmarks/run.py [--times 3]

Runs `opea-harness run rag` as a user would, from nothing running, and prints each run's wall time, the time until its stack was
ready (from the run's beginning) and its verdict. Targets: 90 s, 4 s, holds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

LIMIT_S = 300


def main() -> None:
    """Run and print one row a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scenario", default="rag")
    chosen = parser.parse_args()
    command = [
        str(Path(sys.executable).with_name("opea-harness")),
        "run",
        chosen.scenario,
        "--json",
        "--quiet",
    ]
    print(f"{'wall_s':>8} {'ready_s':>8}  verdict")
    for _ in range(chosen.times):
        with tempfile.TemporaryDirectory() as folder:
            began_s = time.monotonic()
            done = subprocess.run(
                [*command, "--runs-dir", folder], capture_output=True, timeout=LIMIT_S, check=False
            )
            wall_s = time.monotonic() - began_s
            facts = orjson.loads(next(Path(folder).glob("2*/facts.json")).read_bytes())
            report = orjson.loads(done.stdout)
            wrong = [
                f"{each['id']}: {each['why'][:90]}"
                for each in report["verdicts"]
                if each["verdict"] in ("violated", "unknown")
            ]
            print(
                f"{wall_s:8.1f} {facts['ready_s']:8.2f}  {report['verdict']} {'; '.join(wrong[:3])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
