"""Ports that nobody has."""

import socket

import pytest

from harness import ports
from harness.errors import StackError
from harness.ports import PORTS, free_ports


def test_ports_are_free_and_differ():
    """They lie below those that the system hands out by itself."""
    found = free_ports(5)

    assert len(set(found)) == 5
    assert set(found) <= set(PORTS)


def test_a_port_that_somebody_has_is_not_given(monkeypatch):
    """Where none is left, that is said."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "PORTS", range(port, port + 1))

        with pytest.raises(StackError, match=f"ports: of {port} to {port + 1} not 1 are free"):
            free_ports(1)
