"""Hops to put faults on."""

import pytest

from harness.fault import Target

HOPS = {
    "embedding": Target("embedding", "embeddings", "EMBEDDING", "/v1/embeddings"),
    "tei": Target("embedding", "third_parties.tei", "UNDEFINED", "/embed"),
    "rerank": Target("rerank", "rerankings", "RERANK", "/v1/reranking"),
    "guardrail": Target("guardrail_in", "guardrails", "GUARDRAIL", "/v1/guardrails"),
    "llm": Target("llm", "llms", "LLM", "/v1/chat/completions", "json"),
    "openai": Target("llm", "llms", "LLM", "/v1/chat/completions", "stream", "openai"),
    "py_bytes": Target("lvm", "lvms", "LVM", "/v1/lvm", "stream", "py_bytes"),
    "raw_delta": Target("llm", "llms", "LLM", "/v1/chat/completions", "stream", "raw_delta"),
    "raw_text": Target("lvm", "lvms", "LVM", "/v1/lvm", "stream", "raw_text"),
    "ndjson": Target("llm", "third_parties.ollama", "LLM", "/api/chat", "stream", "ndjson"),
}


@pytest.fixture
def hop():
    """A hop by its short name."""
    return HOPS.__getitem__


OPENAI = (
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{"content":"Deep"}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{"content":" n\xc3\xa9t"}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)
PY_BYTES = b"data: b'Deep'\n\ndata: b' net'\n\ndata: [DONE]\n\n"
NDJSON = (
    b'{"message":{"content":"Deep"},"done":false}\n'
    b'{"message":{"content":" net"},"done":false}\n'
    b'{"message":{"content":""},"done":true,"done_reason":"stop"}\n'
)


@pytest.fixture
def streams():
    """Whole streams by dialect."""
    return {"openai": OPENAI, "py_bytes": PY_BYTES, "ndjson": NDJSON}
