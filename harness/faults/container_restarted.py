"""The node's container ends in good order and begins again, while it is asked all the time."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "container-restarted",
        "the node's container ends and begins again while it is asked",
        Effect(),
        Expected("either"),
        default=True,
        action="restart",
    ),
)
