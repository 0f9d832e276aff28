"""What lint finds in compose files, found in what runs: addresses, needed settings, collections, traces, fake health checks."""

import re
from collections.abc import Iterator

from harness.doctor.case import Case
from harness.doctor.composed import called_name
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.lacking import explained
from harness.doctor.seen import Container
from harness.lint.finding import Found as Linted
from harness.lint.finding import Rule as LintRule
from harness.lint.linter import all_rules
from harness.redact import redact

# Which of lint's rules hold of what runs, and what each is here; the others are about how a file is written.
ADOPTED = {
    "host-unknown": "a setting that calls a host which is no container of the stack",
    "port-of-the-machine": "a service called by its name on the port that the machine publishes",
    "port-of-the-container": "the machine called on a port that is only the container's",
    "localhost-in-container": "localhost called in a container for a port that another one has",
    "setting-malformed": "a value in quotes, with a blank at its end, or an address of which a part is empty",
    "setting-missing": "a comp that is not given what its component needs",
    "index-name-not-read": "a collection's name in a variable that the component does not read",
    "collections-apart": "a dataprep and a retriever whose collections never meet",
    "jaeger-unused": "Jaeger, and no service that is told to send traces",
    "telemetry-empty": "an empty TELEMETRY_ENDPOINT",
    "telemetry-address": "a TELEMETRY_ENDPOINT that is not Jaeger's whole address",
    "health-check-fake": "a health check that passes whatever happens",
    "health-check-path": "a health check that asks a path which the comp does not serve",
    "endpoint-not-served": "a node of the megaservice's file whose route its service does not serve",
    "reply-not-readable": "a node of the file that cannot read what the node before answers",
}


def _finder(rule: LintRule) -> Rule:
    def find(case: Case) -> Iterator[Found]:
        for linted in dict.fromkeys(rule.find(case.sources)):
            found = _told(case, rule, linted)
            if found is not None:
                yield found

    return Rule(rule.id, Rank.SETTING, ADOPTED[rule.id], find)


def _told(case: Case, rule: LintRule, linted: Linted) -> Found | None:
    """In the doctor's words; None where it is about a container that nobody asked about."""
    container = next((each for each in case.seen.containers if each.name == linted.spot.file), None)
    what = linted.what.replace("no service of these files", "no container of this stack")
    mend = linted.mend or rule.mend
    if container is None:
        is_file = any(linted.spot.file == file.program.file for file in case.megaservices)
        return Found(linted.spot.file, what, (str(linted.spot),), mend) if is_file else None
    if rule.id == "setting-missing" and _is_told(case, container, linted):
        return None
    if rule.id == "port-of-the-container" and _is_heard(case, container, linted):
        return None
    variable = called_name(container, linted.spot.line)
    if variable:
        evidence = (
            f"environment of {container.name}: {redact(f'{variable}={container.environment[variable]}')}"
        )
    else:
        evidence = f"docker inspect {container.name}"
    return Found(container.label, _shortened(what, container.label), (evidence, rule.why), mend)


def _is_told(case: Case, container: Container, linted: Linted) -> bool:
    """Does its own log name the missing variable, or what comes of it? Then that is told as why it ended."""
    meaning = explained(case, container)
    return meaning is not None and meaning.name != "" and meaning.name in linted.what


def _is_heard(case: Case, container: Container, linted: Linted) -> bool:
    """Does something else listen on the machine where this setting calls it?"""
    heard = {(each.place, each.port) for each in case.seen.knocks if each.is_open}
    own = (each for each in case.called if each.caller is container and each.call.spot == linted.spot)
    return any((case.place(each), int(each.call.port or 0)) in heard for each in own)


def _shortened(what: str, label: str) -> str:
    """Without the name that stands before it anyway: `retriever (REDIS_URL) calls` is `REDIS_URL calls`."""
    what = what.replace(f"the health check of {label} ", "its health check ", 1)
    return re.sub(
        rf"^{re.escape(label)} (?:\((\w+)\) )?", lambda match: f"{match[1]} " if match[1] else "", what
    )


RULES = tuple(_finder(rule) for rule in all_rules() if rule.id in ADOPTED)
