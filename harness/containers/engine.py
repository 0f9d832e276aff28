"""The Docker engine: the one that DOCKER_HOST or the Docker context names, else this machine's own.

What goes wrong on it becomes one sentence. testcontainers starts the containers. What we make bears labels of ours, by which
`opea-harness clean` and every later run find what a killed run left, also where there is no reaper.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness.containers.reaper import is_had
from harness.errors import StackError
from harness.owner import Owner, this_process

OWNER = "opea-harness.owner"
LOCAL = "opea-harness.local/"  # What is built here and stands in for an image of a registry.
FULL = "the disk is full"
LIMIT_S = 60
_NO_PROGRAM = re.compile(r"exec: .*(?:not found|no such file|permission denied)|no command specified")
HOMES = ("", "localhost", "127.0.0.1", "::1", "localunixsocket", "localnpipe")


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answered; `client` is docker-py's. Whoever connected closes it."""

    client: Any
    owner: Owner = field(default_factory=this_process)

    @property
    def labels(self) -> dict[str, str]:
        """What everything that we make on it bears."""
        return {OWNER: str(self.owner)}

    def inspected(self, image: str, is_wanted: Callable[[], bool] = lambda: True) -> dict[str, Any]:
        """What the engine knows of an image, which is pulled if it is not there; raises StackError where it cannot be had."""
        from docker.errors import ImageNotFound

        with speaking(image):
            try:
                found = self.client.images.get(image)
            except ImageNotFound:
                if image.startswith(LOCAL):
                    raise StackError(
                        f"{image}: is not on this machine, and such images are built, not pulled"
                    ) from None
                self.pull(image, is_wanted)
                found = self.client.images.get(image)
            attributes: dict[str, Any] = found.attrs
            return {**attributes, "History": found.history()}

    def pull(self, image: str, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Pull an image, also where one of its name is there, until nobody wants it any more.

        Raises StackError where it cannot be had.
        """
        from docker.errors import APIError

        try:
            rows: Any = self.client.api.pull(*_parted(image), stream=True, decode=True)
            for row in rows:
                if not is_wanted():
                    rows.close()
                    return
                if "error" in row:
                    raise _refused(image, translated(row["error"]))
        except APIError as error:
            raise _refused(image, said(error)) from None

    def close(self) -> None:
        """Close the connections to it."""
        self.client.close()


def _parted(image: str) -> tuple[str, str]:
    """Its name, and its tag or digest."""
    name, at, digest = image.partition("@")
    if at:
        return name, digest
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


def _refused(image: str, why: str) -> StackError:
    if why.startswith(FULL):
        return StackError(f"{image}: cannot be pulled: {why}")
    return StackError(
        f"{image}: cannot be pulled: {why}; check its name, build it, or log in where it is kept"
    )


def connect() -> Engine:
    """The engine; raises StackError where there is none, where it refuses us, and where it is on another machine."""
    try:
        from docker.errors import DockerException
        from testcontainers.core.config import testcontainers_config
        from testcontainers.core.docker_client import DockerClient, get_docker_host
    except ImportError as error:
        raise StackError(
            f"docker: the package {error.name} is missing; pip install 'opea-harness[containers]' brings it"
        ) from None
    where = get_docker_host() or "the usual socket"
    if (urlsplit(where).hostname or "") not in HOMES:
        raise StackError(
            f"docker: the engine at {where} is not on this machine, and containers are reached over loopback"
        )
    try:
        client = DockerClient(timeout=LIMIT_S).client
        client.ping()
        testcontainers_config.ryuk_disabled = not is_had(client)
    except DockerException as error:
        raise StackError(
            f"docker: no engine answers at {where}: {said(error)}; start it, or say where it is with DOCKER_HOST"
        ) from None
    return Engine(client)


@contextmanager
def connected() -> Iterator[Engine]:
    """The engine, closed in the end; what runs on it runs on."""
    engine = connect()
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """What docker-py raises about the thing of this name becomes a StackError of one sentence."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        yield
    except (DockerException, RequestException) as error:
        raise StackError(f"{name}: {said(error)}") from None


def said(error: BaseException) -> str:
    """The engine's own words, or the operating system's where it was not reached, as a part of a sentence."""
    explanation = getattr(error, "explanation", None)
    if explanation:
        return translated(" ".join(str(explanation).split()))
    cause = _cause(error)
    return translated(cause.strerror or str(cause) if cause else " ".join(str(error).split()))


def translated(words: str) -> str:
    """Some of the engine's words have a better sentence; the rest stays as it is."""
    low = words.lower()
    if "address already in use" in low or "port is already allocated" in low:
        return f"a port of this machine is taken ({words})"
    if "no space left on device" in low:
        return f"{FULL} ({words}); `docker system df` says by what"
    if _NO_PROGRAM.search(low):
        return f"there is no command that could be started ({words}); correct the command, the entrypoint or the image"
    if "permission denied" in low:
        return f"{words}: this user may not speak to it (on Linux: add it to the group docker)"
    return words


def _cause(error: BaseException | None) -> OSError | None:
    """The operating system's own error that is wrapped somewhere in this one."""
    seen: list[object] = [error]
    while seen:
        each = seen.pop()
        if isinstance(each, OSError) and each.errno:
            return each
        if isinstance(each, BaseException):
            seen += [*each.args, getattr(each, "reason", None), each.__cause__]
        elif isinstance(each, tuple):
            seen += each
    return None
