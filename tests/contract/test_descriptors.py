"""Whose process it is that listens at an address, and which comps are asked what they leave open."""

import os
import socket

import pytest

from harness.contract.descriptors import descriptors, listener
from tests.stack.greeter import GREETER


def test_the_process_that_listens_is_found():
    """This one, for a port that it listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = listener(f"http://127.0.0.1:{server.getsockname()[1]}")

        assert found.pid == os.getpid()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://192.0.2.1:80", "https://opea.example"])
def test_a_process_that_cannot_be_seen_is_none(url):
    """Nobody's port, and other machines."""

    assert listener(url) is None


def test_a_comp_is_asked_once():
    """By its first example that can be repeated."""

    assert [check.id for check in descriptors(GREETER)] == ["greeters.descriptors"]
