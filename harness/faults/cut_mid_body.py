"""The connection ends in the middle of the reply."""

from harness.fault import Effect, Expected, Fault


def cut(after_bytes: int) -> Fault:
    """An orderly end of the connection after so many bytes of the reply's body, before its last byte in any case."""
    return Fault(
        f"cut-mid-body-{after_bytes}b",
        f"the connection ends after {after_bytes} bytes of the reply's body",
        Effect(cut_after_bytes=after_bytes),
        Expected("error", (502,), ("truncated", "reset", "bad_json", "bad_event", "incomplete")),
    )


FAULTS = (cut(16),)
