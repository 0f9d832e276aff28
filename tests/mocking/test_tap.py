"""What is noted of an exchange."""

import asyncio

from harness.history import Exchange
from harness.mocking.figures import Figures
from harness.mocking.tap import Records, Tap

SCOPE = {"method": "POST", "path": "/v1/x", "headers": []}


async def _pass(tap, body, parts):
    events = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        return next(events)

    tap._receive = receive
    await tap.receive()
    await tap.send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"a/b")]})
    for part in parts:
        await tap.send({"type": "http.response.body", "body": part})


async def _nowhere(_event):
    return None


def test_bodies_are_counted_whole_and_kept_in_part():
    """Sizes are true however little is kept."""
    tap = Tap(Exchange(0, "n", "POST", "/x"), _nowhere, _nowhere, keep_bytes=4)
    asyncio.run(_pass(tap, b"123456", [b"ab", b"cd", b"ef"]))
    exchange = tap.exchange

    assert (tap.request, tap.reply) == (b"1234", b"abcd")
    assert (exchange.request_bytes, exchange.reply_bytes) == (6, 6)
    assert (exchange.status, exchange.content_type) == (200, "a/b")


def test_what_never_answered_counts_as_500_and_is_kept():
    """An exchange that broke off is no exchange that never was."""
    figures = Figures()
    records = Records("n", figures, keep_bytes=10)
    scope = dict(SCOPE)
    records.close(scope, records.open(scope, _nowhere, _nowhere))

    assert records.journal.since(0)[0].status == 0
    assert figures.requests == {("none", "POST", "5xx"): 1}


def test_a_side_endpoint_is_counted_and_not_kept():
    """A probe every second would fill the journal."""
    figures = Figures()
    records = Records("n", figures, keep_bytes=10)
    scope = {**SCOPE, "path": "/v1/health_check"}
    records.close(scope, records.open(scope, _nowhere, _nowhere))

    assert (records.journal.since(0), sum(figures.requests.values())) == ([], 1)
