"""The closed sets of OPEA, against upstream's values."""

from harness.opea.constants import MegaServiceEndpoint, MicroServiceEndpoint, ServiceRoleType, ServiceType


def test_service_types_have_upstreams_numbers():
    """Twenty-nine types, numbered from 0 (comps/cores/mega/constants.py, GenAIComps 8130a3f)."""
    assert [kind.value for kind in ServiceType] == list(range(29))
    assert (ServiceType.LLM.value, ServiceType.LVM.value, ServiceType(28).name) == (
        4,
        12,
        "ARB_POST_HEARING_ASSISTANT",
    )


def test_roles_are_two():
    """A service is one step, or a graph."""
    assert [(role.name, role.value) for role in ServiceRoleType] == [("MICROSERVICE", 0), ("MEGASERVICE", 1)]


def test_an_endpoint_is_its_route_as_text():
    """Routes are put into strings."""
    assert str(MegaServiceEndpoint.CHAT_QNA) == "/v1/chatqna"
    assert f"{MicroServiceEndpoint.RERANKING}" == "/v1/microservice/reranking"
    assert (len(MegaServiceEndpoint), len(MicroServiceEndpoint)) == (26, 8)
