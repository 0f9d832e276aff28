"""A node as the engine calls it."""

from harness.opea import MicroService, Policy, ServiceType
from harness.opea.hop import Hop


def hop(**options):
    settings = {"host": "h", "port": 1, "endpoint": "/v1/x", "use_remote_service": True, **options}
    policy = settings.pop("policy", Policy())
    return Hop.of(MicroService("node", **settings), policy)


def test_a_hop_has_a_key_a_name_and_a_url():
    """Results know it by key, problems and spans by name."""
    assert (hop().key, hop().name, hop().url({})) == ("node/MicroService", "node", "http://h:1/v1/x")


def test_no_key_no_authorization():
    """Never `Bearer None`."""
    headers = dict(hop().headers([("traceparent", "00-1")], "application/json"))

    assert headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "traceparent": "00-1",
    }


def test_a_key_goes_to_its_own_node():
    """With a key the host is a whole address, and the model need not be there."""
    keyed = hop(api_key="secret", host="https://api")

    assert dict(keyed.headers([], "a"))["Authorization"] == "Bearer secret"
    assert (keyed.url({}), keyed.url({"model": "m"}), keyed.url([1])) == ("https://api/v1/x",) * 3


def test_llms_and_lvms_take_parameters_and_may_stream():
    """Others stream only where their dialect was declared."""
    told = {
        kind.name: (hop(service_type=kind).takes_parameters, hop(service_type=kind).may_stream)
        for kind in (ServiceType.LLM, ServiceType.LVM, ServiceType.TTS)
    }

    assert told == {"LLM": (True, True), "LVM": (True, True), "TTS": (False, False)}
    assert hop(service_type=ServiceType.TTS, policy=Policy(dialect="py_repr")).may_stream
