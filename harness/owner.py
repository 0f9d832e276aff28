"""Whose is it? Everything that outlasts a process bears the mark of the run that made it, so that what a dead run left can be told.

A mark is `<machine> <pid> <second in which the process began>`: a pid alone is given again, and an engine may serve several machines.
"""

import os
import platform
from dataclasses import dataclass

import psutil

PREFIX = "opea-harness-"
SLACK_S = 2.0  # psutil computes when a process began from when the machine did, which a set clock moves.


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a machine; `began_s` is when it began, in seconds of the epoch."""

    machine: str
    pid: int
    began_s: int

    def __str__(self) -> str:
        return f"{self.machine} {self.pid} {self.began_s}"

    @property
    def prefix(self) -> str:
        """What the names of its temporary folders begin with."""
        return f"{PREFIX}{self.pid}-{self.began_s}-"

    def is_dead(self) -> bool:
        """Whether it surely runs no more; what is of another machine cannot be known from here, and counts as alive."""
        if self.machine != platform.node():
            return False
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.began_s) > SLACK_S
                or process.status() == psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


def this_process() -> Owner:
    """The mark of what this process makes."""
    return Owner(platform.node(), os.getpid(), int(psutil.Process().create_time()))


def parsed(mark: str) -> Owner | None:
    """The owner that a mark names; None for what is no mark of ours."""
    parts = mark.rsplit(" ", 2)
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    return Owner(parts[0], int(parts[1]), int(parts[2]))


def of_folder(name: str) -> Owner | None:
    """The owner that a temporary folder's name tells; None for what is no folder of ours."""
    parts = name.removeprefix(PREFIX).split("-")
    if not name.startswith(PREFIX) or len(parts) < 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    return Owner(platform.node(), int(parts[0]), int(parts[1]))
