"""Answers of another sort are what their names say."""

import pytest

from harness.faults.strange_reply import FAULTS

BY_NAME = {fault.name: fault for fault in FAULTS}


@pytest.mark.parametrize(
    ("name", "status", "begin"),
    [
        ("empty-body", 200, b""),
        ("status-204", 204, b""),
        ("error-in-200", 200, b'{"error":'),
        ("html-page", 200, b"<!doctype html>"),
        ("json-for-stream", 200, b'{"id":'),
        ("redirect-307", 307, b""),
    ],
)
def test_each_is_what_it_says(name, status, begin):
    """Status and body are the name's; each is an error to a correct megaservice."""
    fault = BY_NAME[name]

    assert (fault.effect.status, fault.expected.outcome) == (status, "error")
    assert fault.effect.reply_body.startswith(begin)
    assert bool(fault.effect.reply_body) == bool(begin)


def test_json_is_strange_only_for_a_stream(hop):
    """Where JSON is what was asked for, it is unfit."""
    assert BY_NAME["json-for-stream"].unfit(hop("llm")) == "llm does not stream in json mode"
