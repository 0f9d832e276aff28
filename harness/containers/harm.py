"""What is done to a container on purpose, one function for each `Action` but that on the gateway, and what the engine has to say before it counts as done."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.containers.condition import Condition, condition
from harness.containers.container import Container
from harness.containers.engine import speaking
from harness.errors import FaultError
from harness.fault import Action

WITNESS_LIMIT_S = 15.0
GRACE_S = 10
TRIES = 5
PACE_S = 0.02
SPARE_BYTES = 64 << 20  # To begin what is to eat takes the engine a good 16 MB of it.
KILLED = 137  # 128 and SIGKILL.
# The kernel is to choose the first process, and takes the others with it: that one is marked, and two that eat are each smaller.
EAT = ("sh", "-c", "echo 1000 > /proc/1/oom_score_adj; tail /dev/zero & exec tail /dev/zero")


@dataclass(frozen=True, slots=True)
class Harm:
    """`inflict` blocks until the engine has done it; `shows(before, now)` says whether what the engine says now proves it."""

    inflict: Callable[[Container], None]
    shows: Callable[[Condition, Condition], bool]


def _pause(container: Container) -> None:
    """Again, where the kernel did not freeze all in time, which it says of a busy machine now and then."""
    from docker.errors import APIError

    for tries_left in reversed(range(TRIES)):
        try:
            container.inner.pause()
        except APIError as error:
            if "unable to freeze" not in str(error) or not tries_left:
                raise
            time.sleep(PACE_S)
        else:
            return


def _kill(container: Container) -> None:
    container.inner.kill(signal="SIGKILL")


def _restart(container: Container) -> None:
    container.inner.restart(timeout=GRACE_S)


def _starve(container: Container) -> None:
    """Give it little more memory than it has, and let something in it take the rest.

    Again, where the engine was told of the end before it was told of the memory: then it never says why.
    """
    for _ in range(TRIES):
        taken_bytes = int(container.inner.stats(stream=False)["memory_stats"].get("usage") or 0)
        limit_bytes = taken_bytes + SPARE_BYTES
        container.inner.update(mem_limit=limit_bytes, memswap_limit=limit_bytes)
        container.inner.exec_run(list(EAT), user="0", detach=True)
        container.inner.wait(timeout=WITNESS_LIMIT_S)
        if condition(container).is_oom:
            return
        container.inner.start()


def _disconnect(container: Container) -> None:
    for name in condition(container).networks:
        container.inner.client.networks.get(name).disconnect(container.inner)


HARMS: Mapping[Action, Harm] = {
    "pause": Harm(_pause, lambda _before, now: now.status == "paused"),
    "kill": Harm(_kill, lambda _before, now: _is_killed(now) and not now.is_oom),
    "restart": Harm(_restart, lambda before, now: now.status == "running" and now.began != before.began),
    "starve": Harm(_starve, lambda _before, now: _is_killed(now) and now.is_oom),
    "disconnect": Harm(_disconnect, lambda _before, now: now.status == "running" and not now.networks),
}


def inflict(container: Container, action: Action, before: Condition) -> str:
    """Do it, and give the engine's own words once they prove it; raises FaultError where they never do, StackError where it is refused."""
    with speaking(container.name):
        HARMS[action].inflict(container)
    until = time.monotonic() + WITNESS_LIMIT_S
    while True:
        now = condition(container)
        if HARMS[action].shows(before, now):
            return now.says
        if time.monotonic() > until:
            raise FaultError(
                f"{container.name}: {action} was done {WITNESS_LIMIT_S:g} s ago, and the engine says that it is {now.says}"
            )
        time.sleep(PACE_S)


def _is_killed(now: Condition) -> bool:
    return now.status == "exited" and now.exit_code == KILLED


def still(container: Container, action: Action, before: Condition) -> bool:
    """Whether the engine says even now what proves it."""
    return HARMS[action].shows(before, condition(container))
