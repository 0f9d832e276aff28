"""The node's container ran out of memory, and the kernel ended it."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "container-starved",
        "the node's container runs out of memory and is ended by the kernel before it is asked",
        Effect(),
        Expected("error", (502,), ("refused", "reset")),
        default=True,
        action="starve",
    ),
)
