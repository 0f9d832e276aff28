"""host-unknown, port-of-the-machine, port-of-the-container, localhost-in-container."""

from tests.lint.graphs import megaservice, node

STACK = """\
services:
  tei:
    image: example/tei
    ports: ["6006:80"]
  embedding:
    image: example/embedding
    ports: ["6000:6000"]
    environment:
      TEI_EMBEDDING_ENDPOINT: {}
"""


def stack(url):
    """Return a stack in which `embedding` calls that URL, in line 9."""
    return {"compose.yaml": STACK.format(url)}


def test_a_host_that_is_no_service_is_found(linted):
    """In a URL."""
    assert linted("host-unknown", stack("http://tei-server:80")) == [
        "compose.yaml:9 embedding (TEI_EMBEDDING_ENDPOINT) calls tei-server, which is no service of these files"
    ]


def test_a_host_in_a_variable_of_its_own_is_found_too(linted):
    """`X_HOST` and its kin, and a node's host that the stack gives."""
    compose = STACK.format("http://tei:80") + "      REDIS_HOST: vectors\n      LLM_SERVER_HOST_IP: vllm\n"
    llm = node("llm", "/v1/chat/completions", host='os.getenv("LLM_SERVER_HOST_IP", "0.0.0.0")')

    assert linted("host-unknown", {"m.py": megaservice(llm, "mega.add(llm)"), "compose.yaml": compose}) == [
        "compose.yaml:10 embedding (REDIS_HOST) calls vectors, which is no service of these files",
        "compose.yaml:11 embedding (node llm) calls vllm, which is no service of these files",
    ]


def test_hosts_that_are_there_or_elsewhere_are_silent(linted):
    """Services by any of their names, domains, the machine, variables that nothing gives, and extra hosts."""
    known = [
        "http://tei:80",
        "https://api.example.com/v1",
        "http://${host_ip}:6006",
        "${URL}",
        "http://10.0.0.7:80",
    ]
    aliases = STACK.format("http://vectors:80").replace("/tei\n", "/tei\n    container_name: vectors\n")
    extra = STACK.format("http://vectors:80") + '    extra_hosts: ["vectors=10.0.0.7"]\n'

    assert [linted("host-unknown", stack(url)) for url in known] == [[]] * 5
    assert [linted("host-unknown", {"compose.yaml": text}) for text in (aliases, extra)] == [[], []]


def test_an_overlay_alone_says_nothing_of_hosts(linted):
    """The others stand in the file that it is laid over."""
    overlay = "services:\n  tei:\n    environment:\n      A: http://elsewhere:80\n"
    base = "services:\n  tei:\n    image: example/tei\n"

    assert linted("host-unknown", {"overlay.yaml": overlay}) == []
    assert linted("host-unknown", {"a.yaml": base, "b.yaml": overlay}) == [
        "b.yaml:4 tei (A) calls elsewhere, which is no service of these files"
    ]


def test_the_published_port_is_no_port_of_the_network(linted):
    """6006 is 80 in the container."""
    assert linted("port-of-the-machine", stack("http://tei:6006")) == [
        (
            "compose.yaml:9 embedding (TEI_EMBEDDING_ENDPOINT) calls tei:6006; 6006 is published on the machine, in the "
            "container it is 80"
        )
    ]
    assert linted("port-of-the-machine", stack("http://tei:80")) == []
    assert linted("port-of-the-machine", stack("http://tei:9999")) == []


def test_the_containers_port_is_no_port_of_the_machine(linted):
    """80 is 6006 on the machine."""
    assert linted("port-of-the-container", stack("http://${host_ip}:80")) == [
        (
            "compose.yaml:9 embedding (TEI_EMBEDDING_ENDPOINT) calls port 80 of the machine; tei listens there in its container "
            "only, and is published as 6006"
        )
    ]
    assert linted("port-of-the-container", stack("http://${host_ip}:6006")) == []
    assert linted("port-of-the-container", stack("http://${host_ip}:9999")) == []


def test_a_megaservice_beside_its_stack_calls_published_ports(linted):
    """The lecture's LLM port, in the line that gives it."""
    compose = 'services:\n  ollama:\n    image: ollama/ollama\n    ports: ["${PORT:-8008}:11434"]\n'
    wrong, right = (
        megaservice(node("llm", "/v1/chat/completions", port=port), "mega.add(llm)")
        for port in ("11434", "8008")
    )

    assert linted("port-of-the-container", {"m.py": wrong, "compose.yaml": compose}) == [
        "m.py:4 node llm calls port 11434 of the machine; ollama listens there in its container only, and is published as 8008"
    ]
    assert linted("port-of-the-container", {"m.py": right, "compose.yaml": compose}) == []


def test_localhost_in_a_container_is_the_container(linted):
    """Where another service has the port."""
    found = [
        "compose.yaml:9 embedding (TEI_EMBEDDING_ENDPOINT) calls localhost:6006, which is its own container; tei has that port"
    ]

    assert linted("localhost-in-container", stack("http://localhost:6006")) == found
    assert linted("localhost-in-container", stack("http://localhost:6000")) == []
    assert linted("localhost-in-container", stack("http://localhost:9999")) == []


def test_on_the_machines_own_network_localhost_is_the_machine(linted):
    """`network_mode: host`."""
    text = STACK.format("http://localhost:6006") + "    network_mode: host\n"

    assert linted("localhost-in-container", {"compose.yaml": text}) == []
