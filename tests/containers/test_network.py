"""Networks of our own."""

import pytest
from docker.errors import NotFound

from harness.containers.container import Container, Wanted
from harness.containers.network import Network, private_network


def test_where_the_engine_has_a_machine_of_its_own_this_one_is_reached_by_name():
    """The gateway is none of our addresses then."""
    network = Network("x", "192.0.2.1")

    assert network.home() == "127.0.0.1"
    assert network.from_inside("http://127.0.0.1:80") == "http://host.docker.internal:80"


def test_an_address_of_ours_is_what_containers_call_it():
    """As it is on Linux."""
    network = Network("x", "127.0.0.2")

    assert network.home() == "127.0.0.2"
    assert network.from_inside("http://127.0.0.2:80") == "http://127.0.0.2:80"


@pytest.mark.needs("docker")
def test_a_network_goes_also_with_a_container_on_it(engine, image, tmp_path):
    """Which is removed by whoever started it."""
    with private_network(engine) as network:
        wanted = Wanted("try", image, command=("sleep", "60"), network=network)
        container = Container.start(engine, wanted, tmp_path)

    with pytest.raises(NotFound):
        engine.client.networks.get(network.name)

    container.remove()
