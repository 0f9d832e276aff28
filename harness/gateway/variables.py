"""The environment of a megaservice's process: what it is given, what it reads, and stand-ins for addresses.

To learn which variables a node's address comes from, each that looks like one is read as a value that no other has;
the node that turns up at that value is the one. Only what the megaservice's own files read is stood in for.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.gateway.seen import SeenNode

PORT = re.compile(r"(^|_)PORT(_|$)")
HOST = re.compile(r"(^|_)(HOST|IP|ADDR|ADDRESS)(_|$)")
URL = re.compile(r"(^|_)(ENDPOINT|URL|URI)(_|$)")
FIRST_PORT = 20001
OF_AN_ADDRESS = frozenset({"server", "service", "endpoint", "url", "uri", "host", "ip"})
NOT_THE_READER = (__file__, os.__file__, "<frozen os>", "<frozen _collections_abc>", "_collections_abc.py")


TELEMETRY = "TELEMETRY_ENDPOINT"
EXPORT_MS = 500  # OpenTelemetry's own 5 s are longer than a run waits for its last spans.


def traced_to(otlp: str) -> dict[str, str]:
    """What tells opea-comps where its spans go, and to send them soon."""
    return {TELEMETRY: otlp, "OTEL_BSP_SCHEDULE_DELAY": str(EXPORT_MS)}


def give(variables: Mapping[str, str]) -> None:
    """Set variables of this process, before what reads them is imported."""
    os.environ.update(variables)


def environment() -> dict[str, str]:
    """The variables of this process."""
    return dict(os.environ)


@dataclass(frozen=True, slots=True)
class Reading:
    """A variable that a megaservice's file read: on which line, with which default, and what stood in for it.

    `is_needed` says that it was read, at whatever place, without a value and without a default.
    """

    name: str
    line: int
    default: Any
    value: str | None
    is_needed: bool = False


@dataclass(slots=True)
class Readings:
    """What the files of one folder read of the environment; with `stand_in`, what looks like an address is made up."""

    folder: Path
    stand_in: bool
    by_name: dict[str, Reading] = field(default_factory=dict)

    def read(self, name: str, line: int, given: str | None, default: Any) -> str | None:
        """The value of a variable that has this one in truth, None for one that has none."""
        if name not in self.by_name:
            value = self._stand_in(name, default) if self.stand_in else None
            self.by_name[name] = Reading(name, line, given if given is not None else default, value or given)
        if given is None and default is None:
            self.by_name[name] = replace(self.by_name[name], is_needed=True)
        return self.by_name[name].value

    def _stand_in(self, name: str, default: Any) -> str | None:
        number = len(self.by_name)
        host, port = f"host-{number}.invalid", FIRST_PORT + number
        if PORT.search(name):
            return str(port)
        if str(default).startswith(("http://", "https://")) or (URL.search(name) and not default):
            return f"http://{host}:{port}"
        return host if HOST.search(name) else None

    def behind(self, value: object) -> Reading | None:
        """The variable that this value stands in for, whole or as a part of a URL."""
        text = str(value)
        for each in self.by_name.values():
            if each.value == text or (each.value or "").endswith((f"//{text}", f":{text}")):
                return each
        return next(
            (each for each in self.by_name.values() if (each.value or "").startswith(f"http://{text}:")), None
        )

    def whole_urls(self) -> list[Reading]:
        """The variables whose default is a URL with its route: what a file calls by itself, past its orchestrator."""
        return [each for each in self.by_name.values() if each.value and _route(each)]


def seen_url(reading: Reading) -> SeenNode:
    """What answers at the URL of such a variable, called by what is left of its name."""
    words = [word for word in reading.name.lower().split("_") if word not in OF_AN_ADDRESS]
    parts = urlsplit(str(reading.default))
    return SeenNode(
        "_".join(words) or reading.name.lower(),
        "UNDEFINED",
        parts.path,
        (),
        url=reading.name,
        default_port=parts.port or 0,
        url_path=parts.path,
    )


def _route(reading: Reading) -> str:
    parts = urlsplit(str(reading.default))
    return parts.path.rstrip("/") if parts.scheme in ("http", "https") else ""


def watch(readings: Readings) -> None:
    """From now on, note what files of the folder read of this process's environment."""
    plain = type(os.environ)

    def true_value(environ: Any, name: str) -> str | None:
        try:
            return str(plain.__getitem__(environ, name))
        except KeyError:
            return None

    def get(environ: Any, name: str, default: Any = None) -> Any:
        given, line = true_value(environ, name), _reader(readings.folder)
        value = given if line is None else readings.read(name, line, given, default)
        return default if value is None else value

    def item(environ: Any, name: str) -> str:
        value = get(environ, name)
        if value is None:
            raise KeyError(name)
        return str(value)

    os.environ.__class__ = type("Watched", (plain,), {"__getitem__": item, "get": get})


def _reader(folder: Path) -> int | None:
    """The line that reads now, if it stands in a file of this folder."""
    frame = sys._getframe(1)  # noqa: SLF001 - there is no other way to learn who reads
    while frame is not None and frame.f_code.co_filename.endswith(NOT_THE_READER):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None or "site-packages" in frame.f_code.co_filename:
        return None
    return frame.f_lineno if Path(frame.f_code.co_filename).is_relative_to(folder) else None
