"""What a correct megaservice makes of a node's status depends on the status."""

import orjson
import pytest

from harness.faults._statuses import status


@pytest.mark.parametrize(
    ("code", "statuses", "kind"),
    [
        (400, (502, 400), "upstream_4xx"),
        (404, (502,), "upstream_4xx"),
        (429, (429,), "upstream_4xx"),
        (500, (502,), "upstream_5xx"),
        (503, (503,), "upstream_5xx"),
    ],
)
def test_the_expectation_follows_the_status(code, statuses, kind):
    """Busy is handed on, a caller's mistake may be, and all else is a bad gateway."""
    expected = status(code).expected

    assert (expected.outcome, expected.statuses, expected.kinds) == ("error", statuses, (kind,))


def test_headers_are_sent_and_said():
    """A Retry-After stands in the reply and in the sentence."""
    fault = status(429, {"retry-after": "1"})

    assert fault.effect.reply_headers == {"content-type": "application/json", "retry-after": "1"}
    assert fault.says == "the node answers 429, retry-after 1"


def test_the_body_is_json_that_says_so():
    """Nobody mistakes the reply for the node's own."""
    assert orjson.loads(status(500).effect.reply_body) == {"detail": "status 500, by a fault of the harness"}
