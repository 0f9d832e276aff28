"""Shows what came of a run: a summary for a person, or the report as one JSON document."""

import sys
from pathlib import Path

from harness.commands.options import emit
from harness.commands.paper import Paper
from harness.judge import Judged
from harness.verdict import counts
from reports.summary import print_summary

PIPED_WIDTH = 140  # What a log shows without breaking lines.


def show(judged: Judged, folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Print the report; where it lies on disk is always the last line."""
    if as_json:
        emit(judged.report.model_dump(mode="json", by_alias=True))
        return
    console = Paper(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    if quiet:
        tally = counts(judged.verdicts)
        console.print(
            f"{judged.report.verdict}: " + ", ".join(f"{count} {word}" for word, count in tally.items())
        )
    else:
        print_summary(judged.report, console)
    console.print(f"{folder / 'report.html'}", style="bold", soft_wrap=True)
