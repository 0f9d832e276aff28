"""What every machine has."""

import ipaddress

from harness.compose.asked import MACHINE, given, own_addresses


def test_this_machine_and_no_proxies_are_given_unless_something_else_is():
    """So that host_ip need not be set."""
    values = given({"https_proxy": "http://proxy:1"})

    assert values["host_ip"] == values["HOST_IP"] == MACHINE
    assert (values["http_proxy"], values["no_proxy"]) == ("", "")
    assert values["https_proxy"] == "http://proxy:1"


def test_an_address_of_this_machine_is_no_loopback():
    """Loopback inside a container is the container."""
    assert not any(ipaddress.ip_address(each).is_loopback for each in own_addresses())
