"""No traces, and why. A TELEMETRY_ENDPOINT that is missing, empty or wrong is lint's to find (`rules/settings.py`)."""

import re
from collections.abc import Iterator

from harness.doctor.access import requests
from harness.doctor.case import Case
from harness.doctor.composed import image_of
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.identity import services_of
from harness.doctor.seen import Container, Probe
from harness.doctor.translate import shown

ENDPOINT = "TELEMETRY_ENDPOINT"
_EXPORT = re.compile(
    r"(?:[Ff]ailed to export (?:traces|span|batch)|Exception while exporting Span|encountered while exporting (?:traces|span)"
    r"|/v1/traces.*(?:Max retries|refused|Failed)|(?:Max retries|refused).*/v1/traces)"
)
_ADDRESS = re.compile(r"host='(?P<host>[\w.\-]+)', port=(?P<port>\d+)|to (?P<where>[\w.\-]+:\d+)")
_EXPORTS_MIN = 2  # One may have gone astray while Jaeger was starting.


def _silent(case: Case, *, is_sure: bool) -> Iterator[Found]:
    """Jaeger without a service; sure where requests are known to have gone through."""
    for probe in case.seen.probes:
        if probe.role != "jaeger" or services_of(probe) != [] or _is_untold(case):
            continue
        proof = _served(case)
        if bool(proof) is is_sure:
            yield Found(
                probe.subject,
                "has no trace of any service" + (", although requests were served" if proof else ""),
                (probe.answers["services"].told, proof),
                f"See that the services get {ENDPOINT}=http://{probe.subject}:4318/v1/traces and reach it; of OPEA's images only "
                "some open spans"
                if proof
                else "Ask the megaservice once, and look again after 10 s",
            )


def _is_untold(case: Case) -> bool:
    """No service is told where to send them: lint's rule says so, and why is known."""
    return bool(case.near) and not any(each.environment.get(ENDPOINT) for each in case.near)


def _served(case: Case) -> str:
    """Evidence that a request was answered well; empty for none."""
    for container in case.seen.containers:
        for each in requests(container.past):
            if each.method == "POST" and each.status == 200 and container.environment.get(ENDPOINT):
                return f"log of {container.name}: {shown(each.line)}"
    for probe in case.seen.probes:
        count = _counted(probe)
        if count:
            return f"GET {probe.url}/metrics: {count:.0f} requests were answered"
    return ""


def _counted(probe: Probe) -> float:
    """How many requests a gateway says that it has answered, by OPEA's own metric."""
    answer = probe.answers.get("metrics")
    text = answer.body.decode("utf-8", "replace") if answer and answer.status == 200 else ""
    match = re.search(r"^megaservice_request_latency_count(?:\{[^}]*\})? ([\d.e+]+)", text, re.MULTILINE)
    return float(match[1]) if match else 0.0


def _gone(case: Case) -> Iterator[Found]:
    for probe in case.seen.probes:
        answer = probe.answers.get("services")
        if answer is not None and (answer.error or services_of(probe) is None):
            why = answer.error or f"it answers {answer.status}"
            yield Found(
                probe.subject,
                f"Jaeger does not answer as Jaeger does ({why})",
                (answer.told,),
                f"Start it, or correct its address: {probe.url} is to be that of its page, port 16686 as a rule",
                answer.error,
            )


def _lost(case: Case) -> Iterator[Found]:
    for container in case.seen.containers:
        lines = [line for line in container.log if _EXPORT.search(line)]
        if len(lines) < _EXPORTS_MIN or not container.is_up:
            continue
        match = _ADDRESS.search(lines[-1])
        where = (match["where"] or f"{match['host']}:{match['port']}") if match else "their address"
        other = case.named(where.partition(":")[0])
        why = f", and {other.label} is {other.state.word}" if other and not other.is_up else ""
        given = container.environment.get(ENDPOINT)
        yield Found(
            container.label,
            f"cannot send its traces to {where}{why}",
            (
                f"log of {container.name}, {len(lines)} lines: {shown(lines[-1])}",
                f"environment of {container.name}: {ENDPOINT}={given}" if given is not None else "",
            ),
            f"Give it {ENDPOINT}=http://JAEGER:4318/v1/traces of a Jaeger in its network, or take the variable out",
            "",
            other.label if other and not other.is_up else "",
        )


def _off(case: Case) -> Iterator[Found]:
    for container in _jaegers(case):
        value = container.environment.get("COLLECTOR_OTLP_ENABLED", "")
        if value.lower() in ("false", "0"):
            yield Found(
                container.label,
                "takes no OTLP: its collector for it is switched off",
                (f"environment of {container.name}: COLLECTOR_OTLP_ENABLED={value}",),
                "Set COLLECTOR_OTLP_ENABLED=true, or take the variable out with Jaeger 1.35 and later",
            )


def _jaegers(case: Case) -> Iterator[Container]:
    return (each for each in case.seen.containers if "jaeger" in image_of(each))


RULES = (
    Rule(
        "traces-empty",
        Rank.ANSWER,
        "Jaeger without a trace, although requests were served",
        lambda case: _silent(case, is_sure=True),
    ),
    Rule(
        "traces-unseen",
        Rank.DOUBT,
        "Jaeger without a trace, where nobody is known to have asked",
        lambda case: _silent(case, is_sure=False),
    ),
    Rule("jaeger-gone", Rank.ANSWER, "a Jaeger that is not there, or is something else", _gone),
    Rule("traces-lost", Rank.ANSWER, "a service that cannot send its traces", _lost),
    Rule("traces-not-taken", Rank.SETTING, "Jaeger that takes no OTLP", _off),
)
