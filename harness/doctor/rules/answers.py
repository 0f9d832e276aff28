"""What the nodes answer when they are asked: nobody there, somebody else, no such route, and health that lies."""

from collections.abc import Iterator

from harness.comp import Comp, Endpoint
from harness.contract.shapes import misshapen
from harness.doctor.case import Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.identity import json_of, routes_of, title_of
from harness.doctor.rules.ends import behind, is_looping
from harness.doctor.seen import Answer, Container, Probe
from harness.doctor.spans import span
from harness.doctor.translate import translated
from harness.images.identity import Identity, likeliest
from harness.lint.contracts import is_likely

_LATE = frozenset({"first_byte_timeout", "idle_timeout", "total_timeout"})
_HUNG_MS = 10_000.0  # A model on a CPU, or asked for the first time, may take longer than the doctor waits as a rule.
_YOUNG_S = 60.0


def _nodes(case: Case) -> Iterator[tuple[Probe, Container | None]]:
    """What was asked of nodes; not of containers that are known to be down."""
    for probe in case.seen.probes:
        container = next((each for each in case.seen.containers if each.label == probe.subject), None)
        is_down = container and (not container.is_up or is_looping(container.state, case.seen.now_s))
        if probe.role == "node" and not is_down:
            yield probe, container


def _silent(case: Case, *, is_young: bool) -> Iterator[Found]:
    for probe, container in _nodes(case):
        ready = probe.answers.get("ready")
        up_s = case.seen.now_s - container.state.began_s if container else _YOUNG_S
        if ready is None or not ready.error or (up_s < _YOUNG_S) is not is_young:
            continue
        since = f", {span(up_s)} after it was started" if container else ""
        yield Found(
            probe.subject,
            f"does not answer ({_WORDS.get(ready.error, ready.error)}){since}{_other_port(case, probe, container)}",
            (ready.told,),
            _AFTER.get(ready.error, f"Start what is to answer at {probe.url}, or correct the address"),
            ready.error,
        )


_WORDS = {
    "refused": "the connection is refused",
    "reset": "the connection is broken off",
    "dns": "the host's name does not resolve",
    "connect_timeout": "nothing takes the connection",
    "first_byte_timeout": "it takes the connection and says nothing",
}
_AFTER = {
    "first_byte_timeout": "Look at what it is busy with: its log, its processor time, its own backends",
    "dns": "Correct the host's name",
}


def _other_port(case: Case, probe: Probe, container: Container | None) -> str:
    """Where the image listens on another port than the one that is published."""
    comp = case.comp(probe)
    targets = {port.target for port in container.ports if port.published} if container else set()
    if comp is None or not targets or comp.port in targets:
        return ""
    return f"; its image listens on {comp.port}, published is {', '.join(map(str, sorted(targets)))}"


def _unready(case: Case) -> Iterator[Found]:
    for probe, _ in _nodes(case):
        ready = probe.answers.get("ready")
        if ready is None or ready.status < 400 or _stranger(case, probe):
            continue
        if ready.status in (404, 405):
            what = f"does not serve GET {_path(ready.asked.split()[-1])}, as {probe.comp or 'every service of OPEA'} does"
            fix = "See what answers there: the image, its command, or the port may be another's"
        else:
            what = f"says that it is not ready: {ready.status}"
            fix = "Wait until its model is loaded; if it stays so, read its log"
        yield Found(probe.subject, what, (ready.told,), fix)


def _stranger(case: Case, probe: Probe) -> str:
    """What answers instead of the comp that is meant; empty where it is the right one, or cannot be told."""
    comp, title, routes = case.comp(probe), title_of(probe), routes_of(probe)
    if comp is None or not (title or routes):
        return ""
    keys = {each.key for each in comp.endpoints}
    is_right = title == comp.title if title and comp.framework else not routes or bool(keys & set(routes))
    if is_right or (routes and keys & set(routes)):
        return ""
    like = likeliest(Identity(title, routes), case.contracts.comps)
    return f"{like} ({title})" if like and title else like or title or ", ".join(routes[:3])


def _another(case: Case) -> Iterator[Found]:
    for probe, _ in _nodes(case):
        if other := _stranger(case, probe):
            shown = [probe.answers[name].told for name in ("title", "routes") if name in probe.answers]
            yield Found(
                probe.subject,
                f"{other} answers at {probe.url}, where {probe.comp} is meant to",
                (*shown[:1], *_routes_line(probe)),
                "Correct the host or the port: two services are mixed up",
                "wrong-port",
            )


def _routes_line(probe: Probe) -> tuple[str, ...]:
    routes = routes_of(probe)
    return (f"GET {probe.url}/openapi.json lists {', '.join(routes[:6])}",) if routes else ()


def _no_route(case: Case) -> Iterator[Found]:
    for probe, _ in _nodes(case):
        comp, answer = case.comp(probe), probe.answers.get("contract")
        if comp is None or answer is None or answer.status not in (404, 405) or _stranger(case, probe):
            continue
        path = answer.asked.split()[-1]
        near = next((each for each in routes_of(probe) if is_likely(each.split()[-1], _path(path))), "")
        yield Found(
            probe.subject,
            f"does not serve POST {_path(path)}, the route of {comp.id}"
            + (f"; it has {near}" if near else ""),
            (answer.told, *_routes_line(probe)),
            f"Call {near}" if near else "Use the image that serves it; `opea-harness comps` lists the routes",
        )


def _path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].partition("/")[2]


def _lies(case: Case) -> Iterator[Found]:
    for probe, container in _nodes(case):
        answer, ready = probe.answers.get("contract"), probe.answers.get("ready")
        if answer is None or not _says_well(ready, container):
            continue
        why = _wrong(case, probe, answer)
        if why:
            meaning = translated(container.log) if container and answer.status >= 500 else None
            yield Found(
                probe.subject,
                f"says that it is healthy, and {why}" + (f": {meaning.says}" if meaning else ""),
                (ready.told if ready else "", answer.told, meaning.line if meaning else ""),
                meaning.fix
                if meaning
                else f"Read its log for that request, and mend what stands behind {probe.subject}",
                meaning.id if meaning else "",
                behind(case, container, meaning) if container else "",
            )


def _says_well(ready: Answer | None, container: Container | None) -> bool:
    health = container.health.word if container and container.health else ""
    return (ready is not None and ready.status == 200) or health == "healthy"


def _wrong(case: Case, probe: Probe, answer: Answer) -> str:
    """What is wrong with the answer to a request of the contract; empty for nothing."""
    comp = case.comp(probe)
    if answer.error in _LATE:
        return (
            f"answers no request ({answer.took_ms / 1000:.1f} s waited)" if answer.took_ms >= _HUNG_MS else ""
        )
    if answer.error:
        return f"breaks a request off ({answer.error})"
    if answer.status >= 500 or answer.status in (400, 401, 403, 422, 429):
        return f"answers {answer.status} to a request of its contract"
    if answer.status == 200 and comp is not None:
        return _misshapen(comp, answer)
    return ""


def _misshapen(comp: Comp, answer: Answer) -> str:
    if not answer.body.strip():
        return "answers a request of its contract with nothing at all"
    endpoint = comp.endpoint(_path(answer.asked.split()[-1]))
    if endpoint is None or "json" not in answer.content_type:
        return (
            "" if endpoint is None else f"answers {answer.content_type or 'no type'} where JSON is promised"
        )
    value = json_of(answer)
    if value is None:
        return "answers with something that is no JSON"
    return _unlike(endpoint, value)


def _unlike(endpoint: Endpoint, value: object) -> str:
    wrong = [misshapen(each.reply, value) for each in endpoint.variants if each.reply not in (None, bytes)]
    return f"answers in another shape than promised: {wrong[0]}" if wrong and all(wrong) else ""


def _slow(case: Case) -> Iterator[Found]:
    for probe, _ in _nodes(case):
        answer = probe.answers.get("contract")
        if answer and answer.error in _LATE and answer.took_ms < _HUNG_MS:
            yield Found(
                probe.subject,
                f"answers its health check, and a request not within {answer.took_ms / 1000:.1f} s",
                (answer.told,),
                "Wait longer, `--wait 20`: a model may be slow or be loading; who does not answer then hangs",
            )


RULES = (
    Rule(
        "not-answering",
        Rank.ANSWER,
        "a service that does not answer",
        lambda case: _silent(case, is_young=False),
    ),
    Rule(
        "starting",
        Rank.DOUBT,
        "a service that was just started and does not answer yet",
        lambda case: _silent(case, is_young=True),
    ),
    Rule(
        "not-ready",
        Rank.ANSWER,
        "a service that says itself that it is not ready, or has no route that says so",
        _unready,
    ),
    Rule(
        "another-service", Rank.SETTING, "another service than the one that is meant, at an address", _another
    ),
    Rule("route-missing", Rank.SETTING, "a service without the route of its contract", _no_route),
    Rule(
        "health-lies",
        Rank.ANSWER,
        "a service that says that it is well, and answers no request rightly",
        _lies,
    ),
    Rule(
        "slow",
        Rank.DOUBT,
        "a service that is well by its word, and does not answer while the doctor waits",
        _slow,
    ),
)
