"""Options that are a name and what it is given: NAME=VALUE."""

from harness.errors import UsageError


def pair(option: str, text: str, form: str, *, may_be_empty: bool = False) -> tuple[str, str]:
    """The name and what stands behind the equals sign; raises UsageError, which says of what form it should be."""
    name, equals, value = text.partition("=")
    if not (name and equals and (value or may_be_empty)):
        raise UsageError(f"{option} {text}: is no {form}")
    return name, value
