"""Servers that are broken in one way each, and the checks that are meant to catch them."""

from dataclasses import replace

from harness.comp import World
from harness.mocking.app import Mock
from tests.contract.ways import (
    EMBEDDINGS,
    LLM,
    PACED,
    RERANKINGS,
    SLOW,
    Careless,
    Confused,
    Needy,
    Wrapped,
    _always_streaming,
    _blocking,
    _breaking_off,
    _called_html,
    _documented,
    _dropped,
    _fond_of_ascii,
    _in_tgi,
    _is,
    _leaking,
    _nan,
    _no_streams,
    _scaled,
    _shorter,
    _silent,
    _status,
    _streams,
    _stuck,
    _swapped,
    _taking,
    _text_vectors,
    _unlike,
    _vectors,
    _wrapped,
    answering,
    worn_out,
)

__all__ = ["BROKEN", "EMBEDDINGS", "LLM", "PACED", "RERANKINGS", "Wrapped", "worn_out"]

STREAM_CHECKS = ("content-type", "framing", "dialect", "first-byte", "end-mark", "same-text", "any-chunks")
EXAMPLES = {f"example.openai.{name}" for name in ("one-text", "texts", "tokens")}

BROKEN = {
    "a number that is none": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _nan), EXAMPLES),
    "a field more is required": (EMBEDDINGS, _taking(Needy), EXAMPLES | {"openapi.request"}),
    "a field is not validated": (EMBEDDINGS, _taking(Careless), {"drawn.invalid.openai"}),
    "a field more is documented as required": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas["EmbeddingRequest"]["required"].append("model")),
        {"openapi.request"},
    ),
    "a type less is documented": (
        EMBEDDINGS,
        _documented(
            lambda schemas: schemas["EmbeddingRequest"]["properties"].update(input={"type": "string"})
        ),
        {"openapi.request"},
    ),
    "a reply without its data is documented": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas["EmbeddingResponse"].update(required=[])),
        {"openapi.reply"},
    ),
    "a reference leads nowhere": (
        EMBEDDINGS,
        _documented(lambda schemas: schemas.pop("HTTPValidationError")),
        {"openapi.valid"},
    ),
    "blocks its loop": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _blocking), {"concurrency"}),
    "leaks a descriptor": (EMBEDDINGS, lambda: answering(EMBEDDINGS, _leaking), {"descriptors"}),
    "reads nothing but ASCII": (
        EMBEDDINGS,
        lambda: answering(EMBEDDINGS, _fond_of_ascii),
        {"drawn.valid.openai"},
    ),
    "says nothing to what it does not know": (EMBEDDINGS, _wrapped(_silent), {"bad-input.list"}),
    "breaks off": (EMBEDDINGS, _wrapped(_breaking_off), {"side.metrics"}),
    "JSON that is called HTML": (EMBEDDINGS, _wrapped(_called_html), EXAMPLES),
    "no streams": (
        LLM,
        lambda: answering(LLM, _no_streams, "/v1/chat/completions"),
        {f"stream.chat.{name}" for name in STREAM_CHECKS} | {"example.chat.streamed"},
    ),
    "a stream of another dialect": (
        LLM,
        _streams(_in_tgi),
        {"stream.chat.dialect", "stream.chat.same-text", "stream.chat.framing", "law.chat.not-empty"},
    ),
    "vectors of twice the length": (EMBEDDINGS, _vectors(_scaled), {"law.openai.unit-vectors"}),
    "vectors of two lengths": (
        EMBEDDINGS,
        _vectors(_shorter),
        {"law.openai.one-length", "law.openai.same-text-same-vector"},
    ),
    "a vector is missing": (EMBEDDINGS, _vectors(_dropped), {"law.openai.one-vector-a-text"}),
    "answers in another order": (
        EMBEDDINGS,
        _vectors(_swapped),
        {"law.openai.in-order", "law.openai.same-text-same-vector"},
    ),
    "the same text has two vectors": (EMBEDDINGS, _vectors(_unlike), {"law.openai.same-text-same-vector"}),
    "every text has the same vector": (
        EMBEDDINGS,
        _vectors(_stuck),
        {"law.openai.other-words-other-vector"},
    ),
    "vectors in another shape": (
        EMBEDDINGS,
        _vectors(_text_vectors),
        {f"example.openai.{name}" for name in ("one-text", "texts", "tokens")},
    ),
    "500 on bad input": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 422), 500)),
        {"example.openai.text-doc", "example.openai.bad-format"}
        | {
            f"bad-input.{name}"
            for name in ("empty", "half-an-object", "list", "null", "number", "string", "missing-fields")
        }
        | {"bad-input.wrong-types", "bad-input.wrong-content-type"},
    ),
    "400 without a reason": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 400), 400, b"")),
        {"bad-input.deep-nesting", "bad-input.invalid-utf8"},
    ),
    "a bad text is taken for good": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/embeddings", 400), 200)),
        {"bad-input.deep-nesting", "bad-input.invalid-utf8"},
    ),
    "no OpenAPI document": (
        EMBEDDINGS,
        _wrapped(_status(_is("/openapi.json", 200), 200, b'{"paths": {}}')),
        {"openapi.routes", "openapi.valid"},
    ),
    "another comp": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/health_check", 200), 200, b'{"Service Title": "opea_service@x"}')),
        {"side.health-check"},
    ),
    "no statistics": (
        EMBEDDINGS,
        _wrapped(_status(_is("/v1/statistics", 200), 200, b"{}")),
        {"side.statistics"},
    ),
    "no metrics": (EMBEDDINGS, _wrapped(_status(_is("/metrics", 200), 404)), {"side.metrics"}),
    "no metrics of vLLM's": (
        LLM,
        _wrapped(_status(_is("/metrics", 200), 200, b"up 1\n"), LLM),
        {"side.engine-metrics"},
    ),
    "liveness lies": (EMBEDDINGS, _wrapped(_status(_is("/health", 200), 503)), {"side.health"}),
    "every route is there": (
        EMBEDDINGS,
        _wrapped(_status(lambda _scope, seen: seen == 404, 200)),
        {"side.unknown-route"},
    ),
    "every method is taken": (
        EMBEDDINGS,
        _wrapped(_status(lambda _scope, seen: seen == 405, 200)),
        {"side.wrong-method"},
    ),
    "answers go to others": (
        RERANKINGS,
        lambda: Wrapped(Mock(RERANKINGS, World(), behaviour=SLOW), Confused()),
        {"concurrency.8", "concurrency.32"},
    ),
    "no end mark": (LLM, _streams(lambda stream: replace(stream, tail=())), {"stream.chat.end-mark"}),
    "something follows the end mark": (
        LLM,
        _streams(lambda stream: replace(stream, tail=(*stream.tail, stream.tokens[0]))),
        {"stream.chat.end-mark"},
    ),
    "the stream is no stream by its type": (
        LLM,
        _streams(lambda stream: replace(stream, content_type="text/html")),
        {"stream.chat.content-type"},
    ),
    "all at once": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=(b"".join(stream.tokens),))),
        {"stream.chat.first-byte"},
    ),
    "an event that cannot be read": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=(*stream.tokens, b"data: {oops\n\n"))),
        {"stream.chat.framing"},
    ),
    "a token is lost": (
        LLM,
        _streams(lambda stream: replace(stream, tokens=stream.tokens[1:])),
        {"stream.chat.same-text"},
    ),
    "stream=false is passed over": (
        LLM,
        lambda: answering(LLM, _always_streaming, "/v1/chat/completions"),
        {"example.chat", "stream.chat.same-text"},
    ),
}
