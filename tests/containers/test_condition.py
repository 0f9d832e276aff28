"""What a container is, and that it is made again what it was."""

from dataclasses import replace

import pytest

from harness.containers.condition import condition, restore
from harness.errors import FaultError

WAITS = "import signal; signal.pause()"


@pytest.mark.needs("docker")
def test_a_limit_of_memory_is_lifted_where_none_was(started):
    """As high as the machine's memory, which is none."""
    with started(WAITS, ports=(6000,), aliases=("llm",)) as container:
        before = condition(container)
        container.inner.update(mem_limit=128 << 20, memswap_limit=128 << 20)

        assert before.says == "running, on 1 network"
        assert [*before.networks.values()] == [("llm",)]
        assert before.inner(before.ports[6000]) == 6000
        assert (before.memory_bytes, condition(container).memory_bytes) == (0, 128 << 20)

        restore(container, before)

        assert condition(container) == before


@pytest.mark.needs("docker")
def test_what_does_not_become_what_it_was_is_said(started):
    """Nothing that was frozen before is frozen again."""
    with started(WAITS) as container:
        before = replace(condition(container), status="paused")
        with pytest.raises(FaultError) as caught:
            restore(container, before)

    assert str(caught.value) == "try: its container is not again what it was: is running, was paused"
