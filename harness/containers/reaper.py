"""testcontainers' reaper: a container that removes what we made as soon as we are gone, whatever ended us.

It is used where its image is here and nobody has turned it off, never pulled: without it, what a killed run left goes by our own mark.
"""

import threading
from typing import Any

_ALONE = threading.Lock()


def is_had(client: Any) -> bool:
    """Whether it can be used on the engine of this client."""
    from docker.errors import ImageNotFound
    from testcontainers.core.config import testcontainers_config

    if testcontainers_config.ryuk_disabled:
        return False
    try:
        client.images.get(testcontainers_config.ryuk_image)
    except ImageNotFound:
        return False
    return True


def begin() -> None:
    """Have it stand before the first container; one that cannot be had is done without.

    testcontainers begins it with the first container, of which we start several at once: each of them would begin one of the same name.
    """
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import Reaper

    with _ALONE:
        if testcontainers_config.ryuk_disabled:
            return
        try:
            Reaper.get_instance()
        except Exception:  # noqa: BLE001 - whatever keeps it from standing keeps nothing of ours from it.
            testcontainers_config.ryuk_disabled = True


def marked(labels: dict[str, str]) -> dict[str, str]:
    """Labels of a network or a volume with those by which it finds it; a container has them from testcontainers."""
    from testcontainers.core.labels import create_labels

    made: dict[str, str] = create_labels("", labels)
    return made
