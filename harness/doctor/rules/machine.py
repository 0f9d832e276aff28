"""A machine that has too little left."""

from collections.abc import Iterator

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule

GIB = 2**30
# An image layer or a model's shard does not fit any more below the first; below the share and the second the next one will not.
DISK_BYTES_MIN, DISK_BYTES_LOW, DISK_SHARE_MIN = GIB, 10 * GIB, 0.05
MEMORY_BYTES_MIN, MEMORY_SHARE_MIN = GIB // 4, 0.03


def _disk(case: Case) -> Iterator[Found]:
    machine = case.seen.machine
    free, all_ = machine.disk_free_bytes, machine.disk_bytes
    if free is None or not all_:
        return
    if free < DISK_BYTES_MIN or (free < DISK_BYTES_LOW and free / all_ < DISK_SHARE_MIN):
        yield Found(
            "machine",
            f"the disk is nearly full: {_gib(free)} of {_gib(all_)} are free",
            (f"free space at {machine.place}",),
            "Free space: `docker system df` shows what Docker holds, `docker image prune` takes unused images away",
            "disk-full",
        )


def _memory(case: Case) -> Iterator[Found]:
    machine = case.seen.machine
    free, all_ = machine.memory_free_bytes, machine.memory_bytes
    if free is None or not all_:
        return
    if free < MEMORY_BYTES_MIN or free / all_ < MEMORY_SHARE_MIN:
        yield Found(
            "machine",
            f"the memory is nearly used up: {_gib(free)} of {_gib(all_)} are available",
            ("available memory as the kernel counts it",),
            "Stop what is not needed, or take smaller models; what needs more is killed with exit code 137",
            "out-of-memory",
        )


def _gib(count_bytes: int) -> str:
    return f"{count_bytes / GIB:.1f} GiB"


RULES = (
    Rule("disk-short", Rank.MACHINE, "a disk that is nearly full", _disk),
    Rule("memory-short", Rank.MACHINE, "memory that is nearly used up", _memory),
)
