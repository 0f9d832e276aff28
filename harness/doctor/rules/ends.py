"""Containers that do not stay up: crash loops, ends, what never started, what was stopped or paused."""

from collections.abc import Callable, Iterator

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.seen import Container, State
from harness.doctor.spans import span
from harness.doctor.translate import Translated, last_words, translated

LOOP_S_MAX = 600  # Who stays up that long has got over it, whatever Docker counted before.
RESTARTS_MIN = 2
KILLED, TERMINATED, SEGMENT = 137, 143, 139
_BY_HAND = frozenset({0, 130, KILLED, TERMINATED})
_SIGNALS = {
    KILLED: "killed (SIGKILL)",
    TERMINATED: "stopped (SIGTERM)",
    SEGMENT: "ended by a memory fault (SIGSEGV)",
}


def is_looping(state: State, now_s: float) -> bool:
    """Does Docker start it again and again?

    It is up for less than twice the mean time between its restarts: who has come to rest is up for longer.
    """
    if state.word == "restarting":
        return True
    if state.word != "running" or state.restarts < RESTARTS_MIN:
        return False
    age_s, up_s = now_s - state.created_s, now_s - state.began_s
    return up_s < min(LOOP_S_MAX, 2 * age_s / (state.restarts + 1))


def _loops(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        state = container.state
        if is_looping(state, case.seen.now_s) and not _is_oom(container):
            age = span(case.seen.now_s - state.created_s)
            yield _found(case, container, f"was restarted {_times(state.restarts)} in {age}")


def _out_of_memory(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        if not _is_oom(container):
            continue
        limit = f" of {container.memory_bytes / 2**20:.0f} MiB" if container.memory_bytes else ""
        again = f", {_times(container.state.restarts)} so far" if container.state.restarts else ""
        yield Found(
            container.label,
            f"was killed because it used more memory than its limit{limit}{again}",
            (_state(container), *last_words(container.log)),
            "Raise the container's memory limit (`mem_limit`, `deploy.resources.limits.memory`), or take a smaller model",
            "out-of-memory",
        )


def _is_oom(container: Container) -> bool:
    return container.state.is_oom and container.state.word in ("restarting", "exited", "dead")


def _ended(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        state = container.state
        if state.word not in ("exited", "dead") or _is_oom(container) or _was_stopped(container):
            continue
        if state.exit_code or _is_needed(case, container):
            how = _SIGNALS.get(state.exit_code, f"ended with exit code {state.exit_code}")
            yield _found(case, container, f"is not running: {how}")


def _stopped(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        state = container.state
        if state.word == "exited" and not state.is_oom and _was_stopped(container):
            ago = span(case.seen.now_s - state.ended_s)
            yield Found(
                container.label,
                f"is not running: it was stopped {ago} ago, by hand or by compose",
                (_state(container), *last_words(container.log, 1)),
                f"Start it: `docker start {container.name}`",
                "stopped",
            )


def _was_stopped(container: Container) -> bool:
    """Docker starts such a container again, unless somebody stopped it; and a stop by hand ends without an error."""
    kept = container.restart in ("always", "unless-stopped")
    return kept or (container.state.exit_code in _BY_HAND - {0} and translated(container.log) is None)


def _is_needed(case: Case, container: Container) -> bool:
    """Is it a service, and no job that has come to its end?"""
    return bool(case.comps(container)) or any(each.callee is container for each in case.called)


def _never_started(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        if container.state.word != "created":
            continue
        if container.state.error:
            yield _found(case, container, "could not be started", (container.state.error,))
            continue
        waits = next(
            (each for each in map(case.named, container.awaits) if each and not _is_well(each)), None
        )
        yield Found(
            container.label,
            f"was never started: compose waits for {waits.label}"
            if waits
            else "was created and never started",
            (_state(container), _state(waits) if waits else ""),
            f"Mend {waits.label} first" if waits else f"Start it: `docker start {container.name}`",
            "waits" if waits else "",
            waits.label if waits else "",
        )


def _is_well(container: Container) -> bool:
    return container.is_up and (container.health is None or container.health.word == "healthy")


def _paused(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        if container.state.word == "paused":
            yield Found(
                container.label,
                "is paused: it takes connections and answers none",
                (_state(container),),
                f"Let it go on: `docker unpause {container.name}`",
                "paused",
            )


def _found(case: Case, container: Container, what: str, log: tuple[str, ...] = ()) -> Found:
    """With the cause that the log tells, or the last words of it."""
    said = log or container.log
    meaning = translated(said)
    words = last_words(said) if meaning is None else (meaning.line,)
    if meaning is None:
        why, fix, id_ = "its log does not say why", f"Read `docker logs {container.name}`", ""
        if not words:
            why, fix = "its log is empty", f"Run it by hand to see why: `docker start -a {container.name}`"
    else:
        why, fix, id_ = meaning.says, meaning.fix.replace("CONTAINER", container.name), meaning.id
    other = _behind(case, container, meaning)
    if other is not None:
        why += f", and {other.label} is {_word(other, case.seen.now_s)}"
    evidence = (_state(container), *words, _state(other) if other else "")
    return Found(container.label, f"{what}: {why}", evidence, fix, id_, other.label if other else "")


def _behind(case: Case, container: Container, meaning: Translated | None) -> Container | None:
    """The container that it looks for, where that one is in trouble itself."""
    other = case.named(meaning.host) if meaning and meaning.host else None
    if other is None or other is container:
        return None
    return other if not other.is_up or is_looping(other.state, case.seen.now_s) else None


def behind(case: Case, container: Container, meaning: Translated | None) -> str:
    """What a person calls the container that it looks for, where that one is in trouble itself; empty for none."""
    other = _behind(case, container, meaning)
    return other.label if other else ""


def _word(container: Container, now_s: float) -> str:
    return "restarting again and again" if is_looping(container.state, now_s) else container.state.word


def _state(container: Container) -> str:
    state = container.state
    oom = ", OOMKilled" if state.is_oom else ""
    health = f", {container.health.word}" if container.health and container.health.word else ""
    return f"docker inspect {container.name}: {state.word}, exit code {state.exit_code}{oom}, RestartCount {state.restarts}{health}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


_FINDS: tuple[tuple[str, str, Callable[[Case], Iterator[Found]]], ...] = (
    ("crash-loop", "a container that Docker starts again and again, and why it ends", _loops),
    ("out-of-memory", "a container that was killed at its memory limit", _out_of_memory),
    ("ended", "a service that has ended, and why", _ended),
    ("stopped", "a service that somebody stopped", _stopped),
    ("never-started", "a container that could not be started, or waits for another", _never_started),
    ("paused", "a paused container", _paused),
)
RULES = tuple(Rule(id_, Rank.DOWN, says, find) for id_, says, find in _FINDS)
