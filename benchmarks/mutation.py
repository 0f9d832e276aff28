"""How many small changes of laws, checks and dialect parsers the tests notice: mutation testing by cosmic-ray's operators.

    pip install cosmic-ray
    python benchmarks/mutation.py [dialects checks laws] [--sample 25] [--skip 0] [--seed 0] [--only decode] [--survivors FILE]

Prints one JSON document: mutants, killed, and the share for each module. A mutant is one change of one module, tried in a process of its
own on those tests of the module that enter the changed function; nothing is written into the work tree. A change that Python compiles to the
same instructions is no mutant, nor is `is` in the place of `==`. With `--sample` so many mutants of each module are drawn, by the seed; without it all are tried. `--skip 25`
leaves out those that `--sample 25` has tried: what tests were written for is measured with others. Runs on one core, at the lowest priority.
"""

import argparse
import importlib
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dis import get_instructions
from functools import partial
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from mutant_trials import Outcome, tried
from mutants import ROOT, Target, codes_in, mutants

from harness.discovery import COMP, discover

HEAVY = (
    "pytest_timeout",
    "fastapi",
    "httpx",
    "hypothesis",
    "numpy",
    "orjson",
    "prometheus_client",
    "pydantic",
    "pytest",
    "uvicorn",
    "uvloop",
)
CHECKS = (
    *(
        "bad_input",
        "check",
        "compatibility",
        "crowd",
        "curl",
        "descriptors",
        "drawing",
        "drawn",
        "falsify",
        "forms",
        "fuzzing",
    ),
    *("lifecycles", "openapi", "promises", "shapes", "side", "streaming", "talk"),
)
DIALECTS = ("decode", "detect", "dialects", "encode", "events", "lines", "stream")
BROKEN = "tests/contract/test_verifier.py::test_a_broken_server_is_caught_by_the_checks_meant_for_it[{}]"
LAWS = "tests/mocks/test_laws_at_their_edges.py"  # Of every law, in two seconds.
EVERY_COMP = "tests/contract/test_drawing.py::test_what_is_drawn_is_what_it_is_called"
# Tests of other modules that are this one's too, and what is left out of its own.
ALSO = {
    "mocks/_laws.py": ("tests/mocks/test_laws.py",),
    # Over a hundred quick tests that would take the time of those that are sharper.
    "harness/contract/drawing.py": (f"--deselect={EVERY_COMP}",),
    "harness/contract/drawn.py": ("tests/contract/test_drawn_requests.py",),
    "harness/contract/fuzzing.py": ("tests/contract/test_fuzzed_cases.py",),
    "harness/contract/lifecycles.py": ("tests/contract/test_histories.py",),
    "harness/sse/decode.py": ("tests/sse/test_stream.py",),
    "harness/sse/dialects.py": ("tests/sse/test_stream.py", "tests/sse/test_decode.py"),
    "harness/sse/lines.py": ("tests/sse/test_events.py",),
    "harness/contract/bad_input.py": (
        BROKEN.format("500 on bad input"),
        BROKEN.format("400 without a reason"),
    ),
    "harness/contract/crowd.py": ("tests/contract/test_drawn.py", BROKEN.format("answers go to others")),
}


def targets(group: str) -> list[Target]:
    """What is mutated in a group."""
    if group == "laws":
        return [
            Target(path, (LAWS, *ALSO.get(path, ())), lines) for path, lines in sorted(_law_lines().items())
        ]
    folder, names = ("harness/sse", DIALECTS) if group == "dialects" else ("harness/contract", CHECKS)
    paths = [f"{folder}/{name}.py" for name in names]
    return [Target(path, (*_tests(path), *ALSO.get(path, ()))) for path in paths]


def _tests(path: str) -> tuple[str, ...]:
    """The file of tests that stands in for a module, by the repository's own rule."""
    parts = path.removeprefix("harness/").removesuffix(".py").split("/")
    name = "init" if parts[-1] == "__init__" else parts[-1].strip("_")
    test = "/".join(("tests", *parts[:-1], f"test_{name}.py"))
    return (test,) if (ROOT / test).exists() else ()


def _law_lines() -> dict[str, frozenset[int]]:
    """The lines of every law's function, and of what it calls in its own file, by file."""
    found: dict[str, frozenset[int]] = {}
    for comp in discover(COMP).values():
        for law in (law for each in comp.endpoints for variant in each.variants for law in variant.laws):
            for code in _codes_of(law.broken.func if isinstance(law.broken, partial) else law.broken):
                path = str(Path(code.co_filename).relative_to(ROOT))
                lines = {line for *_, line in code.co_lines() if line}
                found[path] = found.get(path, frozenset()) | lines
    helpers = ROOT / "mocks" / "_laws.py"
    return {**found, "mocks/_laws.py": frozenset(range(1, len(helpers.read_text().splitlines()) + 1))}


def _codes_of(function: Any) -> set[CodeType]:
    """The code of a function, of what is defined in it, and of the functions of its file that it calls."""
    found: set[CodeType] = set()
    ahead = [function]
    while ahead:
        each = ahead.pop()
        if each.__code__ in found:
            continue
        codes = {each.__code__, *codes_in(each.__code__)}
        found |= codes
        steps = (step for code in codes for step in get_instructions(code) if step.opname == "LOAD_GLOBAL")
        called = (each.__globals__.get(step.argval) for step in steps)
        ahead += [
            other
            for other in called
            if isinstance(other, FunctionType) and other.__code__.co_filename == each.__code__.co_filename
        ]
    return found


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What became of one module's mutants, in numbers."""
    killed = sum(each.is_killed for each in outcomes)
    return {
        "tried": len(outcomes),
        "killed": killed,
        "by_time": sum(each.why == "time" for each in outcomes),
        "unreached": sum(each.why == "unreached" for each in outcomes),
        "share": round(killed / len(outcomes), 3) if outcomes else None,
    }


def _told(left: Mapping[str, Sequence[Outcome]]) -> str:
    rows = [
        f"{path}:{each.mutant.line} {each.mutant.operator} {each.why}\n  - {each.mutant.was}\n  + {each.mutant.now}"
        for path, outcomes in left.items()
        for each in sorted(outcomes, key=lambda each: each.mutant.line)
    ]
    return "\n".join(rows) + "\n"


@contextmanager
def _alone() -> Iterator[None]:
    """At the lowest priority, with a folder of its own for all that tests leave."""
    os.nice(19)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore", SyntaxWarning)  # Some mutants deserve one.
    with tempfile.TemporaryDirectory(prefix="mutation-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder
        os.environ |= {"TMPDIR": folder, "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/hypothesis"}
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # None is needed, and they cost a second.
        for name in HEAVY:
            importlib.import_module(name)
        yield


def main() -> None:
    """Try them, and print."""
    parser = argparse.ArgumentParser(description="how many mutants the tests kill")
    parser.add_argument("group", nargs="*", default=["dialects", "checks", "laws"])
    parser.add_argument("--sample", type=int, default=0, help="so many of each module (default: all)")
    parser.add_argument(
        "--skip", type=int, default=0, help="leave out so many before them, which another run has tried"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only modules whose path holds this")
    parser.add_argument(
        "--within",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="of a function's tests the quickest, of so much work: a busy machine draws no others",
    )
    parser.add_argument(
        "--survivors", type=Path, help="where those are listed that nothing noticed, or only a time limit"
    )
    given = parser.parse_args()
    modules: dict[str, dict[str, Any]] = {}
    left: dict[str, list[Outcome]] = {}
    with _alone():
        for target in (each for group in given.group for each in targets(group) if given.only in each.path):
            began = time.monotonic()
            until = given.skip + given.sample if given.sample else None
            outcomes = tried(
                target, list(islice(mutants(target, given.seed), given.skip, until)), given.within
            )
            took = round(time.monotonic() - began, 1)
            modules[target.path] = {**figures(outcomes), "seconds": took}
            left[target.path] = [each for each in outcomes if not each.is_killed or each.why == "time"]
            sys.stderr.write(f"{target.path}: {modules[target.path]}\n")
            if given.survivors:
                given.survivors.write_text(_told(left))
    many = sum(each["tried"] for each in modules.values())
    killed = sum(each["killed"] for each in modules.values())
    share = round(killed / many, 3) if many else None
    document = {"tried": many, "killed": killed, "share": share, "seed": given.seed, "skip": given.skip}
    sys.stdout.write(json.dumps({**document, "modules": modules}, indent=2) + "\n")


if __name__ == "__main__":
    main()
