"""How often a process that serves looks for cycles of objects that nobody holds."""

import gc

THRESHOLDS = 20_000, 50, 100


def collect_rarely() -> None:
    """Look seldom, and not among what is there by now; no more often than before.

    Few requests make any cycle, and a look at all that a process of many modules has imported stops every stream for 70 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*map(max, THRESHOLDS, gc.get_threshold()))
