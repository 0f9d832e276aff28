"""Wrong hops: what a service's own log says of requests that it had to refuse."""

from collections.abc import Callable, Iterator

from harness.doctor.access import Request, last_posts
from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.seen import Container
from harness.doctor.translate import last_words, shown, translated
from harness.lint.contracts import nearest

_NOT_SERVED = frozenset({404, 405})
_NOT_READ = frozenset({400, 422})


def _refused(case: Case, wanted: Callable[[int], bool]) -> Iterator[tuple[Container, str, list[Request]]]:
    """The container that refused, who asked it, and the requests that it refused last."""
    for container in (each for each in case.seen.containers if each.is_up):
        for (address, _), bad in last_posts(container.log).items():
            if wanted(bad[-1].status):
                caller = next((each for each in case.near if address in each.addresses), None)
                yield container, caller.label if caller else "", bad


def _not_served(case: Case) -> Iterator[Found]:
    for container, caller, bad in _refused(case, _NOT_SERVED.__contains__):
        request, comps = bad[-1], case.comps(container)
        if any(comp.endpoint(request.path) for comp in comps):
            continue  # The path is right: the 404 speaks of what was asked for, such as a model.
        route = nearest(comps, request.path)
        yield Found(
            caller or container.label,
            f"posts to {request.path} of {container.label}, which has no such route"
            if caller
            else f"is asked for {request.path}, which it does not serve",
            _log(container, bad),
            f"Call POST {route}" if route else f"Call a route of {container.label}'s /openapi.json",
        )


def _not_read(case: Case) -> Iterator[Found]:
    for container, caller, bad in _refused(case, _NOT_READ.__contains__):
        request = bad[-1]
        comps = [comp for comp in case.comps(container) if comp.endpoint(request.path)]
        fields = f"; {comps[0].id} is described by `opea-harness comps {comps[0].id}`" if comps else ""
        who = caller or "whoever calls it"
        yield Found(
            caller or container.label,
            f"posts to {request.path} of {container.label} what that cannot read"
            if caller
            else f"cannot read what is posted to {request.path}",
            _log(container, bad),
            f"Let {who} send the fields that {container.label} asks for (in a megaservice: `align_inputs`){fields}",
        )


def _fails(case: Case) -> Iterator[Found]:
    for container, _, bad in _refused(case, lambda status: status >= 500):
        if _is_lying(case, container):
            continue
        meaning = translated(container.log)
        why = meaning.says if meaning else "its log says no more"
        words = (meaning.line,) if meaning else last_words(container.log, 2)
        other = case.named(meaning.host) if meaning and meaning.host else None
        yield Found(
            container.label,
            f"answers {bad[-1].status} to {bad[-1].path}: {why}",
            (*_log(container, bad), *words),
            meaning.fix.replace("CONTAINER", container.name)
            if meaning
            else f"Read `docker logs {container.name}`",
            meaning.id if meaning else "",
            other.label if other and not other.is_up else "",
        )


def _is_lying(case: Case, container: Container) -> bool:
    """Did it fail before our own eyes? Then that is told already (`health-lies`)."""
    probe = case.probe(container.label)
    answer = probe.answers.get("contract") if probe else None
    return answer is not None and answer.status >= 500


def _log(container: Container, bad: list[Request]) -> tuple[str, ...]:
    count = "once" if len(bad) == 1 else f"{len(bad)} times"
    return (f"log of {container.name}, {count}: {shown(bad[-1].line)}",)


RULES = (
    Rule(
        "route-not-served",
        Rank.SETTING,
        "requests for a route that the called service does not have",
        _not_served,
    ),
    Rule(
        "request-not-read", Rank.SETTING, "requests that the called service refuses as unreadable", _not_read
    ),
    Rule("requests-fail", Rank.ANSWER, "a service that answers requests with errors, and why", _fails),
)
