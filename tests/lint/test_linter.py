"""All rules together."""

import re
from pathlib import Path

from harness.lint.linter import all_rules, lint
from harness.lint.sources import Sources, read_sources

DATA = Path(__file__).parents[1] / "data" / "lint"


def found(name, *, without=()):
    """Lint a pair of ours."""
    return lint(read_sources([DATA / name / "megaservice.py", DATA / name / "compose.yaml"]), without)


def test_every_rule_has_an_id_and_its_words():
    """Ids are spelt with hyphens and are there once; what hurts and what mends is said."""
    rules = all_rules()

    assert len({rule.id for rule in rules}) == len(rules)
    assert [rule.id for rule in rules if not re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)] == []
    assert [
        rule.id for rule in rules if not rule.why.endswith(".") or not rule.mend or rule.mend.endswith(".")
    ] == []


def test_nothing_given_is_nothing_found():
    """Each rule stands without a stack and without a megaservice."""
    assert lint(Sources()) == ()


def test_a_clean_pair_is_silent():
    """No rule raises a false alarm on it, together or alone."""
    assert found("clean") == ()
    assert lint(read_sources([DATA / "clean" / "megaservice.py"])) == ()
    assert lint(read_sources([DATA / "clean" / "compose.yaml"])) == ()


def test_a_newcomers_stack_is_told_all_that_is_wrong_with_it():
    """Its three wrong routes, the LLM's wrong port, and a stack that is up and does not work."""
    told = [(Path(each.file).name, each.line, each.id) for each in found("seed")]

    assert told == [
        ("compose.yaml", 6, "fixed-container-name"),
        ("compose.yaml", 9, "ipc-host"),
        ("compose.yaml", 15, "health-check-fake"),
        ("compose.yaml", 27, "variable-unset"),
        ("compose.yaml", 79, "index-name-not-read"),
        ("compose.yaml", 89, "jaeger-unused"),
        ("megaservice.py", 30, "endpoint-not-served"),
        ("megaservice.py", 46, "endpoint-not-served"),
        ("megaservice.py", 54, "endpoint-not-served"),
        ("megaservice.py", 61, "port-of-the-container"),
        ("megaservice.py", 67, "reply-not-readable"),
        ("megaservice.py", 68, "reply-not-readable"),
        ("megaservice.py", 70, "reply-not-readable"),
        ("megaservice.py", 75, "stream-overwritten"),
    ]


def test_a_rule_that_is_ignored_is_not_asked():
    """The others are."""
    ids = {each.id for each in found("seed", without=("ipc-host", "endpoint-not-served"))}

    assert not ids & {"ipc-host", "endpoint-not-served"}
    assert "jaeger-unused" in ids
