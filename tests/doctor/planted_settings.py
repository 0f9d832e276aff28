"""Faults of settings, networks, stores, health checks and the machine."""

from dataclasses import replace

from harness.doctor.inspection import container_of
from harness.doctor.seen import Knock, Machine
from tests.doctor.planted import PG, Planted
from tests.doctor.stacks import GIB, chatqna, inspected, seed

OTHER = "postgresql+psycopg2://{}@db:5432/{}"


def with_neighbour(stack, name, network, **changes):
    said = inspected(name, "redis:7", 99, network=network)
    said["State"] |= changes
    stack.neighbours.append(container_of(said))
    return stack


def default_network():
    stack = seed()
    for name in stack.inspect:
        stack.network(name, "bridge")
    return stack


def two_stores():
    stack = with_neighbour(chatqna(), "old-redis", "seed_default", Status="running")
    return stack.env("dataprep-redis-server", "REDIS_URL", "redis://old-redis:6379")


def of_the_machine(knocked, *, is_open=False):
    """The retriever calls the machine by its address; Ollama is published on loopback alone."""
    stack = seed().env(PG, "LLM_ENDPOINT", f"http://192.168.1.5:{knocked}")
    stack.machine = replace(stack.machine, addresses={"docker0": "172.17.0.1", "eth0": "192.168.1.5"})
    stack.knocks.append(Knock("192.168.1.5", knocked, is_open=is_open))
    stack.inspect["ollama-server"]["NetworkSettings"]["Ports"]["11434/tcp"][0]["HostIp"] = "127.0.0.1"
    return stack


def closed():
    stack = seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://clip-embedding-server:6001")
    stack.knocks.append(Knock("clip-embedding-server", 6001, is_open=False))
    return Planted(
        "a port where nobody listens",
        stack,
        "port-closed",
        PG,
        "calls clip-embedding-server on port 6001, where nothing listens",
    )


def short(name, machine, rule, words, cause):
    stack = seed()
    stack.machine = machine
    return Planted(name, stack, rule, "machine", words, cause)


PLANTED = [
    Planted(
        "a health check that cannot run",
        seed().check(
            "clip-embedding-server",
            "curl -f http://localhost:6000/v1/health_check",
            "unhealthy",
            "/bin/sh: 1: curl: not found",
            9,
        ),
        "health-check-broken",
        "clip-embedding-server",
        "there is no curl in opea/embedding:latest",
        "program-missing",
    ),
    Planted(
        "a health check that only sleeps",
        seed().check("multimodal-clip-embedding-server", "sleep 30 && exit 0"),
        "health-check-fake",
        "multimodal-clip-embedding-server",
        "passes whatever happens",
    ),
    Planted(
        "a health check of another path",
        seed().check("clip-embedding-server", "curl -f http://localhost:6000/v1/healthcheck"),
        "health-check-path",
        "clip-embedding-server",
        "asks /v1/healthcheck, which opea/embedding does not serve",
    ),
    Planted(
        "a host that is no container",
        seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://tei-server:80"),
        "host-unknown",
        PG,
        "TEI_EMBEDDING_ENDPOINT calls tei-server, which is no container of this stack",
    ),
    Planted(
        "the machine's port in the network",
        seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://clip-embedding-server:10203"),
        "port-of-the-machine",
        PG,
        "calls clip-embedding-server:10203; 10203 is published on the machine, in the container it is 6000",
    ),
    Planted(
        "the container's port on the machine",
        seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://host.docker.internal:6000"),
        "port-of-the-container",
        PG,
        "calls port 6000 of the machine",
    ),
    Planted(
        "localhost in a container",
        seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://localhost:6990"),
        "localhost-in-container",
        PG,
        "calls localhost:6990, which is its own container",
    ),
    Planted(
        "two networks",
        seed().network("pgvector-db", "other_default"),
        "networks-apart",
        PG,
        "calls pgvector-db, and the two are in no common network",
    ),
    Planted(
        "the default network",
        default_network(),
        "networks-apart",
        "clip-embedding-server",
        "in Docker's default network, where no name resolves",
    ),
    Planted(
        "another database",
        seed().env(PG, "PG_CONNECTION_STRING", OTHER.format("testuser:testpwd", "vectors")),
        "database-unlike",
        PG,
        "names the database vectors, pgvector-db was given has vectordb",
        "wrong-database",
    ),
    Planted(
        "another user",
        seed().env(PG, "PG_CONNECTION_STRING", OTHER.format("opea:testpwd", "vectordb")),
        "database-unlike",
        PG,
        "names the user opea",
        "wrong-user",
    ),
    Planted(
        "another password",
        seed().env(PG, "PG_CONNECTION_STRING", OTHER.format("testuser:hunter2", "vectordb")),
        "database-unlike",
        PG,
        "names another password",
        "wrong-password",
    ),
    Planted(
        "no connection string",
        seed().env(PG, "PG_CONNECTION_STRING", None),
        "setting-missing",
        PG,
        "is not given PG_CONNECTION_STRING",
    ),
    Planted(
        "an index that is not read",
        seed().env(PG, "PG_INDEX_NAME", None).env(PG, "INDEX_NAME", "documents"),
        "index-name-not-read",
        PG,
        "is given INDEX_NAME, but its PGVECTOR component reads PG_INDEX_NAME",
    ),
    Planted(
        "two collections",
        chatqna().env("dataprep-redis-server", "INDEX_NAME", "docs"),
        "collections-apart",
        "retriever-redis-server",
        "dataprep-redis-server writes to the collection docs",
    ),
    Planted(
        "two stores",
        two_stores(),
        "stores-apart",
        "retriever-redis-server",
        "searches redis-vector-db, and dataprep-redis-server writes to old-redis",
    ),
    Planted(
        "no service sends traces",
        seed().env("clip-embedding-server", "TELEMETRY_ENDPOINT", None),
        "jaeger-unused",
        "jaeger",
        "no service is given TELEMETRY_ENDPOINT",
    ),
    Planted(
        "an empty address of traces",
        seed().env("clip-embedding-server", "TELEMETRY_ENDPOINT", ""),
        "telemetry-empty",
        "clip-embedding-server",
        "TELEMETRY_ENDPOINT of clip-embedding-server is empty",
    ),
    Planted(
        "traces to the port of gRPC",
        seed().env("clip-embedding-server", "TELEMETRY_ENDPOINT", "http://jaeger:4317"),
        "telemetry-address",
        "clip-embedding-server",
        "is http://jaeger:4317, which is no http address that ends in /v1/traces",
    ),
    Planted(
        "Jaeger without OTLP",
        seed().env("jaeger", "COLLECTOR_OTLP_ENABLED", "false"),
        "traces-not-taken",
        "jaeger",
        "takes no OTLP",
    ),
    Planted(
        "a callee of another stack",
        with_neighbour(
            chatqna()
            .env("retriever-redis-server", "REDIS_URL", "redis://shared-redis:6379")
            .env("dataprep-redis-server", "REDIS_URL", "redis://shared-redis:6379"),
            "shared-redis",
            "seed_default",
            Status="exited",
        ),
        "callee-down",
        "dataprep-redis-server",
        "calls shared-redis, which is exited",
    ),
    closed(),
    Planted(
        "a port that is published on another interface",
        of_the_machine(8008),
        "machine-port-closed",
        PG,
        "calls port 8008 of the machine at 192.168.1.5, where nothing listens; ollama-server publishes it on 127.0.0.1 alone",
    ),
    Planted(
        "a port of the machine that nobody has",
        of_the_machine(9999),
        "machine-port-closed",
        PG,
        "LLM_ENDPOINT calls port 9999 of the machine at 192.168.1.5, where nothing listens",
    ),
    Planted(
        "the container's port on the machine, by address",
        of_the_machine(11434),
        "port-of-the-container",
        PG,
        "calls port 11434 of the machine; ollama-server listens there in its container only",
    ),
    Planted(
        "an address in quotes",
        seed().env(PG, "TEI_EMBEDDING_ENDPOINT", '"http://clip-embedding-server:6000"'),
        "setting-malformed",
        PG,
        "TEI_EMBEDDING_ENDPOINT has quotes around it, which are a part of the value",
    ),
    short(
        "a full disk",
        Machine(GIB // 2, 500 * GIB, 12 * GIB, 16 * GIB, "/"),
        "disk-short",
        "the disk is nearly full: 0.5 GiB of 500.0 GiB are free",
        "disk-full",
    ),
    short(
        "no memory left",
        Machine(200 * GIB, 500 * GIB, GIB // 8, 16 * GIB, "/"),
        "memory-short",
        "the memory is nearly used up: 0.1 GiB of 16.0 GiB",
        "out-of-memory",
    ),
]
