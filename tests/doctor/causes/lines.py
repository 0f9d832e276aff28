"""What is said of one line of a log."""

from harness.doctor.translate import translated


def said(line):
    """The cause and its words, or None."""
    found = translated((line,))
    return (found.id, found.says) if found else None
