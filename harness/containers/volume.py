"""Volumes of ours: made with our mark, removed in the end, also where a container that is gone filled them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from harness.containers.engine import Engine, speaking
from harness.containers.reaper import marked


@contextmanager
def volumes(engine: Engine, names: Iterable[str]) -> Iterator[None]:
    """The volumes while the context lasts; what uses them must be gone by its end."""
    from docker.errors import NotFound

    made = []
    try:
        for name in names:
            with speaking(name):
                made.append(engine.client.volumes.create(name, labels=marked(engine.labels)))
        yield
    finally:
        for each in made:
            with speaking(each.name), suppress(NotFound):
                each.remove()
