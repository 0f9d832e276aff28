"""What runs that are dead left behind: containers, networks and volumes with our label, processes, and temporary folders.

What bears no mark of ours, or that of a run that lives, is never touched.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from harness.containers.engine import OWNER, Engine, speaking
from harness.owner import of_folder, parsed

TERMINATION_LIMIT_S = 3.0
RAZING_S = (0.1, 0.3, 1.0)
CHILD = ("-P", "-m", "harness.")  # How `harness.processes.child` starts every process of ours.


@dataclass(frozen=True, slots=True)
class Leftover:
    """One thing that a dead run left; `remove()` takes it away and raises StackError or OSError where it cannot."""

    kind: str
    name: str
    remove: Callable[[], object]


def on_engine(engine: Engine) -> list[Leftover]:
    """What is on the engine, in the order in which it can be removed: what hangs on a network goes before it."""
    client, wanted = engine.client, {"label": OWNER}
    with speaking("docker"):
        containers = client.containers.list(all=True, filters=wanted, ignore_removed=True)
        networks = client.networks.list(filters=wanted)
        volumes = client.volumes.list(filters=wanted)
    return [
        *(
            Leftover("container", each.name, _removing(each.name, each.remove, force=True, v=True))
            for each in containers
            if _is_orphan(each.labels)
        ),
        *(
            Leftover("network", each.name, _removing(each.name, each.remove))
            for each in networks
            if _is_orphan(each.attrs.get("Labels"))
        ),
        *(
            Leftover("volume", each.name, _removing(each.name, each.remove))
            for each in volumes
            if _is_orphan(each.attrs.get("Labels"))
        ),
    ]


def on_machine() -> list[Leftover]:
    """Processes whose run is gone, and folders of runs that are, in the place for temporary files."""
    return [*_processes(), *_folders(Path(tempfile.gettempdir()))]


def sweep(engine: Engine) -> None:
    """Remove what is on the engine before a new run begins; what cannot be removed is left for `clean` to tell."""
    for each in on_engine(engine):
        with contextlib.suppress(Exception):
            each.remove()


def _is_orphan(labels: dict[str, str] | None) -> bool:
    owner = parsed((labels or {}).get(OWNER, ""))
    return owner is not None and owner.is_dead()


def _removing(name: str, remove: Callable[..., object], **how: bool) -> Callable[[], None]:
    from docker.errors import NotFound

    def go() -> None:
        with speaking(name), contextlib.suppress(NotFound):
            remove(**how)

    return go


def _processes() -> Iterator[Leftover]:
    me = psutil.Process().uids().real
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.uids().real == me and _is_child(each.cmdline()) and _has_lost_its_parent(each):
                yield Leftover("process", f"{each.pid} {' '.join(each.cmdline()[1:4])}", _ending(each))


def _is_child(argv: list[str]) -> bool:
    return len(argv) > 3 and (argv[1], argv[2]) == CHILD[:2] and argv[3].startswith(CHILD[2])


def _has_lost_its_parent(process: psutil.Process) -> bool:
    """Whether whoever started it is gone: it was given to the first process, or to one that knows nothing of it."""
    parent: Any = process.parent()
    return parent is None or parent.pid == 1


def _ending(process: psutil.Process) -> Callable[[], None]:
    def go() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            try:
                process.wait(TERMINATION_LIMIT_S)
            except psutil.TimeoutExpired:
                process.kill()

    return go


def _folders(place: Path) -> Iterator[Leftover]:
    for each in sorted(place.iterdir()):
        owner = of_folder(each.name)
        if owner is not None and owner.is_dead() and each.is_dir() and not each.is_symlink():
            yield Leftover("folder", str(each), partial(_razed, each))


def _razed(folder: Path) -> None:
    """Remove a folder, into which a process that is ending may still write."""
    for patience_s in RAZING_S:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:  # Somebody else cleans too.
            pass
        except OSError:
            time.sleep(patience_s)
            continue
        if not folder.exists():
            return
    shutil.rmtree(folder)
