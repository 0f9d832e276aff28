"""How a run tells what it is doing: a seam, so that library code prints nothing itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, Self

FIRST_S = 3.0
PAUSE_S_MAX = 60.0


class Progress(Protocol):
    """What a run calls while it goes on."""

    def begin(self, part: str, total: int) -> None:
        """A part of the run begins; `total` steps are to come (0: not known)."""

    def step(self, words: str = "", *, failed: bool = False, waits: bool = False) -> None:
        """One step of the part is done; one that `waits` is not, and the words say for what."""

    def end(self, words: str = "") -> None:
        """The part is done."""


class Silent:
    """Progress that nobody watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was begun, nothing is to end."""

    def begin(self, part: str, total: int) -> None:
        """Say nothing."""

    def step(self, words: str = "", *, failed: bool = False, waits: bool = False) -> None:
        """Say nothing."""

    def end(self, words: str = "") -> None:
        """Say nothing."""


@asynccontextmanager
async def told_meanwhile(progress: Progress, words: Callable[[float], str]) -> AsyncIterator[None]:
    """Say what is waited for while the context lasts, ever more rarely; the words are made of the seconds so far."""

    async def tell() -> None:
        began_s, pause_s = time.monotonic(), FIRST_S
        while True:
            await asyncio.sleep(pause_s)
            progress.step(words(time.monotonic() - began_s), waits=True)
            pause_s = min(2 * pause_s, PAUSE_S_MAX)

    telling = asyncio.ensure_future(tell())
    try:
        yield
    finally:
        telling.cancel()
