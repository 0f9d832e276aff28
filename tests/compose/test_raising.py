"""Compose files are raised in containers, and nothing of them stays."""

import asyncio
import re

import pytest

from harness.compose.graph import wired
from harness.compose.processes import Raise
from harness.compose.raising import standing
from harness.composition.images import ImageMap
from harness.errors import StackError
from harness.progress import Silent
from harness.stack.stack import Keeping
from harness.stack.where import Where

pytestmark = pytest.mark.needs("docker")


@pytest.fixture
def stood(engine, tmp_path):
    """Raise a project, do something while it stands, and give what that came to."""

    def stand(project, do=lambda found: None, **images):
        async def go():
            where = Where(images=ImageMap({"own:1": engine.image, **images}), jaeger="none")
            wish = Raise(project, where, Keeping(tmp_path / "logs"), wired(project), {})
            async with standing(wish, Silent()) as found:
                return await asyncio.to_thread(do, found)

        return asyncio.run(go())

    return stand


def test_a_service_reaches_others_by_name_and_by_this_machines_address_through_their_wires(
    engine, read, stood
):
    """Two that share an inner port too; mocks answer, and a port that nobody is told of is published on a free one."""
    text = """\
services:
  one: {image: opea/vllm, ports: ["9009:80"]}
  two: {image: ghcr.io/huggingface/text-embeddings-inference:1, ports: ["80"], container_name: second}
  asker:
    image: own:1
    command:
      - python3
      - -c
      - |
        import time, urllib.request as r
        for at in ("one", "second", "$host_ip:9009"):
            print(at, r.urlopen(f"http://{at}/health", timeout=10).status, flush=True)
        open("/ready", "w").close()
        time.sleep(60)
    healthcheck: {test: [CMD, cat, /ready]}
"""
    project = read(text, places={"one": "mock", "two": "mock"}, forwarder="own:1")

    def seen(found):
        said = "\n".join(found.running.containers["asker"].last_words())
        return re.sub("opea-harness-machine", "machine", said), sorted(found.urls)

    assert stood(project, seen) == ("one 200\nsecond 200\nmachine:9009 200", ["asker", "one", "two"][1:])


def test_volumes_are_ours_and_folders_are_the_users(engine, read, stood, tmp_path):
    """What is written into a volume goes with the project; a folder is seen where it lies beside the file."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "word").write_text("beside the file")
    text = """\
services:
  a:
    image: own:1
    command: sh -c 'cat /conf/word > /kept/word && echo stored && sleep 60'
    volumes: ["kept:/kept", "./conf:/conf:ro"]
    healthcheck: {test: "cat /kept/word"}
  b:
    image: own:1
    command: sh -c 'cat /kept/word && sleep 60'
    volumes: ["kept:/kept"]
    depends_on: {a: {condition: service_healthy}}
    healthcheck: {test: [CMD, cat, /kept/word]}
volumes: {kept: {}}
"""
    assert stood(read(text), lambda found: found.running.containers["b"].run(["cat", "/kept/word"])) == (
        0,
        "beside the file",
    )


@pytest.mark.parametrize(
    ("service", "told"),
    [
        (
            "{image: own:1, command: sh -c 'echo why; exit 3'}",
            r"a: ended with code 3; its last words:\n  why",
        ),
        ("{image: 'opea-harness.local/none:1'}", "opea-harness.local/none:1: is not on this machine"),
        ("{image: own:1, command: no-such-program}", "a: .*no-such-program.*not found"),
    ],
)
def test_a_service_that_cannot_stand_is_told_by_its_own_name(read, stood, service, told):
    """With its last words, and nothing is left."""
    with pytest.raises(StackError, match=told):
        stood(read(f"services: {{a: {service}}}"))


def test_a_service_that_never_becomes_ready_is_told_with_what_was_seen_last(read, stood):
    """When its time is over."""
    text = "services: {a: {image: 'own:1', command: sleep 60, healthcheck: {test: [CMD, cat, /never]}}}"
    project = read(text, ready_limit_s=0.5)

    with pytest.raises(StackError, match=r"a: is not ready after 0.5 s: `cat /never` ended with code 1"):
        stood(project)
