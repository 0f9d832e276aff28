"""Containers that do not stay up: crash loops, ends, what was stopped or paused."""

from collections.abc import Callable, Iterator

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.lacking import explained
from harness.doctor.seen import Container, State
from harness.doctor.spans import span
from harness.doctor.translate import Translated, last_words, translated

LOOP_S_MAX = 600  # Who stays up that long has got over it, whatever Docker counted before.
RESTARTS_MIN = 2
KILLED, TERMINATED, SEGMENT, ILLEGAL = 137, 143, 139, 132
_BY_HAND = frozenset({0, 130, KILLED, TERMINATED})
_SIGNALS = {
    KILLED: "killed (SIGKILL)",
    TERMINATED: "stopped (SIGTERM)",
    SEGMENT: "ended by a memory fault (SIGSEGV)",
    ILLEGAL: "ended by an instruction that this processor does not have (SIGILL)",
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
        if is_looping(state, case.seen.now_s) and not _is_oom(case, container):
            age = span(case.seen.now_s - state.created_s)
            how = f", {_SIGNALS[state.exit_code]}" if state.exit_code in _SIGNALS else ""
            yield caused(case, container, f"was restarted {_times(state.restarts)} in {age}{how}")


def _out_of_memory(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        if not _is_oom(case, container):
            continue
        limit = f" of {container.memory_bytes / 2**20:.0f} MiB" if container.memory_bytes else ""
        again = f", {_times(container.state.restarts)} so far" if container.state.restarts else ""
        yield Found(
            container.label,
            f"was killed because it used more memory than its limit{limit}{again}",
            (shown_state(container), *last_words(container.log)),
            "Raise the container's memory limit (`mem_limit`, `deploy.resources.limits.memory`), or take a smaller model",
            "out-of-memory",
        )


def _is_oom(case: Case, container: Container) -> bool:
    """Was it killed at its limit, the last time that it ended? Docker says so until it ends otherwise, also of one that is up again."""
    state = container.state
    is_new = bool(state.restarts) and case.seen.now_s - state.began_s < LOOP_S_MAX
    return state.is_oom and (state.word in ("restarting", "exited", "dead") or (container.is_up and is_new))


def _ended(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        state = container.state
        if state.word not in ("exited", "dead") or _is_oom(case, container) or state.error:
            continue
        if not _was_stopped(container) and (state.exit_code or _is_needed(case, container)):
            how = _SIGNALS.get(state.exit_code, f"ended with exit code {state.exit_code}")
            yield caused(case, container, f"is not running: {how}")


def _stopped(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        state = container.state
        if not state.is_oom and not state.error and _was_stopped(container):
            ago = span(case.seen.now_s - state.ended_s)
            yield Found(
                container.label,
                f"is not running: it was stopped {ago} ago, by hand or by compose",
                (shown_state(container), *last_words(container.log, 1)),
                f"Start it: `docker start {container.name}`",
                "stopped",
            )


def _was_stopped(container: Container) -> bool:
    """Docker starts such a container again, unless somebody stopped it; and a stop by hand ends without an error."""
    code, kept = container.state.exit_code, container.restart in ("always", "unless-stopped")
    is_by_hand = container.state.word == "exited" and (kept or code in _BY_HAND - {0})
    return is_by_hand and ((kept and code in _BY_HAND) or translated(container.log) is None)


def _is_needed(case: Case, container: Container) -> bool:
    """Is it a service, and no job that has come to its end?"""
    return bool(case.comps(container)) or any(each.callee is container for each in case.called)


def _paused(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        if container.state.word == "paused":
            yield Found(
                container.label,
                "is paused: it takes connections and answers none",
                (shown_state(container),),
                f"Let it go on: `docker unpause {container.name}`",
                "paused",
            )


def caused(case: Case, container: Container, what: str, log: tuple[str, ...] = ()) -> Found:
    """With the cause that the log tells, or the last words of it."""
    meaning = explained(case, container, log)
    words = last_words(log or container.log) if meaning is None else (meaning.line,)
    if meaning is None:
        why, fix, id_ = "its log does not say why", f"Read `docker logs {container.name}`", ""
        if not words:
            why, fix = "its log is empty", f"Run it by hand to see why: `docker start -a {container.name}`"
    else:
        why, fix, id_ = meaning.says, meaning.fix.replace("CONTAINER", container.name), meaning.id
    other = _behind(case, container, meaning)
    if other is not None:
        why += f", and {other.label} is {_word(other, case.seen.now_s)}"
    evidence = (shown_state(container), *words, shown_state(other) if other else "")
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


def shown_state(container: Container) -> str:
    """How a container is, as evidence; what has not ended has no exit code, whatever Docker says."""
    state = container.state
    oom = ", OOMKilled" if state.is_oom else ""
    health = f", {container.health.word}" if container.health and container.health.word else ""
    code = f", exit code {state.exit_code}" if state.word in ("restarting", "exited", "dead") else ""
    return f"docker inspect {container.name}: {state.word}{code}{oom}, RestartCount {state.restarts}{health}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


_FINDS: tuple[tuple[str, str, Callable[[Case], Iterator[Found]]], ...] = (
    ("crash-loop", "a container that Docker starts again and again, and why it ends", _loops),
    ("out-of-memory", "a container that was killed at its memory limit", _out_of_memory),
    ("ended", "a service that has ended, and why", _ended),
    ("stopped", "a service that somebody stopped", _stopped),
    ("paused", "a paused container", _paused),
)
RULES = tuple(Rule(id_, Rank.DOWN, says, find) for id_, says, find in _FINDS)
