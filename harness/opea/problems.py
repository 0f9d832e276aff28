"""Why a request through the graph failed: one problem that names the node, as RFC 9457 problem+json.

A problem ends the request: no node after the failed one is called. Before the first streamed byte it is the
reply, after it the last event of the stream.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import orjson
from fastapi import Request
from fastapi.responses import Response

from harness.errors import HarnessError
from harness.flight import Kind as ClientKind

ReplyKind = Literal[
    "upstream_4xx",
    "upstream_5xx",
    "bad_content_type",
    "bad_json",
    "bad_schema",
    "bad_number",
    "bad_dim",
    "bad_event",
    "incomplete",
    "merge_conflict",
]
ProblemKind = ClientKind | ReplyKind
PROBLEM_KINDS: tuple[str, ...] = get_args(ClientKind) + get_args(ReplyKind)

CONTENT_TYPE = "application/problem+json"
TIMEOUTS = frozenset({"connect_timeout", "first_byte_timeout", "idle_timeout", "total_timeout"})
PASSED_ON = frozenset({429, 503})
CALLER_AT_FAULT = frozenset({400, 413, 422})
# As vLLM and OpenAI, Ollama, llama.cpp, TGI (422) and TEI (413) say it.
OVERFLOW_WORDS = (
    "context length",
    "context_length_exceeded",
    "maximum context",
    "context window",
    "context size",
    "too many tokens",
    "input is too long",
    "prompt is too long",
    "`max_new_tokens` must be <=",
    "must have less than",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of a failed node; `status` is what the caller gets, `upstream_status` what the node said."""

    node: str
    kind: ProblemKind
    detail: str
    status: int = 502
    expected: str = ""
    actual: str = ""
    upstream_status: int | None = None
    attempt: int = 1
    elapsed_ms: float = 0.0
    request_id: str = ""
    retry_after: str | None = None


class Problem(HarnessError):  # noqa: N818 - the standard's word for what it is
    """Raised where a request through the graph fails; `failure` says all about it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"node {failure.node}: {failure.detail}")
        self.failure = failure

    def document(self) -> dict[str, Any]:
        """The problem+json."""
        failure = self.failure
        return {
            "type": "about:blank",
            "title": f"node {failure.node} failed: {failure.kind}",
            "status": failure.status,
            "detail": failure.detail,
            "node": failure.node,
            "kind": failure.kind,
            "upstream_status": failure.upstream_status,
            "attempt": failure.attempt,
            "elapsed_ms": round(failure.elapsed_ms, 3),
            "request_id": failure.request_id,
            "expected": failure.expected,
            "actual": failure.actual,
        }

    def completed(self, **known: Any) -> "Problem":
        """The same problem with what only its caller knew."""
        return Problem(replace(self.failure, **known))


def status_of(kind: ProblemKind) -> int:
    """What the caller of the megaservice gets for a failure that is no status of a node."""
    if kind in TIMEOUTS:
        return 504
    return 500 if kind == "merge_conflict" else 502


def status_for(upstream_status: int, body: bytes, *, is_callers_own: bool) -> int:
    """What the caller gets when a node answers with an error status.

    `is_callers_own`: the node is the first one and was sent just what the caller sent.
    """
    if upstream_status in PASSED_ON:
        return upstream_status
    if upstream_status in CALLER_AT_FAULT and (is_callers_own or _overflowed(body)):
        return upstream_status
    return 502


def shown(body: bytes, bytes_max: int = 300) -> str:
    """The beginning of a body as text, for a message."""
    text = body[:bytes_max].decode(errors="replace")
    return f"{text}... ({len(body)} bytes)" if len(body) > bytes_max else text


async def answer_problem(_request: Request, problem: Exception) -> Response:
    """FastAPI's handler of `Problem`."""
    assert isinstance(problem, Problem)
    failure = problem.failure
    headers = {"Retry-After": failure.retry_after} if failure.retry_after is not None else None
    return Response(orjson.dumps(problem.document()), failure.status, headers, CONTENT_TYPE)


def _overflowed(body: bytes) -> bool:
    said = body[:4096].decode(errors="replace").lower()
    return any(words in said for words in OVERFLOW_WORDS)
