"""The dialects of streams that OPEA speaks, by name: how each is framed, read and written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from harness.sse import decode, encode
from harness.sse.events import ChunkParser, Event, EventParser, Limits, LineParser, Parser

DialectName = Literal[
    "openai", "py_bytes", "raw_delta", "json_ops", "py_repr", "raw_text", "ndjson", "tgi", "agent_lines"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way to stream text: how it is framed, read and written, and what says that it is whole.

    `end_mark` is in words; `tells_finish`: a whole stream also carries a finish_reason.
    """

    name: DialectName
    decoder: Callable[[], decode.Decoder]
    encoder: Callable[[encode.Reply], encode.Encoder]
    parser: Callable[[Limits], Parser] = EventParser
    content_type: str = "text/event-stream"
    end_mark: str = "data: [DONE]"
    tells_finish: bool = False

    def encode(
        self, texts: Iterable[str], finish_reason: str = "stop", reply: encode.Reply | None = None
    ) -> list[bytes]:
        """A whole stream, event by event: head, one item a text, tail."""
        encoder = self.encoder(reply or encode.Reply())
        return [encoder.head(), *map(encoder.text, texts), encoder.tail(finish_reason)]


def _each(read: Callable[[Event], decode.Delta]) -> Callable[[], decode.Decoder]:
    return lambda: decode.Stateless(read)


_ALL = (
    Dialect(name="openai", decoder=_each(decode.openai), encoder=encode.OpenAI, tells_finish=True),
    Dialect(name="py_bytes", decoder=decode.PyBytes, encoder=encode.py_bytes),
    Dialect(name="raw_delta", decoder=_each(decode.raw_delta), encoder=encode.raw_delta),
    Dialect(name="json_ops", decoder=_each(decode.json_ops), encoder=encode.json_ops),
    Dialect(name="py_repr", decoder=_each(decode.py_repr), encoder=encode.py_repr),
    Dialect(
        name="raw_text",
        decoder=decode.RawText,
        encoder=encode.RawText,
        parser=ChunkParser,
        content_type="text/plain",
        end_mark="the end of the stream",
    ),
    Dialect(
        name="ndjson",
        decoder=_each(decode.ndjson),
        encoder=encode.Ndjson,
        parser=LineParser,
        content_type="application/x-ndjson",
        end_mark='a line with "done": true',
        tells_finish=True,
    ),
    Dialect(
        name="tgi",
        decoder=_each(decode.tgi),
        encoder=encode.Tgi,
        end_mark="a token with generated_text",
        tells_finish=True,
    ),
    Dialect(
        name="agent_lines", decoder=_each(decode.agent_lines), encoder=encode.agent_lines, parser=LineParser
    ),
)
DIALECTS = MappingProxyType({dialect.name: dialect for dialect in _ALL})
