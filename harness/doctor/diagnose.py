"""Puts every rule to what was seen, and tells what is nearest to the root first."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass

from harness.doctor import rules
from harness.doctor.case import Case
from harness.doctor.finding import Finding, Found, Rank, Rule
from harness.redact import redact
from harness.verdict import EXIT_HOLDS, EXIT_UNKNOWN, EXIT_VIOLATED


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, and what could not be told; `looked_at` are the names of what was looked at."""

    findings: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]
    looked_at: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 for something wrong, 6 for something that could not be told, else 0."""
        if self.findings:
            return EXIT_VIOLATED
        return EXIT_UNKNOWN if self.doubts or self.unseen else EXIT_HOLDS


def all_rules() -> tuple[Rule, ...]:
    """Every rule by rank and id: each file of `harness/doctor/rules/` defines `RULES`."""
    found: list[Rule] = []
    for info in pkgutil.iter_modules(rules.__path__):
        found += importlib.import_module(f"{rules.__name__}.{info.name}").RULES
    return tuple(sorted(found, key=lambda rule: (rule.rank, rule.id)))


def diagnose(case: Case) -> Diagnosis:
    """All that is wrong, causes before what they cause."""
    found = [(rule, each) for rule in all_rules() for each in dict.fromkeys(rule.find(case))]
    certain = _in_order([(rule, each) for rule, each in found if rule.rank is not Rank.DOUBT])
    doubts = [(rule, each) for rule, each in found if rule.rank is Rank.DOUBT]
    seen = case.seen
    names = [*(each.label for each in seen.containers), *(each.subject for each in seen.probes)]
    return Diagnosis(
        tuple(_finding(*each) for each in certain),
        tuple(_finding(*each) for each in doubts),
        seen.unseen,
        seen.notes,
        tuple(dict.fromkeys(names)),
    )


def _in_order(found: list[tuple[Rule, Found]]) -> list[tuple[Rule, Found]]:
    """By rank; within a rank, who is in trouble because of another comes after that one."""
    behind = {each.service: each.because for _, each in found if each.because}

    def depth(service: str) -> int:
        steps, seen = 0, {service}
        while (service := behind.get(service, "")) and service not in seen:
            seen.add(service)
            steps += 1
        return steps

    return sorted(found, key=lambda pair: (pair[0].rank, depth(pair[1].service)))


def _finding(rule: Rule, found: Found) -> Finding:
    evidence = tuple(redact(line) for line in _once(found.evidence))
    return Finding(rule.id, found.service, redact(found.what), evidence, found.fix, found.cause)


def _once(lines: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(line for line in lines if line)
