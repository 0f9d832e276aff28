"""The node's container runs, and is on no network."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "container-disconnected",
        "the node's container is taken off its networks before it is asked",
        Effect(),
        Expected("error", (502, 504), ("refused", "reset", "connect_timeout", "first_byte_timeout")),
        default=True,
        action="disconnect",
    ),
)
