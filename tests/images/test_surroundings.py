"""What a container is told and finds around it."""

import asyncio

import httpx
import pytest

from harness.containers.network import Network
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.images.surroundings import around, needed, variables

COMPS = discover(COMP)


def test_the_contract_says_what_a_container_is_told_and_the_user_has_the_last_word():
    """Settings, then what it needs, then what was given."""

    assert variables(COMPS["llms.text_generation"], ()) == {
        "LLM_COMPONENT_NAME": "OpeaTextGenService",
        "LLM_ENDPOINT": "mock:third_parties.vllm",
    }
    assert variables(COMPS["embeddings"], ("TEI_EMBEDDING_ENDPOINT=http://x", "A=b=c")) == {
        "TEI_EMBEDDING_ENDPOINT": "http://x",
        "A": "b=c",
    }


@pytest.mark.parametrize("given", ["A", "=b"])
def test_what_is_no_variable_is_refused(given):
    """With an example of one."""
    with pytest.raises(UsageError, match=f"--env {given}: is no NAME=VALUE, such as LLM_ENDPOINT=mock:"):
        variables(COMPS["embeddings"], (given,))


def test_comps_that_are_needed_are_named_once():
    """One that nobody defined is refused."""

    assert needed({"A": "mock:embeddings", "B": "mock:embeddings", "C": "x"}, COMPS) == ["embeddings"]

    with pytest.raises(UsageError, match="--env: mock:nope: there is no such comp; there are agent, "):
        needed({"A": "mock:nope"}, COMPS)


def test_what_is_needed_answers_on_the_network_while_it_is_used(tmp_path):
    """Its address stands in the variable's place; the network is another loopback address here."""
    wanted = {"TEI_EMBEDDING_ENDPOINT": "mock:third_parties.tei", "OTHER": "x"}

    async def used():
        async with around(wanted, ["third_parties.tei"], Network("x", "127.0.0.2"), tmp_path) as environment:
            url = environment["TEI_EMBEDDING_ENDPOINT"]
            async with httpx.AsyncClient() as client:
                return environment, (await client.get(f"{url}/health")).status_code

    environment, status = asyncio.run(used())

    assert environment["TEI_EMBEDDING_ENDPOINT"].startswith("http://127.0.0.2:")
    assert (environment["OTHER"], status) == ("x", 200)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{environment['TEI_EMBEDDING_ENDPOINT']}/health")


def test_what_needs_nothing_starts_nothing(tmp_path):
    """No process and no log."""

    async def used():
        async with around({"A": "b"}, [], Network("x", "127.0.0.2"), tmp_path) as environment:
            return environment

    assert asyncio.run(used()) == {"A": "b"}
    assert list(tmp_path.iterdir()) == []
