"""Which engine there is, and what is said where there is none."""

import gc
import sys
import warnings

import pytest
from docker.errors import APIError, DockerException
from requests.exceptions import ConnectionError as Lost

from harness.containers.engine import OWNER, Engine, connect, connected, said, speaking
from harness.errors import StackError
from harness.owner import this_process


@pytest.fixture
def leaky():
    """docker-py leaves the socket open of a connection that failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def test_where_no_engine_is_that_is_one_sentence(monkeypatch, tmp_path, leaky):
    """With where it was looked for, what the system said, and what can be done."""
    where = f"unix://{tmp_path}/docker.sock"
    monkeypatch.setenv("DOCKER_HOST", where)

    with pytest.raises(StackError) as caught:
        connect()

    assert str(caught.value) == (
        f"docker: no engine answers at {where}: No such file or directory; start it, or say where it is with DOCKER_HOST"
    )
    assert caught.value.exit_code == 4


def test_an_engine_that_refuses_us_is_said_to_do_so(monkeypatch, tmp_path, leaky):
    """Nobody listens on this socket any more."""
    path = tmp_path / "docker.sock"
    path.touch()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")

    with pytest.raises(StackError, match="Connection refused"):
        connect()


def test_without_the_packages_it_is_said_what_brings_them(monkeypatch):
    """They are in an extra."""
    monkeypatch.setitem(sys.modules, "testcontainers.core.config", None)

    with pytest.raises(StackError, match=r"is missing; pip install 'opea-harness\[containers\]' brings it"):
        connect()


def test_an_engine_on_another_machine_is_not_for_us(monkeypatch):
    """Nothing is tried there."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")

    with pytest.raises(StackError, match=r"the engine at tcp://192\.0\.2\.1:2375 is not on this machine"):
        connect()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            APIError("x", explanation="driver failed: Bind for 127.0.0.1:80: address already in use"),
            "a port of this machine is taken (",
        ),
        (APIError("x", explanation="port is already allocated"), "a port of this machine is taken ("),
        (APIError("x", explanation="write /x: no space left on device"), "the disk is full ("),
        (
            APIError("x", explanation='runc: exec: "/x": stat /x: no such file or directory: unknown'),
            "there is no command that could be started (runc: ",
        ),
        (APIError("x", explanation="No command specified"), "there is no command that could be started ("),
        (DockerException("got permission denied"), "got permission denied: this user may not speak to it"),
        (
            DockerException(Lost(("aborted", PermissionError(13, "Permission denied")))),
            "Permission denied: this user",
        ),
        (DockerException("strange"), "strange"),
    ],
)
def test_what_the_engine_says_becomes_part_of_a_sentence(error, words):
    """Its own words, and in front of them what they mean where that is known."""

    assert said(error).startswith(words)

    with pytest.raises(StackError, match=r"^container x: "), speaking("container x"):
        raise error


@pytest.mark.needs("docker")
def test_what_is_made_on_an_engine_bears_our_mark():
    """By it what a dead run left is found."""
    with connected() as engine:
        assert engine.labels == {OWNER: str(this_process())}


@pytest.mark.needs("docker")
@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("opea-harness.local/nope:1", "is not on this machine, and such images are built, not pulled"),
        ("registry.invalid/nope:1", "cannot be pulled: "),
    ],
)
def test_an_image_that_cannot_be_had_is_named(image, words):
    """With why, and nothing is started."""
    with connected() as engine, pytest.raises(StackError) as caught:
        engine.inspected(image)

    assert str(caught.value).startswith(f"{image}: {words}")


class Registry:
    """An engine's way to a registry, which says what it is told to."""

    def __init__(self, *rows):
        self.api, self.rows, self.asked, self.given = self, rows, [], 0

    def pull(self, name, tag, *, stream, decode):
        """Row by row."""
        self.asked.append((name, tag, stream, decode))
        for row in self.rows:
            self.given += 1
            yield row


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("opea/retriever", ("opea/retriever", "latest")),
        ("localhost:5000/opea/retriever", ("localhost:5000/opea/retriever", "latest")),
        ("pgvector/pgvector:0.7.0-pg16", ("pgvector/pgvector", "0.7.0-pg16")),
        ("a/b@sha256:12", ("a/b", "sha256:12")),
    ],
)
def test_an_image_is_pulled_by_its_tag_or_digest(image, parts):
    """One without either is the latest; a registry's port is no tag."""
    registry = Registry({"status": "Pulling"}, {"status": "Done"})
    Engine(registry).pull(image)

    assert registry.asked == [(*parts, True, True)]
    assert registry.given == 2


def test_a_pull_that_nobody_waits_for_is_given_up():
    """So that Ctrl-C need not wait for gigabytes."""
    registry = Registry({"status": "1"}, {"status": "2"}, {"status": "3"})
    Engine(registry).pull("a/b", lambda: registry.given < 2)

    assert registry.given == 2


def test_what_goes_wrong_in_a_pull_is_told():
    """With the image, why, and what can be done."""
    registry = Registry({"status": "Pulling"}, {"error": "manifest for a/b:1 not found"})

    with pytest.raises(StackError) as refused:
        Engine(registry).pull("a/b:1")

    assert str(refused.value) == (
        "a/b:1: cannot be pulled: manifest for a/b:1 not found; check its name, build it, or log in where it is kept"
    )


def test_a_disk_that_fills_in_a_pull_is_told_as_that():
    """Neither the image's name nor who asks for it is wrong then."""
    registry = Registry({"status": "Downloading"}, {"error": "write /x/blob: no space left on device"})

    with pytest.raises(StackError) as refused:
        Engine(registry).pull("a/b:1")

    assert str(refused.value) == (
        "a/b:1: cannot be pulled: the disk is full (write /x/blob: no space left on device); "
        "`docker system df` says by what"
    )
