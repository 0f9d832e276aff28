"""One container from its start to its end."""

import urllib.request

import pytest
from docker.errors import NotFound

from harness.containers.container import Container, Death, Wanted, running
from harness.errors import StackError
from tests.states import seen

SERVER = """
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler
print("ready", os.environ.get("NAME"))
HTTPServer(("", 6000), SimpleHTTPRequestHandler).serve_forever()
"""
WAITS = "import signal; signal.signal(15, lambda *_: exit(0)); print('waits'); signal.pause(); signal.pause()"

EATS = "all = [bytes(1 << 20) + b'x' for _ in range(1 << 12)]"


def answered(container):
    """What the server in it says, as soon as it says anything."""

    def ask():
        try:
            with urllib.request.urlopen(container.url(6000), timeout=2) as reply:
                return reply.status
        except OSError:
            return 0

    return seen(ask)


@pytest.mark.needs("docker")
def test_a_container_answers_and_is_followed_over_a_restart(started):
    """Its port is another one then, and its log goes on where it was."""
    with started(SERVER, ports=(6000,), environment={"NAME": "Ada"}) as container:
        before = container.url(6000)

        assert answered(container) == 200

        container.begin_again(0)

        assert answered(container) == 200
        assert container.url(6000) != before
        assert container.death() is None

        text = seen(container.log.read_text, lambda text: text.count("ready Ada") == 2)

    assert text.count("ready Ada\n") == 2


@pytest.mark.needs("docker")
def test_what_ends_tells_its_code_and_its_last_words(started):
    """Fifty lines of them."""
    with started("for each in range(100): print(each)\nexit(3)") as container:
        death = seen(container.death)

    assert (death.exit_code, death.is_oom, len(death.words)) == (3, False, 50)
    assert death.told("try").startswith("try: ended with code 3; its last words:\n  50\n")


@pytest.mark.needs("docker")
def test_what_runs_out_of_memory_is_told_apart(started):
    """From what was killed otherwise; again, where a busy engine was told of the end before it was told of the memory."""
    for _ in range(3):
        with started(EATS, memory_bytes=64 << 20) as container:
            death = seen(container.death, limit_s=30)
        if death.is_oom:
            break

    assert (death.exit_code, death.is_oom) == (137, True)
    assert death.says == "ended with code 137, because it ran out of memory"


@pytest.mark.needs("docker")
def test_nothing_of_a_container_is_left_after_an_error(engine, image, network, tmp_path):
    """Whatever was done in it."""
    with (
        pytest.raises(ZeroDivisionError),
        running(
            engine, Wanted("try", image, command=("python3", "-c", WAITS), network=network), tmp_path
        ) as container,
    ):
        raise ZeroDivisionError

    with pytest.raises(NotFound):
        engine.client.containers.get(container.inner.id)
    with pytest.raises(StackError, match="try: No such container"):
        container.death()


@pytest.mark.needs("docker")
def test_a_start_that_fails_is_one_sentence_and_leaves_nothing(engine, image, network, tmp_path):
    """A program that is not there."""
    with pytest.raises(StackError) as caught:
        Container.start(engine, Wanted("try", image, command=("nope",), network=network), tmp_path)

    assert str(caught.value).startswith(f"try: {image}: there is no command that could be started (")
    assert '"nope": executable file not found' in str(caught.value)
    assert engine.client.containers.list(all=True, filters={"network": network.name}) == []


@pytest.mark.needs("docker")
def test_signals_process_and_ports_are_those_of_the_container(started):
    """It ends by the signal, and what ended publishes nothing."""
    with started(WAITS, ports=(6000,)) as container:
        seen(container.last_words, lambda words: words == ("waits",))

        assert container.process().cmdline()[:2] == ["python3", "-u"]

        container.signal("SIGTERM")
        death = seen(container.death)

        assert container.process() is None
        assert death == Death(0, is_oom=False, restarts=0, words=("waits",))
        with pytest.raises(StackError, match="try: port 6000 is not published; it is exited"):
            container.url(6000)


def test_a_container_that_began_again_says_how_often():
    """That is no life either."""

    assert Death(1, is_oom=False, restarts=4).told("x") == (
        "x: ended with code 1, and was begun again 4 times; its log is empty"
    )
