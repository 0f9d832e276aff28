"""What a wire or a mock answers under `/_harness/`, to callers on this machine only.

    GET    /_harness/exchanges?since=SEQ[&node=NAME]    what crossed, newer than SEQ
    GET    /_harness/faults                             which faults are on, and their counters
    POST   /_harness/faults                             {"fault": NAME, "rate": 1.0, "nth": null, "seed": 0}
    DELETE /_harness/faults[?fault=NAME]                takes them away, and says how often each had fired
    PUT    /_harness/upstream                           {"upstream": URL}: a wire's node has moved there

Every answer about faults reads back what is on after it, by name; nothing is reported that was only asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from ipaddress import ip_address

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.errors import FaultError, StackError
from harness.journal import Journal
from harness.switchboard import Standing, Switchboard

PREFIX = "/_harness/"

Answer = tuple[int, dict[str, object]]


class Wanted(BaseModel):
    """The body that puts a fault on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: str
    rate: float = Field(default=1.0, ge=0, le=1)
    nth: int | None = Field(default=None, ge=1)
    seed: int = 0


class Moved(BaseModel):
    """The body that says where a wire's node is now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upstream: str


RIGHT = {
    Wanted.__name__: "names a fault, and may set rate, nth and seed",
    Moved.__name__: "says the node's address",
}


def is_loopback(host: str | None) -> bool:
    """Whether a peer's address is one of this machine's loopback; no address is none."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def refusal(host: str | None) -> Answer | None:
    """The answer to a caller from elsewhere, or None for one on this machine."""
    if is_loopback(host):
        return None
    return 403, {"detail": f"{PREFIX}: answers callers on this machine only; you are {host or 'unknown'}"}


class Admin:
    """The admin routes of one node; a place without faults of its own has no `switchboard`, one that is no proxy cannot `move`."""

    def __init__(
        self,
        journal: Journal,
        switchboard: Switchboard | None = None,
        move: Callable[[str], None] | None = None,
    ) -> None:
        self._journal = journal
        self._switchboard = switchboard
        self._move = move

    def handle(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The status and the JSON document of an admin request; ask `refusal` first whether the caller may."""
        route = (method, path.removeprefix(PREFIX).strip("/"))
        try:
            if route == ("GET", "exchanges"):
                return self._exchanges(query)
            if self._switchboard is not None and route[1] == "faults":
                return self._faults(method, query, body, self._switchboard)
            if self._move is not None and route == ("PUT", "upstream"):
                moved = Moved.model_validate(orjson.loads(body or b"null"))
                self._move(moved.upstream)
                return 200, {"upstream": moved.upstream}
        except (ValidationError, ValueError, FaultError, StackError) as error:
            return _bad(error)
        return 404, {"detail": f"{method} {path}: no admin route; routes are {', '.join(self._routes())}"}

    def _routes(self) -> list[str]:
        faults = [f"{method} {PREFIX}faults" for method in ("GET", "POST", "DELETE")]
        return [
            f"GET {PREFIX}exchanges",
            *(faults if self._switchboard else []),
            *([f"PUT {PREFIX}upstream"] if self._move else []),
        ]

    def _exchanges(self, query: Mapping[str, str]) -> Answer:
        since = query.get("since", "0")
        if not since.isdecimal():
            raise ValueError(f"since: is {since!r}; it is the number of the last exchange already seen")
        seq = int(since)
        found = self._journal.since(seq, query.get("node", ""))
        return 200, {
            "exchanges": [asdict(each) for each in found],
            "last": self._journal.last_seq,
            "forgotten": self._journal.forgotten(seq),
        }

    def _faults(self, method: str, query: Mapping[str, str], body: bytes, board: Switchboard) -> Answer:
        if method == "POST":
            wanted = Wanted.model_validate(orjson.loads(body or b"null"))
            board.put(Standing(board.fault(wanted.fault), wanted.rate, wanted.nth, wanted.seed))
        elif method == "DELETE":
            self._journal.flush()  # What crossed under the faults is on disk by the time they are known to be gone.
            lifted = board.lift(query.get("fault"))
            return 200, {**_on(board), "fired": {each.fault.name: each.fired for each in lifted}}
        elif method != "GET":
            return 405, {"detail": f"{method} {PREFIX}faults: takes GET, POST and DELETE"}
        return 200, _on(board)


def _on(board: Switchboard) -> dict[str, object]:
    return {"node": board.node, "faults": {each.fault.name: each.as_json() for each in board.standings()}}


def _bad(error: ValueError | FaultError | StackError) -> Answer:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"]) or "body"
        return 422, {"detail": f"{where}: {first['msg']}; the body {RIGHT[error.title]}"}
    if isinstance(error, orjson.JSONDecodeError):
        return 400, {"detail": f"body: is no JSON: {error}"}
    return 400 if isinstance(error, ValueError) else 409, {"detail": str(error)}
