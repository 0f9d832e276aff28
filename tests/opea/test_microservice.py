"""Services: here and elsewhere."""

import multiprocessing
import socket

import httpx
import pytest

from harness.errors import UsageError
from harness.opea import MicroService, ServiceType, TextDoc, opea_microservices, register_microservice
from tests.opea.serving import answers, serving, until


@pytest.fixture
def registered():
    """A registered service with two routes."""

    @register_microservice(
        "adder", host="127.0.0.1", port=0, endpoint="/v1/add", service_type=ServiceType.TTS
    )
    async def add(request: TextDoc) -> TextDoc:
        return TextDoc(text=f"{request.text} added")

    @register_microservice("adder", endpoint="/v1/twice", methods=["GET"], port=1)
    def twice():
        return 2

    yield opea_microservices["adder"], add
    opea_microservices.pop("adder").stop()


def test_a_registered_function_is_served_and_stays_a_function(registered):
    """A second one under the name adds a route, its other arguments are not looked at."""
    service, add = registered
    with serving(service) as address:
        added = httpx.post(f"{address}/v1/add", json={"text": "a"}).json()
        twice = httpx.get(f"{address}/v1/twice").json()

    assert (added["text"], twice, service.name) == ("a added", 2, "adder/MicroService")
    assert (service.service_type, callable(add)) == (ServiceType.TTS, True)


def test_a_route_may_be_added_later(registered):
    """By path, function and methods."""
    service, _ = registered
    service.add_route("/v1/sum", lambda: 1 + 1, methods=["GET"])
    with serving(service) as address:
        assert httpx.get(f"{address}/v1/sum").json() == 2


def test_a_taken_port_is_refused_when_the_service_is_made(registered):
    """Not when it is started."""
    service, _ = registered

    with pytest.raises(
        RuntimeError, match=rf"port:{service.port} of host 127\.0\.0\.1 cannot be served: Address already"
    ):
        MicroService("other", host="127.0.0.1", port=service.port)


def test_a_host_without_an_address_is_refused():
    """With the host's name."""
    with pytest.raises(RuntimeError, match=r"host .no-such-host\.invalid. has no address"):
        MicroService("other", host="no-such-host.invalid", port=0)


def test_a_remote_service_is_only_called():
    """It need not be up, it has an address, and what only a local one does is refused."""
    remote = MicroService("far", host="fakehost", port=8008, endpoint="/v1/add", use_remote_service=True)

    assert remote.endpoint_path() == "http://fakehost:8008/v1/add"
    for use in (remote.start, remote.stop, lambda: remote.app, remote._validate_env):
        with pytest.raises(UsageError, match="service far/MicroService is remote"):
            use()


def test_a_key_makes_the_host_a_whole_address():
    """Port and protocol are in it."""
    keyed = MicroService("far", host="https://api", api_key="k", endpoint="/v1", use_remote_service=True)

    assert (keyed.endpoint_path("model"), keyed.api_key_value) == ("https://api/v1", "k")


def test_a_service_may_have_no_name():
    """Then it is named by its class."""
    assert MicroService(use_remote_service=True).name == "MicroService"


def test_a_service_may_be_started_in_a_process_of_its_own():
    """As OPEA's tests do: made here, served in a fork."""
    service = MicroService("forked", host="127.0.0.1", port=0)
    process = multiprocessing.get_context("fork").Process(target=service.start)
    process.start()
    try:
        until(lambda: answers(f"http://127.0.0.1:{service.port}"))
    finally:
        process.terminate()
        process.join(10)
        service.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", service.port)) != 0


def test_stopping_what_never_started_gives_the_port_back():
    """The next service may have it."""
    service = MicroService("idle", host="127.0.0.1", port=0)
    service.stop()
    again = MicroService("again", host="127.0.0.1", port=service.port)
    again.stop()

    assert again.port == service.port


def test_a_startup_event_runs_while_the_service_serves():
    """As a task that ends with it."""
    seen = []

    async def job():
        seen.append("began")

    service = MicroService("worker", host="127.0.0.1", port=0)
    service.add_startup_event(job())
    with serving(service):
        until(lambda: seen)

    assert seen == ["began"]
