"""A process that serves is not stopped by looking for cycles."""

import subprocess
import sys

PROBE = """
import gc
from harness.cycles import collect_rarely
gc.set_threshold(*{before})
collect_rarely()
print(gc.get_threshold(), gc.get_freeze_count() > 1000)
"""


def told_after(before):
    """What a process says of its collector once it looks rarely, with such thresholds before."""
    command = [sys.executable, "-c", PROBE.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_cycles_are_looked_for_rarely_and_not_among_what_was_there():
    """What was imported is out of the collector's sight, what is made later is looked at in large portions."""
    assert told_after((700, 10, 10)) == "(20000, 50, 100) True"


def test_who_looks_more_rarely_already_goes_on_so():
    """A megaservice that has set its collector for itself is not made to look more often."""
    assert told_after((50_000, 10, 200)) == "(50000, 50, 200) True"
