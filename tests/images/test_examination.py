"""One examination from the first request to the exit code."""

import asyncio
from dataclasses import replace

import pytest

from harness.comp import World
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.images.configuration import SECRETS, USER
from harness.images.examination import Examination, Finding, Target, chosen, examine, noted
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from harness.progress import Silent
from harness.verdict import holds, not_applicable, unknown, violated

COMPS = discover(COMP)
EMBEDDINGS = COMPS["embeddings"]
NOWHERE = Target("http://127.0.0.1:9", EMBEDDINGS)


def examined(served=EMBEDDINGS, comp=EMBEDDINGS, behaviour=None, **how):
    """The examination of a mock."""

    async def once():
        async with serving([Mock(served, World(), behaviour=behaviour or Behaviour())]) as urls:
            target = Target(urls[served.id], comp, **how)
            findings = []
            await examine(target, COMPS, findings, Silent())
            return Examination(target, findings)

    return asyncio.run(once())


def test_a_good_service_holds_on_every_level_that_is_wanted():
    """First that it is ready, then its checks."""
    found = examined(levels=("L2", "L3"))

    assert (found.verdict, found.exit_code) == ("holds", 0)
    assert {level: counted["holds"] for level, counted in found.levels().items()} == {
        "L1": 1,
        "L2": 6,
        "L3": 4,
    }
    assert found.findings[0].kind == "boot"


def test_only_the_checks_that_are_wanted_are_asked():
    """By parts of their ids."""

    assert [check.id for check in chosen(Target("", EMBEDDINGS, wanted=("metrics",)))] == [
        "embeddings.side.metrics"
    ]
    assert len(chosen(NOWHERE)) > 30


def test_a_level_that_there_is_not_is_an_error():
    """With those that there are."""
    with pytest.raises(UsageError, match="--level L99: there is no such level; levels are L0, L1, "):
        chosen(Target("", EMBEDDINGS, levels=("L99",)))


def test_where_no_check_was_chosen_nothing_ran():
    """That it was ready is no proof of anything; unless that was the question."""
    found = examined(wanted=("nope",))

    assert (found.has_run, found.verdict, found.exit_code) == (False, "unknown", 5)
    assert examined(levels=("L1",)).exit_code == 0


def test_what_is_not_ready_is_asked_nothing_more():
    """It is violated, and that is all that is known."""
    found = examined(behaviour=Behaviour(start_ms=60_000), boot_limit_s=0.3)

    assert (len(found.findings), found.exit_code) == (1, 1)


def test_another_comp_is_not_examined_even_if_it_is_not_ready_as_this_one():
    """It is named."""
    unready = replace(EMBEDDINGS, ready="/nope")

    with pytest.raises(UsageError, match=r"is not embeddings: .*; try --comp rerankings"):
        examined(COMPS["rerankings"], unready, boot_limit_s=0.3)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([holds("x", "y")], 0),
        ([unknown("x", "y", "z")], 6),
        ([violated("x", "y", "z"), unknown("x", "y", "z")], 1),
    ],
)
def test_the_exit_code_is_that_of_the_verdicts(verdicts, code):
    """Violated over unknown over holds."""
    found = Examination(NOWHERE, [Finding("L4", "example", each) for each in verdicts])

    assert found.exit_code == code


def test_what_was_interrupted_ends_with_that():
    """Whatever was found before."""

    assert Examination(NOWHERE, [Finding("L4", "example", holds("x", "y"))], "interrupted").exit_code == 130


@pytest.mark.parametrize(
    ("how", "level", "wants"),
    [
        ({}, "L0", True),
        ({"levels": ("L1",)}, "L0", False),
        ({"wanted": ("user",)}, "L0", True),
        ({"wanted": ("port",)}, "L0", False),
    ],
)
def test_a_check_is_wanted_by_its_level_and_parts_of_its_id(how, level, wants):
    """Of an image as of an address."""

    assert replace(NOWHERE, **how).wants(level, "embeddings.image.user") is wants
    assert (NOWHERE.shown, replace(NOWHERE, image="x").shown) == (NOWHERE.url, "x")


def test_what_the_real_image_is_known_to_fail_is_told_and_not_green():
    """With its reason; another failure, and what holds, is left as it is."""
    known = replace(COMPS["embeddings"], known_of_image={"image.user": "it always did"})
    fails, good = violated("x.image.user", "x", "it runs as root"), holds("x.image.user", "x")

    assert noted(known, USER, fails).verdict == not_applicable(
        "x.image.user", "x", "known deviation image.user: it always did; it runs as root"
    )
    assert noted(known, USER, good).verdict == good
    assert noted(known, SECRETS, fails).verdict == noted(COMPS["embeddings"], USER, fails).verdict == fails
