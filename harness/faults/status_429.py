"""The node answers 429 and asks to come again in a second."""

from harness.faults._statuses import status

FAULTS = (status(429, {"retry-after": "1"}, default=True),)
