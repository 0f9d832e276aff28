"""The reply in small pieces, which changes nothing, or so slowly that it never ends."""

from harness.fault import Effect, Expected, Fault


def slices(size_bytes: int) -> Fault:
    """The reply's body in pieces of so many bytes; pieces of one byte split every character that has more."""
    return Fault(
        f"slices-{size_bytes}b",
        f"the reply's body comes in pieces of {size_bytes} bytes",
        Effect(slice_bytes=size_bytes),
        Expected("same"),
    )


def drip(each_ms: float) -> Fault:
    """One byte of the body every so many milliseconds: no wait is long, and yet it takes for ever."""
    return Fault(
        f"drip-{each_ms:g}ms",
        f"the reply's body comes byte by byte, one every {each_ms:g} ms",
        Effect(slice_bytes=1, slice_ms=each_ms),
        Expected("error", (504,), ("total_timeout",)),
    )


FAULTS = (slices(1), slices(7), drip(1000))
