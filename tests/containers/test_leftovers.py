"""What dead runs left is found and removed; what is anybody else's is not."""

import platform
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import psutil
import pytest

from harness.containers.engine import OWNER, Engine
from harness.containers.leftovers import Leftover, on_engine, on_machine, sweep
from harness.owner import Owner, this_process

DEAD = Owner(platform.node(), 1 << 22, 1)  # Above any pid that Linux gives.


def names(found, kind):
    """The names of what is of this kind."""
    return {each.name for each in found if each.kind == kind}


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A place of its own for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folders_of_dead_runs_are_found_and_no_others(place):
    """By the run that their names tell."""
    dead = place / f"{DEAD.prefix}x"
    for each in (
        dead / "inside",
        place / f"{this_process().prefix}x",
        place / "opea-harness-x",
        place / "foreign",
    ):
        each.mkdir(parents=True)

    found = [each for each in on_machine() if each.kind == "folder"]

    assert [each.name for each in found] == [str(dead)]

    found[0].remove()

    assert sorted(each.name for each in place.iterdir()) == sorted(
        (f"{this_process().prefix}x", "foreign", "opea-harness-x")
    )


def test_a_process_of_ours_whose_run_is_gone_is_found_and_ended(place):
    """It is started as all of ours are, by a parent that ends at once; this one holds on to its lifeline."""
    starts = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-P', '-m', 'harness.mocking.process'], stdin=sys.stdin,"
        " stdout=subprocess.DEVNULL, start_new_session=True)\n"
        "print(child.pid)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.wait(10)
        orphan = psutil.Process(pid)
        found = [each for each in on_machine() if each.name.startswith(f"{pid} ")]
        for each in found:
            each.remove()

        assert [each.name for each in found] == [f"{pid} -P -m harness.mocking.process"]

        with suppress(psutil.Error):
            orphan.wait(10)

    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def things(engine, image, monkeypatch):
    """A container, a network and a volume of a dead run, of one that lives, and of somebody else.

    All on a machine that only this test is on: any other run would remove what is of a dead one.
    """
    machine = f"test-{uuid4().hex}"
    monkeypatch.setattr(platform, "node", lambda: machine)
    owners = {
        "dead": Engine(engine.client, replace(DEAD, machine=machine)).labels,
        "ours": Engine(engine.client, this_process()).labels,
        "foreign": {"owner": "somebody"},
    }
    made = {}
    for whose, labels in owners.items():
        made[whose] = (
            engine.client.containers.create(image, ["sleep", "60"], labels=labels),
            engine.client.networks.create(f"opea-harness-test-{whose}-{time.monotonic_ns()}", labels=labels),
            engine.client.volumes.create(f"opea-harness-test-{whose}-{time.monotonic_ns()}", labels=labels),
        )
    yield made
    for each in (thing for row in made.values() for thing in row):
        with suppress(Exception):
            each.remove()


@pytest.mark.needs("docker")
def test_what_a_dead_run_left_on_the_engine_goes_and_nothing_else(engine, things):
    """Not what is of a run that lives, and not what bears another label, whatever it is called."""
    mine = {each.name for row in things.values() for each in row}
    found = [each for each in on_engine(engine) if each.name in mine]

    assert [(each.kind, each.name) for each in found] == list(
        zip(("container", "network", "volume"), (each.name for each in things["dead"]), strict=True)
    )

    sweep(engine)

    left = {each.name for each in engine.client.containers.list(all=True, ignore_removed=True)}
    left |= {each.name for each in engine.client.networks.list()}
    left |= {each.name for each in engine.client.volumes.list()}

    assert mine & left == {each.name for whose in ("ours", "foreign") for each in things[whose]}


@pytest.mark.needs("docker")
def test_what_is_gone_already_is_removed(engine, things):
    """Two may clean at once."""
    found = [each for each in on_engine(engine) if each.name in {each.name for each in things["dead"]}]
    for each in (*found, *found):
        each.remove()

    assert len(found) == 3


def test_a_leftover_says_what_it_is():
    """Kind and name."""
    assert (Leftover("folder", "x", print).kind, OWNER) == ("folder", "opea-harness.owner")
