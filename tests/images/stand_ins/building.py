"""What the recipes of stand-ins share: an engine's own builder, and two images that others stand on.

Debian comes from its own packages, the packages of opea-comps from the environment that `opea-harness setup opea` built. Nothing is
built twice: an image bears the digest of its recipe, and Debian's files are kept in the harness's cache.
"""

import fcntl
import hashlib
import io
import os
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from harness.cache import cache_dir
from harness.containers.engine import LOCAL, Engine
from harness.errors import StackError
from harness.gateway.environment import VERSION, built

HERE = Path(__file__).parent
RECIPE = "opea-harness.recipe"
GENUINE = "opea-harness.genuine"  # The label that says what in an image is the real thing; what it does not name is ours.
LIMIT_S = 900

DEBIAN = f"{LOCAL}debian"
OPEA = f"{LOCAL}opea-comps:{VERSION}"

ON_DEBIAN = """
COPY packages /opt/opea
ENV PYTHONPATH=/opt/opea PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 1000 --create-home user && (python3 -m compileall -qq /opt/opea || true) && python3 -c 'import comps'
WORKDIR /home/user
"""


class Recipe(NamedTuple):
    """An image: its name, its Dockerfile, and what files of ours go into it, by their names there.

    The content of a folder is known by the version that the Dockerfile names.
    """

    name: str
    dockerfile: str
    files: Mapping[str, Path]

    @property
    def digest(self) -> str:
        """What differs when the image would."""
        content = (path.read_bytes() for path in self.files.values() if path.is_file())
        return hashlib.sha256(b"\0".join((self.dockerfile.encode(), *content))).hexdigest()[:16]


def kept() -> Path:
    """Where that is kept which takes long to make."""
    place = cache_dir(os.environ) / "images"
    place.mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def alone(lock_name: str) -> Iterator[None]:
    """Only one process at a time builds what this lock is for; another waits for it and finds what it built."""
    with (kept() / lock_name).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def opea(engine: Engine) -> str:
    """Debian with the packages of opea-comps."""
    packages = built(cache_dir(os.environ)).packages
    return made(engine, Recipe(OPEA, f"FROM {debian(engine)}\n{ON_DEBIAN}", {"packages": packages}))


def debian(engine: Engine) -> str:
    """Debian of the release that this machine runs, with Python, from its own package sources; built where it is not there yet."""
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    name = f"{DEBIAN}:{release}"
    with _wanting(engine, name) as is_wanting:
        if is_wanting:
            _import_debian(engine, release, name)
    return name


def _import_debian(engine: Engine, release: str, name: str) -> None:
    files = kept() / f"debian-{release}.tar"
    if not files.is_file():
        part = files.with_suffix(".part")
        _bootstrapped(release, part)
        part.replace(files)
    say(f"{name}: from {files}")
    with files.open("rb") as given:
        engine.client.api.import_image_from_data(given, repository=DEBIAN, tag=release)


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
    say(f"{DEBIAN}:{release}: Debian's packages, by mmdebstrap")
    with sources.open("rb") as given:
        done = subprocess.run(
            [*words, str(path), "-"], stdin=given, capture_output=True, timeout=LIMIT_S, check=False
        )
    if done.returncode:
        raise StackError(f"mmdebstrap: ended with code {done.returncode}: {done.stderr.decode()[-2000:]}")


def made(engine: Engine, recipe: Recipe) -> str:
    """The image of this recipe, built by the engine's own builder unless one of the same recipe on the same base is there."""
    digest = _digest(engine, recipe)
    with _wanting(engine, recipe.name, digest) as is_wanting:
        if is_wanting:
            _build(engine, recipe, digest)
    return recipe.name


def _digest(engine: Engine, recipe: Recipe) -> str:
    """The recipe's, and what it stands on: a base that was built anew makes another image."""
    base = recipe.dockerfile.split()[1]
    id_ = "" if base == "scratch" else engine.client.images.get(base).id
    return hashlib.sha256(f"{recipe.digest} {id_}".encode()).hexdigest()[:16]


def _build(engine: Engine, recipe: Recipe, digest: str) -> None:
    say(f"{recipe.name}: {recipe.dockerfile.splitlines()[0]}")
    with _context(recipe) as context:
        engine.client.images.build(
            fileobj=context,
            custom_context=True,
            tag=recipe.name,
            labels={RECIPE: digest},
            rm=True,
            forcerm=True,
        )


@contextmanager
def _wanting(engine: Engine, name: str, digest: str | None = None) -> Iterator[bool]:
    """Must the image be built? Then by us alone; whoever finds it there waits for nobody."""
    if _is_there(engine, name, digest):
        yield False
        return
    with alone(f"lock-{re.sub(r'[^a-z0-9.-]', '-', name)}"):
        yield not _is_there(engine, name, digest)


def _context(recipe: Recipe) -> io.BufferedRandom:
    """What the builder is given, as a tar file on disk, because packages are hundreds of megabytes."""
    context = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with tarfile.open(fileobj=context, mode="w") as tar:
        head = tarfile.TarInfo("Dockerfile")
        head.size = len(recipe.dockerfile.encode())
        tar.addfile(head, io.BytesIO(recipe.dockerfile.encode()))
        for name, path in recipe.files.items():
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


def say(line: str) -> None:
    """Tell whoever builds."""
    sys.stderr.write(f"{line}\n")
