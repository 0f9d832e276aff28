"""Serves mocks: any number of comps in one process, one port each, all of one world.

    python -m harness.mocking.process                          configured by one JSON line on standard input
    python -m harness.mocking.process embeddings llms.text_generation --port 6000

Prints `{"ready": true, "urls": {name: url}}` when every port answers, and ends when standard input does.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from harness.comp import World
from harness.cycles import collect_rarely
from harness.errors import HarnessError
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import HOST, serving
from harness.mocking.spec import Spec, configured, mocks
from harness.processes.child import announce, configuration_from_stdin, lifeline


def _from_arguments(argv: Sequence[str]) -> tuple[list[Spec], World, tuple[Path, ...]]:
    parser = argparse.ArgumentParser(prog="python -m harness.mocking.process", description=__doc__)
    parser.add_argument("comp", nargs="+", help="a comp's id, such as embeddings")
    parser.add_argument(
        "--port", type=int, default=0, help="the first comp's port, the others' follow; 0: free ones"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--path", type=Path, action="append", default=[], help="a folder with more comps")
    parser.add_argument("--like-upstream", action="store_true", help="answer as the real comp is known to")
    given = parser.parse_args(argv)
    behaviour = Behaviour(like_upstream=given.like_upstream)
    specs = [
        Spec(comp, port=given.port + place if given.port else 0, behaviour=behaviour)
        for place, comp in enumerate(given.comp)
    ]
    return specs, World(given.seed), tuple(given.path)


async def _run(specs: Sequence[Spec], world: World, folders: tuple[Path, ...], host: str = HOST) -> None:
    served = mocks(specs, world, folders)
    with closing(world):
        async with serving(served, [spec.port for spec in specs], host=host) as urls:
            collect_rarely()
            announce(urls=dict(urls))
            await lifeline()


def main(argv: Sequence[str]) -> int:
    """Serve until standard input ends; gives the exit code."""
    import uvloop

    try:
        with suppress(KeyboardInterrupt):
            if argv:
                uvloop.run(_run(*_from_arguments(argv)))
            else:
                given = configuration_from_stdin()
                uvloop.run(_run(*configured(given), host=given.get("host", HOST)))
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
