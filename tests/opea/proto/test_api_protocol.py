"""OPEA's requests and replies under upstream's module name."""

from harness.opea.proto import api_protocol
from tests.opea.proto.schemas import UPSTREAM


def test_every_request_and_reply_is_there():
    """What upstream's module defines, ours gives."""
    assert set(UPSTREAM["api_protocol"]) - set(api_protocol.__all__) == set()
    assert all(hasattr(api_protocol, name) for name in api_protocol.__all__)
