"""Admin requests over HTTP: at a wire's own port under `/_harness/`, and at the port that speaks for all wires."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from harness.admin import PREFIX, Admin, Answer, refusal
from harness.wire.caller import Caller
from harness.wire.messages import Request, json_reply
from harness.wire.plain import PlainRequest


class AdminVisit:
    """One admin request, answered at once; one too long to be held whole is refused."""

    def __init__(self, caller: Caller, request: Request, answer: Answer) -> None:
        self._caller = caller
        self._is_whole = request.whole
        self._answer = answer

    def begin(self) -> None:
        """Answer."""
        status, document = self._answer if self._is_whole else (413, {"detail": "request: is too long"})
        self._caller.write(json_reply(status, document, closes=not self._is_whole))
        self._caller.done(keep=self._is_whole)

    def request_body(self, data: bytes) -> None:
        """What is still to come of a refused request goes nowhere."""

    def request_ended(self) -> None:
        """It was answered before."""

    def caller_full(self, *, full: bool) -> None:
        """An answer is written in one piece."""

    def caller_lost(self) -> None:
        """It has its answer, or does not want it."""


def ask_admin(admin: Admin, caller: Caller, request: Request, path: str) -> AdminVisit:
    """Put a request to a node's admin routes, as if for `path`."""
    query = dict(parse_qsl(request.target.decode("latin-1").partition("?")[2]))
    refused = refusal(caller.peer)
    if refused is None and request.whole:
        refused = admin.handle(request.method.decode("latin-1"), path, query, b"".join(request.parts))
    return AdminVisit(caller, request, refused or (413, {}))


class AdminDesk:
    """Speaks for all wires of a process: `/_harness/<node>/faults` is `/_harness/faults` of that node's wire, also while it is down."""

    def __init__(self, admins: Mapping[str, Admin]) -> None:
        self._admins = admins

    def send_on(self, plain: PlainRequest) -> None:
        """Nothing here goes to a node."""

    def serve(self, caller: Caller, request: Request) -> AdminVisit:
        """Answer for the node that the path names."""
        path = request.target.decode("latin-1").partition("?")[0]
        node, _, route = path.removeprefix(PREFIX).partition("/")
        if path.startswith(PREFIX) and node in self._admins:
            return ask_admin(self._admins[node], caller, request, PREFIX + route)
        there = ", ".join(f"{PREFIX}{name}/faults" for name in self._admins)
        return AdminVisit(caller, request, (404, {"detail": f"{path}: no admin route; there are {there}"}))

    def caller_left(self) -> None:
        """Nothing was kept for it."""
