"""A newcomer's stack of seven services as data: images, ports, settings, who needs whom, and what says that each is ready.

It is raised by `opea-harness up seed`, and asked by the scenario rag-seed with `--stack real`. Ports are those inside; outside they are
free ones of loopback.
"""

from collections.abc import Mapping

import orjson

from harness.jaeger.container import OTLP_PORT, SERVICE
from harness.service import Composition, Probe, Service

MODEL = "llama3.2:1b"
DIMENSION = 512  # openai/clip-vit-base-patch32's joint space.
INDEX = "rag_pgvector"  # Said to both sides, because their defaults never meet.
USER, PASSWORD, DATABASE = "testuser", "testpwd", "vectordb"
TELEMETRY: Mapping[str, str] = {
    "TELEMETRY_ENDPOINT": f"http://{SERVICE.name}:{OTLP_PORT}/v1/traces",
    "LOGFLAG": "true",
}

COMPARED = "CREATE EXTENSION IF NOT EXISTS vector; SELECT '[1,0]'::vector <=> '[0,1]'"
VECTOR = [1.0, *[0.0] * (DIMENSION - 1)]

PGVECTOR = Service(
    "pgvector",
    "pgvector/pgvector:0.7.0-pg16",
    ports=(5432,),
    scheme="postgresql",
    environment={
        "POSTGRES_DB": DATABASE,
        "POSTGRES_USER": USER,
        "POSTGRES_PASSWORD": PASSWORD,
        "POSTGRES_HOST_AUTH_METHOD": "trust",
    },
    volumes={"vectors": "/var/lib/postgresql/data"},
    # Over TCP: while it makes its cluster, it answers at its socket only, and begins again afterwards.
    probe=Probe(
        command=("psql", "-h", "127.0.0.1", "-U", USER, "-d", DATABASE, "-qtAc", COMPARED), holds="1"
    ),
    aliases=("db",),
)
OLLAMA = Service(
    "ollama",
    "ollama/ollama",
    ports=(11434,),
    environment={"LLM_MODEL_ID": MODEL},
    prepare=("sh", "-c", f"ollama show {MODEL} >/dev/null 2>&1 || ollama pull {MODEL}"),
    probe=Probe(
        "/v1/chat/completions",
        "POST",
        orjson.dumps({"model": MODEL, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}),
        holds='"choices"',
    ),
    ready_limit_s=1800.0,  # A gigabyte may have to be pulled.
)
CLIP = Service(
    "multimodal-clip",
    "opea/embedding-multimodal-clip:latest",
    ports=(6990,),
    environment=TELEMETRY,
    comp="third_parties.clip",
    ready_limit_s=600.0,  # It fetches its model.
)
EMBEDDING = Service(
    "embedding",
    "opea/embedding:latest",
    ports=(6000,),
    environment={
        "EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING",
        "CLIP_EMBEDDING_ENDPOINT": f"http://{CLIP.name}:{CLIP.port}",
        **TELEMETRY,
    },
    after=(CLIP.name,),
    comp="embeddings",
)
GUARDRAIL = Service(
    "bias-detection",
    "opea/guardrails-bias-detection:latest",
    ports=(9092,),
    environment=TELEMETRY,
    comp="guardrails.bias_detection",
    ready_limit_s=600.0,
)
RETRIEVER = Service(
    "retriever",
    "opea/retriever:latest",
    ports=(7000,),
    environment={
        "RETRIEVER_COMPONENT_NAME": "OPEA_RETRIEVER_PGVECTOR",
        "PG_CONNECTION_STRING": f"postgresql+psycopg2://{USER}:{PASSWORD}@{PGVECTOR.name}:{PGVECTOR.port}/{DATABASE}",
        "INDEX_NAME": INDEX,
        "PG_INDEX_NAME": INDEX,
        **TELEMETRY,
    },
    after=(PGVECTOR.name,),
    comp="retrievers",
    # A vector as long as those that it keeps: the contract's own example is that of another model.
    probe=Probe(
        "/v1/retrieval",
        "POST",
        orjson.dumps({"text": "Is anything there?", "embedding": VECTOR}),
        holds='"retrieved_docs"',
    ),
    ready_limit_s=600.0,
)

SEED = Composition(
    "seed",
    (SERVICE, PGVECTOR, OLLAMA, CLIP, EMBEDDING, GUARDRAIL, RETRIEVER),
    volumes=("vectors",),
    nodes={
        "guardrail_in": GUARDRAIL.name,
        "embedding": EMBEDDING.name,
        "retriever": RETRIEVER.name,
        "llm": OLLAMA.name,
    },
    traces=SERVICE.name,
    settings={
        "OPEA_MOCK_POSTGRES": f"postgresql://{USER}:{PASSWORD}@{{{PGVECTOR.name}}}/{DATABASE}",
        "INDEX_NAME": INDEX,
        "OPEA_MOCK_EMBEDDER": f"http://{{{EMBEDDING.name}}}/v1/embeddings",
    },
)
