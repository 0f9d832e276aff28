"""Every endpoint of every comp keeps its contract: the mocks by default, `--target URL --comp NAME` anything that runs.

pytest scenarios -m contract
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.client import Client
from harness.comp import Comp
from harness.contract import Check, Talk, checks
from harness.discovery import COMP, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.images.boot import booted
from harness.images.examination import recognised
from harness.images.identity import in_a_line
from harness.nearest import names_there_are
from harness.verdict import Verdict

BOOT_LIMIT_S = 10.0
PACE = {"first_ms": 2.0, "token_ms": 3.0}  # Quick, and yet a stream can be told from a lump.


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a check; its id is the check's."""
    if {"comp", "check"} <= set(metafunc.fixturenames):
        try:
            _require_target(metafunc.config)
            rows = [(comp, check) for comp in _chosen(metafunc.config) for check in checks(comp)]
        except HarnessError as error:
            raise pytest.Collector.CollectError(str(error)) from None
        metafunc.parametrize(("comp", "check"), rows, ids=[check.id for _, check in rows])


def _comps(config: pytest.Config) -> Mapping[str, Comp]:
    return discover(COMP, _folders(config))


def _folders(config: pytest.Config) -> tuple[Path, ...]:
    return tuple(config.getoption("opea_path", None) or ())


def _chosen(config: pytest.Config) -> list[Comp]:
    comps = _comps(config)
    name = config.getoption("opea_comp", None)
    if name is None:
        return list(comps.values())
    if name not in comps:
        raise UsageError(f"--comp {name}: there is no such comp; {names_there_are(name, comps)}")
    return [comps[name]]


def _require_target(config: pytest.Config) -> None:
    """Raise an error where nobody answers at the target, or not the comp that it is said to be."""
    target: str | None = config.getoption("opea_target", None)
    if target is None:
        return
    chosen = _chosen(config)
    if len(chosen) != 1:
        raise UsageError(f"--target {target}: say which comp it is with --comp NAME")
    asyncio.run(_recognised(Talk(Client(), target, chosen[0]), _comps(config)))


async def _recognised(talk: Talk, comps: Mapping[str, Comp]) -> None:
    try:
        boot = await booted(talk, BOOT_LIMIT_S)
        await recognised(talk, comps, boot)
    finally:
        await talk.client.close()
    if boot.verdict != "holds":
        raise StackError(f"{talk.url}: {boot.why}: {in_a_line(boot.actual)}")


@pytest.fixture(scope="session")
def addresses(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    """Where each comp answers."""
    chosen = _chosen(request.config)
    target = request.config.getoption("opea_target", None)
    if target is not None:
        yield {chosen[0].id: target, **_others(request.config)}
        return
    makers = [each.maker for comp in chosen for each in comp.lifecycles if each.maker]
    names = dict.fromkeys([*(comp.id for comp in chosen), *makers])
    mocks = [{"name": name, "comp": name, "latency": PACE} for name in names]
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.mocking.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = {"mocks": mocks, "folders": [str(each.absolute()) for each in _folders(request.config)]}
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        yield _ready(process.stdout.readline())
        process.stdin.close()


def _others(config: pytest.Config) -> dict[str, str]:
    """Where what runs with the target answers, as `--node COMP=URL` says."""
    given = (each.partition("=") for each in config.getoption("opea_node", None) or ())
    return {name: url for name, _, url in given if name in _comps(config) and url.startswith("http")}


def _ready(line: bytes) -> dict[str, str]:
    if not line:
        raise StackError("the mocks ended before they were ready; what they said stands above")
    answer: dict[str, Any] = json.loads(line)
    urls: dict[str, str] = answer["urls"]
    return urls


@pytest.fixture
def verdict(
    comp: Comp, check: Check, addresses: Mapping[str, str], request: pytest.FixtureRequest
) -> Verdict:
    """The check's verdict; one that could not be found out is an error, no pass and no skip."""
    found = asyncio.run(_judged(comp, check, addresses, request.config))
    if found.verdict == "unknown":
        raise StackError(f"{check.id}: unknown: {found.why}")
    return found


async def _judged(comp: Comp, check: Check, addresses: Mapping[str, str], config: pytest.Config) -> Verdict:
    client, comps, seed = Client(), _comps(config), config.getoption("opea_seed", 0)
    others = {name: Talk(client, url, comps[name]) for name, url in addresses.items() if name != comp.id}
    try:
        return await check.judge(Talk(client, addresses[comp.id], comp, seed=seed, others=others))
    finally:
        await client.close()


@pytest.mark.contract
def test_contract(verdict: Verdict) -> None:
    """What is promised is what comes."""
    if verdict.verdict == "n/a":
        pytest.skip(verdict.why)

    assert verdict.verdict == "holds", f"{verdict.told}\nseed: {verdict.seed}\nrepeat: {verdict.repeat}"


@pytest.mark.contract
def test_there_is_something_to_check(request: pytest.FixtureRequest) -> None:
    """No comp, or a comp without checks, is a failure and no pass."""
    assert sum(len(checks(comp)) for comp in _chosen(request.config)) > 0
