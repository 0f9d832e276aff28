"""Requests in a container's log, as uvicorn writes them: who asked, for what, and what was answered."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(
    r"(?P<address>\d+\.\d+\.\d+\.\d+):\d+ - \"(?P<method>[A-Z]+) (?P<path>[^ ?\"]*)[^\"]*\" (?P<status>\d{3})"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `at` is the line's place in the log."""

    at: int
    address: str
    method: str
    path: str
    status: int
    line: str


def requests(log: Sequence[str]) -> Iterator[Request]:
    """Every request in the log, in its order."""
    for at, line in enumerate(log):
        if match := _LINE.search(line):
            yield Request(
                at, match["address"], match["method"], match["path"], int(match["status"]), line.strip()
            )


def last_posts(log: Sequence[str]) -> dict[tuple[str, str], list[Request]]:
    """By caller and path, the POSTs since the last one of them that was answered well; empty where that is the last."""
    found: dict[tuple[str, str], list[Request]] = {}
    for each in requests(log):
        if each.method == "POST":
            key = (each.address, each.path)
            found[key] = [] if each.status < 400 else [*found.get(key, []), each]
    return {key: bad for key, bad in found.items() if bad}
