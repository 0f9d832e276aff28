"""host-port-twice."""

RULE = "host-port-twice"


def stack(one, other, more=""):
    """Return two services with these ports."""
    return {
        "c.yaml": f'services:\n  a:\n    image: x\n    ports: ["{one}"]\n  b:\n    image: x\n    ports: ["{other}"]\n{more}'
    }


def test_two_services_on_one_port_are_found(linted):
    """Defaults are what counts, and addresses that overlap."""
    found = ["c.yaml:4 port 8000 of the machine is published by a, b"]

    assert linted(RULE, stack("8000:80", "${PORT:-8000}:8000")) == found
    assert linted(RULE, stack("127.0.0.1:8000:80", "8000:8000")) == found


def test_ports_that_do_not_meet_are_silent(linted):
    """Other ports, protocols, addresses, profiles; and ports that the machine may choose."""
    silent = [
        stack("8000:80", "8001:80"),
        stack("8000:80/udp", "8000:80"),
        stack("127.0.0.1:8000:80", "127.0.0.2:8000:80"),
        stack("80", "80"),
    ]
    profiles = 'services:\n  a:\n    profiles: [x]\n    ports: ["1:1"]\n  b:\n    profiles: [y]\n    ports: ["1:1"]\n'

    assert [linted(RULE, files) for files in (*silent, {"c.yaml": profiles})] == [[]] * 5
