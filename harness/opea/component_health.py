"""Whether the components of a microservice say that they can serve, for its `/v1/health_check`.

Upstream asks every component to have `check_health` and never calls it. It is called here, as its author wrote it: in a thread where it is
a plain function, which may ask a server and wait.
"""

import asyncio
import inspect
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

LIMIT_S = 2.0


class Checked(Protocol):
    """What is known here of an `OpeaComponent`."""

    name: str

    def check_health(self) -> Any:
        """Whether it can serve."""


@dataclass(frozen=True, slots=True)
class ComponentHealth:
    """What a component said of itself a moment ago; `detail` is why it is not healthy, where that is more than its own no."""

    component: str
    healthy: bool
    detail: str = ""


class Components:
    """The components of a process, as long as somebody holds them."""

    def __init__(self) -> None:
        self._components: WeakKeyDictionary[Checked, None] = WeakKeyDictionary()

    def add(self, component: Checked) -> None:
        """Register a component."""
        self._components[component] = None

    def alive(self) -> list[Checked]:
        """Those that somebody holds, in the order in which they were made."""
        return [each for reference in self._components.keyrefs() if (each := reference()) is not None]


COMPONENTS = Components()


async def components_health(components: list[Checked]) -> list[dict[str, Any]]:
    """How each is, asked all at once; takes no longer than LIMIT_S."""
    return [asdict(each) for each in await asyncio.gather(*map(_health, components))]


async def _health(component: Checked) -> ComponentHealth:
    try:
        said = await asyncio.wait_for(_said(component), LIMIT_S)
    except TimeoutError:
        return ComponentHealth(
            component.name, healthy=False, detail=f"check_health has not ended after {LIMIT_S:g} s"
        )
    except Exception as error:  # noqa: BLE001 - whatever a user's component raises is its answer
        return ComponentHealth(component.name, healthy=False, detail=f"{type(error).__name__}: {error}")
    return ComponentHealth(component.name, healthy=bool(said))


async def _said(component: Checked) -> Any:
    check = component.check_health
    if inspect.iscoroutinefunction(check):
        return await check()
    return await asyncio.to_thread(check)
