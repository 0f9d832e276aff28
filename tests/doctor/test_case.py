"""What a rule may ask."""

from dataclasses import replace

from harness.doctor.case import Case
from harness.doctor.inspection import container_of
from tests.doctor.stacks import inspected, seed


def test_every_call_is_known_with_whose_address_it_is():
    """By the names of the network; nobody's where no container has it."""
    case = Case(seed().env("retriever-pgvector", "TEI_EMBEDDING_ENDPOINT", "http://nobody:80").seen)
    found = {(each.caller.label, each.call.host): each.callee for each in case.called}

    assert found["retriever-pgvector", "db"].name == "pgvector-db"
    assert found["clip-embedding-server", "jaeger"].name == "jaeger"
    assert found["retriever-pgvector", "nobody"] is None


def test_it_is_known_which_address_of_the_machine_is_called():
    """The one that the setting names; by Docker's own name the bridge's; none where the machine is another."""
    stack = (
        seed()
        .env("jaeger", "ONE_URL", "http://192.168.1.5:80")
        .env("jaeger", "TWO_URL", "http://192.168.1.50:80")
    )
    stack.env("jaeger", "THREE_URL", "http://host.docker.internal:80").env(
        "jaeger", "FOUR_URL", "http://db:80"
    )

    def places():
        case = Case(stack.seen)
        return [case.place(each) for each in case.called if each.caller.name == "jaeger"]

    assert places() == [""] * 4

    stack.machine = replace(stack.machine, addresses={"docker0": "172.17.0.1", "eth0": "192.168.1.5"})

    assert places() == ["192.168.1.5", "", "172.17.0.1", ""]


def test_a_container_is_found_by_name_and_by_address():
    """Whichever a log names."""
    case = Case(seed().seen)

    assert {case.named(host).name for host in ("db", "pgvector-db", "172.18.0.6")} == {"pgvector-db"}
    assert case.named("nobody") is None


def test_only_neighbours_in_a_common_network_are_near():
    """A database of the same name in another project is another one."""
    stack = seed()
    for name, network in (("near", "seed_default"), ("far", "other_default")):
        stack.neighbours.append(container_of(inspected(name, "redis:7", 50, network=network)))

    assert [each.name for each in Case(stack.seen).near][-1] == "near"
    assert "far" not in Case(stack.seen).compose.services


def test_comps_are_known_by_image_and_probes_by_name():
    """Nothing is known of a database."""
    case = Case(seed().answering("jaeger", role="jaeger", services=(200, b"{}")).seen)
    comps = {each.name: [comp.id for comp in case.comps(each)] for each in case.seen.containers}

    assert comps["retriever-pgvector"] == ["retrievers"]
    assert comps["pgvector-db"] == []
    assert case.probe("jaeger").role == "jaeger"
    assert case.probe("nobody") is None
    assert case.comp(case.probe("jaeger")) is None
