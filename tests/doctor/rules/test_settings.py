"""Lint's rules, put to what runs."""

from pathlib import Path

import pytest

from harness.doctor.rules.settings import ADOPTED, RULES
from harness.lint.linter import all_rules
from harness.lint.megaservice import read_megaservice
from tests.doctor.stacks import seed

FILE = Path(__file__).parents[2] / "data" / "lint" / "seed" / "megaservice.py"


def test_each_adopted_rule_is_one_of_lints():
    """None is written anew."""
    assert set(ADOPTED) <= {rule.id for rule in all_rules()}
    assert {rule.id for rule in RULES} == set(ADOPTED)


def test_a_megaservices_file_is_held_against_what_runs():
    """Its wrong routes are named, with the service that does not serve them and the right ones."""
    found = seed().diagnosis([read_megaservice(FILE)]).findings
    routes = [each for each in found if each.id == "endpoint-not-served"]

    assert [each.service for each in routes] == [str(FILE)] * 3
    assert "calls POST /v1/detect_bias, which guardrails-bias-detection-server" in routes[0].what
    assert routes[0].evidence == (f"{FILE}:30",)
    assert "Call POST /v1/bias" in routes[0].fix
    assert any("11434" in each.what and each.id == "port-of-the-container" for each in found)


def test_what_shows_it_is_the_setting_without_secrets():
    """The variable as the container has it."""
    (found,) = (
        seed()
        .env("retriever-pgvector", "PG_CONNECTION_STRING", "postgresql://u:pw@dbx/v")
        .diagnosis()
        .findings
    )

    assert (
        found.evidence[0]
        == "environment of retriever-pgvector: PG_CONNECTION_STRING=postgresql://u:[redacted]@dbx/v"
    )


def test_a_missing_setting_that_the_log_names_is_told_once():
    """As why it does not stay up."""
    stack = seed().env("retriever-pgvector", "PG_CONNECTION_STRING", None)
    stack.looping("retriever-pgvector", "KeyError: 'PG_CONNECTION_STRING'")

    assert [each.id for each in stack.diagnosis().findings] == ["crash-loop"]


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY"])
def test_a_proxy_is_no_service(name):
    """Whoever wants the world outside calls it."""
    assert seed().env("retriever-pgvector", name, "http://gate:3128").diagnosis().findings == ()
