"""Every rule is asked, and causes are told before what they cause."""

from dataclasses import replace

import pytest

from harness.doctor.case import Case
from harness.doctor.diagnose import all_rules, diagnose
from tests.doctor.stacks import seed

REFUSED = 'psycopg2.OperationalError: connection to server at "db" (172.18.0.6), port 5432 failed: Connection refused'


def test_who_fails_because_of_another_comes_after_it():
    """Though its name comes first, and both loop."""
    stack = seed().looping("retriever-pgvector", REFUSED)
    stack.looping("pgvector-db", "Error: Database is uninitialized and superuser password is not specified.")

    first, second = stack.diagnosis().findings

    assert (first.service, first.cause) == ("pgvector-db", "missing-variable")
    assert (second.service, second.cause) == ("retriever-pgvector", "connection-refused")
    assert second.what.endswith(
        "db:5432 cannot be connected to, and pgvector-db is restarting again and again"
    )


def test_two_that_blame_each_other_are_both_told():
    """A circle of causes has no first one."""
    stack = seed().looping("pgvector-db", REFUSED.replace('"db"', '"retriever"'))

    assert len(stack.looping("retriever-pgvector", REFUSED).diagnosis().findings) == 2


def test_the_machine_comes_before_its_services():
    """A full disk explains the rest."""
    stack = seed().looping("retriever-pgvector", "OSError: [Errno 28] No space left on device")
    stack.machine = replace(stack.machine, disk_free_bytes=0)

    assert [each.id for each in stack.diagnosis().findings] == ["disk-short", "crash-loop"]


def test_no_secret_is_told():
    """Neither in what is said, nor in what shows it."""
    stack = seed().env("retriever-pgvector", "PG_CONNECTION_STRING", "postgresql://u:hunter2@nowhere:5432/x")
    stack.looping(
        "retriever-pgvector",
        "could not connect to postgresql://u:hunter2@nowhere with HF_TOKEN=hf_" + "a1" * 12,
    )

    told = repr(stack.diagnosis())

    assert "hunter2" not in told
    assert "hf_a1" not in told
    assert "[redacted]" in told


@pytest.mark.parametrize(("unseen", "code"), [((), 0), (("jaeger: its log cannot be read",), 6)])
def test_what_could_not_be_seen_is_not_green(unseen, code):
    """Nothing found, and not all looked at, is unknown."""
    found = diagnose(Case(replace(seed().seen, unseen=unseen)))

    assert (found.findings, found.unseen, found.exit_code) == ((), unseen, code)


def test_a_doubt_is_neither_green_nor_a_finding():
    """A model that is slow may be well."""
    well = (200, b'{"Service Title":"opea_service@llm"}')
    stack = seed().answering("llm", "llms.text_generation", ready=well, contract="first_byte_timeout")

    found = stack.diagnosis()

    assert (found.findings, [each.id for each in found.doubts], found.exit_code) == ((), ["slow"], 6)


def test_what_was_looked_at_is_told_once():
    """A container that was asked too is one service."""
    found = seed().answering("jaeger", role="jaeger", services=(200, b'{"data":["x"]}')).diagnosis()

    assert len(found.looked_at) == len(set(found.looked_at)) == 7


def test_rules_have_different_ids_and_say_what_they_find():
    """In one line, without a full stop."""
    rules = all_rules()

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.says and not rule.says.endswith(".") for rule in rules)
