"""`opea-harness run`: what it says, what it leaves, and that nothing outlives it."""

import json
import signal
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harness.report import Report
from tests.commands.command import SMALL, all_gone, run, sentence, started
from tests.commands.conftest import FAULTS

BROKEN = "from harness.scenario import Scenario\n\nSCENARIOS = (Scenario('broken'),)\n"
CYCLE = """from dataclasses import replace
from scenarios.rag import GUARDRAIL, LLM, RAG
from harness.megaservice import Megaservice
SCENARIOS = (replace(RAG, name="cycle", megaservice=Megaservice("cycle", "/", (LLM,))),)
"""


def cells(path):
    return [json.loads(line) for line in (path / "cells.jsonl").read_bytes().splitlines()]


def test_a_program_gets_one_document_and_the_rest_apart(finished):
    """Standard output is the report and nothing else; progress goes to standard error."""
    report = Report.model_validate_json(finished.done.stdout)

    assert finished.done.returncode == 0, finished.done.stdout
    assert report.verdict == "holds"
    assert report.run.parts == ["correctness", "chaos"]
    assert report.command.startswith("opea-harness run small --path ")
    assert {each.node for each in report.nodes} == {"guardrail_in", "llm"}
    assert "chaos: 15 done" in finished.done.stderr


def test_a_run_leaves_its_folder(finished):
    """All that it is judged from, what it was judged to be, and `latest` points at it."""
    names = {path.name for path in finished.path.iterdir()}

    assert names >= {
        *("plan.json", "history.jsonl", "journal.jsonl", "cells.jsonl", "facts.json", "spans", "logs"),
        *("verdicts.json", "report.json", "report.md", "junit.xml", "report.html"),
    }
    assert json.loads((finished.path / "facts.json").read_bytes())["ended"] == "complete"


def test_the_same_seed_gives_the_same_faults_in_the_same_order(finished, tmp_path):
    """Though correctness was asked before it the first time; the order is not the plan's own."""
    words = (*SMALL, "--only", "chaos", *FAULTS, "--seed", "7", "--quiet")
    assert run("run", *words, cwd=tmp_path).returncode == 0

    def order(path):
        return [(each["fault"], each["node"], each["mode"]) for each in cells(path) if not each["unfit"]]

    assert order(tmp_path / "runs" / "latest") == order(finished.path)
    assert order(finished.path) != sorted(order(finished.path))


def test_quiet_is_two_lines(tmp_path):
    """What came of it, and where it lies."""
    done = run("run", *SMALL, "--only", "chaos", "--faults", "noop", "--quiet", cwd=tmp_path)

    assert done.stdout.splitlines()[0] == "holds: 7 holds, 0 violated, 0 unknown, 0 n/a"
    assert done.stdout.splitlines()[1].endswith("/report.html")
    assert (done.stderr, done.returncode) == ("", 0)


def test_load_alone_is_measured_and_judged(tmp_path):
    """A rate and a time of one's own; what a busy machine makes of the instrument is unknown, and never more than that."""
    done = run("run", *SMALL, "--only", "load", "--rate", "8", "--duration", "1.5", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    verdicts = {each["id"]: each["verdict"] for each in report["verdicts"]}

    assert done.returncode in (0, 6)
    assert (report["load"]["rate_asked"], verdicts["load.arrivals"]) == (8.0, "holds")
    assert "violated" not in verdicts.values()


@contextmanager
def in_chaos(tmp_path, faults="default"):
    """A run under way whose chaos part has begun, its processes, and its folder."""
    with started("run", *SMALL, "--only", "chaos", "--faults", faults, cwd=tmp_path) as running:
        history = tmp_path / "runs" / "latest" / "history.jsonl"
        until = time.monotonic() + 60
        while not (history.exists() and b'"part":"chaos"' in history.read_bytes()):
            assert time.monotonic() < until, "".join(running.said)
            assert running.process.poll() is None, "".join(running.said)
            time.sleep(0.05)
        family = running.family()
        assert len(family) >= 4
        yield running, family, history.parent.resolve()


def judged_later(tmp_path, path):
    """Exit code and verdicts of a run that is judged again."""
    done = run("check", str(path), *SMALL[1:], "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    return done.returncode, said, {each["id"]: each for each in said["verdicts"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_an_interrupted_run_keeps_what_was_measured_and_leaves_nothing(tmp_path, number):
    """It says so, ends with 130, and is unknown when it is judged later."""
    with in_chaos(tmp_path) as (running, family, path):
        running.process.send_signal(number)

        assert running.ended() == 130
        assert all_gone(family) == []
    code, said, verdicts = judged_later(tmp_path, path)

    assert (code, said["run"]["ended"]) == (6, "interrupted")
    assert verdicts["run.ended"]["verdict"] == "unknown"
    assert verdicts["run.ended"]["why"] == "the run was interrupted; parts done: none"
    assert (path / "report.html").exists()
    assert len((path / "history.jsonl").read_bytes().splitlines()) > 4


def test_a_killed_run_leaves_nothing_running_and_can_be_judged(tmp_path):
    """Nothing of it is lost but the line being written; it is called crashed."""
    with in_chaos(tmp_path) as (running, family, path):
        running.process.kill()

        assert all_gone(family) == []
    assert not (path / "report.html").exists()
    code, said, verdicts = judged_later(tmp_path, path)

    assert (code, said["run"]["ended"]) == (6, "crashed")
    assert verdicts["run.ended"]["why"] == "the run crashed; parts done: none"
    assert (path / "report.html").exists()


def test_a_run_interrupted_while_its_stack_starts_leaves_nothing(tmp_path):
    """There is nothing to keep but the plan."""
    with started("run", *SMALL, cwd=tmp_path) as running:
        until = time.monotonic() + 30
        while not list(tmp_path.glob("runs/*/logs/gateway.log")):
            assert time.monotonic() < until, "".join(running.said)
            time.sleep(0.01)
        family = running.family()
        running.process.send_signal(signal.SIGINT)

        assert running.ended() == 130
        assert all_gone(family) == []


def test_a_killed_part_of_the_stack_is_a_violation(tmp_path):
    """The run goes on to its end, and what died is named."""
    with in_chaos(tmp_path, "latency-300ms") as (running, family, path):
        (traces,) = [each for each in family if "harness.traces.store" in each.cmdline()]
        traces.kill()

        assert running.ended(60) == 1
    _, _, verdicts = judged_later(tmp_path, path)

    assert verdicts["run.processes"]["why"] == "traces ended with code -9"
    assert verdicts["traces.coverage"]["verdict"] == "unknown"


class WebPage(BaseHTTPRequestHandler):
    """Answers every GET with a page for people."""

    def do_GET(self):
        """The page."""
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    def log_message(self, *_):
        """Say nothing."""


def test_a_gateway_that_is_a_web_page_is_said(tmp_path):
    """Nothing was proven, so the exit code is that of the environment."""
    with HTTPServer(("127.0.0.1", 0), WebPage) as server:
        threading.Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}"
        done = run("run", *SMALL, "--gateway", url, "--quiet", cwd=tmp_path)
        server.shutdown()

    assert done.returncode == 4
    assert (
        f"--gateway {url}/v1/chatqna: answers 200 with text/html; charset=utf-8, which is a web page"
        in sentence(done)
    )


def test_a_gateway_that_refuses_is_said(tmp_path):
    """The address and the reason; no run's folder is left, because nothing is in it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    done = run("run", *SMALL, "--gateway", url, "--quiet", cwd=tmp_path)

    assert done.returncode == 4
    assert f"--gateway {url}/v1/chatqna: cannot be asked (refused)" in sentence(done)
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_is_left_out_on_a_foreign_node_is_said(tmp_path):
    """Faults and load are not put on it; asked for by name, they are refused."""
    node = ("--node", "llm=http://127.0.0.1:9")
    named = run("run", *SMALL, *node, "--only", "load", cwd=tmp_path)

    assert named.returncode == 2
    assert "http://127.0.0.1:9: load would be put on an address that the harness did not start" in sentence(
        named
    )

    with started("run", *SMALL, *node, cwd=tmp_path) as running:
        said = running.line(
            "http://127.0.0.1:9: was not started by the harness, so chaos and load are left out"
        )
        running.line("stack: ")
        running.process.send_signal(signal.SIGINT)

        assert "add --yes-this-is-mine if it is yours" in said
        assert running.ended() == 130
    assert json.loads((tmp_path / "runs" / "latest" / "plan.json").read_bytes())["parts"] == ["correctness"]


def test_runs_that_cannot_be_written_are_a_wrong_use(refused, tmp_path):
    """The place and the option; a file stands where the folder would be."""
    (tmp_path / "taken").write_text("")
    done = run("run", *SMALL, "--runs-dir", "taken", cwd=tmp_path)

    assert done.returncode == 2
    assert "taken: the run cannot be written there (Not a directory); --runs-dir names a folder" in sentence(
        done
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SCENARIOS = (\n", "mine.py:1: SyntaxError: '(' was never closed"),
        (BROKEN, "mine.py:3: TypeError: Scenario.__init__() missing 3 required positional arguments"),
        ("import nope\n", "mine.py:1: ModuleNotFoundError: No module named 'nope'"),
        (CYCLE, "mine.py:4: cycle: node llm comes after rerank, which is no node; nodes are ['llm']"),
        ("SCENARIOS = (5,)\n", "mine.py: SCENARIOS holds 5, which is no Scenario; it is a tuple of them"),
        ("SCENARIOS = 5\n", "mine.py: SCENARIOS is 5, no tuple of Scenario"),
        ("from scenarios.rag import SCENARIOS\n", "defined twice, in "),
    ],
    ids=["syntax", "arguments", "import", "graph", "item", "no-tuple", "twice"],
)
def test_a_broken_scenario_file_is_said_with_its_line(refused, tmp_path, text, expected):
    """Before anything is started."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.py").write_text(text)
    code, out, said = refused("run", "broken", "--path", "mine")

    assert expected in said
    assert (code, out) == (2, "")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope",), "nope: there is no such scenario; there are multimodal, rag"),
        (
            ("rag", "--only", "nope"),
            "--only nope: nope is no part of a run; parts are correctness, chaos, load",
        ),
        (("rag", "--only", ","), "--only ,: nothing is no part of a run"),
        (("rag", "--faults", "nope"), "nope: there is no such fault; the nearest of "),
        (("rag", "--node", "nope=mock"), "--node nope: rag has no such node; nodes are"),
        (("rag", "--node", "llm=ftp://x"), "--node llm=ftp://x: a node is `mock`, a URL"),
        (("rag", "--gateway", "nope"), "--gateway nope: is none of `reference`, `opea`, a URL"),
        (("rag", "--rate", "abc"), "--rate: 'abc' is not a valid number above 0; `opea-harness run --help`"),
        (("rag", "--rate", "0"), "--rate: 0.0 is not in the range x>0"),
        (("rag", "--rate", "nan"), "nan is no finite number"),
        (("rag", "--rate", "inf"), "inf is no finite number"),
        (("rag", "--duration", "-1"), "-1.0 is not in the range x>0"),
        (("rag", "--keep", "0"), "0 is not in the range x>=1"),
        (("rag", "--path", "nope"), "nope: is no folder; --path takes one"),
        (("rag", "--nope"), "no such option"),
        ((), "SCENARIO, or --megaservice FILE, says what to run; neither is given"),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, tuple) else "",
)
def test_what_makes_no_sense_is_one_sentence(refused, tmp_path, words, expected):
    """The exit code is that of a wrong use, and nothing was begun."""
    code, out, said = refused("run", *words)

    assert expected in said
    assert (code, out) == (2, "")
    assert not (tmp_path / "runs").exists()
