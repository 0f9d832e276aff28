"""`up -f FILE` as a person sees it."""

import json
import signal

import pytest

from harness.containers.engine import connected
from tests.commands.command import run, sentence, started
from tests.compose.conftest import DATA
from tests.containers.registry import registry
from tests.images.stand_ins.own import own

MOCKED = [
    word
    for service in ("tei-embedding-service", "tei-reranking-service", "retriever", "dataprep", "vllm-service")
    for word in ("--node", f"{service}=mock")
]


def test_missing_variables_are_named_at_once_and_nothing_is_started(tmp_path):
    """Environment, so exit 4."""
    (tmp_path / "compose.yaml").write_text("services:\n  a: {image: 'x:$ONE'}\n  b: {image: $TWO}\n")
    done = run("up", "-f", "compose.yaml", cwd=tmp_path)

    assert done.returncode == 4
    assert "2 variables are given by nothing: ONE at compose.yaml:2; TWO at compose.yaml:3" in sentence(done)


def test_services_that_wait_for_each_other_are_named(tmp_path):
    """No order of them is right, as the file is given; nothing is started."""
    (tmp_path / "compose.yaml").write_text(
        "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n"
    )
    done = run("up", "-f", "compose.yaml", cwd=tmp_path)

    assert done.returncode == 4
    assert "opea-harness: compose.yaml:2: a -> b -> a: each waits for the next" in sentence(done)


def test_a_file_or_a_name_says_what_is_raised(tmp_path):
    """And not both."""
    done = run("up", "seed", "-f", "compose.yaml", cwd=tmp_path)

    assert (done.returncode, "NAME, or -f FILE, says what is raised; both are given" in sentence(done)) == (
        2,
        True,
    )


@pytest.mark.needs("docker")
def test_images_are_pulled_anew_where_that_is_asked_for(tmp_path):
    """Another one is in the registry by then, and it is the one that stands."""
    with connected() as engine, registry(engine) as kept:
        (tmp_path / "compose.yaml").write_text(f"services:\n  sleeper: {{image: '{kept.image}'}}\n")
        kept.offer("first")
        engine.pull(kept.image)
        kept.offer("second")
        with started("up", "-f", "compose.yaml", "--pull", "--json", cwd=tmp_path) as command:
            command.ready()
            (stands,) = engine.client.containers.list(filters={"ancestor": kept.image})
            command.process.send_signal(signal.SIGINT)
            code = command.ended()

    assert (stands.labels["made"], code) == ("second", 0)


@pytest.mark.needs("docker")
def test_it_stands_until_it_is_let_go_and_every_address_is_told(tmp_path):
    """What is done otherwise than the file says is told too."""
    images = tmp_path / "images.json"
    with connected() as engine:
        images.write_text(json.dumps({"opea/chatqna:latest": own(engine)}))
    words = ("up", "-f", str(DATA / "compose.yaml"), *MOCKED, "--image-map", str(images), "--json")

    with started(*words, cwd=tmp_path) as command:
        urls = command.ready()
        command.process.send_signal(signal.SIGINT)
        code = command.ended()

    said = "".join(command.said)

    assert code == 0
    assert set(urls) == {"chatqna-backend-server", *(word.partition("=")[0] for word in MOCKED[1::2])}
    assert "`restart` is left out: a service that ends has failed (chatqna-backend-server)" in said
    assert "megaservice: chatqna-backend-server" in said
