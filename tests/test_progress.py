"""Progress as a seam."""

import asyncio

from harness import progress
from harness.progress import Progress, Silent, told_meanwhile


def test_silence_is_progress_too(capsys):
    """Nothing is printed, and every call is there."""
    silent: Progress = Silent()
    with silent as same:
        same.begin("load", 3)
        same.step("x", failed=True)
        same.step("y", waits=True)
        same.end("done")

    assert capsys.readouterr() == ("", "")


class Heard(Silent):
    """Keeps what is waited for."""

    def __init__(self):
        self.words, self.enough = [], asyncio.Event()

    def step(self, words="", *, failed=False, waits=False):
        """Keep it."""
        self.words.append((words, waits))
        if len(self.words) == 3:
            self.enough.set()


def test_who_waits_is_told_for_what_ever_more_rarely(monkeypatch):
    """And nothing once it is there."""
    monkeypatch.setattr(progress, "FIRST_S", 0.01)
    monkeypatch.setattr(progress, "PAUSE_S_MAX", 0.02)

    async def wait():
        heard = Heard()
        async with told_meanwhile(heard, lambda waited_s: f"not yet, {waited_s:.0f} s"):
            await asyncio.wait_for(heard.enough.wait(), 30)
        await asyncio.sleep(0)
        return heard.words

    assert asyncio.run(wait()) == [("not yet, 0 s", True)] * 3
