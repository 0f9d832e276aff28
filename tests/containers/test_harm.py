"""What is done to a container counts once the engine says so, and is taken back."""

import pytest

from harness.containers import harm
from harness.containers.condition import condition, restore
from harness.containers.harm import HARMS, Harm, inflict, still
from harness.errors import FaultError

SEEN = {
    "pause": "paused, on 1 network",
    "kill": "exited with code 137, on 1 network",
    "restart": "running, on 1 network",
    "starve": "exited with code 137, out of memory, on 1 network",
    "disconnect": "running, on 0 networks",
}
WAITS = "import signal; signal.pause()"
LIMIT_BYTES = 256 << 20


@pytest.mark.needs("docker")
def test_each_action_is_seen_by_the_engine_and_taken_back(started, monkeypatch):
    """On its network, under its alias, with its limit of memory; only that it began again stays so."""
    monkeypatch.setattr(harm, "GRACE_S", 0)
    with started(WAITS, ports=(6000,), aliases=("llm",), memory_bytes=LIMIT_BYTES) as container:
        for action, words in SEEN.items():
            before = condition(container)

            assert inflict(container, action, before) == words
            assert still(container, action, before)

            restore(container, before)
            now = condition(container)

            assert (now.status, now.networks, now.memory_bytes) == ("running", before.networks, LIMIT_BYTES)
            assert still(container, action, before) == (action == "restart")

    assert SEEN.keys() == HARMS.keys()


@pytest.mark.needs("docker")
def test_what_the_engine_does_not_confirm_is_an_error(started, monkeypatch):
    """Such a fault has not fired."""
    monkeypatch.setattr(harm, "WITNESS_LIMIT_S", 0.1)
    monkeypatch.setitem(HARMS, "pause", Harm(lambda _container: None, HARMS["pause"].shows))
    with started(WAITS) as container, pytest.raises(FaultError) as caught:
        inflict(container, "pause", condition(container))

    assert str(caught.value) == (
        "try: pause was done 0.1 s ago, and the engine says that it is running, on 1 network"
    )
