"""What a server that was asked says: of itself, and in its answers."""

from typing import Any

import orjson

from harness.doctor.seen import Answer, Probe


def title_of(probe: Probe) -> str:
    """The title of OPEA's own health route; empty for none."""
    said = json_of(probe.answers.get("title"))
    title = said.get("Service Title") if isinstance(said, dict) else None
    return title if isinstance(title, str) else ""


def routes_of(probe: Probe) -> tuple[str, ...]:
    """Its routes by its own OpenAPI document, as `POST /v1/embeddings`; none where it has no such document."""
    said = json_of(probe.answers.get("routes"))
    paths = said.get("paths") if isinstance(said, dict) else None
    return tuple(
        f"{method.upper()} {path}"
        for path, methods in (paths.items() if isinstance(paths, dict) else ())
        for method in (methods if isinstance(methods, dict) else ())
    )


def services_of(probe: Probe) -> list[str] | None:
    """The services that a Jaeger has spans of, its own left out; None where it did not say."""
    said = json_of(probe.answers.get("services"))
    if not isinstance(said, dict):
        return None
    return [
        name for name in said.get("data") or [] if isinstance(name, str) and not name.startswith("jaeger")
    ]


def models_of(probe: Probe) -> list[str] | None:
    """The models that a model server lists; None where it did not say."""
    said = json_of(probe.answers.get("models"))
    if not isinstance(said, dict):
        return None
    rows = said.get("models") or said.get("data") or []
    return [str(row.get("name") or row.get("id")) for row in rows if isinstance(row, dict)]


def vector_of(probe: Probe) -> list[float] | None:
    """The vector that an embedding gave to its contract's request; None where it gave none."""
    said = json_of(probe.answers.get("contract"))
    try:
        found = said["data"][0]["embedding"] if "data" in said else said["embedding"]
    except (KeyError, IndexError, TypeError):
        return None
    return found if isinstance(found, list) else None


def files_of(probe: Probe) -> int:
    """How many files a dataprep lists as ingested."""
    said = json_of(probe.answers.get("files"))
    return len(said) if isinstance(said, list) else 0


def found_of(probe: Probe) -> int | None:
    """How many documents a retriever found for a vector; None where it did not say."""
    said = json_of(probe.answers.get("contract"))
    found = said.get("retrieved_docs") if isinstance(said, dict) else None
    return len(found) if isinstance(found, list) else None


def json_of(answer: Answer | None) -> Any:
    """The JSON of an answer of 200; None where there is none."""
    if answer is None or answer.status != 200:
        return None
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
