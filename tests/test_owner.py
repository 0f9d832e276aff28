"""Marks of runs, and which of them are dead."""

import os
import platform
import subprocess

import pytest

from harness.owner import Owner, of_folder, parsed, this_process

HERE = platform.node()


def test_a_process_that_runs_is_not_dead():
    """Its mark says so after it was written and read."""
    mark = str(this_process())

    assert parsed(mark) == this_process()
    assert not this_process().is_dead()


def test_a_process_that_ended_is_dead():
    """So is one whose pid was given to another since."""
    child = subprocess.Popen(["true"])
    child.wait()

    assert Owner(HERE, child.pid, 1).is_dead()
    assert Owner(HERE, os.getpid(), this_process().began_s - 100).is_dead()


def test_what_is_of_another_machine_counts_as_alive():
    """An engine may serve several; from here it cannot be known."""

    assert not Owner("another-machine", os.getpid(), 1).is_dead()


@pytest.mark.parametrize("mark", ["", "somebody", "host 12", "host x 5", "host 5 x"])
def test_what_is_no_mark_of_ours_has_no_owner(mark):
    """A label of the same name may hold anything."""

    assert parsed(mark) is None


def test_a_folder_tells_whose_it_is_by_its_name():
    """One without a process in it tells nobody's."""
    name = f"{this_process().prefix}abc_-d"

    assert of_folder(name) == Owner(HERE, os.getpid(), this_process().began_s)
    assert of_folder("opea-harness-abcdef") is None
    assert of_folder("tmp1-2-3") is None
