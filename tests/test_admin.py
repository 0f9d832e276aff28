"""The admin routes say what is so, change what they say, and answer this machine only."""

import pytest

from harness.admin import Admin, is_loopback, refusal
from harness.fault import Effect, Expected, Fault
from harness.history import Exchange
from harness.journal import Journal
from harness.switchboard import Switchboard

SLOW = Fault("slow", "slow", Effect(delay_ms=5), Expected("slower"))


def admin(journal=None):
    return Admin(journal or Journal(), Switchboard("llm", {"slow": SLOW}))


def test_exchanges_since_a_number():
    """The route gives what is newer, the last number, and how many are no longer in memory."""
    journal = Journal()
    for node in ("llm", "embedding", "llm"):
        journal.add(Exchange(0, node, "POST", "/"))
    status, found = admin(journal).handle("GET", "/_harness/exchanges", {"since": "1", "node": "llm"}, b"")

    assert status == 200
    assert [each["seq"] for each in found["exchanges"]] == [3]
    assert (found["last"], found["forgotten"]) == (3, 0)


def test_a_fault_is_put_on_read_back_and_taken_away():
    """POST, GET and DELETE each say what is on after them; DELETE also what was."""
    place = admin()
    wanted = b'{"fault": "slow", "rate": 0.5, "seed": 7}'
    on = {"rate": 0.5, "nth": None, "seed": 7, "by_header": False, "seen": 0, "fired": 0}

    assert place.handle("POST", "/_harness/faults", {}, wanted) == (
        200,
        {"node": "llm", "faults": {"slow": on}},
    )
    assert place.handle("GET", "/_harness/faults", {}, b"") == (200, {"node": "llm", "faults": {"slow": on}})
    assert place.handle("DELETE", "/_harness/faults", {}, b"") == (
        200,
        {"node": "llm", "faults": {}, "fired": {"slow": 0}},
    )
    assert place.handle("GET", "/_harness/faults", {}, b"") == (200, {"node": "llm", "faults": {}})


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "message"),
    [
        ("GET", "/_harness/exchanges", {"since": "x"}, b"", 400, "since: is 'x'"),
        ("POST", "/_harness/faults", {}, b"{", 400, "body: is no JSON"),
        ("POST", "/_harness/faults", {}, b"", 422, "body: Input should be"),
        ("POST", "/_harness/faults", {}, b"{}", 422, "fault: Field required"),
        ("POST", "/_harness/faults", {}, b'{"fault": "slow", "rate": 2}', 422, "rate: Input should be"),
        ("POST", "/_harness/faults", {}, b'{"fault": "slow", "n": 2}', 422, "n: Extra inputs"),
        ("POST", "/_harness/faults", {}, b'{"fault": "slwo"}', 409, "slwo: no fault that llm knows"),
        ("PUT", "/_harness/faults", {}, b"", 405, "PUT /_harness/faults: takes GET"),
        ("GET", "/_harness/nothing", {}, b"", 404, "GET /_harness/nothing: no admin route; routes are GET"),
        ("POST", "/_harness/exchanges", {}, b"", 404, "POST /_harness/exchanges: no admin route"),
    ],
)
def test_a_bad_request_says_what_was_wrong(method, path, query, body, status, message):
    """Each mistake has its status and a sentence, and changes nothing."""
    place = admin()
    seen, answer = place.handle(method, path, query, body)

    assert (seen, answer["detail"].startswith(message)) == (status, True), answer
    assert place.handle("GET", "/_harness/faults", {}, b"")[1]["faults"] == {}


def test_a_place_without_faults_has_no_such_route():
    """Without a switchboard only the journal is there."""
    status, answer = Admin(Journal()).handle("GET", "/_harness/faults", {}, b"")

    assert (status, answer["detail"]) == (
        404,
        "GET /_harness/faults: no admin route; routes are GET /_harness/exchanges",
    )


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.5", False),
        ("::ffff:10.0.0.5", False),
        ("0.0.0.0", False),
        ("localhost", False),
        ("", False),
        (None, False),
    ],
)
def test_only_this_machine_is_answered(host, here):
    """Loopback in all its spellings may; every other address, a name and no address may not."""
    assert is_loopback(host) is here
    assert (refusal(host) is None) is here


def test_a_refusal_names_the_caller():
    """Someone elsewhere is told why."""
    assert refusal("10.0.0.5") == (
        403,
        {"detail": "/_harness/: answers callers on this machine only; you are 10.0.0.5"},
    )


def test_a_wire_is_told_where_its_node_has_moved():
    """What reads it refuses what is no address; a place that is no proxy has no such route."""
    seen = []
    place = Admin(Journal(), Switchboard("llm", {"slow": SLOW}), seen.append)

    assert place.handle("PUT", "/_harness/upstream", {}, b'{"upstream": "http://127.0.0.1:1"}') == (
        200,
        {"upstream": "http://127.0.0.1:1"},
    )
    assert seen == ["http://127.0.0.1:1"]

    status, document = place.handle("PUT", "/_harness/upstream", {}, b"{}")

    assert (status, document["detail"][:24]) == (422, "upstream: Field required")

    assert admin().handle("PUT", "/_harness/upstream", {}, b"{}")[0] == 404
