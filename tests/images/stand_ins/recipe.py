"""How the images under `opea-harness.local/` are built from packages alone, on a machine without a registry.

    python -m tests.images.stand_ins.recipe [NAME...]

builds the embedding images of `broken.py`, or the seven of `seed.py` for the name `seed`, or those named; and prints what was built,
and what in it is genuine.
"""

import sys
from collections.abc import Iterator, Sequence

from harness.containers.engine import Engine, connected
from harness.errors import HarnessError, UsageError
from tests.images.stand_ins import broken, seed
from tests.images.stand_ins.building import GENUINE


def wanted(names: Sequence[str]) -> Iterator[str]:
    """The single names behind those that were given; raises UsageError for one that there is not."""
    known = ("good", *broken.WAYS, *seed.SEED)
    for name in names or known[: -len(seed.SEED)]:
        if name not in (*known, "seed"):
            raise UsageError(f"{name}: there is no such image here; there are seed, {', '.join(known)}")
        yield from seed.SEED if name == "seed" else (name,)


def built(engine: Engine, name: str) -> str:
    """The image of that name, built where it is not there yet; gives its own name."""
    return seed.build(engine, name).name if name in seed.SEED else broken.build(engine, name)


def main(names: Sequence[str]) -> int:
    """Build what is wanted; gives the exit code."""
    try:
        with connected() as engine:
            for name in wanted(names):
                image = built(engine, name)
                genuine = engine.client.images.get(image).labels.get(GENUINE, "nothing")
                sys.stdout.write(f"{image}\n  genuine: {genuine}\n")
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
