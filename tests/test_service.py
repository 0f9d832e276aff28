"""A composition is refused before anything is started, where it could not be raised."""

import pytest

from harness.errors import ScenarioError
from harness.service import Composition, Service, by_urgency, waves

STORE = Service("store", "store:1", ports=(5432,))
FINDER = Service("finder", "finder:1", ports=(7000, 7001), after=("store",))
FRONT = Service("front", "front:1", after=("finder", "store"))


def test_services_are_started_after_those_that_they_need():
    """Each wave holds what can be started once all before it are ready."""
    several = Composition("several", (FRONT, FINDER, STORE, Service("alone", "alone:1")))

    assert waves(several) == (("store", "alone"), ("finder",), ("front",))


def test_who_keeps_the_longest_chain_waiting_is_most_urgent():
    """What nobody waits for comes last, in the order in which it was named."""
    several = Composition("several", (Service("alone", "alone:1"), FRONT, FINDER, STORE))

    assert [each.name for each in by_urgency(several)] == ["store", "finder", "alone", "front"]


def test_a_part_brings_what_it_needs():
    """Of a composition, a service and all before it can be taken; what points elsewhere is let go."""
    several = Composition(
        "several",
        (FRONT, FINDER, STORE),
        nodes={"retriever": "finder", "ui": "front"},
        gateway="front",
    )
    part = several.only(["finder"])

    assert ([each.name for each in part.services], part.nodes, part.gateway) == (
        ["finder", "store"],
        {"retriever": "finder"},
        "",
    )


def test_the_first_port_is_the_one_that_is_called():
    """A service without ports has none that could be."""
    assert (FINDER.port, FRONT.port) == (7000, 0)


@pytest.mark.parametrize(
    ("services", "more", "says"),
    [
        ((STORE, STORE), {}, "x: service store stands twice; names must differ"),
        (
            (FINDER,),
            {},
            "x: finder comes after store, which is no service; services are ['finder']",
        ),
        (
            (Service("a", "a", after=("b",)), Service("b", "b", after=("a",)), STORE),
            {},
            "x: services ['a', 'b'] wait for each other; one of them must be first",
        ),
        (
            (STORE,),
            {"nodes": {"retriever": "finder"}},
            "x: retriever is at finder, which is no service; services are ['store']",
        ),
        ((STORE,), {"gateway": "g"}, "x: the gateway is at g, which is no service; services are ['store']"),
    ],
)
def test_what_cannot_be_raised_is_refused(services, more, says):
    """The sentence names the composition, the service and what would be right."""
    with pytest.raises(ScenarioError) as refused:
        Composition("x", services, **more)

    assert str(refused.value) == says


def test_a_service_that_is_not_there_is_said_to_be_none():
    """So is one that is to be replaced."""
    with pytest.raises(ScenarioError, match=r"x: there is no service 'y'; services are \['store'\]"):
        Composition("x", (STORE,)).with_service(Service("y", "y"))
