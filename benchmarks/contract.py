"""How long the verifier takes: all comps by pytest with two workers, and each comp alone.

    python benchmarks/contract.py [--workers 2]

Prints one JSON document: seconds, and how many checks there were.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from harness.client import Client
from harness.comp import Comp, World
from harness.contract import checks, verify
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from harness.scenario import Latency
from harness.verdict import counts

ROOT = Path(__file__).parents[1]
LIMIT_S = 1200
PACE = Behaviour(latency=Latency(first_ms=2, token_ms=2))


def _by_pytest(workers: int) -> dict[str, float]:
    """All comps as a person runs them."""
    words = [
        "scenarios/test_contract.py",
        "-m",
        "contract",
        "-n",
        str(workers),
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    took_s = time.monotonic() - began
    numbers = {
        word: int(many) for many, word in re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout)
    }
    return {"seconds": round(took_s, 1), "workers": workers, **numbers}


async def _alone(comp: Comp) -> dict[str, float]:
    """One comp, all its checks."""
    client = Client()
    async with serving([Mock(comp, World(), behaviour=PACE)]) as urls:
        began = time.monotonic()
        try:
            found = await verify(comp, urls[comp.id], client)
        finally:
            await client.close()
        tally = counts(found)
        return {
            "seconds": round(time.monotonic() - began, 2),
            "checks": len(checks(comp)),
            "violated": tally["violated"],
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="how long the verifier takes")
    parser.add_argument("--workers", type=int, default=2)
    workers = parser.parse_args().workers
    alone = {name: asyncio.run(_alone(comp)) for name, comp in discover(COMP).items()}
    slowest = sorted(alone, key=lambda name: -alone[name]["seconds"])
    found = {
        "all": _by_pytest(workers),
        "comps": len(alone),
        "checks": sum(int(each["checks"]) for each in alone.values()),
        "alone": {name: alone[name] for name in slowest[:8]},
    }
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
