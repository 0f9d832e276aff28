"""The node's container is frozen while it streams."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_streams

FAULTS = (
    Fault(
        "container-stalled",
        "every process of the node's container is frozen once its stream has begun",
        Effect(),
        Expected("error", (504,), ("idle_timeout", "total_timeout")),
        unfit=only_streams,
        default=True,
        action="pause",
        amid_stream=True,
    ),
)
