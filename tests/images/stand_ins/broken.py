"""One good embedding image on the real base class of opea-comps, and others of it in each of which one thing is wrong."""

from dataclasses import dataclass

from harness.containers.engine import LOCAL, Engine
from tests.images.stand_ins.building import HERE, Recipe, made, opea

EMBEDDING = f"{LOCAL}embedding"
SERVICE = """
COPY service.py /home/user/service.py
EXPOSE 6000
USER user
ENTRYPOINT ["python3", "service.py"]
"""


@dataclass(frozen=True)
class Way:
    """One way of being broken: what it adds to the good image's Dockerfile, the check that is meant for it, and others that see it too."""

    adds: str
    caught_by: str
    also: tuple[str, ...] = ()


def _broken(way: str, caught_by: str, *also: str) -> Way:
    return Way(f"ENV BROKEN={way}\n", caught_by, also)


WAYS = {
    "root": Way("USER root\n", "image.user"),
    "shell": Way("ENTRYPOINT python3 service.py\n", "image.entrypoint"),
    "wrong-port": Way("EXPOSE 7000\n", "image.port"),
    "secret": Way("ENV OPENAI_API_KEY=not-a-real-key-but-looks-like-one\n", "image.secrets"),
    "needs-a-variable": _broken("needs-a-variable", "boot"),
    "never-ready": _broken("never-ready", "boot"),
    "falls-over": _broken("falls-over", "alive", "bad-input", "drawn", "schemathesis"),
    "fails-on-bad-input": _broken(
        "fails-on-bad-input", "bad-input.list", "bad-input", "drawn", "schemathesis"
    ),
    "long-vectors": _broken("long-vectors", "law.openai.unit-vectors", "drawn.valid", "schemathesis"),
    "shuffled": _broken("shuffled", "law.openai.same-text-same-vector", "drawn.valid"),
    "blocks-its-loop": _broken("blocks-its-loop", "concurrency"),
    "leaves-processes": _broken("leaves-processes", "stop.leftovers"),
    "ends-badly": _broken("ends-badly", "stop.idle", "stop.in-flight"),
    "drops-requests": _broken("drops-requests", "stop.in-flight"),
}


def image(way: str = "good") -> str:
    """The name of the good image, or of one that is broken so."""
    return f"{EMBEDDING}:{way}"


def build(engine: Engine, way: str = "good") -> str:
    """Build the image of this name, and what it stands on, where they are not there yet; gives its name."""
    adds = "" if way == "good" else WAYS[way].adds
    service = SERVICE.replace("EXPOSE 6000\n", "") if way == "wrong-port" else SERVICE
    files = {"service.py": HERE / "services" / "embedding.py"}
    return made(engine, Recipe(image(way), f"FROM {opea(engine)}\n{service}{adds}", files))
