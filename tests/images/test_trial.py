"""The trial of an image from its configuration to its end: a good one, and others in each of which one thing is wrong."""

import asyncio

import pytest

from harness.containers.engine import OWNER, connected
from harness.contract.falsify import keep_in
from harness.discovery import COMP, discover
from harness.errors import StackError, UsageError
from harness.images.examination import Examination, Target
from harness.images.surroundings import variables
from harness.images.trial import Trial, foreseen, tried
from harness.progress import Silent
from tests.images.stand_ins.broken import WAYS, build, image

COMPS = discover(COMP)
EMBEDDINGS = COMPS["embeddings"]
REAL = pytest.mark.needs("docker", "images", "mmdebstrap", "opea")
BOOT_LIMIT_S = (
    180.0  # How long is waited for, not how long it may take: that is what a busy machine gives it.
)
DEVIATIONS = {"image.labels", "image.healthcheck", "stop.idle", "v1-embeddings.example.openai.tokens"}


def trial(way, folder, comp=EMBEDDINGS, **how):
    """What came of the trial of an image; its log is in the folder."""
    target = Target(
        "", comp, boot_limit_s=how.pop("boot_limit_s", BOOT_LIMIT_S), drawn_max=5, image=way, **how
    )
    findings = []
    keep_in(folder)
    facts = asyncio.run(
        tried(Trial(target, EMBEDDINGS.port, variables(EMBEDDINGS, ()), folder), COMPS, findings, Silent())
    )
    return Examination(target, findings, image=facts)


@pytest.fixture
def clean():
    """Afterwards nothing of ours is on the engine that was not there before."""
    with connected() as engine:

        def ours():
            client, wanted = engine.client, {"label": f"{OWNER}={engine.owner}"}
            return client.containers.list(all=True, filters=wanted), client.networks.list(filters=wanted)

        yield engine

        assert ours() == ([], [])


def test_without_an_engine_it_is_said_what_can_be_done(monkeypatch, tmp_path):
    """Nothing was proven, and nothing is left."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")

    with pytest.raises(StackError) as caught:
        trial("opea/embedding:latest", tmp_path)

    assert str(caught.value).startswith(
        "opea/embedding:latest: is no URL, and cannot be started as an image: docker: "
    )
    assert str(caught.value).endswith("opea-harness validate http://127.0.0.1:PORT --comp embeddings")
    assert caught.value.exit_code == 4


@REAL
@pytest.mark.timeout(1800)
def test_a_good_image_passes_and_what_is_known_of_opea_is_told(clean, tmp_path):
    """On the real base class: nothing violated, nothing unknown, and every check that was foreseen."""
    build(clean)
    found = trial(image(), tmp_path)

    assert (found.verdict, found.exit_code) == ("holds", 0)
    assert {each.id for each in found.verdicts} == set(foreseen(found.target))
    assert {
        each.id.removeprefix("embeddings.")
        for each in found.verdicts
        if each.why.startswith("known deviation")
    } == DEVIATIONS
    assert "Uvicorn running" in (tmp_path / "container.log").read_text()
    assert found.image.id.startswith("sha256:")


@REAL
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", WAYS)
def test_an_image_that_is_broken_is_caught_by_the_check_that_is_meant_for_it(way, clean, tmp_path):
    """And by no other but those that must see it too."""
    build(clean, way)
    found = trial(image(way), tmp_path, boot_limit_s=8.0 if way == "never-ready" else BOOT_LIMIT_S)
    wrong = {each.id.removeprefix("embeddings.") for each in found.verdicts if each.verdict == "violated"}
    meant, also = WAYS[way].caught_by, WAYS[way].also

    assert found.exit_code == 1
    assert [each for each in wrong if meant in each], wrong
    assert not [each for each in wrong if not any(part in each for part in (meant, *also))]
    assert all(each.repeat and each.seed == 0 for each in found.verdicts if each.verdict == "violated")


@REAL
@pytest.mark.timeout(600)
def test_another_comp_is_named(clean, tmp_path):
    """The image is stopped and removed all the same."""
    build(clean)
    with pytest.raises(UsageError, match="is not rerankings: its title is opea_service@embedding"):
        trial(image(), tmp_path, comp=COMPS["rerankings"], levels=("L1",))


@REAL
def test_only_what_is_asked_for_is_started(clean, tmp_path):
    """Of the image itself alone nothing has to run."""
    build(clean)
    found = trial(image(), tmp_path, levels=("L0",))

    assert {each.level for each in found.findings} == {"L0"}
    assert list(tmp_path.glob("*.log")) == []
