"""Healthy stacks raise no alarm, whatever they look like."""

from dataclasses import replace

import pytest

from harness.doctor.inspection import container_of
from harness.doctor.seen import Knock
from tests.doctor.planted import ACCESS, HOME, PG, access
from tests.doctor.stacks import CHATQNA, SEED, Stack, ago, chatqna, inspected, seed

EMBEDDED = b'{"object":"list","model":null,"data":[{"index":0,"object":"embedding","embedding":[0.6,0.8]}],"usage":null}'
TITLE = b'{"Service Title":"opea_service@embedding","Version":"1.0"}'
WELL = {"ready": (200, TITLE), "title": (200, TITLE)}
CONTRACT = ("POST http://x/v1/embeddings", 200, EMBEDDED)


def recovered():
    """It had to wait for its database at first, and runs since."""
    stack = seed()
    stack.inspect[PG]["RestartCount"] = 3
    stack.logs[PG] = (
        'psycopg2.OperationalError: connection to server at "db" (172.18.0.6), port 5432 failed: Connection refused',
        *stack.logs[PG],
    )
    return stack.state(PG, StartedAt=ago(3540), FinishedAt=ago(3541))


def long_ago():
    """Created ten days ago, restarted by hand five hours ago, after which it had to try twice."""
    stack = seed()
    stack.inspect[PG]["Created"] = ago(864000)
    stack.inspect[PG]["RestartCount"] = 2
    return stack.state(PG, StartedAt=ago(18000), FinishedAt=ago(18001))


def job_done():
    """A job that has done its work."""
    stack = Stack({**SEED, "model-downloader": ("alpine:3.20", {})})
    return stack.exited("model-downloader", 0, "done")


def over_it():
    """Requests that went wrong and go right since."""
    bad, good = (ACCESS.format(HOME, "/v1/retrieval", status) for status in ("500 Internal", "200 OK"))
    stack = seed().said(PG, bad, good)
    return stack.said(*access("clip-embedding-server", HOME, "/favicon.ico", "404 Not Found")[:1])


def one_lost_trace():
    """One export failed while Jaeger was starting."""
    return seed().said("clip-embedding-server", "Exception while exporting Span batch.")


def trusting():
    """A database that trusts everybody takes any password."""
    stack = seed().env("pgvector-db", "POSTGRES_HOST_AUTH_METHOD", "trust")
    return stack.env(PG, "PG_CONNECTION_STRING", "postgresql+psycopg2://testuser:other@db:5432/vectordb")


def shared_database():
    """A database of another stack, in a network that both are in."""
    stack = chatqna()
    for name in ("retriever-redis-server", "dataprep-redis-server"):
        stack.env(name, "REDIS_URL", "redis://shared-redis:6379")
    stack.neighbours.append(container_of(inspected("shared-redis", "redis:7", 99)))
    return stack


def elsewhere():
    """Models and databases outside of Docker are not the doctor's."""
    stack = seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "https://models.example.com/v1")
    stack.env(PG, "PG_CONNECTION_STRING", "postgresql+psycopg2://u:p@10.0.0.7:5432/vectors")
    return stack


def on_the_host():
    """A service in the machine's own network calls published ports by localhost."""
    stack = seed().env(PG, "TEI_EMBEDDING_ENDPOINT", "http://localhost:10203").network(PG, "host")
    stack.env(PG, "PG_CONNECTION_STRING", "postgresql+psycopg2://testuser:testpwd@localhost:5432/vectordb")
    stack.inspect[PG]["HostConfig"]["NetworkMode"] = "host"
    return stack


def asked():
    """Everything was asked, and answered as promised."""
    stack = seed().answering("clip-embedding-server", "embeddings", **WELL, contract=CONTRACT)
    stack.answering(
        "ollama-server", "third_parties.ollama", models=(200, b'{"models":[{"name":"qwen2.5:0.5b"}]}')
    )
    stack.answering("jaeger", role="jaeger", services=(200, b'{"data":["chatqna","opea_service@embedding"]}'))
    text = b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n'
    return stack.answering("gateway", role="gateway", question=(200, text))


def stand_ins():
    """Images that stand in for the real ones are known by them."""
    return Stack({name: (f"opea-harness.local/{image}", given) for name, (image, given) in CHATQNA.items()})


def by_address():
    """The machine's own port, called by its address, is published where it is called; and another program has a port of a container's."""
    stack = seed().env(PG, "LLM_ENDPOINT", "http://192.168.1.5:8008")
    stack.env(PG, "OTHER_URL", "http://192.168.1.5:6000/page")
    stack.machine = replace(stack.machine, addresses={"docker0": "172.17.0.1", "eth0": "192.168.1.5"})
    stack.knocks += [Knock("192.168.1.5", port, is_open=True) for port in (8008, 6000)]
    return stack


def killed_once():
    """It ran out of memory in the night, and has been up since."""
    stack = long_ago()
    return stack.state(PG, OOMKilled=True)


def odd_values():
    """Quotes, dollars and colons that are meant."""
    stack = seed().env(PG, "SYSTEM_PROMPT", '"Answer briefly."').env(PG, "PRICE_NAME", "it's $5")
    stack.env(PG, "CACHE_URL", "redis://:secret@pgvector-db:5432/0").env(PG, "DATA_URL", "file:///data")
    return stack.env(PG, "MINIO_ENDPOINT", "10.0.0.9:9000")


HEALTHY = (
    seed,
    chatqna,
    recovered,
    long_ago,
    job_done,
    over_it,
    one_lost_trace,
    trusting,
    shared_database,
    elsewhere,
    on_the_host,
    asked,
    stand_ins,
    by_address,
    killed_once,
    odd_values,
)


@pytest.mark.parametrize("stack", HEALTHY, ids=lambda stack: stack.__name__)
def test_a_healthy_stack_raises_no_alarm(stack):
    """Nothing is found, nothing is doubtful, and the exit code is 0."""
    found = stack().diagnosis()

    assert (found.findings, found.doubts, found.exit_code) == ((), (), 0)


def test_the_newcomers_stack_is_told_as_it_is():
    """Everything is up, and each of its faults is named: the crash loop first."""
    stack = seed().looping(PG, "OSError: We couldn't connect to 'https://huggingface.co' to load the files")
    stack.env(PG, "PG_INDEX_NAME", None).env(PG, "INDEX_NAME", "documents")
    stack.env("clip-embedding-server", "TELEMETRY_ENDPOINT", None)
    stack.check("multimodal-clip-embedding-server", "sleep 30 && exit 0")
    stack.env("ollama-server", "LLM_MODEL_ID", "")
    stack.answering("ollama-server", "third_parties.ollama", models=(200, b'{"models":[]}'))
    stack.said(*access("guardrails-bias-detection-server", HOME, "/v1/detect_bias", "404 Not Found"))

    found = stack.diagnosis()

    assert [(each.service, each.id) for each in found.findings] == [
        (PG, "crash-loop"),
        ("multimodal-clip-embedding-server", "health-check-fake"),
        (PG, "index-name-not-read"),
        ("jaeger", "jaeger-unused"),
        ("ollama-server", "model-not-pulled"),
        ("guardrails-bias-detection-server", "route-not-served"),
    ]
    assert found.findings[0].what.startswith(
        "was restarted 14 times in 9 min: huggingface.co cannot be reached"
    )
