"""Containers that were never started: those that could not be, and those for which compose waits for another."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.rules.ends import caused, shown_state
from harness.doctor.seen import Container

_YOUNG_S = 10.0  # Compose creates all before it starts the first.
_JOB = "service_completed_successfully"


@dataclass(frozen=True, slots=True)
class _Wait:
    """Whom compose waits for, and what to do about it; nothing yet where that one `is_coming`."""

    other: Container
    why: str = ""
    fix: str = ""
    is_coming: bool = False


def _refused(case: Case) -> Iterator[Found]:
    """Docker keeps the error of the last start until one succeeds."""
    for container in case.seen.containers:
        state = container.state
        if state.error and state.word in ("created", "exited", "dead"):
            yield caused(case, container, "could not be started", (state.error,))


def _created(case: Case) -> Iterator[tuple[Container, _Wait | None]]:
    for container in case.seen.containers:
        if container.state.word == "created" and not container.state.error:
            named = ((case.named(name), condition) for name, condition in container.awaits.items())
            waits = (_wait(case, other, condition) for other, condition in named if other)
            yield container, next(filter(None, waits), None)


def _wait(case: Case, other: Container, condition: str) -> _Wait | None:
    """What keeps compose waiting for it; None for nothing."""
    word = other.health.word if other.health else ""
    if condition == _JOB:
        if other.is_up:
            is_service = bool(
                other.health or case.comps(other) or any(port.published for port in other.ports)
            )
            why = f" to end, and that is a service, which does not ({_JOB})"
            fix = "Wait with `condition: service_healthy`: the other is for jobs that come to an end"
            return _Wait(other, why, fix) if is_service else _Wait(other, is_coming=True)
        is_well = other.state.word == "exited" and not other.state.exit_code
    elif other.is_up and condition == "service_healthy" and word != "healthy":
        if other.health is None:
            return _Wait(
                other,
                " to be healthy, and that has no health check",
                f"Give {other.label} a `healthcheck`, or wait with `condition: service_started`",
            )
        if word != "unhealthy":
            return _Wait(other, is_coming=True)
        is_well = False
    else:
        is_well = other.is_up
    return None if is_well else _Wait(other, "", f"Mend {other.label} first")


def _never_started(case: Case) -> Iterator[Found]:
    yield from _refused(case)
    for container, wait in _created(case):
        if wait is not None and not wait.is_coming:
            yield Found(
                container.label,
                f"was never started: compose waits for {wait.other.label}{wait.why}",
                (shown_state(container), shown_state(wait.other)),
                wait.fix,
                "waits",
                wait.other.label,
            )
        elif wait is None and not _is_young(case, container):
            yield Found(
                container.label,
                "was created and never started",
                (shown_state(container),),
                f"Start it: `docker start {container.name}`",
            )


def _is_young(case: Case, container: Container) -> bool:
    return case.seen.now_s - container.state.created_s < _YOUNG_S


def _waiting(case: Case) -> Iterator[Found]:
    for container, wait in _created(case):
        if wait.is_coming if wait else _is_young(case, container):
            other = wait.other if wait else None
            yield Found(
                container.label,
                f"is not started yet: compose waits for {other.label}" if other else "is being started",
                (shown_state(container), shown_state(other) if other else ""),
                "Wait until it runs, and look again",
            )


RULES = (
    Rule(
        "never-started",
        Rank.DOWN,
        "a container that could not be started, or waits for another",
        _never_started,
    ),
    Rule("waiting", Rank.DOUBT, "a service that compose has not started yet", _waiting),
)
