"""What is printed for a person on standard output, where the reader may leave before the end (`| head`)."""

from rich.console import Console

from harness.commands.options import to_nobody


class Paper(Console):
    """A console whose command goes on when its reader has left."""

    def on_broken_pipe(self) -> None:
        """The rest is said to nobody; the exit code stays that of what was done."""
        self.quiet = True
        to_nobody()
