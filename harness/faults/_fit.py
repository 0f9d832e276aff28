"""Why a fault makes no sense on a hop, in words; None where it does."""

from harness.comp import Dialect
from harness.fault import Target

# Text without a framing that could be broken; and with one, in which whatever an event holds is text.
LINES: frozenset[Dialect] = frozenset({"raw_text", "agent_lines"})
FREE_TEXT: frozenset[Dialect] = LINES | {"raw_delta"}


def streams(target: Target) -> bool:
    """Whether the hop's reply is a stream in this mode."""
    return target.dialect is not None


def only_streams(target: Target) -> str | None:
    """For faults that need a stream."""
    if streams(target):
        return None
    return f"{target.node} {'never streams' if target.mode == 'stream' else 'does not stream in json mode'}"


def only_whole(target: Target) -> str | None:
    """For faults that need a reply in one piece."""
    if not streams(target):
        return None
    return f"{target.node} streams in {target.mode} mode, and this fault spoils a reply in one piece"


def only_vectors(target: Target) -> str | None:
    """For faults that spoil vectors."""
    if "EMBEDDING" in target.service_type or target.path.endswith(("/embed", "/embeddings")):
        return None
    return f"{target.node} is no embedding (it is {target.service_type}), so its reply holds no vector"


def only_numbers(target: Target) -> str | None:
    """For faults that spoil a vector or a score."""
    if "RERANK" in target.service_type or target.path.endswith("/rerank"):
        return None
    why = only_vectors(target)
    return why and f"{target.node} is neither embedding nor reranking (it is {target.service_type})"


def only_events(target: Target) -> str | None:
    """For faults that need a stream with framed events."""
    if streams(target) and target.dialect in LINES:
        return f"{target.node} streams {target.dialect}, which has no events to break"
    return only_streams(target)


def only_marked_events(target: Target) -> str | None:
    """For faults that need a stream whose events are more than free text."""
    if streams(target) and target.dialect in FREE_TEXT:
        return f"{target.node} streams {target.dialect}, in which every event is a right one"
    return only_streams(target)
