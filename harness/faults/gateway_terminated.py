"""The gateway is asked to end while it has work."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "gateway-terminated",
        "the gateway is sent SIGTERM while many ask, and answers those before it ends",
        Effect(),
        Expected("same"),
        default=True,
        action="terminate",
    ),
)
