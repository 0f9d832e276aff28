"""`opea-harness validate IMAGE` as a process: its reports, and what is left when it is interrupted or killed."""

import json
import os
import platform
import signal
import tempfile

import psutil
import pytest

from harness.containers.engine import OWNER, connected
from tests.commands.command import all_gone, run, started
from tests.images.stand_ins.broken import build
from tests.states import seen

pytestmark = [pytest.mark.needs("docker", "images", "mmdebstrap", "opea"), pytest.mark.timeout(600)]
WORDS = ("--comp", "embeddings", "--quiet", "--drawn", "3", "--out", "out")


@pytest.fixture(scope="module")
def engine():
    """The engine of this machine."""
    with connected() as found:
        yield found


@pytest.fixture(scope="module")
def image(engine):
    """The good one."""
    return build(engine)


def ours(engine, pid):
    """Containers and networks that the run of this process made."""
    found = (*engine.client.containers.list(all=True, ignore_removed=True), *engine.client.networks.list())
    marks = [
        (each, each.attrs.get("Labels") or each.attrs.get("Config", {}).get("Labels") or {}) for each in found
    ]
    return [each.name for each, labels in marks if f"{platform.node()} {pid} " in labels.get(OWNER, "")]


def folders(pid):
    """Temporary folders of the run of this process."""
    return [each for each in os.listdir(tempfile.gettempdir()) if each.startswith(f"opea-harness-{pid}-")]


def test_a_good_image_has_its_reports_beside_its_log(image, tmp_path):
    """The image by its name and id, what is known of OPEA by its reason."""
    done = run(
        "validate", image, *WORDS, "--level", "L0", "--level", "L1", "--level", "L2", "--json", cwd=tmp_path
    )
    said = json.loads(done.stdout)

    assert (done.returncode, said["verdict"], said["target"]) == (0, "holds", image)
    assert said["image"]["id"].startswith("sha256:")
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        "report.json",
        "report.md",
        "junit.xml",
        "container.log",
        "mocks.log",
    }
    assert "known deviation image-labels" in (tmp_path / "out" / "report.md").read_text()


def test_after_an_interruption_nothing_is_left(engine, image, tmp_path):
    """And what was found before is reported as such."""
    with started("validate", image, *WORDS, cwd=tmp_path) as command:
        pid = command.process.pid
        assert seen(
            lambda: any(not name.startswith("opea-harness-") for name in ours(engine, pid)), limit_s=60
        )
        family = command.family()
        command.process.send_signal(signal.SIGINT)

        assert command.ended(60) == 130

    assert (ours(engine, pid), folders(pid), all_gone(family)) == ([], [], [])
    assert json.loads((tmp_path / "out" / "report.json").read_text())["ended"] == "interrupted"


MOMENTS = {
    "a network": lambda names, log: names,
    "a container": lambda names, log: len(names) > 1,
    "a service": lambda names, log: "Uvicorn running" in log,
    "answers": lambda names, log: "POST /v1/embeddings" in log,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_a_killed_run_left_is_removed_by_clean(moment, engine, image, tmp_path):
    """Whatever there was of it."""
    log = tmp_path / "out" / "container.log"

    def has_come():
        return MOMENTS[moment](ours(engine, pid), log.read_text() if log.exists() else "")

    with started("validate", image, *WORDS, cwd=tmp_path) as command:
        pid = command.process.pid
        assert seen(has_come, limit_s=60)
        family = command.family()
        command.process.send_signal(signal.SIGKILL)
        command.ended(60)

    done = run("clean", "--json", cwd=tmp_path)

    assert (done.returncode, json.loads(done.stdout)["docker"]) == (0, "searched")
    assert (ours(engine, pid), folders(pid), all_gone(family)) == ([], [], [])
    assert not psutil.pid_exists(pid)
