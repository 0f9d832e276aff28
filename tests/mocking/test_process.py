"""The process that serves mocks."""

import asyncio
import json
import subprocess
import sys

import httpx
import pytest

from harness.processes.child import Child

MODULE = ["-m", "harness.mocking.process"]
CHAIN = (
    "guardrails.guardrails",
    "embeddings",
    "retrievers",
    "rerankings",
    "llms.text_generation",
    "dataprep",
)


def test_a_whole_chain_is_configured_by_one_line_and_ends_with_its_lifeline(tmp_path):
    """One process, one port each, ready when it says so, gone when its standard input ends."""

    async def life():
        child = await Child.start("mocks", MODULE, tmp_path / "mocks.log")
        try:
            await child.configure({"mocks": [{"name": name, "comp": name} for name in CHAIN]})
            ready = await child.ready(30)
            async with httpx.AsyncClient() as client:
                replies = [await client.get(f"{url}/v1/health_check") for url in ready["urls"].values()]
        finally:
            await child.stop()
        return list(ready["urls"]), [each.status_code for each in replies], child.exit_code

    assert asyncio.run(life()) == (list(CHAIN), [200] * len(CHAIN), 0)


def test_mocks_can_be_served_elsewhere_than_on_loopback(tmp_path):
    """A container reaches them on an address of its network; here it is another one of this machine."""

    async def life():
        child = await Child.start("mocks", MODULE, tmp_path / "mocks.log")
        try:
            await child.configure(
                {"host": "127.0.0.2", "mocks": [{"name": "tei", "comp": "third_parties.tei"}]}
            )
            url = (await child.ready(30))["urls"]["tei"]
            async with httpx.AsyncClient() as client:
                return url, (await client.get(f"{url}/health")).status_code
        finally:
            await child.stop()

    url, status = asyncio.run(life())

    assert (url.rpartition(":")[0], status) == ("http://127.0.0.2", 200)


def test_comps_can_be_named_on_the_command_line():
    """For one who wants a mock by hand; standard input is the lifeline here too."""
    with subprocess.Popen(
        [sys.executable, *MODULE, "embeddings"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        ready = json.loads(process.stdout.readline())
        reply = httpx.post(f"{ready['urls']['embeddings']}/v1/embeddings", json={"input": "x"})
        process.stdin.close()

        assert (reply.status_code, process.wait(10)) == (200, 0)


@pytest.mark.parametrize(
    ("arguments", "line", "code", "why"),
    [
        (["nothing"], b"", 2, "nothing: there is no such comp; there are agent, "),
        (
            [],
            b"no json\n",
            4,
            "standard input: b'no json\\n' is no JSON; the first line is the configuration",
        ),
        (["embeddings", "--path", "/nowhere"], b"", 2, "/nowhere: is no folder"),
    ],
)
def test_what_cannot_be_served_is_one_sentence_and_its_code(arguments, line, code, why):
    """No traceback."""
    done = subprocess.run(
        [sys.executable, *MODULE, *arguments], input=line, capture_output=True, timeout=30, check=False
    )

    assert done.returncode == code
    assert done.stderr.decode().startswith(why)
    assert done.stderr.count(b"\n") == 1
