"""Planted faults are found by name, on what Docker would have said, without Docker."""

import pytest

from harness.doctor.diagnose import all_rules
from harness.doctor.finding import Rank
from tests.doctor import planted_answers, planted_crashes, planted_settings

PLANTED = [*planted_crashes.PLANTED, *planted_settings.PLANTED, *planted_answers.PLANTED]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_fault_is_named_first(planted):
    """The first finding names rule, service and cause; what else is found belongs to it."""
    found = planted.stack.diagnosis()

    assert found.exit_code == 1
    assert (found.findings[0].id, found.findings[0].service) == (planted.rule, planted.service)
    assert planted.words in found.findings[0].what
    assert planted.cause in ("", found.findings[0].cause)
    assert {each.id for each in found.findings[1:]} - {planted.rule} == set(planted.also)
    assert all(each.evidence and each.fix for each in found.findings)


def test_every_rule_is_planted():
    """No rule is without a fault that it finds; lint's rules on a megaservice's file have a test of their own."""
    of_files = {"endpoint-not-served", "reply-not-readable"}
    judged = {rule.id for rule in all_rules() if rule.rank is not Rank.DOUBT} - of_files

    assert {each.rule for each in PLANTED} == judged
    assert len(PLANTED) >= 20
