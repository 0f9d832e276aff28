"""How the images under `opea-harness.local/` are built from packages alone, on a machine without a registry.

Debian from its own packages, the packages of opea-comps from the environment that `opea-harness setup opea` built, and our own
handlers on its real base class: one good image, and others in each of which one thing is wrong. Nothing is built twice: an image bears
the digest of its recipe, and Debian's files are kept in the harness's cache.

    python -m tests.images.stand_ins.recipe [NAME...]     builds all, or those named, and prints what was built from what
"""

import fcntl
import hashlib
import io
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.containers.engine import LOCAL, Engine, connected
from harness.errors import StackError
from harness.gateway.environment import VERSION, built, cache_dir

HERE = Path(__file__).parent
RECIPE = "opea-harness.recipe"
LIMIT_S = 900

DEBIAN = f"{LOCAL}debian"
OPEA = f"{LOCAL}opea-comps:{VERSION}"
EMBEDDING = f"{LOCAL}embedding"

ON_DEBIAN = """
COPY packages /opt/opea
ENV PYTHONPATH=/opt/opea PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 1000 --create-home user && python3 -c 'import comps'
WORKDIR /home/user
"""
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
    files = {"service.py": HERE / "service.py"}
    with _alone():
        return _made(engine, image(way), f"FROM {_opea(engine)}\n{service}{adds}", files)


@contextmanager
def _alone():
    """Only one process at a time builds; another waits for it and finds what it built."""
    place = cache_dir(os.environ) / "images"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _opea(engine: Engine) -> str:
    """Debian with the packages of opea-comps."""
    env = built(cache_dir(os.environ))
    return _made(engine, OPEA, f"FROM {_debian(engine)}\n{ON_DEBIAN}", {"packages": env.packages})


def debian(engine: Engine) -> str:
    """Debian of the release that this machine runs, with Python, from its own package sources; built where it is not there yet."""
    with _alone():
        return _debian(engine)


def _debian(engine: Engine) -> str:
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    name = f"{DEBIAN}:{release}"
    if _is_there(engine, name, None):
        return name
    kept = cache_dir(os.environ) / "images" / f"debian-{release}.tar"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        _bootstrapped(release, part)
        part.replace(kept)
    _say(f"{name}: from {kept}")
    with kept.open("rb") as files:
        engine.client.api.import_image_from_data(files, repository=DEBIAN, tag=release)
    return name


def _bootstrapped(release: str, path: Path) -> None:
    """Let mmdebstrap put Debian's files together, of the sources that this machine's apt has."""
    sources = next(
        filter(Path.is_file, map(Path, ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list")))
    )
    words = (
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        "--include=ca-certificates,python3",
        "--format=tar",
        release,
    )
    _say(f"{DEBIAN}:{release}: Debian's packages, by mmdebstrap")
    with sources.open("rb") as given:
        done = subprocess.run(
            [*words, str(path), "-"], stdin=given, capture_output=True, timeout=LIMIT_S, check=False
        )
    if done.returncode:
        raise StackError(f"mmdebstrap: ended with code {done.returncode}: {done.stderr.decode()[-2000:]}")


def _made(engine: Engine, name: str, dockerfile: str, files: dict[str, Path]) -> str:
    """The image of this Dockerfile, built by the engine's own builder unless one of the same recipe is there."""
    # A folder of packages is known by the version that the Dockerfile's name bears.
    content = (path.read_bytes() for path in files.values() if path.is_file())
    digest = hashlib.sha256(b"\0".join((dockerfile.encode(), *content))).hexdigest()[:16]
    if _is_there(engine, name, digest):
        return name
    _say(f"{name}: {dockerfile.splitlines()[0]}")
    with _context(dockerfile, files) as context:
        engine.client.images.build(
            fileobj=context, custom_context=True, tag=name, labels={RECIPE: digest}, rm=True, forcerm=True
        )
    return name


def _context(dockerfile: str, files: dict[str, Path]) -> io.BufferedRandom:
    """What the builder is given, as a tar file on disk, because packages are hundreds of megabytes."""
    context = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with tarfile.open(fileobj=context, mode="w") as tar:
        head = tarfile.TarInfo("Dockerfile")
        head.size = len(dockerfile.encode())
        tar.addfile(head, io.BytesIO(dockerfile.encode()))
        for name, path in files.items():
            tar.add(path, name, filter=_anybodys)
    context.seek(0)
    return context


def _anybodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Everything is root's and may be read by all; what Python compiled here stays here."""
    if "__pycache__" in member.name:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode |= 0o444 | (0o111 if member.isdir() else 0)
    return member


def _is_there(engine: Engine, name: str, digest: str | None) -> bool:
    from docker.errors import ImageNotFound

    try:
        found = engine.client.images.get(name)
    except ImageNotFound:
        return False
    return digest is None or found.labels.get(RECIPE) == digest


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    with connected() as the_engine:
        for each in sys.argv[1:] or ("good", *WAYS):
            sys.stdout.write(f"{build(the_engine, each)}\n")
