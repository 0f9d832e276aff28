"""Which tests `pytest -m contract` has, and what it says of a target that they cannot be asked of."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.comp import World
from harness.contract import checks
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from scenarios import test_contract as module
from tests.raw_server import drop, serve

COMPS = discover(COMP)
ROOT = Path(__file__).parents[2]
GREETERS = """
from dataclasses import replace
from mocks.embeddings import COMPS as FOUND

COMPS = (replace(FOUND[0], id="greeters"),)
"""


def generated(**options):
    """The ids of the tests that there are under these options."""
    made = []
    config = SimpleNamespace(getoption=lambda name, default=None: options.get(name, default))

    def parametrize(names, rows, ids):
        assert (len(names), len(rows)) == (2, len(ids))
        made.extend(ids)

    module.pytest_generate_tests(
        SimpleNamespace(fixturenames=["comp", "check"], config=config, parametrize=parametrize)
    )
    return made


def refused(**options):
    """Why there are none."""
    with pytest.raises(pytest.Collector.CollectError) as caught:
        generated(**options)
    return str(caught.value)


def refused_of(server, comp, **more):
    """Why there are none with this target."""

    async def once():
        async with server as served:
            url = served.url("") if hasattr(served, "url") else next(iter(served.values()))
            return await asyncio.to_thread(refused, opea_target=url, opea_comp=comp, **more)

    return asyncio.run(once())


def test_there_is_one_test_a_check_in_the_same_order_each_time():
    """By the check's id, each once."""
    ids = generated()

    assert ids == [check.id for comp in COMPS.values() for check in checks(comp)]
    assert len(set(ids)) == len(ids)
    assert generated(opea_comp="embeddings") == [check.id for check in checks(COMPS["embeddings"])]


def test_a_comp_of_another_folder_has_its_tests_too(tmp_path):
    """As everywhere with --path."""
    (tmp_path / "comps").mkdir()
    (tmp_path / "comps" / "greeters.py").write_text(GREETERS)
    ids = generated(opea_comp="greeters", opea_path=[tmp_path])

    assert {each.partition(".")[0] for each in ids} == {"greeters"}


def test_a_comp_that_there_is_not_is_one_sentence():
    """With the nearest."""

    assert refused(opea_comp="embedings").startswith("--comp embedings: there is no such comp; ")


def test_a_target_has_to_be_said_to_be_one_comp():
    """It cannot be all of them."""
    url = "http://127.0.0.1:9"

    assert refused(opea_target=url) == f"--target {url}: say which comp it is with --comp NAME"


def test_nobody_at_the_target_is_one_sentence_and_no_test(monkeypatch):
    """Before anything is asked a hundred times."""
    monkeypatch.setattr(module, "BOOT_LIMIT_S", 0.1)
    words = refused(opea_target="http://127.0.0.1:9", opea_comp="embeddings")

    assert words.startswith("http://127.0.0.1:9: cannot be reached: ")


def test_another_comp_at_the_target_is_one_sentence_and_no_test():
    """With the name of that which it is."""
    words = refused_of(serving([Mock(COMPS["embeddings"], World())]), "rerankings")

    assert ": is not rerankings: its title is opea_service@embedding, " in words
    assert words.endswith("; try --comp embeddings")


def test_a_target_that_is_not_ready_is_one_sentence_and_no_test(monkeypatch):
    """With what was seen last."""
    monkeypatch.setattr(module, "BOOT_LIMIT_S", 0.1)
    words = refused_of(serve(drop()), "embeddings")

    assert ": is not ready after 0.1 s: /v1/health_check: " in words
    assert "the connection was closed before any byte of a reply" in words


def test_pytest_says_the_sentence_and_nothing_else_of_it():
    """No other plugin hides it behind a traceback."""
    words = ("scenarios/test_contract.py", "--target", "http://127.0.0.1:9", "-q", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "\n--target http://127.0.0.1:9: say which comp it is with --comp NAME\n" in done.stdout
    assert "Error" not in done.stdout
