"""Volumes come and go with their context."""

from uuid import uuid4

import pytest
from docker.errors import NotFound

from harness.containers.engine import OWNER
from harness.containers.volume import volumes


@pytest.mark.needs("docker")
def test_a_volume_bears_our_mark_and_goes(engine):
    """Also when somebody else has removed the first."""
    first, second = (f"opea-harness-try-{uuid4().hex}" for _ in range(2))

    with volumes(engine, (first, second)):
        made = engine.client.volumes.get(first)

        assert made.attrs["Labels"][OWNER] == str(engine.owner)

        made.remove()

    with pytest.raises(NotFound):
        engine.client.volumes.get(second)
