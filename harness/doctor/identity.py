"""What a server that was asked says of itself."""

from typing import Any

import orjson

from harness.doctor.seen import Answer, Probe


def title_of(probe: Probe) -> str:
    """The title of OPEA's own health route; empty for none."""
    said = _json(probe.answers.get("title"))
    title = said.get("Service Title") if isinstance(said, dict) else None
    return title if isinstance(title, str) else ""


def routes_of(probe: Probe) -> tuple[str, ...]:
    """Its routes by its own OpenAPI document, as `POST /v1/embeddings`; none where it has no such document."""
    said = _json(probe.answers.get("routes"))
    paths = said.get("paths") if isinstance(said, dict) else None
    return tuple(
        f"{method.upper()} {path}"
        for path, methods in (paths.items() if isinstance(paths, dict) else ())
        for method in (methods if isinstance(methods, dict) else ())
    )


def _json(answer: Answer | None) -> Any:
    if answer is None or answer.status != 200:
        return None
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
