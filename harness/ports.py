"""Ports of loopback that are free, for programs that have to be told theirs before they start."""

import random
import socket
from itertools import islice

from harness.errors import StackError

HOST = "127.0.0.1"
# Below those that the system hands out, so that one stays free while what had it begins again.
PORTS = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """So many ports of loopback that nobody listens at now, all different; raises StackError where there are not so many."""
    found = list(islice(filter(_is_free, random.sample(PORTS, len(PORTS))), count))
    if len(found) < count:
        raise StackError(f"ports: of {PORTS.start} to {PORTS.stop} not {count} are free")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True
