"""How long do services that start side by side take, beside the slowest of them alone?

    python benchmarks/composition.py ready [--name seed] [--image-map FILE] [--times 3]

Each time all are raised and then the slowest alone with what it needs; told are the medians, in seconds, and their ratio. The images are
there before anything is timed. Exit code 1 unless all are ready in less than 1.5 times the slowest alone.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness.commands.up import find_composition
from harness.composition.images import ImageMap
from harness.composition.raising import Means, raised
from harness.containers.engine import Engine, connect
from harness.discovery import COMP, discover
from harness.machine import this_machine
from harness.service import Composition

RATIO_MAX = 1.5


@dataclass(frozen=True, slots=True)
class Took:
    """How long a start took until all were ready, and each of them from its own start on; seconds."""

    whole_s: float
    each_s: dict[str, float]


async def took(engine: Engine, composition: Composition, means: Means) -> Took:
    """Raise it once, and take it down."""
    began_s = time.monotonic()
    async with raised(engine, composition, means) as running:
        return Took(time.monotonic() - began_s, dict(running.ready_s))


def path_s(composition: Composition, each_s: dict[str, float], name: str) -> float:
    """How long a service takes with all that has to be ready before it."""
    before = (path_s(composition, each_s, other) for other in composition.service(name).after)
    return each_s[name] + max(before, default=0.0)


async def ready(composition: Composition, means: Means, times: int) -> dict[str, object]:
    """The medians of all together and of the slowest alone."""
    with closing(connect()) as engine:
        await took(engine, composition, means)  # Files are read from the disk the first time.
        together = [await took(engine, composition, means) for _ in range(times)]
        paths = {
            each.name: median(path_s(composition, one.each_s, each.name) for one in together)
            for each in composition.services
        }
        alone = {}
        for name in sorted(paths, key=lambda each: -paths[each])[:2]:
            part = composition.only([name])
            alone[name] = median([(await took(engine, part, means)).whole_s for _ in range(times)])
    slowest = max(alone, key=lambda each: alone[each])
    whole_s = median(one.whole_s for one in together)
    return {
        "services": len(composition.services),
        "together_s": round(whole_s, 2),
        "slowest": slowest,
        "slowest_alone_s": round(alone[slowest], 2),
        "ratio": round(whole_s / alone[slowest], 2),
        "ratio_max": RATIO_MAX,
        "each_s": {
            name: round(median(one.each_s[name] for one in together), 2) for name in together[0].each_s
        },
        "times": times,
        "machine": this_machine().model_dump(),
    }


def main() -> int:
    """Print what was measured as JSON; gives the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["ready"])
    parser.add_argument("--name", default="seed")
    parser.add_argument("--image-map", type=Path)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    images = ImageMap.read(given.image_map) if given.image_map else ImageMap()
    with tempfile.TemporaryDirectory() as folder:
        means = Means(discover(COMP), Path(folder), images)
        found = asyncio.run(ready(find_composition(given.name, ()), means, given.times))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0 if float(str(found["ratio"])) < RATIO_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
