"""Problems: what the caller is told, and with which status."""

import asyncio
import json

import pytest

from harness.flight import KINDS
from harness.opea.problems import (
    PROBLEM_KINDS,
    TIMEOUTS,
    Failure,
    Problem,
    answer_problem,
    shown,
    status_for,
    status_of,
)


def test_a_problem_names_the_node_and_all_that_is_known():
    """The document has every field, also those that are not known."""
    failure = Failure("embedding", "refused", "no connection", request_id="r1", attempt=2, elapsed_ms=1.23456)
    problem = Problem(failure)

    assert str(problem) == "node embedding: no connection"
    assert problem.document() == {
        "type": "about:blank",
        "title": "node embedding failed: refused",
        "status": 502,
        "detail": "no connection",
        "node": "embedding",
        "kind": "refused",
        "upstream_status": None,
        "attempt": 2,
        "elapsed_ms": 1.235,
        "request_id": "r1",
        "expected": "",
        "actual": "",
    }


@pytest.mark.parametrize("kind", PROBLEM_KINDS)
def test_every_kind_has_a_status(kind):
    """Time-outs are 504, a graph that cannot join is 500, all else is 502."""
    expected = 504 if kind in TIMEOUTS else 500 if kind == "merge_conflict" else 502

    assert status_of(kind) == expected


def test_the_clients_kinds_are_problem_kinds():
    """No failure of a connection lacks a name."""
    assert set(KINDS) < set(PROBLEM_KINDS)


@pytest.mark.parametrize(
    ("status", "body", "is_callers_own", "expected"),
    [
        (500, b"", True, 502),
        (503, b"", False, 503),
        (429, b"", False, 429),
        (422, b"", True, 422),
        (422, b"", False, 502),
        (404, b"", True, 502),
        (400, b"This model's maximum context length is 4096 tokens", False, 400),
        (413, b"Input is too long", False, 413),
        (400, b'{"error": {"code": "context_length_exceeded"}}', False, 400),
        (400, b"the request exceeds the available context size", False, 400),
        (422, b"`inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000", False, 422),
        (413, b"`inputs` must have less than 512 tokens. Given: 600", False, 413),
        (400, b"something else", False, 502),
        (422, b"field text missing", False, 502),
        (500, b"This model's maximum context length is 4096 tokens", False, 502),
    ],
)
def test_a_nodes_status_becomes_the_callers(status, body, is_callers_own, expected):
    """The caller is told of its own mistakes, of overload and overflow; all else is the gateway's to answer for."""
    assert status_for(status, body, is_callers_own=is_callers_own) == expected


def test_a_problem_is_answered_as_problem_json_with_retry_after():
    """The reply says when to come back, if it does."""
    failure = Failure("llm", "upstream_5xx", "busy", status=503, retry_after="7")
    reply = asyncio.run(answer_problem(None, Problem(failure)))

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "7")
    assert reply.headers["content-type"] == "application/problem+json"
    assert json.loads(reply.body)["node"] == "llm"


def test_a_long_body_is_shown_shortened():
    """What came is told, not all of it."""
    assert shown(b"abc") == "abc"
    assert shown(b"a" * 1000, 5) == "aaaaa... (1000 bytes)"
