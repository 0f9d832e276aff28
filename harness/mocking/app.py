"""One comp's mock as an ASGI app: the contract's own routes here, all else through FastAPI's pages.

The way of a request: journal, admin routes, fault, readiness, then contract (read, queue limit, answer, time) or page.
"""

from collections.abc import Mapping

from harness.admin import Admin
from harness.comp import FRAMEWORK_PATHS, Comp, World
from harness.fault import Fault
from harness.journal import Journal
from harness.mocking.admin import administer, is_admin
from harness.mocking.asgi import App, Receive, Scope, Send, header, refused
from harness.mocking.behaviour import Behaviour
from harness.mocking.fault import faulty
from harness.mocking.lane import RETRY_AFTER, Lane, Shared
from harness.mocking.pages import pages
from harness.mocking.tap import Records
from harness.switchboard import Switchboard


class Mock:
    """The ASGI app. `name` is the node's in journal and statistics; `faults` are those that can be put on."""

    def __init__(
        self,
        comp: Comp,
        world: World,
        name: str = "",
        behaviour: Behaviour | None = None,
        faults: Mapping[str, Fault] | None = None,
    ) -> None:
        self.comp = comp
        self.name = name or comp.id
        self.shared = Shared(comp, self.name, world, behaviour or Behaviour())
        self.switchboard = Switchboard(self.name, faults or {})
        self._records = Records(self.name, self.shared.figures, self.shared.behaviour.keep_bytes)
        # Only OPEA's vision services tell of first tokens; all others give their statistics None.
        self._records.with_first_tokens = (
            not self.shared.behaviour.like_upstream or comp.service_type == "LVM"
        )
        self._lanes = {(each.method, each.path): Lane(self.shared, each) for each in comp.endpoints}
        self._pages: App = pages(comp, self.shared, lambda each: self._lanes[each.method, each.path].serve)

    @property
    def journal(self) -> Journal:
        """Every exchange that has ended, but those of the side endpoints."""
        return self._records.journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if is_admin(scope["path"]):
            admin = Admin(self.journal, self.switchboard)
            await administer(admin, self.shared.state(), scope, receive, send)
            return
        tap = self._records.open(scope, receive, send)
        try:
            if scope["path"] in FRAMEWORK_PATHS:
                await self._route(scope, tap.receive, tap.send)
            else:
                await faulty(self.switchboard, self._route, scope, tap.receive, tap.send)
        except ConnectionResetError:
            tap.exchange.error = "client_left"
        finally:
            self._records.close(scope, tap)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.shared.is_starting:
            await refused(503, f"{self.name}: is starting", RETRY_AFTER).send(send)
            return
        lane = self._lanes.get((scope["method"], scope["path"]))
        if lane is not None and header(scope, b"origin") is None:
            await lane.serve(scope, receive, send)
        else:  # Pages come here, routes with parameters, and browsers, whom FastAPI tells about other origins.
            await self._pages(scope, receive, send)
