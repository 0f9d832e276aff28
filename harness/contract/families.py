"""The families of checks, in the order in which they are made: those of each endpoint, and those of the comp as a whole."""

from collections.abc import Callable, Iterator

from harness.comp import Comp, Endpoint
from harness.contract.bad_input import bad_input
from harness.contract.check import Check
from harness.contract.crowd import crowd
from harness.contract.descriptors import descriptors
from harness.contract.drawn import drawn
from harness.contract.fuzzing import fuzzing
from harness.contract.lifecycles import lifecycles
from harness.contract.openapi import openapi
from harness.contract.promises import promises
from harness.contract.side import side
from harness.contract.streaming import streaming

OF_ENDPOINT: tuple[Callable[[str, Endpoint], Iterator[Check]], ...] = (
    promises,
    bad_input,
    drawn,
    streaming,
    crowd,
)
OF_COMP: tuple[Callable[[Comp], Iterator[Check]], ...] = (side, openapi, fuzzing, descriptors, lifecycles)
DRAWN = (drawn, fuzzing, lifecycles)


def of_comp(comp: Comp, *, with_drawn: bool = True) -> list[Check]:
    """All checks of a comp; without `with_drawn` those are left out that draw requests by Hypothesis."""
    left_out = () if with_drawn else DRAWN
    found: list[Check] = []
    for endpoint in comp.endpoints:
        for of_endpoint in OF_ENDPOINT:
            found += of_endpoint(comp.id, endpoint) if of_endpoint not in left_out else ()
    for family in OF_COMP:
        found += family(comp) if family not in left_out else ()
    return found
