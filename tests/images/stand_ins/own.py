"""An image of this machine's own Python and a few of its programs, made in seconds of files that are here already.

It stands where any container will do. Nothing is fetched, so the fast tests of containers need an engine and no more.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness.containers.engine import LOCAL, Engine
from tests.images.stand_ins.building import alone

PROGRAMS = ("cat", "sh", "sleep", "tail", "true")
LEFT_OUT = {"dist-packages", "ensurepip", "idlelib", "site-packages", "test", "tkinter", "turtledemo"}
LIBRARY = re.compile(r"(/\S+) \(0x")  # As the loader tells where it found one.
LIMIT_S = 60


def own(engine: Engine) -> str:
    """The image's name; made where it is not there yet."""
    name, tag = f"{LOCAL}own", f"python-{sys.version.split()[0]}"
    with alone("lock-own"):  # Who builds for minutes is not waited for.
        if not engine.client.images.list(f"{name}:{tag}"):
            with tempfile.TemporaryFile() as file:
                _pack(file)
                file.seek(0)
                engine.client.api.import_image_from_data(file, repository=name, tag=tag)
    return f"{name}:{tag}"


def _pack(file) -> None:
    """Every file at the path that it has here, as itself where that is a link."""
    python = Path(sys._base_executable).resolve()
    standard = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    programs = {f"/usr/bin/{name}": Path(shutil.which(name)).resolve() for name in PROGRAMS}
    needed = libraries([python, *programs.values(), *standard.glob("lib-dynload/*.so")])
    with tarfile.open(fileobj=file, mode="w") as tar:
        for path, source in {**programs, str(python): python, **needed}.items():
            tar.add(source, path)
        tar.add(standard, filter=_wanted)
        for path, target in (("usr/bin/python3", str(python)), ("bin/sh", "/usr/bin/sh")):
            link = tarfile.TarInfo(path)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        for path in ("tmp", "root"):
            folder = tarfile.TarInfo(path)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(folder)


def libraries(programs: Iterable[Path]) -> dict[str, Path]:
    """What they are linked with, and the loader itself, by the paths that they look at."""
    words = ["ldd", *map(str, programs)]
    told = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S, check=False).stdout
    return {path: Path(path).resolve() for path in sorted(set(LIBRARY.findall(told)))}


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if LEFT_OUT.intersection(Path(member.name).parts) else member
