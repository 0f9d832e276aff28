"""Stacks as Docker's inspect shows them, healthy or with one thing wrong: the shape is the Engine API's, the words are ours."""

import copy
from datetime import UTC, datetime

from harness.doctor.case import Case
from harness.doctor.diagnose import diagnose
from harness.doctor.inspection import container_of
from harness.doctor.seen import Answer, Machine, Probe, Seen

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()
GIB = 2**30
ROOMY = Machine(200 * GIB, 500 * GIB, 12 * GIB, 16 * GIB, "/var/lib/docker")
NEVER = "0001-01-01T00:00:00Z"
UVICORN = (
    "INFO:     Started server process [1]",
    "INFO:     Waiting for application startup.",
    "INFO:     Application startup complete.",
    "INFO:     Uvicorn running on http://0.0.0.0:{port} (Press CTRL+C to quit)",
)


def ago(seconds):
    return datetime.fromtimestamp(NOW - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")


RUNNING = {
    "Status": "running",
    "Running": True,
    "Paused": False,
    "Restarting": False,
    "OOMKilled": False,
    "Dead": False,
    "ExitCode": 0,
    "Error": "",
    "StartedAt": ago(3590),
    "FinishedAt": NEVER,
}


def inspected(name, image, number, **given):
    """What `docker inspect` gives of a container that compose raised an hour ago and that runs well."""
    service = given.get("service", name)
    network = given.get("network", "seed_default")
    labels = {"com.docker.compose.project": "seed", "com.docker.compose.service": service}
    if waits := given.get("waits"):
        labels["com.docker.compose.depends_on"] = ",".join(f"{each}:service_healthy:false" for each in waits)
    check = given.get("check")
    said = {
        "Id": f"{number:02d}" * 32,
        "Created": ago(3600),
        "Path": "python",
        "Args": list(given.get("arguments", ["service.py"])),
        "Name": f"/{name}",
        "RestartCount": 0,
        "State": dict(RUNNING),
        "HostConfig": {
            "NetworkMode": network,
            "RestartPolicy": {"Name": given.get("restart", "unless-stopped"), "MaximumRetryCount": 0},
            "Memory": 0,
            "PortBindings": _places(given, ""),
        },
        "Config": {
            "Hostname": given.get("hostname", f"{number:02d}" * 6),
            "Image": image,
            "Env": [
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "http_proxy=http://proxy:3128",
                *(f"{key}={value}" for key, value in given.get("env", {}).items()),
            ],
            "ExposedPorts": {f"{port}/tcp": {} for port in given.get("exposed", ())},
            "Labels": labels,
        },
        "NetworkSettings": {
            "Ports": _places(given, "0.0.0.0"),
            "Networks": {network: {"IPAddress": f"172.18.0.{number}", "Aliases": [name, service]}},
        },
    }
    if check:
        said["Config"]["Healthcheck"] = {"Test": ["CMD-SHELL", check]}
        said["State"]["Health"] = {
            "Status": "healthy",
            "FailingStreak": 0,
            "Log": [{"ExitCode": 0, "Output": "ok"}],
        }
    return said


def _places(given, address):
    """Where each port of the container is published on the machine."""
    return {
        f"{target}/tcp": [{"HostIp": address, "HostPort": str(published)}]
        for published, target in given.get("ports", {}).items()
    }


SEED = {
    "multimodal-clip-embedding-server": (
        "opea/embedding-multimodal-clip:latest",
        {
            "service": "multimodal-clip-embedding",
            "ports": {6990: 6990},
            "check": "curl -f http://localhost:6990/v1/health_check",
        },
    ),
    "ollama-server": (
        "ollama/ollama",
        {"ports": {8008: 11434}, "exposed": [11434], "env": {"LLM_MODEL_ID": "qwen2.5:0.5b"}},
    ),
    "guardrails-bias-detection-server": ("opea/guardrails-bias-detection:latest", {"ports": {9092: 9092}}),
    "clip-embedding-server": (
        "opea/embedding:latest",
        {
            "ports": {10203: 6000},
            "env": {
                "CLIP_EMBEDDING_ENDPOINT": "http://multimodal-clip-embedding:6990",
                "EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING",
                "TELEMETRY_ENDPOINT": "http://jaeger:4318/v1/traces",
            },
        },
    ),
    "pgvector-db": (
        "pgvector/pgvector:0.7.0-pg16",
        {
            "hostname": "db",
            "ports": {5432: 5432},
            "exposed": [5432],
            "check": "pg_isready -U testuser -d vectordb",
            "env": {"POSTGRES_DB": "vectordb", "POSTGRES_USER": "testuser", "POSTGRES_PASSWORD": "testpwd"},
        },
    ),
    "retriever-pgvector": (
        "opea/retriever:latest",
        {
            "service": "retriever",
            "ports": {7000: 7000},
            "waits": ["pgvector-db"],
            "env": {
                "PG_INDEX_NAME": "documents",
                "RETRIEVER_COMPONENT_NAME": "OPEA_RETRIEVER_PGVECTOR",
                "PG_CONNECTION_STRING": "postgresql+psycopg2://testuser:testpwd@db:5432/vectordb",
                "TEI_EMBEDDING_ENDPOINT": "http://clip-embedding-server:6000",
                "HUGGINGFACEHUB_API_TOKEN": "hf_" + "abcdefgh" * 4,
            },
        },
    ),
    "jaeger": (
        "jaegertracing/all-in-one:latest",
        {"ports": {16686: 16686, 4318: 4318}, "exposed": [4317, 4318, 16686]},
    ),
}
CHATQNA = {
    "redis-vector-db": (
        "redis/redis-stack:7.2.0-v9",
        {"ports": {6379: 6379}, "exposed": [6379, 8001], "check": "redis-cli ping"},
    ),
    "tei-embedding-server": (
        "ghcr.io/huggingface/text-embeddings-inference:cpu-1.6",
        {"ports": {8090: 80}, "exposed": [80], "check": "curl -f http://localhost:80/health"},
    ),
    "dataprep-redis-server": (
        "opea/dataprep:latest",
        {
            "ports": {11101: 5000},
            "env": {
                "REDIS_URL": "redis://redis-vector-db:6379",
                "INDEX_NAME": "rag-redis",
                "TEI_EMBEDDING_ENDPOINT": "http://tei-embedding-server:80",
            },
        },
    ),
    "retriever-redis-server": (
        "opea/retriever:latest",
        {
            "ports": {7000: 7000},
            "env": {
                "REDIS_URL": "redis://redis-vector-db:6379",
                "INDEX_NAME": "rag-redis",
                "TEI_EMBEDDING_ENDPOINT": "http://tei-embedding-server:80",
            },
        },
    ),
    "vllm-service": (
        "opea/vllm:latest",
        {
            "ports": {9009: 80},
            "env": {"LLM_MODEL_ID": "meta-llama/Meta-Llama-3-8B-Instruct"},
            "arguments": ["--model", "meta-llama/Meta-Llama-3-8B-Instruct", "--port", "80"],
            "check": "curl -f http://localhost:80/health || exit 1",
        },
    ),
    "chatqna-backend-server": (
        "opea/chatqna:latest",
        {
            "ports": {8888: 8888},
            "env": {
                "EMBEDDING_SERVER_HOST_IP": "tei-embedding-server",
                "EMBEDDING_SERVER_PORT": "80",
                "RETRIEVER_SERVICE_HOST_IP": "retriever-redis-server",
                "LLM_SERVER_HOST_IP": "vllm-service",
                "LLM_SERVER_PORT": "80",
                "LLM_MODEL": "meta-llama/Meta-Llama-3-8B-Instruct",
            },
        },
    ),
}


class Stack:
    """A stack that can be broken: `inspect` and `logs` by container, and what is answered at addresses."""

    def __init__(self, services):
        self.inspect = {
            name: inspected(name, image, number, **given)
            for number, (name, (image, given)) in enumerate(copy.deepcopy(services).items(), 2)
        }
        self.logs = {name: tuple(line.format(port=8000) for line in UVICORN) for name in services}
        self.probes = []
        self.knocks = []
        self.machine = ROOMY
        self.neighbours = []

    def state(self, name, **changes):
        self.inspect[name]["State"] |= changes
        return self

    def looping(self, name, *log, restarts=14, code=1):
        """It was created nine minutes ago and restarted again and again; the last time a second ago."""
        self.inspect[name]["Created"] = ago(540)
        self.inspect[name]["RestartCount"] = restarts
        self.logs[name] = log
        return self.state(name, StartedAt=ago(1), FinishedAt=ago(2), ExitCode=code, Status="running")

    def exited(self, name, code, *log, restart="no", **changes):
        self.inspect[name]["HostConfig"]["RestartPolicy"]["Name"] = restart
        self.logs[name] = log
        return self.state(name, Status="exited", Running=False, ExitCode=code, FinishedAt=ago(30), **changes)

    def env(self, name, key, value):
        settings = self.inspect[name]["Config"]["Env"]
        settings[:] = [each for each in settings if not each.startswith(f"{key}=")]
        if value is not None:
            settings.append(f"{key}={value}")
        return self

    def check(self, name, command, word="healthy", output="", streak=0):
        self.inspect[name]["Config"]["Healthcheck"] = {"Test": ["CMD-SHELL", command]}
        health = {"Status": word, "FailingStreak": streak, "Log": [{"ExitCode": 1, "Output": output}]}
        return self.state(name, Health=health)

    def said(self, name, *lines):
        self.logs[name] = (*self.logs[name], *lines)
        return self

    def network(self, name, network):
        networks = self.inspect[name]["NetworkSettings"]["Networks"]
        (joined,) = networks.values()
        networks.clear()
        networks[network] = joined
        return self

    def answering(self, subject, comp="", role="node", **answers):
        """An address was asked; each answer is a status and a body, or the kind of failure."""
        found = {name: self._answer(name, given) for name, given in answers.items()}
        self.probes.append(Probe(subject, role, f"http://{subject}", comp, found))
        return self

    @staticmethod
    def _answer(name, given):
        path = {"models": "/api/tags", "services": "/api/services"}.get(name, f"/{name}")
        if isinstance(given, str):
            return Answer(f"GET http://x{path}", error=given, took_ms=2000.0)
        asked, status, body = given if len(given) == 3 else (f"GET http://x{path}", *given)
        kind = "text/event-stream" if body.startswith(b"data:") else "application/json"
        return Answer(asked, status, kind, body, took_ms=4.0)

    @property
    def seen(self):
        containers = tuple(container_of(said, self.logs[name]) for name, said in self.inspect.items())
        return Seen(
            containers, tuple(self.neighbours), tuple(self.probes), tuple(self.knocks), self.machine, NOW
        )

    def diagnosis(self, megaservices=()):
        return diagnose(Case(self.seen, tuple(megaservices)))


def seed():
    return Stack(SEED)


def chatqna():
    return Stack(CHATQNA)
