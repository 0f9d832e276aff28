"""The reply says that it is something else."""

from harness.fault import Effect, Expected, Fault


def content_type(value: str, slug: str, *, default: bool = False) -> Fault:
    """The node's true reply under another content type."""
    return Fault(
        f"wrong-content-type-{slug}",
        f"the node's reply says that it is {value}",
        Effect(head={"content-type": value}),
        Expected("error", (502,), ("bad_content_type",)),
        default=default,
    )


FAULTS = (content_type("text/html; charset=utf-8", "html", default=True),)
