"""What is asked of compose files: which, with what variables, and what is to stand in the place of which service."""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from harness.compose.variables import Values

MACHINE = "opea-harness-machine"  # What stands for this machine's address inside: a name of the forwarder's.
MACHINE_VARIABLES = ("host_ip", "HOST_IP", "ip_address")
PROXIES = ("http_proxy", "https_proxy", "no_proxy")
MOCK = "mock"
MOCK_OF = "mock:"
NONE = "none"
READY_LIMIT_S = 600.0  # A model that is loaded, or downloaded, takes its time.


@dataclass(frozen=True, slots=True)
class Asked:
    """The files, each over those before it; `shell` is the environment, `addresses` are this machine's.

    `places` maps services to `mock`, `mock:COMP`, a URL, an image, or `none`: left out. `megaservice` names the service that is the
    megaservice, where the files do not tell; `route` what it answers at; `forwarder` an image with a Python. With `missing_is_empty` a
    variable that nothing gives is empty, as compose has it.
    """

    paths: tuple[Path, ...]
    shell: Values = field(default_factory=dict)
    env_file: Path | None = None
    profiles: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    megaservice: str = ""
    route: str = ""
    forwarder: str = ""
    missing_is_empty: bool = False
    addresses: frozenset[str] = frozenset()
    ready_limit_s: float = READY_LIMIT_S

    def place(self, service: str) -> str:
        """What stands in the place of a service that is no container: `mock` or a URL; empty for a container."""
        place = self.places.get(service, "")
        if place == MOCK or place.startswith(MOCK_OF):
            return MOCK
        return place.rstrip("/") if place.startswith(("http://", "https://")) else ""

    def image(self, service: str) -> str:
        """The image that was given in the place of the file's; empty for none."""
        return "" if self.place(service) else self.places.get(service, "")


def given(values: Values) -> dict[str, str]:
    """The values with what every machine has: this machine's address by our name for it, and no proxies where none are set."""
    proxies = {name: "" for each in PROXIES for name in (each, each.upper())}
    return {**proxies, **dict.fromkeys(MACHINE_VARIABLES, MACHINE), **values}


def own_addresses() -> frozenset[str]:
    """The IPv4 addresses of this machine, loopback left out."""
    found = (
        each.address
        for rows in psutil.net_if_addrs().values()
        for each in rows
        if each.family == socket.AF_INET
    )
    return frozenset(each for each in found if not ipaddress.ip_address(each).is_loopback)
