"""A setting that is not given, behind what the log says."""

import pytest

from tests.doctor.stacks import seed

PG = "retriever-pgvector"
UNREAD = "sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from given URL string"
REFUSED = 'connection to server at "{}", port 5432 failed: Connection refused'


@pytest.mark.parametrize("log", [UNREAD, REFUSED.format("localhost")], ids=["unread", "refused"])
def test_what_a_default_leads_to_is_told_as_the_setting_that_is_not_given(log):
    """Once, as why it does not stay up; the log's own line is shown."""
    (found,) = seed().env(PG, "PG_CONNECTION_STRING", None).looping(PG, log).diagnosis().findings

    assert (found.id, found.cause) == ("crash-loop", "missing-variable")
    assert found.what.endswith("the variable PG_CONNECTION_STRING is not given")
    assert log in found.evidence


def test_what_is_given_and_wrong_is_told_as_that():
    """The setting is there."""
    found = seed().env(PG, "PG_CONNECTION_STRING", "vectordb").looping(PG, UNREAD).diagnosis().findings

    assert found[0].cause == "wrong-connection-string"


def test_who_refuses_under_another_name_is_told_as_refusing():
    """That is none of the default's."""
    stack = seed().env(PG, "PG_CONNECTION_STRING", None).looping(PG, REFUSED.format("db"))
    found = {each.id: each.cause for each in stack.diagnosis().findings}

    assert found == {"crash-loop": "connection-refused", "setting-missing": ""}
