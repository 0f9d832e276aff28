"""A gateway is asked to end only where it is ours, and nodes run in containers."""

import os

from harness.client import Client
from harness.parts.termination import terminations
from harness.processes.child import Child
from harness.stack.stack import Stack
from tests.carried_out import wished


async def _renew():
    """It is begun anew."""


def cells(**what):
    """What is planned for such a stack."""
    wish = wished("small", ("chaos",), faults=["gateway-terminated", "container-killed"])
    return [
        cell.id
        for cell in terminations(wish.scenario, wish.faults, Stack(wish.scenario, "", {}, Client(), **what))
    ]


def test_a_gateway_of_ours_beside_containers_is_terminated():
    """Once; where nothing runs in a container, or it is somebody else's, a run is what it was."""
    child = Child("gateway", None, os.devnull)
    ours = {"children": {"gateway": child}, "renew": _renew}

    assert cells(**ours, containers={"llm": None}) == ["gateway-terminated.gateway.stream"]
    assert cells(**ours) == []
    assert cells(containers={"llm": None}) == []
