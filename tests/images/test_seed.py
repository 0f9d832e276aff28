"""The seed's seven as they are built from packages alone: each answers as its contract says, and ends as the real one does."""

import json
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager

import pytest

from harness.comp import World
from harness.composition.images import tagged
from harness.containers.container import Wanted, running
from harness.containers.engine import connected
from harness.containers.network import private_network
from mocks._store import POSTGRES, Chunk, index_name, store_of
from scenarios._seed import SEED as COMPOSITION
from tests.images.stand_ins.building import GENUINE, HERE
from tests.images.stand_ins.seed import MODEL, SEED, build

BUILT = ("docker", "images", "mmdebstrap", "opea")
DATABASE = {
    "POSTGRES_DB": "vectordb",
    "POSTGRES_USER": "testuser",
    "POSTGRES_PASSWORD": "testpwd",
    "POSTGRES_HOST_AUTH_METHOD": "trust",
}
PGVECTOR = {"RETRIEVER_COMPONENT_NAME": "OPEA_RETRIEVER_PGVECTOR"}
LIMIT_S = 120.0
STOP_LIMIT_S = 10

pytestmark = [pytest.mark.needs(*BUILT), pytest.mark.timeout(900)]


def until(look, limit_s=LIMIT_S):
    """What `look` gives once it gives something without an error."""
    end, error = time.monotonic() + limit_s, None
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (OSError, ValueError) as seen:
            error = seen
        time.sleep(0.05)
    raise AssertionError(f"not after {limit_s:g} s: {error}")


def ask(url, body=None):
    """Status and JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def ended(container):
    """How it ends when it is told to: its exit code, or None where it does not."""
    container.inner.stop(timeout=STOP_LIMIT_S)
    state = container.facts()["State"]
    return None if state["ExitCode"] == 137 else state["ExitCode"]


class Bench:
    """Starts stand-ins on one network, where each is reached by its name."""

    def __init__(self, engine, network, folder, stack):
        self.engine, self.network, self.folder, self.stack = engine, network, folder, stack

    def start(self, name, *ports, **how):
        """One of the seven."""
        image = build(self.engine, name).name
        wanted = Wanted(name, image, ports=ports, network=self.network, aliases=(name,), **how)
        return self.stack.enter_context(running(self.engine, wanted, self.folder))

    def postgres(self, **how):
        """The database, once it answers a query over TCP."""
        found = self.start("pgvector", 5432, environment=DATABASE, **how)
        command = ["psql", "-h", "127.0.0.1", "-U", "testuser", "-d", "vectordb", "-qtAc", "SELECT 1"]
        until(lambda: found.inner.exec_run(command).exit_code == 0)
        return found

    def retriever(self, host="pgvector"):
        """The retriever over that database."""
        dsn = f"postgresql+psycopg2://testuser:testpwd@{host}:5432/vectordb"
        return self.start("retriever", 7000, environment={**PGVECTOR, "PG_CONNECTION_STRING": dsn})


@contextmanager
def started(folder):
    """A bench on the engine of this machine."""
    with connected() as engine, private_network(engine) as network, ExitStack() as stack:
        yield Bench(engine, network, folder, stack)


@pytest.fixture
def bench(tmp_path):
    """A bench whose containers are gone after the test."""
    with started(tmp_path) as found:
        yield found


def answered(container, port, path, body):
    """The first answer that comes, right or not."""
    return until(lambda: ask(container.url(port) + path, body))


def world(postgres):
    """What a mock of dataprep has that writes into that database vectors as CLIP's."""
    where = postgres.url(5432).partition("//")[2]
    dsn = f"postgresql://testuser:testpwd@{where}/vectordb"
    return World(settings={POSTGRES: dsn, "EMBEDDING_DIMENSION": "512"})


@pytest.mark.parametrize("name", ["retriever", "embedding-clip", "guardrails-bias-detection"])
def test_an_image_says_what_in_it_is_genuine(name, bench):
    """And no more than that."""
    recipe = build(bench.engine, name)
    label = bench.engine.client.images.get(recipe.name).labels[GENUINE]

    assert label.startswith("opea-comps 1.5: its MicroService, registry, telemetry and shapes")
    assert ("PGVector" in label) == (name == "retriever")


@pytest.mark.needs("jaeger", "ollama", "pgvector")
def test_every_one_of_the_seven_stands_for_a_real_image(bench):
    """No stand-in is without one, and none stands for two."""
    mapped = json.loads((HERE / "image_map.json").read_text())

    assert sorted(mapped.values()) == sorted(build(bench.engine, name).name for name in SEED)
    assert set(mapped) == {tagged(service.image) for service in COMPOSITION.services}


@pytest.mark.needs("jaeger")
def test_jaeger_keeps_what_it_is_sent_and_ends_at_once(bench):
    """OTLP in, its query API out; it is told to end and does."""
    jaeger = bench.start("jaeger", 16686, 4318)
    span = {"traceId": "01" * 16, "spanId": "02" * 8, "name": "hop", "kind": 2, "startTimeUnixNano": "1", "endTimeUnixNano": "2"}  # fmt: skip
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "node"}}]}
    traces = {"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": [span]}]}]}

    assert answered(jaeger, 4318, "/v1/traces", traces)[0] == 200
    assert until(lambda: ask(jaeger.url(16686) + "/api/services")[1]["data"]) == ["node"]
    assert ended(jaeger) == 0


@pytest.mark.needs("pgvector")
def test_postgres_runs_its_scripts_once_and_keeps_its_volume(bench, tmp_path):
    """A new container of the same volume finds what the first one kept."""
    script = tmp_path / "init.sql"
    script.write_text("CREATE EXTENSION vector; CREATE TABLE kept AS SELECT '[1,0]'::vector AS v")
    volume = bench.engine.client.volumes.create(labels=bench.engine.labels)
    bench.stack.callback(volume.remove)
    kept = {volume.name: "/var/lib/postgresql/data", str(script): "/docker-entrypoint-initdb.d/init.sql"}
    command = ["psql", "-U", "testuser", "-d", "vectordb", "-qtAc", "SELECT v <=> '[0,1]' FROM kept"]
    codes = []
    for _ in range(2):
        postgres = bench.postgres(volumes=kept)

        assert postgres.inner.exec_run(command).output.split() == [b"1"]

        codes.append(ended(postgres))
        postgres.remove()

    assert codes == [0, 0]


@pytest.mark.needs("pgvector")
def test_postgres_without_a_password_says_what_it_wants(bench):
    """As the real image, it ends."""
    postgres = bench.start("pgvector")
    death = until(postgres.death)

    assert death.exit_code == 1
    assert "give POSTGRES_PASSWORD" in death.told("pgvector")


@pytest.mark.needs("pgvector")
def test_what_a_mock_of_dataprep_writes_the_retriever_finds_by_the_vector_of_the_clip_chain(bench):
    """In all of its shapes; a vector of another length is an internal error, as upstream."""
    postgres = bench.postgres()
    retriever = bench.retriever()
    bench.start("embedding-multimodal-clip")
    clip = {
        "EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING",
        "CLIP_EMBEDDING_ENDPOINT": "http://embedding-multimodal-clip:6990",
    }
    embedding = bench.start("embedding-clip", 6000, environment=clip)
    filled = world(postgres)
    chunks = [Chunk("a.txt", "The bridge opens at nine."), Chunk("b.txt", "Trains leave from platform two.")]
    store_of(filled).index(index_name(filled)).add(chunks)
    question = "When does the bridge open?"
    vectors = until(lambda: _when_200(embedding.url(6000) + "/v1/embeddings", {"input": question}))
    vector = vectors["data"][0]["embedding"]
    url = retriever.url(7000) + "/v1/retrieval"
    document = until(lambda: _when_200(url, {"text": question, "embedding": vector}))
    found = ask(url, {"input": question, "embedding": vectors})[1]
    chat = ask(url, {"messages": question, "embedding": vector})[1]

    assert len(vector) == 512
    assert [each["text"] for each in document["retrieved_docs"]] == [chunk.text for chunk in chunks]
    assert document["initial_query"] == question
    assert found["retrieved_docs"][0] == {
        "text": chunks[0].text,
        "metadata": {"doc_name": "./uploaded_files/a.txt"},
    }
    assert chat["documents"] == [chunk.text for chunk in chunks]
    assert ask(url, {"text": question, "embedding": [0.1] * 768})[0] == 500
    store_of(filled).close()


def _when_200(url, body):
    status, found = ask(url, body)
    return found if status == 200 else None


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            {**PGVECTOR, "PG_CONNECTION_STRING": "postgresql+psycopg2://u:p@nowhere:5432/vectordb"},
            "Failed to create vector extension",
        ),
        (PGVECTOR, "Could not parse SQLAlchemy URL"),
        ({}, "No component found with the name 'OPEA_RETRIEVER_REDIS'"),
    ],
)
def test_a_retriever_without_its_database_does_not_start(environment, words, bench):
    """As the real one: it ends with the error, and is begun again by whoever is told to."""
    retriever = bench.start("retriever", environment=environment)
    death = until(retriever.death)

    assert death.exit_code == 1
    assert words in death.told("retriever")


@pytest.mark.parametrize(
    ("name", "port", "path", "answers"),
    [
        (
            "guardrails-bias-detection",
            9092,
            "/v1/bias",
            {
                "McCain exposed as an unprincipled politician.": {
                    "text": "Violated policies: bias, please check your input.",
                    "downstream_black_list": [".*"],
                },
                "How are you?": {"text": "How are you?", "downstream_black_list": []},
            },
        ),
        (
            "embedding-multimodal-clip",
            6990,
            "/v1/embeddings",
            {"How are you?": {"text": "How are you?", "constraints": {}, "k": 4}},
        ),
    ],
)
def test_a_comp_answers_on_the_real_base_class_which_does_not_end_when_it_is_told(
    name, port, path, answers, bench
):
    """Its title and statistics are the base class's; so is that it is killed in the end, after its ten seconds."""
    comp = bench.start(name, port)
    for text, holds in answers.items():
        status, found = answered(comp, port, path, {"text": text})

        assert (status, {key: found[key] for key in holds}) == (200, holds)

    title = ask(comp.url(port) + "/v1/health_check")[1]["Service Title"]

    assert list(ask(comp.url(port) + "/v1/statistics")[1]) == [title]
    assert ended(comp) is None


@pytest.mark.needs("jaeger")
def test_the_embedding_service_tells_jaeger_of_itself(bench):
    """By the base class's own telemetry, where TELEMETRY_ENDPOINT says."""
    jaeger = bench.start("jaeger", 16686)
    bench.start("embedding-multimodal-clip")
    environment = {
        "EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING",
        "CLIP_EMBEDDING_ENDPOINT": "http://embedding-multimodal-clip:6990",
        "TELEMETRY_ENDPOINT": "http://jaeger:4318/v1/traces",
    }
    embedding = bench.start("embedding-clip", 6000, environment=environment)
    until(lambda: _when_200(embedding.url(6000) + "/v1/embeddings", {"input": "How are you?"}))
    operations = until(lambda: ask(jaeger.url(16686) + "/api/services/opea/operations")[1]["data"])

    assert operations == ["embedding"]


@pytest.mark.needs("ollama")
def test_ollama_has_its_model_says_the_same_each_time_and_ends_at_once(bench):
    """Without a network: nothing has to be pulled."""
    ollama = bench.start("ollama", 11434)
    tags = answered(ollama, 11434, "/api/tags", None)[1]
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Where is the bridge?"}]}
    first, second = (ask(ollama.url(11434) + "/v1/chat/completions", body)[1] for _ in range(2))
    said = first["choices"][0]["message"]["content"]

    assert [each["name"] for each in tags["models"]] == [MODEL]
    assert said
    assert said == second["choices"][0]["message"]["content"]
    assert ended(ollama) == 0
