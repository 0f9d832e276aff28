"""The items of an answer's stream: a node's events as they are, in another dialect, or said by the nodes behind it."""

import re
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from harness.opea.metrics import metrics
from harness.opea.node_stream import NodeStream, frame
from harness.opea.payload import encode
from harness.opea.problems import Problem
from harness.opea.pulling import Source, pulled
from harness.opea.sentences import Sentences, words
from harness.sse import DIALECTS, DialectName, Encoder, Reply

Hook = Callable[[Any], Any]
Say = Callable[[str], Awaitable[Any]]
Failed = Callable[[str], Problem]

# What the examples' generators make of an event that says nothing, and of the end.
WORDLESS = re.compile(rb"""(data: ?(\[DONE\]|b?''|b?"")?\s*)?""")


async def passed_on(
    stream: NodeStream, began_s: float, dialect: DialectName | None
) -> AsyncGenerator[bytes, None]:
    """Each event of the node, whole; told anew if another dialect is wanted."""
    if stream.body is not None:
        yield stream.body
        return
    if dialect is not None and dialect != stream.dialect.name:
        async for item in _told_anew(stream, began_s, DIALECTS[dialect].encoder(Reply())):
            yield item
        return
    clock = TokenClock(began_s)
    async for delta in stream:
        if delta.text:
            clock.tick()
        yield frame(delta, stream.dialect)


async def spoken(
    stream: NodeStream, began_s: float, say: Say, encoder: Encoder, failed: Failed
) -> AsyncGenerator[bytes, None]:
    """Each sentence of the node as the nodes behind it say it, word by word; also the last, without a mark.

    That they say nothing at all is a problem: an answer of an end mark alone looks as if all were well.
    """
    clock, is_silent = TokenClock(began_s), True
    head = encoder.head()
    if head:
        yield head
    async for sentence in _sentences(stream):
        said = await say(sentence)
        text = said.get("text") if isinstance(said, dict) else said
        if isinstance(said, bytes):  # Speech as it is, in OPEA's own form of it.
            said = {"byte_str": b64encode(said).decode()}
        if isinstance(text, str):
            for word in words(text):
                clock.tick()
                is_silent = False
                yield encoder.text(word)
        else:  # Speech, say: one event for each sentence.
            clock.tick()
            is_silent = False
            yield b"data: " + encode(said) + b"\n\n"
    if is_silent:
        raise failed("the nodes behind its stream made nothing of what it said")
    if stream.dialect.name != "raw_text":  # That has no end mark to hand on.
        yield encoder.tail("stop")


async def refusal(text: str, dialect: DialectName) -> AsyncGenerator[bytes, None]:
    """A text that is there already, as a stream."""
    for item in filter(None, DIALECTS[dialect].encode([text])):
        yield item


async def hooked(
    hook: Hook,
    items: AsyncGenerator[bytes, None],
    failed: Callable[[Exception], Problem],
    may_be_silent: Callable[[], bool],
) -> AsyncGenerator[Any, None]:
    """What a user's `align_generator` makes of the items; once they failed, no end mark of its own is let through.

    What is without a word is held until the first word comes; where none does, there is nothing, unless that may be.
    """
    async with aclosing(items):
        source = Source(items)
        held: list[Any] = []
        is_silent = True
        try:
            async for item in pulled(hook, source):
                said = item if isinstance(item, bytes) else str(item).encode()
                if b"[DONE]" in said and source.failure is not None:
                    continue
                held.append(item)
                is_silent = is_silent and WORDLESS.fullmatch(said) is not None
                while held and not is_silent:
                    yield held.pop(0)
        except Problem:
            raise
        except Exception as wrong:
            raise failed(wrong) from wrong
        if may_be_silent():
            for item in held:
                yield item


class TokenClock:
    """Counts the tokens of one answer, for OPEA's two histograms."""

    __slots__ = ("_is_first", "_since_s")

    def __init__(self, began_s: float) -> None:
        self._since_s = began_s
        self._is_first = True

    def tick(self) -> None:
        """A token came."""
        self._since_s = metrics().token_update(self._since_s, self._is_first)
        self._is_first = False


async def _told_anew(stream: NodeStream, began_s: float, encoder: Encoder) -> AsyncIterator[bytes]:
    clock = TokenClock(began_s)
    reason = "stop"
    head = encoder.head()
    if head:
        yield head
    async for delta in stream:
        reason = delta.finish_reason or reason
        if delta.text:
            clock.tick()
            yield encoder.text(delta.text)
    tail = encoder.tail(reason)
    if tail:
        yield tail


async def _sentences(stream: NodeStream) -> AsyncIterator[str]:
    sentences = Sentences()
    async for delta in stream:
        for sentence in sentences.feed(delta.text):
            yield sentence
    tail = sentences.tail()
    if tail.strip():
        yield tail
