"""Faults of what does not stay up, and what its log says of why."""

from tests.doctor.planted import PG, Planted
from tests.doctor.stacks import chatqna, seed

TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/home/user/comps/retrievers/src/opea_retrievers_microservice.py", line 51, in <module>',
    "    loader = OpeaRetrieverController(",
)


def loop(name, *log, on=PG, make=seed, code=1):
    return make().looping(on, *TRACEBACK, *log, code=code)


def never_started():
    stack = seed().check("pgvector-db", "pg_isready", "unhealthy", "no response", 3)
    stack.inspect[PG]["State"] |= {"Status": "created", "Running": False, "StartedAt": "0001-01-01T00:00:00Z"}
    return stack


def awaited(condition, **state):
    """The retriever was never started, and the database is as this says."""
    stack = seed().state(PG, Status="created", Running=False, StartedAt="0001-01-01T00:00:00Z")
    labels = stack.inspect[PG]["Config"]["Labels"]
    labels["com.docker.compose.depends_on"] = f"pgvector-db:{condition}:false"
    return stack.state("pgvector-db", **state)


def without_check():
    stack = awaited("service_healthy")
    del stack.inspect["pgvector-db"]["Config"]["Healthcheck"]
    return stack


def killed_and_up_again():
    """As Docker shows it in the second after: it runs, and was out of memory."""
    stack = seed().looping(PG, "loading the model", code=0).state(PG, OOMKilled=True)
    stack.inspect[PG]["HostConfig"]["Memory"] = 512 * 2**20
    return stack


def port_allocated_later():
    """Its machine was started anew; Docker tries a start that it cannot make once."""
    error = "driver failed programming external connectivity: Bind for 0.0.0.0:7000 failed: port is already allocated"
    return seed().exited(PG, 128, restart="unless-stopped", Error=error)


def port_allocated():
    error = (
        "driver failed programming external connectivity on endpoint pgvector-db (3f1c): "
        "Bind for 0.0.0.0:5432 failed: port is already allocated"
    )
    return seed().state("pgvector-db", Status="created", Running=False, Error=error)


def killed_at_limit():
    stack = chatqna().exited("vllm-service", 137, "INFO loading weights", OOMKilled=True)
    stack.inspect["vllm-service"]["HostConfig"]["Memory"] = 512 * 2**20
    return stack


CRASHES = [
    (
        "a variable is missing",
        ("KeyError: 'PG_CONNECTION_STRING'",),
        "the variable PG_CONNECTION_STRING is not given",
        "missing-variable",
    ),
    (
        "a variable must be set",
        ("ValueError: The environment variable HF_TOKEN is not set",),
        "the variable HF_TOKEN is not given",
        "missing-variable",
    ),
    (
        "the connection string is None",
        ("sqlalchemy.exc.ArgumentError: Expected string or URL object, got None",),
        "its database's connection string is not given",
        "missing-variable",
    ),
    (
        "the connection string is no URL",
        ("sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from string 'db:5432/vectordb'",),
        "its connection string is no address of a database",
        "wrong-connection-string",
    ),
    (
        "the password is wrong",
        (
            (
                'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "db" (172.18.0.6), port 5432 '
                'failed: FATAL:  password authentication failed for user "testuser"'
            ),
            "",
            "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
        ),
        "the database refuses the password of user testuser",
        "wrong-password",
    ),
    (
        "the database is not there",
        ('psycopg2.OperationalError: FATAL:  database "vectors" does not exist',),
        "there is no database vectors on the server",
        "wrong-database",
    ),
    (
        "the host is unknown",
        (
            'psycopg2.OperationalError: could not translate host name "pgdb" to address: Name or service not known',
        ),
        "it looks for the host pgdb, whose name does not resolve",
        "host-unknown",
    ),
    (
        "the connection is refused",
        (
            'psycopg2.OperationalError: connection to server at "db" (172.18.0.6), port 5433 failed: Connection refused',
            "\tIs the server running on that host and accepting TCP/IP connections?",
        ),
        "db:5433 cannot be connected to",
        "connection-refused",
    ),
    (
        "the model's download is refused",
        (
            (
                "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: "
                "https://huggingface.co/meta-llama/Meta-Llama-3-8B/resolve/main/config.json"
            ),
            "Error: DownloadError",
        ),
        "Hugging Face refuses the download of meta-llama/Meta-Llama-3-8B",
        "model-download-refused",
    ),
    (
        "the model is gated",
        (
            "huggingface_hub.errors.GatedRepoError: 403 Client Error. (Request ID: Root=1-67)",
            "Access to model meta-llama/Llama-Guard-3-8B is restricted and you are not in the authorized list.",
        ),
        "Hugging Face refuses the download of meta-llama/Llama-Guard-3-8B",
        "model-download-refused",
    ),
    (
        "huggingface.co cannot be reached",
        (
            "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.",
        ),
        "huggingface.co cannot be reached, and the model is not in the cache",
        "model-unreachable",
    ),
    (
        "the port is taken",
        (
            "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 7000): address already in use",
        ),
        "port 7000 is taken by another program",
        "port-taken",
    ),
    (
        "the GPU's memory is short",
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",),
        "it runs out of memory",
        "out-of-memory",
    ),
    (
        "the disk is full",
        ("OSError: [Errno 28] No space left on device: '/data/models'",),
        "the disk is full",
        "disk-full",
    ),
    (
        "a package is missing",
        ("ModuleNotFoundError: No module named 'langchain_postgres'",),
        "its image lacks the Python package langchain_postgres",
        "package-missing",
    ),
    (
        "the component is unknown",
        ("KeyError: \"No component found with the name 'OPEA_RETRIEVER_PGVEKTOR'.\"",),
        "there is no component OPEA_RETRIEVER_PGVEKTOR in this image",
        "unknown-component",
    ),
    (
        "the image is for another processor",
        ("exec /usr/local/bin/python: exec format error",),
        "its image is for another processor",
        "another-architecture",
    ),
    (
        "the processor lacks an instruction",
        ("/usr/bin/entrypoint.sh: line 7: 12 Illegal instruction (core dumped) python service.py",),
        "its image is for another processor",
        "another-architecture",
    ),
    (
        "a script that may not be executed",
        ("exec /usr/bin/entrypoint.sh: permission denied",),
        "/usr/bin/entrypoint.sh may not be executed",
        "program-refused",
    ),
    (
        "a script with the line ends of Windows",
        ("exec /usr/bin/entrypoint.sh: no such file or directory",),
        "its image has no program /usr/bin/entrypoint.sh",
        "program-missing",
    ),
    (
        "a folder may not be written",
        ("PermissionError: [Errno 13] Permission denied: '/home/user/.cache/huggingface'",),
        "it may not write to /home/user/.cache/huggingface",
        "permission-denied",
    ),
]

PLANTED = [
    *(
        Planted(name, loop(name, *log), "crash-loop", PG, f"was restarted 14 times in 9 min: {words}", cause)
        for name, log, words, cause in CRASHES
    ),
    Planted(
        "a database without a password",
        seed().looping(
            "pgvector-db", "Error: Database is uninitialized and superuser password is not specified."
        ),
        "crash-loop",
        "pgvector-db",
        "the variable POSTGRES_PASSWORD is not given",
        "missing-variable",
    ),
    Planted(
        "the volume of an older database",
        seed().looping(
            "pgvector-db",
            "FATAL:  database files are incompatible with server",
            "DETAIL:  The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 16.3.",
        ),
        "crash-loop",
        "pgvector-db",
        "its volume holds the data of another version of the database",
        "data-of-another-version",
    ),
    Planted(
        "a crash whose log says nothing known",
        seed().looping(PG, "Something went wrong in the flux capacitor"),
        "crash-loop",
        PG,
        "was restarted 14 times in 9 min: its log does not say why",
    ),
    Planted(
        "memory at its limit",
        killed_at_limit(),
        "out-of-memory",
        "vllm-service",
        "more memory than its limit of 512 MiB",
        "out-of-memory",
    ),
    Planted(
        "memory at its limit, and up again for a second",
        killed_and_up_again(),
        "out-of-memory",
        PG,
        "more memory than its limit of 512 MiB, 14 times so far",
        "out-of-memory",
    ),
    Planted(
        "a port that another took while it was down",
        port_allocated_later(),
        "never-started",
        PG,
        "could not be started: port 7000 is taken",
        "port-taken",
    ),
    Planted(
        "a crash loop that somebody stopped",
        seed().exited(PG, 1, "KeyError: 'HF_TOKEN'", restart="unless-stopped"),
        "ended",
        PG,
        "ended with exit code 1: the variable HF_TOKEN is not given",
        "missing-variable",
    ),
    Planted(
        "a container that Docker could not remove",
        seed().state(PG, Status="dead", Running=False, ExitCode=1),
        "ended",
        PG,
        "is not running: ended with exit code 1",
    ),
    Planted(
        "a service that is awaited like a job",
        awaited("service_completed_successfully"),
        "never-started",
        PG,
        "compose waits for pgvector-db to end, and that is a service, which does not",
        "waits",
    ),
    Planted(
        "health that is awaited and not checked",
        without_check(),
        "never-started",
        PG,
        "compose waits for pgvector-db to be healthy, and that has no health check",
        "waits",
    ),
    Planted(
        "a service that ended",
        chatqna().exited("vllm-service", 2, "api_server.py: error: unrecognized arguments: --modle x"),
        "ended",
        "vllm-service",
        "ended with exit code 2: its command line is refused: --modle x",
        "wrong-argument",
    ),
    Planted(
        "a service that was stopped",
        seed().exited("jaeger", 0, restart="unless-stopped"),
        "stopped",
        "jaeger",
        "it was stopped 30 s ago",
        "stopped",
    ),
    Planted(
        "a port that another has",
        port_allocated(),
        "never-started",
        "pgvector-db",
        "could not be started: port 5432 is taken",
        "port-taken",
    ),
    Planted(
        "a paused service",
        seed().state("ollama-server", Status="paused", Paused=True),
        "paused",
        "ollama-server",
        "is paused",
        "paused",
    ),
    Planted(
        "who waits for what is unhealthy",
        never_started(),
        "unhealthy",
        "pgvector-db",
        "is unhealthy, 3 times in a row",
        also=frozenset({"never-started"}),
    ),
]
