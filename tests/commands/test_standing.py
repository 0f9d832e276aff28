"""What stands is watched, and told where it is."""

import asyncio
import json

import pytest

from harness.commands.standing import tell_ready, until_let_go, watched
from harness.errors import StackError

URLS = {"a": "http://127.0.0.1:1", "b": "postgresql://127.0.0.1:2"}


def test_a_program_is_told_in_one_line(capsys):
    """As `serve` tells it."""
    tell_ready(URLS, as_json=True)

    assert json.loads(capsys.readouterr().out) == {"ready": True, "urls": URLS}


def test_a_person_is_told_in_one_line_each(capsys):
    """And how to end it."""
    tell_ready(URLS, as_json=False)
    said = capsys.readouterr()

    assert [line.split() for line in said.out.splitlines()] == [list(each) for each in URLS.items()]
    assert said.err == "\nCtrl-C ends it.\n"


def test_who_dies_is_told_at_once():
    """With its words."""
    said = iter(["", "a: ended with code 1"])

    with pytest.raises(StackError, match="a: ended with code 1"):
        asyncio.run(asyncio.wait_for(watched(lambda: next(said), asyncio.Event()), 10))


def test_it_stands_until_it_is_let_go():
    """Whoever gives up ends what watches, too."""

    async def go():
        ended = asyncio.Event()
        standing = asyncio.ensure_future(until_let_go(watched(lambda: "", ended), ended, as_json=False))
        await asyncio.sleep(0)
        ended.set()
        await asyncio.wait_for(standing, 10)
        given_up = asyncio.ensure_future(
            until_let_go(watched(lambda: "", asyncio.Event()), ended, as_json=False)
        )
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        return given_up.cancelled(), len(asyncio.all_tasks())

    assert asyncio.run(go()) == (True, 1)
