"""The node answers 500."""

from harness.faults._statuses import status

FAULTS = (status(500, default=True),)
