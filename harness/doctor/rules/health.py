"""Health that lies, and health that says that something is wrong."""

import re
from collections.abc import Iterator

from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.seen import Container, Health
from harness.doctor.translate import last_words, shown, translated

_NO_PROGRAM = re.compile(
    r"exec: \"(?P<a>[^\"]+)\": executable file not found|(?:sh|bash): (?:line )?(?:\d+: )?(?P<b>\S+): (?:command )?not found"
)


def _checked(case: Case) -> Iterator[tuple[Container, Health]]:
    for container in case.seen.containers:
        if container.is_up and container.health is not None and container.health.word == "unhealthy":
            yield container, container.health


def _broken(case: Case) -> Iterator[Found]:
    for container, health in _checked(case):
        if match := _NO_PROGRAM.search(health.output):
            program = match["a"] or match["b"]
            yield Found(
                container.label,
                f"is called unhealthy because its check cannot run: there is no {program} in {container.image}",
                (_said(container, health),),
                'Check with what the image has: `python3 -c "import urllib.request as u; '
                "u.urlopen('http://localhost:PORT/v1/health_check')\"`",
                "program-missing",
            )


def _unhealthy(case: Case) -> Iterator[Found]:
    for container, health in _checked(case):
        if _NO_PROGRAM.search(health.output):
            continue
        meaning = translated((*container.log, *health.output.splitlines()))
        why = meaning.says if meaning else "its check fails"
        fix = meaning.fix if meaning else f"Read `docker logs {container.name}`"
        words = (meaning.line,) if meaning else last_words(container.log, 2)
        other = case.named(meaning.host) if meaning and meaning.host else None
        because = other.label if other and not other.is_up else ""
        yield Found(
            container.label,
            f"is unhealthy, {health.failures} times in a row: {why}",
            (_said(container, health), *words),
            fix,
            meaning.id if meaning else "",
            because,
        )


def _said(container: Container, health: Health) -> str:
    test = " ".join(health.test[1:] if health.test[:1] in (("CMD",), ("CMD-SHELL",)) else health.test)
    return f"health check of {container.name}: `{shown(test)}` said: {shown(health.output) or 'nothing'}"


RULES = (
    Rule("unhealthy", Rank.DOWN, "a container whose health check fails, and why", _unhealthy),
    Rule("health-check-broken", Rank.SETTING, "a health check that cannot run in its image", _broken),
)
