"""Work beside a container."""

import asyncio
import time

import pytest

from harness.containers.alive import while_alive


@pytest.mark.alone
@pytest.mark.needs("docker")
def test_work_is_given_up_within_a_second_of_the_end(started):
    """Whatever it still waits for."""
    with started("import time; time.sleep(1); print('no such model'); exit(4)") as container:
        began = time.monotonic()
        death = asyncio.run(while_alive(container, asyncio.sleep(60)))
        ended = container.facts()["State"]

    assert (death.exit_code, death.words) == (4, ("no such model",))
    assert ended["Status"] == "exited"
    assert time.monotonic() - began < 3  # It sleeps for one.


@pytest.mark.needs("docker")
def test_work_that_ends_first_gives_its_result(started):
    """And one that fails its error."""

    async def answer():
        return 42

    async def fail():
        raise ZeroDivisionError

    with started("import time; time.sleep(60)") as container:
        assert asyncio.run(while_alive(container, answer())) == 42
        with pytest.raises(ZeroDivisionError):
            asyncio.run(while_alive(container, fail()))
