"""What is broken on purpose is seen: an instrument that is green whatever happens measures nothing.

Each control is a whole run, on real sockets, in which one thing is wrong and everything else is right.
"""

import json
import threading
import urllib.request
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.discovery import SCENARIO, discover
from harness.parts import traces
from harness.stack.stack import Where
from tests.carried_out import SCENARIOS, carried_out, wished, words
from tests.commands.command import SMALL, started

SCALED_COMP = """
from dataclasses import replace
from mocks._store import store_of
from mocks.embeddings import COMPS as RIGHT

right = next(comp for comp in RIGHT if comp.id == "embeddings")

def scaled(request, world):
    reply = right.endpoints[0].answer(request, world)
    if store_of(world).indices:  # Not before it serves: a comp whose examples break a law is refused when it is found.
        for each in reply.data:
            each.embedding = [2 * number for number in each.embedding]
    return reply

endpoint = replace(right.endpoints[0], answer=scaled)
COMPS = (replace(right, id="embeddings.scaled", endpoints=(endpoint, *right.endpoints[1:])),)
"""
SCALED_SCENARIO = """
from dataclasses import replace
from scenarios.rag import EMBEDDING, MEGASERVICE, RAG

service = MEGASERVICE.with_node(replace(EMBEDDING, comp="embeddings.scaled"), name="scaled")
SCENARIOS = (replace(RAG, name="scaled", megaservice=service, questions=RAG.questions[:2]),)
"""
FAULTS = """
from harness.fault import Effect, Expected, Fault

later = Expected("slower", slower_ms=300)
FAULTS = (
    Fault("latency-nothing", "a delay that was set to nothing", Effect(), later),
    Fault("latency-too-small", "a delay that is shorter than it says", Effect(delay_ms=5), later),
    Fault("latency-true", "a delay as long as it says", Effect(delay_ms=300), later),
)
"""


def test_a_mock_whose_vectors_are_scaled_breaks_its_law(tmp_path):
    """The law is named, on its node; the answers are right all the same, since directions did not change."""
    for kind, text in (("comps", SCALED_COMP), ("scenarios", SCALED_SCENARIO)):
        (tmp_path / "mine" / kind).mkdir(parents=True)
        (tmp_path / "mine" / kind / "scaled.py").write_text(text)

    _, judged = carried_out(wished("scaled", ("correctness",), (tmp_path / "mine",)), tmp_path / "runs")
    broken = {each.id: each for each in judged.verdicts if each.verdict == "violated"}
    (law,) = broken.values()

    assert judged.exit_code == 1
    assert (law.id, law.subject) == ("embeddings.scaled.v1-embeddings.law.openai.unit-vectors", "embedding")
    assert "length" in law.told
    assert words(judged)["correctness.answers.json"] == "holds"


class Swapping(BaseHTTPRequestHandler):
    """A gateway before a right one that gives two callers who are there at once each other's answers."""

    upstream = ""
    pair = threading.Barrier(2)
    lock = threading.Lock()
    waiting: list[list] = []  # noqa: RUF012 - it is what the pair share

    def do_GET(self):
        """Nothing is here to get."""
        self._answer(405, "application/json", b"{}")

    def do_POST(self):
        """Ask the right gateway, and swap with whoever else is here."""
        body = self.rfile.read(int(self.headers["content-length"]))
        request = urllib.request.Request(self.upstream, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            mine = [reply.headers["content-type"], reply.read()]
        if b"[nonce:" in body and json.loads(body)["stream"]:
            mine = self._swapped(mine)
        self._answer(200, *mine)

    def _swapped(self, mine):
        with self.lock:
            other = self.waiting.pop() if self.waiting else None
            if other is None:
                entry = [mine, threading.Event(), None]
                self.waiting.append(entry)
        if other is not None:
            other[2] = mine
            other[1].set()
            return other[0]
        entry[1].wait(30)
        return entry[2] or mine

    def _answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


class Gateway(ThreadingHTTPServer):
    """Takes all callers of the part at once."""

    request_queue_size = 512
    daemon_threads = True


def test_an_orchestrator_that_swaps_two_answers_breaks_isolation(tmp_path):
    """Whose answer went to whom is told by the nonces."""
    with (
        started("serve", *SMALL, "--json", cwd=tmp_path) as serving,
        Gateway(("127.0.0.1", 0), Swapping) as gateway,
    ):
        Swapping.upstream = serving.ready()["gateway"]
        threading.Thread(target=gateway.serve_forever).start()
        where = Where(gateway=f"http://127.0.0.1:{gateway.server_port}")
        _, judged = carried_out(wished("small", ("correctness",), where=where), tmp_path / "runs")
        gateway.shutdown()
    isolation = next(each for each in judged.verdicts if each.id == "correctness.isolation")

    assert (isolation.verdict, isolation.actual) == ("violated", "answers were swapped")
    assert "which belongs to another caller" in isolation.why
    assert words(judged)["correctness.answers.json"] == "holds"
    assert judged.exit_code == 1


def test_a_latency_fault_set_to_nothing_is_not_green(tmp_path):
    """One that does nothing did not fire, which is unknown; one that is too short is seen at the hop; a true one holds."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.py").write_text(FAULTS)
    names = ("latency-nothing", "latency-too-small", "latency-true")

    _, judged = carried_out(wished("small-swift", ("chaos",), (tmp_path / "mine",), names), tmp_path / "runs")
    by_fault = {name: {} for name in names}
    for each in judged.verdicts:
        for name in names:
            if each.id.startswith(f"chaos.{name}."):
                by_fault[name][each.id] = each

    assert [len(each) for each in by_fault.values()] == [4, 4, 4]
    assert {(each.verdict, each.why) for each in by_fault["latency-nothing"].values()} == {
        ("unknown", "the fault did not fire: its counter is 0")
    }
    assert {each.verdict for each in by_fault["latency-too-small"].values()} == {"violated"}
    assert all("less than the fault's 300 ms" in each.why for each in by_fault["latency-too-small"].values())
    assert {each.verdict for each in by_fault["latency-true"].values()} == {"holds"}


def test_a_trace_store_that_drops_spans_withholds_what_it_cannot_carry(tmp_path, monkeypatch):
    """The coverage is told, and no node has a figure."""
    monkeypatch.setattr(traces, "PATIENCE", replace(traces.PATIENCE, limit_s=3.0))
    wish = wished(
        "small-swift", ("load",), where=Where(trace_drop_share=0.3), rate_per_s=20.0, duration_s=2.0
    )

    _, judged = carried_out(wish, tmp_path / "runs")
    coverage = next(each for each in judged.verdicts if each.id == "traces.coverage")
    report = judged.report

    assert coverage.verdict == "unknown"
    assert report.coverage.share < 0.99
    assert report.coverage.roots_found < report.coverage.requests_sent
    assert f"only {report.coverage.roots_found} of {report.coverage.requests_sent}" in coverage.why
    assert (report.nodes, report.waterfalls) == ([], [])
    assert any("node figures are withheld" in warning for warning in report.warnings)
    assert judged.exit_code != 0


@pytest.mark.parametrize("scenario", ["small", "small-swift"])
def test_the_controls_break_nothing_but_what_they_mean(scenario):
    """The scenarios that they stand on are whole; with nothing broken they hold, as the other tests see."""
    small = discover(SCENARIO, (SCENARIOS,))[scenario]

    assert [question.id for question in small.questions] == ["line-one-ends", "airport", "bomb"]
