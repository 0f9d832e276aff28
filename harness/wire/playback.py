"""Plays the steps of a rewritten reply to the caller: in order, in time, no faster than it reads."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from time import monotonic_ns
from typing import Protocol

from harness.wire.caller import Caller
from harness.wire.messages import HeaderPairs
from harness.wire.record import Record
from harness.wire.rewrite import End, Rest, Rewrite, Send, Step, Stop, WaitUntil

RESET_GRACE_NS = 2_000_000  # A reset can overtake bytes that the caller has not read yet.
PIECES_WAITING_MAX = 8  # Pieces of a reply that wait for their turn; beyond, the node waits.


class Stage(Protocol):
    """The passage that is played for."""

    def fire(self) -> None:
        """The fault has acted."""

    def at(self, at_ns: int, act: Callable[[], None]) -> None:
        """Act at that time."""

    def pause_upstream(self, *, paused: bool) -> None:
        """Let the node wait, or go on."""

    def reply_sent(self, *, keep: bool) -> None:
        """All was sent."""

    def break_off(self, error: str) -> None:
        """Reset the caller's connection."""

    def close_early(self) -> None:
        """End the caller's connection in good order."""

    def silence(self) -> None:
        """Hear and say nothing more; the caller's connection stays."""


class Playback:
    """The reply as it comes goes in at `head`, `body` and `end`; what the rewrite makes of it is played."""

    def __init__(self, stage: Stage, caller: Caller, record: Record, rewrite: Rewrite) -> None:
        self._stage = stage
        self._caller = caller
        self._record = record
        self._rewrite = rewrite
        self._waiting: deque[Iterator[Step]] = deque()
        self._announced: tuple[int, str] | None = None
        self._is_paused = False  # Until a time, or for a turn of the loop.
        self._is_caller_full = False
        self._is_stopped = False

    def head(self, status: int, headers: HeaderPairs, content_type: str) -> None:
        """The node's head has come; `content_type` is what the caller will be told."""
        self._announced = (status, content_type)
        self._add(self._rewrite.head(status, headers))

    def body(self, data: bytes, received_ns: int) -> None:
        """A piece of the node's body has come."""
        self._add(self._rewrite.body(data, received_ns))

    def end(self, *, keep: bool) -> None:
        """The node has said all."""
        self._add(self._rewrite.end(keep=keep))

    def caller_full(self, *, full: bool) -> None:
        """The caller takes no more for now, or takes more again."""
        self._is_caller_full = full
        self._play()

    def stop(self) -> None:
        """Play nothing more."""
        self._is_stopped = True
        self._waiting.clear()

    def _add(self, steps: Iterator[Step]) -> None:
        if not self._is_stopped:
            self._waiting.append(steps)
            self._play()

    def _play(self) -> None:
        while self._waiting and not (self._is_paused or self._is_caller_full):
            step = next(self._waiting[0], None)
            if self._rewrite.fired:
                self._stage.fire()
            if step is not None:
                self._take(step)
            elif self._waiting:
                self._waiting.popleft()
        if not self._is_stopped:
            held = self._is_paused or self._is_caller_full
            self._stage.pause_upstream(paused=held or len(self._waiting) > PIECES_WAITING_MAX)

    def _take(self, step: Step) -> None:
        match step:
            case Send():
                self._send(step)
            case WaitUntil(at_ns):
                self._is_paused = True
                self._stage.at(at_ns, self._go_on)
            case Rest(ms):
                self._is_paused = True
                self._stage.at(monotonic_ns() + int(ms * 1e6), self._go_on)
            case Stop(how):
                self.stop()
                self._stop_as(how)
            case End(keep):
                self.stop()
                self._stage.reply_sent(keep=keep)

    def _send(self, step: Send) -> None:
        at_ns = monotonic_ns()
        if self._announced is not None:
            self._record.head(*self._announced)
            self._record.first_byte_ns = at_ns
            self._announced = None
        self._caller.write(step.data)
        self._record.sent(step.body, at_ns)

    def _stop_as(self, how: str) -> None:
        self._stage.silence()
        if how == "reset":
            grace_ns = 0 if self._announced else RESET_GRACE_NS
            self._stage.at(monotonic_ns() + grace_ns, lambda: self._stage.break_off("reset"))
        elif how == "cut":
            self._stage.close_early()

    def _go_on(self) -> None:
        self._is_paused = False
        self._play()


def content_type_of(headers: HeaderPairs, changes: Mapping[str, str] | None = None) -> str:
    """The content type that headers say, or empty; `changes` go before."""
    for name, value in (changes or {}).items():
        if name.lower() == "content-type":
            return value
    for key, said in headers:
        if key.lower() == b"content-type":
            return said.decode("latin-1")
    return ""
