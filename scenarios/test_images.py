"""A new image keeps the contract of its comp, from its configuration to its end; each verdict of `opea-harness validate IMAGE` is a test.

pytest scenarios -m images --image opea/embedding:latest --comp embeddings
"""

import asyncio
from pathlib import Path

import pytest

from harness.comp import Comp
from harness.contract.falsify import keep_in, require_hypothesis
from harness.discovery import COMP, discover
from harness.errors import StackError, UsageError
from harness.images.examination import Examination, Finding, Target
from harness.images.surroundings import variables
from harness.images.trial import Trial, foreseen, tried
from harness.progress import Silent
from harness.verdict import Verdict

BOOT_LIMIT_S = 60.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a verdict; its id is the check's."""
    if "image_check" not in metafunc.fixturenames:
        return
    if metafunc.config.getoption("opea_image", None) is None:
        skipped = pytest.mark.skip(reason="no --image IMAGE --comp ID was given, so no image was examined")
        metafunc.parametrize("image_check", [pytest.param("", marks=skipped, id="none")])
        return
    metafunc.parametrize("image_check", foreseen(_target(metafunc.config)))


def _comps(config: pytest.Config) -> dict[str, Comp]:
    return dict(discover(COMP, tuple(config.getoption("opea_path", ()))))


def _target(config: pytest.Config) -> Target:
    image, name, comps = config.getoption("opea_image"), config.getoption("opea_comp", None), _comps(config)
    if name not in comps:
        raise UsageError(
            f"--image {image}: say which comp it is with --comp ID; comps are {', '.join(comps)}"
        )
    options = tuple(word for each in config.getoption("opea_env", ()) for word in ("--env", each))
    seed = config.getoption("opea_seed", 0)
    return Target("", comps[name], seed, boot_limit_s=BOOT_LIMIT_S, image=image, options=options)


@pytest.fixture(scope="session")
def examination(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """What came of the image's trial, which is made once; its container's log is in a temporary folder."""
    require_hypothesis()
    folder = tmp_path_factory.mktemp("image")
    keep_in(folder)
    target, findings = _target(request.config), list[Finding]()
    given = request.config.getoption("opea_env", [])
    folders: tuple[Path, ...] = tuple(request.config.getoption("opea_path", ()))
    trial = Trial(target, target.comp.port, variables(target.comp, given), folder, folders)
    facts = asyncio.run(tried(trial, _comps(request.config), findings, Silent()))
    return Examination(target, findings, image=facts)


@pytest.fixture
def image_verdict(image_check: str, request: pytest.FixtureRequest) -> Verdict:
    """The check's verdict; one that could not be found out is an error, no pass and no skip."""
    examination: Examination = request.getfixturevalue("examination")
    found = next((each for each in examination.verdicts if each.id == image_check), None)
    if found is None:
        ended = examination.verdicts[-1]
        raise StackError(f"{image_check}: unknown: the examination ended with {ended.id}: {ended.why}")
    if found.verdict == "unknown":
        raise StackError(f"{image_check}: unknown: {found.why}")
    return found


@pytest.mark.images
@pytest.mark.timeout(900)
def test_images(image_verdict: Verdict) -> None:
    """What is promised is what it does."""
    if image_verdict.verdict == "n/a":
        pytest.skip(image_verdict.why)

    found = image_verdict
    assert found.verdict == "holds", f"{found.told}\nseed: {found.seed}\nrepeat: {found.repeat}"
