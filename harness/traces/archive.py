"""Traces on disk: what was read back over HTTP, kept beside the run, so that it can be judged again."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from harness.errors import TraceError
from harness.traces.jaeger import Pull
from harness.traces.span import Span, SpanEvent, Trace, group

NAME = "traces.jsonl"


def write(folder: Path, pull: Pull) -> Path:
    """Write every span as one JSON line."""
    path = folder / NAME
    with path.open("wb") as lines:
        for trace in pull.traces:
            for span in trace.spans:
                lines.write(orjson.dumps(asdict(span), option=orjson.OPT_APPEND_NEWLINE))
    return path


def read(folder: Path) -> Sequence[Trace]:
    """The traces that were written there, in order of start; none where nothing was. Raises TraceError for a damaged file."""
    path = folder / NAME
    if not path.is_file():
        return []
    spans = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            document = orjson.loads(line)
            events = tuple(SpanEvent(**event) for event in document.pop("events"))
            spans.append(Span(**document, events=events))
        except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
            raise TraceError(f"{path}:{number}: is no span: {error}") from error
    return group(spans)
