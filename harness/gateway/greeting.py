"""The first question to a megaservice that was just started: it answers, and our nodes hear of it, or there is nothing to be run."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

import orjson

from harness.asking import Asker
from harness.client import Client, ClientError, Limits
from harness.errors import StackError
from harness.history import Mode, Op
from harness.scenario import Question

PACE_S = 0.2
SHOWN = 6
LIMITS = Limits(connect_s=2.0, first_byte_s=5.0, idle_s=5.0, total_s=5.0)
NOT_YET = 503  # What a server says that is still loading, or a proxy whose server is.
NO_ROUTE = (404, 405)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is asked of whom, where the nodes' journals are read, and how long an answer is waited for."""

    asker: Asker
    client: Client
    question: Question
    mode: Mode
    journals: tuple[str, ...]
    limit_s: float

    async def answered(self) -> Op:
        """The first answer, right or wrong; raises StackError where there is none in time, and where there is no such route."""
        end = monotonic() + self.limit_s
        while True:
            left_s = end - monotonic()
            op = Op("greeting", "ask", self.question.id, self.mode)
            await self.asker.ask(op, self.question.text, limits=Limits(total_s=max(left_s, PACE_S)))
            if op.status in NO_ROUTE:
                raise StackError(f"{self.asker.url}: answers {op.status}; there is no such route")
            if op.status and op.status != NOT_YET:
                return op
            if monotonic() > end:
                seen = f"{op.status}: {op.detail}" if op.status else op.error
                raise StackError(
                    f"{self.asker.url}: has not answered a question after {self.limit_s:g} s ({seen})"
                )
            await asyncio.sleep(PACE_S)

    async def heard(self) -> bool:
        """Whether any node was called."""
        return any([await self._calls(each) for each in self.journals])

    async def _calls(self, journal: str) -> Iterable[object]:
        try:
            reply = await self.client.request("GET", f"{journal}?since=0", limits=LIMITS)
            calls: list[object] = orjson.loads(reply.body)["exchanges"]
        except (ClientError, orjson.JSONDecodeError, KeyError) as error:
            raise StackError(f"{journal}: a wire's journal cannot be read: {error}") from error
        return calls


async def greet(greeting: Greeting, who: str, told: Iterable[str]) -> None:
    """Wait for an answer, and see that a node was called; `who` was told of its nodes by the variables `told`. Raises StackError."""
    op = await greeting.answered()
    if await greeting.heard():
        return
    answer = f"{op.status} ({op.detail})" if op.error else str(op.status)
    hosts = [name for name in told if name.endswith("_SERVER_HOST_IP")]
    raise StackError(
        f"{who}: answered {answer} and called none of its nodes, so it reads their addresses from variables other than "
        f"{', '.join(hosts[:SHOWN])} and the like; --env 'NAME={{host:NODE}}' gives it others"
    )
