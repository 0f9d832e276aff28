"""The node's container is frozen: connections to it are made, and nothing ever comes."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "container-paused",
        "every process of the node's container is frozen before it is asked",
        Effect(),
        Expected("error", (504,), ("connect_timeout", "first_byte_timeout", "total_timeout")),
        default=True,
        action="pause",
    ),
)
