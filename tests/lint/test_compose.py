"""A stack's services."""

import pytest

from harness.lint.compose import Port, Wait, read_compose


@pytest.fixture
def service(write):
    """Read one service of these lines."""

    def read(*lines, given=None, **files):
        body = "".join(f"    {line}\n" for line in lines)
        paths = write({**files, "c.yaml": f"services:\n  s:\n    labels: []\n{body}"})
        return read_compose(paths[-1:], given or {}).services["s"]

    return read


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("opea/x:1", "opea/x"),
        ("${REGISTRY:-opea}/x:${TAG:-latest}", "opea/x"),
        ("host:5000/opea/x", "host:5000/opea/x"),
        ("x@sha256:00", "x"),
    ],
)
def test_an_image_is_told_without_its_tag(service, image, name):
    """And with its registry."""
    assert service(f"image: {image}").image == name


def test_what_is_not_there_is_empty(service):
    """Nothing is made up."""
    bare = service()

    assert (bare.image, bare.ports, bare.waits, bare.check, bare.command) == ("", (), (), None, "")
    assert (bare.environment, bare.own_ports, bare.is_on_host) == ({}, frozenset(), False)


@pytest.mark.parametrize(
    ("written", "port"),
    [
        ('"8000:80"', ("8000", "80", "tcp", "")),
        ('"${P:-8000}:80/udp"', ("8000", "80", "udp", "")),
        ('"127.0.0.1:8000:80"', ("8000", "80", "tcp", "127.0.0.1")),
        ("80", (None, "80", "tcp", "")),
        ("{target: 80, published: 8000}", ("8000", "80", "tcp", "")),
    ],
)
def test_ports_are_read_in_all_forms(service, written, port):
    """Published, target, protocol, address."""
    (found,) = service(f"ports: [{written}]").ports

    assert found == Port(*port[:2], found.spot, *port[2:])


@pytest.mark.parametrize("written", ['"8000-8010:80-90"', "{published: 1}", '"a:b"'])
def test_ports_that_are_no_single_number_are_left_out(service, written):
    """A range clashes with nothing that can be told."""
    assert service(f"ports: [{written}]").ports == ()


def test_the_environment_is_read_in_both_forms(service):
    """What is written, what compose makes of it, and where."""
    for lines in (("environment:", "  A: ${X:-1}", "  B:"), ("environment:", "- A=${X:-1}", "- B")):
        found = service(*lines, given={"B": "shell"})

        assert [found.value(name) for name in "ABC"] == ["1", "shell", None]
        assert [found.gives(name) for name in "ABC"] == [True, True, False]
        assert [found.place(name).line for name in "ABC"] == [5, 6, 2]


def test_env_files_give_variables_too(service):
    """Beside the compose file; one that is not there may give anything."""
    known = service("env_file: [{path: my.env}]", **{"my.env": "A=1\n"})
    unknown = service("env_file: nope.env")

    assert [known.value("A"), known.gives("A"), known.gives("B")] == ["1", True, False]
    assert [unknown.value("A"), unknown.gives("A")] == [None, True]


def test_waits_are_read_in_both_forms(service):
    """The list means `service_started`."""
    listed = service("depends_on: [a]").waits
    full = service("depends_on: {a: {condition: service_healthy}}").waits

    assert listed == (Wait("a", "service_started", listed[0].spot),)
    assert full == (Wait("a", "service_healthy", full[0].spot),)


def test_a_health_check_is_one_command(service):
    """Without the word that says how it is run; switched off is not the same as none."""
    asked = service("healthcheck: {test: [CMD-SHELL, 'curl localhost:$PORT']}", given={"PORT": "80"}).check
    off = [service(f"healthcheck: {each}").check for each in ("{disable: true}", "{test: [NONE]}")]

    assert (asked.written, asked.command, asked.is_off) == (
        "curl localhost:$PORT",
        "curl localhost:80",
        False,
    )
    assert [each.is_off for each in off] == [True, True]
    assert service("healthcheck: {interval: 1s}").check is None


def test_the_ports_of_a_container_are_put_together(service):
    """What is published, exposed, commanded and asked."""
    found = service(
        "ports: ['1:2']",
        "expose: [3]",
        "command: --port 4 --x",
        "healthcheck: {test: curl http://localhost:5/health}",
    )

    assert found.own_ports == {"2", "3", "4", "5"}


def test_a_service_has_many_names(write):
    """Its own, the container's, the host's, and aliases."""
    (path,) = write(
        {
            "c.yaml": "services:\n  s:\n    image: x\n    container_name: c\n    hostname: h\n    networks: {n: {aliases: [a]}}\n"
        }
    )
    compose = read_compose([path], {})

    assert {name for name in "scha" if compose.named(name)} == set("scha")
    assert compose.named("nobody") is None


def test_profiles_and_the_machines_network_are_known(service):
    """They decide who meets whom."""
    found = service("profiles: [a, b]", "network_mode: host")

    assert (found.profiles, found.is_on_host) == ({"a", "b"}, True)


def test_an_overlay_and_a_file_that_lacks_its_parts_are_parts(write):
    """A whole stack says where each service is from."""
    paths = write(
        {
            "whole.yaml": "services:\n  a:\n    image: x\n  b:\n    build: .\n",
            "overlay.yaml": "services:\n  a:\n    ipc: host\n",
            "lacking.yaml": "include: [nope.yaml]\nservices:\n  a:\n    image: x\n",
        }
    )

    assert [read_compose([path], {}).is_part for path in paths] == [False, True, True]


def test_an_image_that_is_built_here_leads_to_its_folder(service, write):
    """Where its Dockerfile is named and there."""
    write({"back/Dockerfile": "FROM x"})

    assert service("build: {context: ., dockerfile: back/Dockerfile}").built_in.name == "back"
    assert service("build: {context: ., dockerfile: nope}").built_in is None
    assert service("build: .").built_in is None


def test_a_port_that_no_machine_has_is_none(service):
    """It stands among what is not read."""
    found = service('ports: ["80", "70000", "x"]')

    assert [each.target for each in found.ports] == ["80"]
    assert [each.text for each in found.unread_ports] == ["70000", "x"]
