"""Puts every rule to the files and sorts what they find."""

import importlib
import pkgutil
from collections.abc import Collection, Iterable

from harness.lint import rules
from harness.lint.finding import Finding, Found, Rule
from harness.lint.sources import Sources


def all_rules() -> tuple[Rule, ...]:
    """Every rule by id: each file of `harness/lint/rules/` defines `RULES`."""
    found: list[Rule] = []
    for info in pkgutil.iter_modules(rules.__path__):
        found += importlib.import_module(f"{rules.__name__}.{info.name}").RULES
    return tuple(sorted(found, key=lambda rule: rule.id))


def lint(sources: Sources, ignored: Collection[str] = ()) -> tuple[Finding, ...]:
    """What is wrong, by file and line; `ignored` are ids of rules that are not asked."""
    found = {
        _finding(rule, each)
        for rule in all_rules()
        if rule.id not in ignored
        for each in _once(rule.find(sources))
    }
    return tuple(sorted(found, key=lambda finding: (finding.file, finding.line, finding.id, finding.what)))


def _once(found: Iterable[Found]) -> Iterable[Found]:
    return dict.fromkeys(found)


def _finding(rule: Rule, found: Found) -> Finding:
    return Finding(
        rule.id, found.spot.file, found.spot.line, found.what, rule.why, found.mend or rule.mend, found.also
    )
