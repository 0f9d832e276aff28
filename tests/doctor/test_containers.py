"""True containers that do not work, on a real engine: each is named with its cause, and nothing of them is changed."""

import json
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("opea-harness"))
LIMIT_S = 40
CALLS = "import socket; socket.create_connection(('doctor-web', 8001), 5)"
EATS = "held = []\nwhile True: held.append(b'x' * 2**20)"
WEB = "import http.server as h; h.HTTPServer(('', 8000), h.SimpleHTTPRequestHandler).serve_forever()"
ALWAYS = {"Name": "always"}
SLEEPS = {"test": ["CMD-SHELL", "sleep 0.1 && exit 0"], "interval": 10**9}
NO_CURL = {"test": ["CMD-SHELL", "curl -f http://localhost:8000"], "interval": 10**9, "retries": 1}

CONTAINERS = {
    "doctor-variable": {"command": "import os; os.environ['HF_TOKEN']", "restart_policy": ALWAYS},
    "doctor-refused": {
        "command": CALLS,
        "restart_policy": ALWAYS,
        "environment": {"WEB_URL": "http://doctor-web:8001"},
    },
    "doctor-memory": {"command": EATS, "mem_limit": "24m", "memswap_limit": "24m"},
    "doctor-web": {"command": WEB, "healthcheck": SLEEPS},
    "doctor-check": {"command": WEB, "healthcheck": NO_CURL},
    "doctor-paused": {"command": WEB},
}


@pytest.fixture(scope="module")
def stack():
    """A compose project of six containers, up to the state that each is to show; gives its name and the client."""
    from harness.containers.engine import connected
    from tests.images.stand_ins.own import own

    project = f"doctor{secrets.token_hex(4)}"
    with connected() as engine:
        image = own(engine)
        network = engine.client.networks.create(project, labels=engine.labels)
        made = []
        try:
            for name, how in CONTAINERS.items():
                labels = {
                    **engine.labels,
                    "com.docker.compose.project": project,
                    "com.docker.compose.service": name,
                }
                words = ["python3", "-u", "-c", how["command"]]
                rest = {key: value for key, value in how.items() if key != "command"}
                made.append(
                    engine.client.containers.create(
                        image, words, labels=labels, name=f"{project}-{name}-1", **rest
                    )
                )
                engine.client.networks.get("bridge").disconnect(made[-1])
                network.connect(made[-1], aliases=[name])
                made[-1].start()
            _freeze(made[-1])
            _until_broken(made)
            yield project, engine.client
        finally:
            for container in made:
                container.remove(force=True)
            network.remove()


def _freeze(container):
    """Again, where the kernel of a busy machine does not freeze all in time."""
    from docker.errors import APIError

    for tries_left in reversed(range(20)):
        try:
            container.pause()
        except APIError:
            if not tries_left:
                raise
            time.sleep(0.1)
        else:
            return


def _until_broken(containers):
    """Wait until two have been restarted twice, one is dead and one unhealthy."""
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        for container in containers:
            container.reload()
        variable, refused, memory, _, check, _ = (each.attrs for each in containers)
        if memory["State"]["Status"] == "exited" and not memory["State"]["OOMKilled"]:
            containers[2].start()  # A busy engine may be told of the end before it is told of the memory.
            continue
        if (
            min(variable["RestartCount"], refused["RestartCount"]) >= 2
            and memory["State"]["Status"] == "exited"
            and check["State"]["Health"]["Status"] == "unhealthy"
        ):
            return
        time.sleep(0.1)
    raise AssertionError("the containers did not come into their states")


@pytest.mark.needs("docker")
def test_each_true_container_is_named_with_its_cause(stack, tmp_path):
    """The machine's own findings are left out; it is given longer than a person waits, because machines of tests are busy."""
    project, client = stack
    before = _states(client, project)
    done = subprocess.run(
        [COMMAND, "doctor", project, "--json", "--wait", "10"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = {
        (each["service"].removeprefix("doctor-"), each["id"], each["cause"])
        for each in json.loads(done.stdout)["findings"]
        if each["service"] != "machine"
    }

    assert done.returncode == 1
    assert found == {
        ("variable", "crash-loop", "missing-variable"),
        ("refused", "crash-loop", "connection-refused"),
        ("refused", "port-closed", ""),
        ("memory", "out-of-memory", "out-of-memory"),
        ("web", "health-check-fake", ""),
        ("check", "health-check-broken", "program-missing"),
        ("paused", "paused", "paused"),
    }
    assert _states(client, project) == before


def _states(client, project):
    """What must be as it was: which containers there are, and which run, but for those that Docker restarts."""
    kept = client.containers.list(all=True, filters={"label": f"com.docker.compose.project={project}"})
    return {
        each.id: each.attrs["State"]["StartedAt"]
        for each in kept
        if each.attrs["HostConfig"]["RestartPolicy"]["Name"] == "no"
    }
