"""The node answers late."""

from harness.fault import Effect, Expected, Fault


def latency(delay_ms: float, *, default: bool = False) -> Fault:
    """A request reaches the node `delay_ms` late; with 0 nothing happens, and nothing fires."""
    return Fault(
        f"latency-{delay_ms:g}ms",
        f"the node is asked {delay_ms:g} ms late",
        Effect(delay_ms=delay_ms),
        Expected("slower", slower_ms=delay_ms),
        default=default,
    )


FAULTS = (latency(300, default=True), latency(50))
