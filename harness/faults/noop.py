"""The control: a fault that does nothing, and must be seen to do nothing."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "noop",
        "nothing happens; whatever is seen under this one is noise",
        Effect(),
        Expected("same"),
        control=True,
        default=True,
    ),
)
