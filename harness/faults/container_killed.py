"""The node's container was killed: nobody listens at its address."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "container-killed",
        "the node's container is ended by SIGKILL before it is asked",
        Effect(),
        Expected("error", (502,), ("refused", "reset")),
        default=True,
        action="kill",
    ),
)
