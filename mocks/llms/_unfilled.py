"""What text generation over a model server is known to stumble over: messages without a role, templates and documents that do not fit."""

from collections.abc import Iterator
from string import Formatter
from typing import Any

from harness.comp import Deviation


def _lacks_role(body: Any) -> bool:
    """The first message is looked at by its role, and a system's by its content; a model server wants the role of all."""
    messages = body["messages"] if isinstance(body["messages"], list) else []
    if not messages:
        return False
    is_system = messages[0].get("role") == "system"
    return any("role" not in each for each in messages) or (
        is_system and not isinstance(messages[0].get("content"), str | list)
    )


def _places(template: str) -> set[str]:
    """The places of a template; raises ValueError where it is none."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _are_texts(documents: Any) -> bool:
    return isinstance(documents, list) and all(isinstance(each, str) for each in documents)


def _wants_texts(body: Any) -> Iterator[Any]:
    """The documents that are put into a prompt, by templates and by their being there."""
    template, messages = body.get("chat_template"), body.get("messages")
    documents = body.get("documents", [] if "query" in body else None)
    if "initial_query" in body and messages is None:
        yield [each.get("text") for each in body["retrieved_docs"]]
    elif isinstance(messages, list):
        first = messages[0]
        is_told = first["role"] == "system" and "{context}" in first["content"] and documents
        if is_told or (first["role"] != "system" and template):
            yield documents
    elif template:
        if _places(template) == {"context", "question"}:
            yield documents
    elif documents:
        yield documents


def _does_not_fit(body: Any) -> bool:
    """Whether a template is none or finds no place among messages, or documents are no texts."""
    template, messages = body.get("chat_template"), body.get("messages")
    try:
        places = _places(template) if template else set()
        is_list = isinstance(messages, list) and messages[0]["role"] != "system"
        return (bool(template) and is_list and places != {"context"}) or not all(
            map(_are_texts, _wants_texts(body))
        )
    except ValueError:
        return True


KNOWN = (
    Deviation(
        "no-role",
        "a message without a role, or a system's first without content, is an internal error",
        _lacks_role,
        500,
    ),
    Deviation(
        "unfilled",
        "a template that cannot be filled, and documents that are no texts where they are put into a prompt, are internal errors",
        _does_not_fit,
        500,
    ),
)
