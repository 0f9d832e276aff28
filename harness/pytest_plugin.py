"""The pytest plugin: markers, options, and every verdict of a run as a test (an entry point, so other repositories can use it).

    @pytest.mark.chaos                      # or correctness, or load
    def test_chaos(opea_verdict): assert opea_verdict.verdict == "holds", opea_verdict.why

becomes one test a fault, node and mode. It is loaded in every pytest of whoever installed the harness, so it imports nothing of it
until a test asks, and its options bear a prefix; the conftest.py of this repository adds their short names.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.alone import Hall
    from harness.drive import Wish
    from harness.rehearsal import Rehearsal
    from harness.verdict import Verdict

MARKERS = {
    "contract": "every endpoint of every comp keeps its contract",
    "correctness": "a megaservice answers rightly",
    "chaos": "a megaservice under faults stays bounded, attributed and honest",
    "load": "a megaservice under load meets its objectives",
    "images": "a new image keeps the contract of its comp from its start to its end",
    "alone": "measures time: the other workers of pytest-xdist wait meanwhile, as they do for a load",
}
PARTS = ("correctness", "chaos", "load")
PREFIX = "--opea-"

OPTIONS: dict[str, dict[str, Any]] = {
    "scenario": {"default": "rag", "metavar": "NAME", "help": "which scenario (default: rag)"},
    "gateway": {
        "default": "reference",
        "metavar": "reference|opea|URL",
        "help": "whose orchestrator answers",
    },
    "node": {
        "action": "append",
        "default": [],
        "metavar": "NAME=mock|pgvector|URL|IMAGE",
        "help": "where a node is",
    },
    "jaeger": {
        "default": "embedded",
        "metavar": "embedded|process|container|none|URL",
        "help": "where traces go and are read from",
    },
    "stack": {
        "choices": ("mock", "real"),
        "default": "mock",
        "help": "real: every node that an image is known for runs in a container",
    },
    "image-map": {
        "type": Path,
        "default": None,
        "metavar": "FILE",
        "help": "images that are started in the place of others",
    },
    "pull": {"action": "store_true", "help": "pull every image anew"},
    "faults": {"default": "default", "metavar": "default|all|NAME,...", "help": "which faults are set"},
    "seed": {"type": int, "default": 0, "help": "same seed, same questions"},
    "rate": {"type": float, "default": 0.0, "help": "load: requests a second (default: the scenario's)"},
    "duration": {"type": float, "default": 0.0, "help": "load: seconds (default: the scenario's)"},
    "header": {
        "action": "append",
        "default": [],
        "metavar": "NAME:VALUE",
        "help": "sent with every question",
    },
    "path": {
        "action": "append",
        "type": Path,
        "default": [],
        "help": "a folder with more comps, scenarios, faults",
    },
    "runs-dir": {
        "type": Path,
        "default": None,
        "help": "where the run's folder is kept (default: with tmp_path's)",
    },
    "yes-this-is-mine": {"action": "store_true", "help": "faults and load on what the harness did not start"},
    "target": {"default": None, "metavar": "URL", "help": "contract: what is checked (default: the mocks)"},
    "comp": {
        "default": None,
        "metavar": "ID",
        "help": "contract, images: which comp --opea-target or --opea-image is",
    },
    "image": {"default": None, "metavar": "IMAGE", "help": "images: which one is started and examined"},
    "env": {
        "action": "append",
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "images: a variable; the value mock:COMP is the address of that comp's mock",
    },
}

WISH = pytest.StashKey["Wish"]()
REPORT = pytest.StashKey[Path]()
SHARED = pytest.StashKey[TemporaryDirectory[str]]()
HALL: "pytest.StashKey[Hall]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each under its prefix, which no other plugin uses."""
    add_options(parser, PREFIX)


def add_options(parser: pytest.Parser, prefix: str) -> None:
    """Add the options under names that begin so; all of them set the same values, `opea_scenario` and so on."""
    group = parser.getgroup("opea-harness", "OPEA harness")
    for name, how in OPTIONS.items():
        group.addoption(f"{prefix}{name}", dest=f"opea_{name.replace('-', '_')}", **how)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, so that `--strict-markers` knows them."""
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker of pytest-xdist of a folder that all of them share."""
    stash = node.config.stash
    if SHARED not in stash:
        stash[SHARED] = TemporaryDirectory(prefix="opea-harness-")
        node.config.add_cleanup(stash[SHARED].cleanup)
    node.workerinput["opea_shared"] = stash[SHARED].name


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where several workers share tests that measure time, each of these is to run while the others wait."""
    shared = getattr(session.config, "workerinput", {}).get("opea_shared")
    if shared and any(map(_measures, session.items)):
        from harness.alone import Hall

        session.config.stash[HALL] = hall = Hall(Path(shared))
        session.config.add_cleanup(hall.close)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Wait, before anybody's time runs, until another worker's measurement is over, or all others wait for ours."""
    hall = item.config.stash.get(HALL, None)
    if hall is None:
        return (yield)
    hall.enter(alone=_measures(item))
    try:
        return (yield)
    finally:
        if not (_measures(item) and nextitem is not None and _measures(nextitem)):
            hall.leave()


def _measures(item: pytest.Item) -> bool:
    """Is what comes of the test a matter of time?"""
    is_load = "opea_verdict" in getattr(item, "fixturenames", ()) and item.get_closest_marker("load")
    return bool(is_load or item.get_closest_marker("alone"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each verdict that the part will come to; its id is the check's."""
    if "opea_check" not in metafunc.fixturenames:
        return
    from harness.errors import HarnessError
    from harness.foreseen import foreseen

    try:
        checks = foreseen(_part(metafunc.definition), _wish(metafunc.config))
    except HarnessError as error:
        raise pytest.Collector.CollectError(str(error)) from error
    ids = [name for name, _ in checks]
    shown = [name if ids.count(name) == 1 else f"{name}@{subject}" for name, subject in checks]
    metafunc.parametrize("opea_check", checks, ids=shown)


@pytest.fixture
def opea_check() -> tuple[str, str]:
    """Id and subject of the check at hand; each test that asks for `opea_verdict` is run once with each."""
    raise pytest.UsageError(
        "opea_check: is set for every check in turn, and cannot be asked for by a fixture alone"
    )


@pytest.fixture
def opea_verdict(opea_check: tuple[str, str], request: pytest.FixtureRequest) -> "Verdict":
    """What came of the check; unknown is an error, neither a pass nor a skip, and n/a is skipped with its reason."""
    from harness.errors import StackError

    part = _part(request.node)
    _refuse_foreign(request.config, part)
    rehearsal: Rehearsal = request.getfixturevalue("opea_rehearsal")
    found = rehearsal.verdict(part, opea_check)
    if found.verdict == "n/a":
        pytest.skip(found.why)
    if found.verdict == "unknown":
        raise StackError(f"{found.id}: unknown: {found.why}; the evidence is in {rehearsal.run.path}")
    return found


@pytest.fixture(scope="session")
def opea_rehearsal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Rehearsal"]:
    """The run of this session, its stack standing; afterwards nothing of it runs, and its folder holds the report."""
    from dataclasses import replace

    from harness.rehearsal import Rehearsal
    from reports import draw

    wish = _wish(request.config)
    marked = {part for part in PARTS for item in request.session.items if item.get_closest_marker(part)}
    runs_dir = request.config.option.opea_runs_dir or tmp_path_factory.mktemp("opea-runs")
    parts = tuple(part for part in PARTS if part in marked)
    rehearsal = Rehearsal(replace(wish, parts=parts, runs_dir=runs_dir))
    try:
        yield rehearsal
    finally:
        rehearsal.close()
        draw(rehearsal.run.path)
        request.config.stash[REPORT] = rehearsal.run.path / "report.html"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say where the report is."""
    report = config.stash.get(REPORT, None)
    if report is not None:
        terminalreporter.write_line(f"opea-harness: {report}")


def _part(item: Any) -> str:
    for part in PARTS:
        if item.get_closest_marker(part):
            return part
    raise pytest.Collector.CollectError(
        f"{item.name}: asks for opea_verdict and is marked with none of {', '.join(PARTS)}"
    )


def _wish(config: pytest.Config) -> "Wish":
    """What the options ask for, found once a session."""
    if WISH in config.stash:
        return config.stash[WISH]
    from harness.cache import cache_dir
    from harness.commands.wish import wished

    given = config.option
    options = {
        "gateway": given.opea_gateway,
        "nodes": given.opea_node,
        "jaeger": given.opea_jaeger,
        "stack": given.opea_stack,
        "image_map": given.opea_image_map,
        "pull": given.opea_pull,
        "folders": given.opea_path,
        "like_upstream": False,
        "cache": cache_dir(os.environ),
        "faults": given.opea_faults,
        "seed": given.opea_seed,
        "rate": given.opea_rate,
        "duration": given.opea_duration,
        "headers": given.opea_header,
        "runs_dir": given.opea_runs_dir or Path("runs"),
    }
    config.stash[WISH] = wished(given.opea_scenario, options, ())
    return config.stash[WISH]


def _refuse_foreign(config: pytest.Config, part: str) -> None:
    """Faults and load go only where the harness is at home, or where the user says so."""
    if part == "correctness" or config.option.opea_yes_this_is_mine:
        return
    from harness.commands.options import foreign
    from harness.errors import UsageError

    theirs = foreign(_wish(config).where)
    if theirs:
        raise UsageError(
            f"{theirs[0]}: {part} would be put on an address that the harness did not start; "
            f"add {PREFIX}yes-this-is-mine if it is yours, or -m correctness"
        )
