"""Faults of hops, answers, models and traces."""

from tests.doctor.planted import HOME, PG, Planted, access
from tests.doctor.stacks import chatqna, seed

PLANTED = [
    Planted(
        "health that lies",
        seed().answering(
            "clip-embedding-server",
            "embeddings",
            ready=(200, b'{"Service Title":"opea_service@embedding"}'),
            contract=("POST http://x/v1/embeddings", 500, b"Internal Server Error"),
        ),
        "health-lies",
        "clip-embedding-server",
        "says that it is healthy, and answers 500 to a request of its contract",
    ),
    Planted(
        "vectors of another length",
        seed().said(
            PG,
            "psycopg2.errors.DataException: expected 768 dimensions, not 512",
            *access(PG, HOME, "/v1/retrieval", "500 Internal Server Error")[1:],
        ),
        "requests-fail",
        PG,
        "the index holds vectors of 768 numbers, and is asked with 512",
        "vector-length",
    ),
    Planted(
        "a wrong route",
        seed().said(*access("guardrails-bias-detection-server", HOME, "/v1/detect_bias", "404 Not Found")),
        "route-not-served",
        "guardrails-bias-detection-server",
        "is asked for /v1/detect_bias, which it does not serve",
    ),
    Planted(
        "a wrong route between two services",
        seed().said(*access(PG, "172.18.0.5", "/v1/retrieve", "404 Not Found")),
        "route-not-served",
        "clip-embedding-server",
        "posts to /v1/retrieve of retriever-pgvector, which has no such route",
    ),
    Planted(
        "a field that is missing",
        seed().said(*access("clip-embedding-server", HOME, "/v1/embeddings", "422 Unprocessable Entity")),
        "request-not-read",
        "clip-embedding-server",
        "cannot read what is posted to /v1/embeddings",
    ),
    Planted(
        "nobody at the port",
        seed().answering("clip-embedding-server", "embeddings", ready="refused"),
        "not-answering",
        "clip-embedding-server",
        "does not answer (the connection is refused)",
        "refused",
    ),
    Planted(
        "a service that hangs",
        seed().answering("retriever-pgvector", "retrievers", ready="first_byte_timeout"),
        "not-answering",
        PG,
        "it takes the connection and says nothing",
    ),
    Planted(
        "two services mixed up",
        seed().answering(
            "embedding",
            "embeddings",
            ready=(200, b'{"Service Title":"opea_service@retriever"}'),
            title=(200, b'{"Service Title":"opea_service@retriever"}'),
        ),
        "another-service",
        "embedding",
        "answers at http://embedding, where embeddings is meant to",
        "wrong-port",
    ),
    Planted(
        "an index that nobody fills",
        chatqna()
        .answering(
            "dataprep-redis-server", "dataprep", ready=(200, b"{}"), files=(200, b'[{"name":"trams.pdf"}]')
        )
        .answering(
            "retriever-redis-server",
            "retrievers",
            ready=(200, b"{}"),
            contract=(200, b'{"retrieved_docs":[],"initial_query":"x"}'),
        ),
        "index-empty",
        "retriever-redis-server",
        "finds nothing at all, though dataprep-redis-server has ingested 1 files",
    ),
    Planted(
        "no Jaeger",
        seed().answering("traces", role="jaeger", services="refused"),
        "jaeger-gone",
        "traces",
        "does not answer as Jaeger does (refused)",
        "refused",
    ),
    Planted(
        "a model that is loading",
        chatqna().answering("vllm-service", "third_parties.vllm", ready=(503, b"")),
        "not-ready",
        "vllm-service",
        "says that it is not ready: 503",
    ),
    Planted(
        "something else at the port",
        seed().answering("clip-embedding-server", "embeddings", ready=(404, b"<html>")),
        "not-ready",
        "clip-embedding-server",
        "does not serve GET /ready, as embeddings does",
    ),
    Planted(
        "a route that is gone",
        seed().answering(
            "guardrail_in",
            "guardrails.bias_detection",
            ready=(200, b"{}"),
            contract=("POST http://x/v1/bias", 404, b'{"detail":"Not Found"}'),
        ),
        "route-missing",
        "guardrail_in",
        "does not serve POST /v1/bias",
    ),
    Planted(
        "no model",
        seed().answering("ollama-server", "third_parties.ollama", models=(200, b'{"models":[]}')),
        "model-not-pulled",
        "ollama-server",
        "the model qwen2.5:0.5b was never pulled; it has none at all",
        "model-not-pulled",
    ),
    Planted(
        "another model",
        seed().answering(
            "ollama-server", "third_parties.ollama", models=(200, b'{"models":[{"name":"llama3.2:1b"}]}')
        ),
        "model-not-pulled",
        "ollama-server",
        "the model qwen2.5:0.5b was never pulled; it has llama3.2:1b",
    ),
    Planted(
        "another model than its callers ask for",
        chatqna()
        .env("chatqna-backend-server", "LLM_MODEL", "Intel/neural-chat-7b-v3-3")
        .answering(
            "vllm-service",
            "third_parties.vllm",
            models=(
                "GET http://x/v1/models",
                200,
                b'{"data":[{"id":"meta-llama/Meta-Llama-3-8B-Instruct"}]}',
            ),
        ),
        "model-unlike",
        "vllm-service",
        "and is asked for Intel/neural-chat-7b-v3-3",
    ),
    Planted(
        "traces that are lost",
        seed().said(
            "clip-embedding-server",
            *[
                "ERROR:opentelemetry.sdk.trace.export:Exception while exporting Span batch.",
                "requests.exceptions.ConnectionError: HTTPConnectionPool(host='jaeger2', port=4318): Max retries exceeded with url: /v1/traces",
            ]
            * 2,
        ),
        "traces-lost",
        "clip-embedding-server",
        "cannot send its traces to jaeger2:4318",
    ),
    Planted(
        "Jaeger that stays empty",
        seed()
        .said(*access("clip-embedding-server", HOME, "/v1/embeddings", "200 OK", 1))
        .answering("jaeger", role="jaeger", services=(200, b'{"data":["jaeger-all-in-one"]}')),
        "traces-empty",
        "jaeger",
        "has no trace of any service, although requests were served",
    ),
    Planted(
        "an empty answer",
        seed().answering("gateway", role="gateway", question=(200, b"")),
        "empty-answer",
        "gateway",
        "answers HTTP 200 with no answer in it",
        "empty-answer",
    ),
    Planted(
        "a gateway that names its node",
        seed().answering("gateway", role="gateway", question=(502, b'{"node":"retriever","kind":"refused"}')),
        "gateway-fails",
        "gateway",
        "the megaservice fails at retriever: refused",
    ),
    Planted(
        "no gateway",
        seed().answering("gateway", role="gateway", ready="refused"),
        "gateway-gone",
        "gateway",
        "does not answer (refused)",
        "refused",
    ),
]
