"""`opea-harness up`: services in containers, until they are let go."""

import json
import time
from pathlib import Path

import docker
import httpx
import pytest

from harness.containers.engine import OWNER, connected
from harness.owner import parsed
from tests.commands.command import run, sentence, started
from tests.images.stand_ins.own import own

FOLDER = Path(__file__).parents[1] / "data" / "contained"
PAIR = ("pair", "--path", str(FOLDER))


@pytest.fixture
def image_map(tmp_path):
    """A map that has this machine's own Python in the place of the image."""
    with connected() as engine:
        image = own(engine)
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"example/guardrail:1": image}))
    return ("--image-map", str(path))


def left(pid, limit_s=20):
    """What of a process is on the engine, once there is nothing or the time is over."""
    client = docker.from_env()
    until = time.monotonic() + limit_s
    while True:
        found = [
            each.name
            for kind in (
                client.containers.list(all=True, ignore_removed=True, filters={"label": OWNER}),
                client.networks.list(filters={"label": OWNER}),
            )
            for each in kind
            if _owner(each).pid == pid
        ]
        if not found or time.monotonic() > until:
            client.close()
            return found
        time.sleep(0.1)


def _owner(each):
    labels = each.attrs.get("Labels") or each.attrs.get("Config", {}).get("Labels") or {}
    return parsed(labels[OWNER])


@pytest.mark.needs("docker")
def test_services_stand_until_their_starter_lets_go(tmp_path, image_map):
    """Each is told as it gets ready, one JSON line says where they are, and in the end nothing is left."""
    with started("up", *PAIR, *image_map, "--json", cwd=tmp_path) as standing:
        urls = standing.ready()
        answer = httpx.get(urls["second"], timeout=10).json()
        pid = standing.process.pid
        standing.process.stdin.close()

        assert list(urls) == ["second", "first"]
        assert answer == {"here": True}
        assert standing.ended() == 0

    said = "".join(standing.said)

    assert said.index("first ready after") < said.index("second ready after")
    assert "pair: 2 containers, genuine images: 0 of 2" in said
    assert left(pid) == []


@pytest.mark.needs("docker")
def test_ctrl_c_takes_all_down(tmp_path, image_map):
    """That is how it ends, so it is no failure."""
    with started("up", *PAIR, *image_map, cwd=tmp_path) as standing:
        standing.line("Ctrl-C ends it.")
        standing.process.send_signal(2)

        assert standing.ended() == 0
        assert left(standing.process.pid) == []


@pytest.mark.needs("docker")
def test_a_container_that_ends_ends_all_and_says_its_last_words(tmp_path, image_map):
    """With the exit code of an environment in which nothing can be proven; its log is kept where it is wanted."""
    logs = tmp_path / "logs"
    with started("up", *PAIR, *image_map, "--json", "--logs", str(logs), cwd=tmp_path) as standing:
        urls = standing.ready()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{urls['first']}/end", timeout=10)

        assert standing.ended() == 4
        assert left(standing.process.pid) == []

    assert "first: ended with code 7; its last words:\n" in "".join(standing.said)
    assert (logs / "first.log").read_text().endswith("told to end\n")


@pytest.mark.needs("docker")
def test_what_a_killed_command_left_is_removed_by_the_next(tmp_path, image_map):
    """Though it could not say goodbye."""
    with started("up", *PAIR, *image_map, "--json", cwd=tmp_path) as standing:
        standing.ready()
        pid = standing.process.pid
        standing.process.kill()
        standing.ended()

        assert len(left(pid, 0)) == 3

    with started("up", *PAIR, *image_map, "--json", cwd=tmp_path) as standing:
        standing.ready()

        assert left(pid, 0) == []

        standing.process.stdin.close()
        standing.ended()


@pytest.mark.needs("docker")
def test_an_image_that_cannot_be_had_is_said(tmp_path):
    """With its name, why, and what to do."""
    done = run("up", *PAIR, "--image-map", _written(tmp_path), cwd=tmp_path)

    assert done.returncode == 4
    assert sentence(done).endswith(
        "opea-harness: opea-harness.local/lacking:1: is not on this machine, and such images are built, not pulled"
    )


def _written(folder):
    path = folder / "lacking.json"
    path.write_text('{"example/guardrail:1": "opea-harness.local/lacking:1"}')
    return str(path)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("up", *PAIR), "pair: stands in containers, but docker: no engine answers at"),
        (
            ("ask", "rag", "--stack", "real", "Which?"),
            "seed: stands in containers, but docker: no engine answers at",
        ),
    ],
)
def test_without_docker_it_is_said_in_one_sentence(tmp_path, monkeypatch, words, says):
    """Exit code 4: nothing was proven."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    done = run(*words, cwd=tmp_path)

    assert done.returncode == 4
    assert says in sentence(done)
    assert sentence(done).endswith("start it, or say where it is with DOCKER_HOST")


def test_a_set_of_services_that_is_none_is_refused(refused):
    """With those that there are."""
    code, said, wrong = refused("up", "sed")

    assert (code, said) == (2, "")
    assert wrong == "opea-harness: sed: there is no such set of services; there are seed"


def test_stand_ins_are_not_pulled(refused, tmp_path):
    """The two options contradict each other."""
    (tmp_path / "map.json").write_text("{}")
    code, _, wrong = refused("run", "rag", "--stack", "real", "--image-map", "map.json", "--pull")

    assert code == 2
    assert wrong == (
        "opea-harness: --image-map map.json: puts other images in the place of real ones, which --pull asks for"
    )
