"""What an image's container is told and finds around it: its settings, and mocks of the comps that it needs, on its own network."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from harness.comp import Comp
from harness.containers.network import Network
from harness.errors import UsageError
from harness.nearest import names_there_are
from harness.processes.child import Child

MOCK = "mock:"  # How a variable's value names the comp whose mock's address it is to be.
READY_LIMIT_S = 30.0


def variables(comp: Comp, given: Sequence[str]) -> dict[str, str]:
    """The variables of a container: the contract's, then those given as `NAME=VALUE`; raises UsageError for one that is none."""
    found = {**comp.settings, **{name: f"{MOCK}{needed}" for name, needed in comp.needs.items()}}
    for each in given:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise UsageError(f"--env {each}: is no NAME=VALUE, such as LLM_ENDPOINT=mock:third_parties.vllm")
        found[name] = value
    return found


def needed(wanted: Mapping[str, str], comps: Mapping[str, Comp]) -> list[str]:
    """The comps whose mocks the variables name; raises UsageError for one that nobody defined."""
    names = sorted({value.removeprefix(MOCK) for value in wanted.values() if value.startswith(MOCK)})
    for name in names:
        if name not in comps:
            raise UsageError(f"--env: {MOCK}{name}: there is no such comp; {names_there_are(name, comps)}")
    return names


@asynccontextmanager
async def around(
    wanted: Mapping[str, str],
    names: Sequence[str],
    network: Network,
    folder: Path,
    folders: Sequence[Path] = (),
) -> AsyncIterator[Mapping[str, str]]:
    """The variables with the addresses of mocks in their places, while the mocks answer on the network."""
    if not names:
        yield wanted
        return
    child = await Child.start("mocks", ("-m", "harness.mocking.process"), folder / "mocks.log")
    try:
        await child.configure(
            {
                "mocks": [{"name": name, "comp": name} for name in names],
                "host": network.home(),
                "folders": [str(each) for each in folders],
            }
        )
        urls = (await child.ready(READY_LIMIT_S))["urls"]
        yield {
            name: network.from_inside(urls[value.removeprefix(MOCK)]) if value.startswith(MOCK) else value
            for name, value in wanted.items()
        }
    finally:
        await child.stop()
