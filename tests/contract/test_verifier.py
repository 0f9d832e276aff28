"""The verifier passes a good server, and catches each broken one by exactly the check that is meant for it."""

import asyncio
from dataclasses import replace

import pytest

from harness.client import Client, Limits
from harness.comp import World
from harness.contract import checks, verify
from harness.discovery import COMP, discover
from harness.errors import ContractError
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from harness.verdict import overall
from tests.contract.servers import BROKEN, EMBEDDINGS, LLM, PACED, RERANKINGS, Wrapped, worn_out

COMPS = discover(COMP)
IMPATIENT = Limits(connect_s=2.0, first_byte_s=1.0, idle_s=1.0, total_s=5.0)


def verdicts(comp, served=None, only="", *, with_drawn=True, but="?"):
    """The verdicts on a server, by default the comp's own mock; `only` those whose id holds that, `but` none that holds this."""

    async def judged():
        client = Client()
        async with serving([served or Mock(comp, World(), behaviour=PACED)]) as urls:
            try:
                every = checks(comp, with_drawn=with_drawn)
                chosen = [check for check in every if only in check.id and but not in check.id]
                return await verify(comp, next(iter(urls.values())), client, chosen, limits=IMPATIENT)
            finally:
                await client.close()

    return asyncio.run(judged())


@pytest.mark.parametrize("comp", [EMBEDDINGS, RERANKINGS, LLM], ids=lambda comp: comp.id)
def test_a_good_server_passes_every_check(comp):
    """Nothing is violated, nothing unknown, and there were checks."""
    found = verdicts(comp)

    assert [each for each in found if each.verdict not in ("holds", "n/a")] == []
    assert overall(found) == "holds"
    assert len(found) > 20


def _caught(found, comp, meant):
    ids = [each.id.removeprefix(f"{comp.id}.") for each in found if each.verdict == "violated"]
    return {next((name for name in meant if name in each), each) for each in ids}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_server_is_caught_by_the_checks_meant_for_it(name):
    """By these and by no other; each says why, and how to repeat it."""
    comp, make, meant = BROKEN[name]
    found = verdicts(comp, make(), with_drawn=any("drawn" in each for each in meant), but="schemathesis")
    violated = [each for each in found if each.verdict == "violated"]

    assert _caught(found, comp, meant) == meant
    assert [each.id for each in found if each.verdict == "unknown"] == []
    assert all(each.why and each.expected and "curl " in each.repeat and each.seed == 0 for each in violated)


def test_there_are_broken_servers_enough():
    """One for every kind of fault that people have made."""

    assert len(BROKEN) >= 30


def test_a_server_that_is_not_well_after_bad_input_is_caught():
    """Surviving a bad request is part of refusing it; the request that it did not survive is the one to repeat."""
    served = Wrapped(Mock(EMBEDDINGS, World(), behaviour=PACED), worn_out)
    (found,) = verdicts(EMBEDDINGS, served, only="bad-input.number")

    assert found.why == "/v1/health_check: does not answer 200 afterwards"
    assert found.repeat.endswith("--data-binary 7")


def test_a_server_that_nobody_is_behind_leaves_everything_unknown():
    """What could not be asked is never green."""

    async def judged():
        client = Client()
        try:
            return await verify(EMBEDDINGS, "http://127.0.0.1:9", client)
        finally:
            await client.close()

    found = asyncio.run(judged())

    assert {each.verdict for each in found if ".descriptors" not in each.id} == {"unknown"}
    assert "cannot be reached" in found[0].why


def test_a_known_deviation_is_told_as_such_and_is_not_green():
    """A mock like upstream answers token ids with 500, which the contract knows."""
    mock = Mock(EMBEDDINGS, World(), behaviour=replace(PACED, like_upstream=True))
    found = verdicts(EMBEDDINGS, mock, only="example.openai.tokens")

    assert [(each.verdict, each.why) for each in found] == [
        ("n/a", "known deviation token-ids: token ids instead of text are an internal error over TEI")
    ]


@pytest.mark.parametrize("comp", COMPS.values(), ids=COMPS)
def test_check_ids_are_stable_names_of_files(comp):
    """Lower case, beginning with the comp, naming their kind, all different, and the same each time."""
    found = checks(comp)
    ids = [check.id for check in found]

    assert ids == [check.id for check in checks(comp)]
    assert all(each == each.lower() and each.startswith(f"{comp.id}.") and "/" not in each for each in ids)
    assert all(set(check.kind.name.split(".")) <= set(check.id.split(".")) for check in found)
    assert len(ids) >= 10


def test_a_comp_without_endpoints_is_no_pass():
    """Zero checks are an error that names the comp."""
    with pytest.raises(ContractError, match="embeddings: has no endpoint, so nothing can be checked"):
        checks(replace(EMBEDDINGS, endpoints=()))


def test_two_checks_of_one_name_are_an_error():
    """Two endpoints of one route could not be told apart."""
    with pytest.raises(ContractError, match=r"embeddings: two checks are called embeddings\.v1-embeddings"):
        checks(replace(EMBEDDINGS, endpoints=EMBEDDINGS.endpoints * 2))


def test_checks_that_draw_requests_can_be_left_out():
    """A run has no time for them."""
    without = checks(EMBEDDINGS, with_drawn=False)

    assert {check.id for check in checks(EMBEDDINGS)} - {check.id for check in without} == {
        "embeddings.v1-embeddings.drawn.valid.openai",
        "embeddings.v1-embeddings.drawn.invalid.openai",
        "embeddings.v1-embeddings.schemathesis",
    }
