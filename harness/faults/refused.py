"""Nobody listens at the node's address."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "refused",
        "nobody listens at the node's address, and connections it had are gone",
        Effect(),
        Expected("error", (502,), ("refused", "reset")),  # A connection that was kept is reset.
        down=True,
        default=True,
    ),
)
