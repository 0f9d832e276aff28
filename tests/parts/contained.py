"""A run under way whose LLM, and what that needs, run in containers: programs of this machine's own Python."""

import socket
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from harness.containers.container import HOST, Wanted, running
from harness.containers.engine import connected
from harness.containers.network import private_network
from harness.drive import planned, under_way
from harness.ports import free_ports
from harness.progress import Silent
from harness.run import Run
from harness.stack.stack import Where
from tests.carried_out import wished
from tests.images.stand_ins.own import own
from tests.states import seen

ENDS = "import signal; signal.signal(15, lambda *_: exit(0))"
STORE = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Store(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("content-length", "0"); self.end_headers()
ThreadingHTTPServer.request_queue_size = 64
ThreadingHTTPServer(("", 6000), Store).serve_forever()
"""
MODEL = """
import json, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
WORDS = ["Line ", "1 ", "ends ", "at ", "the ", "harbour."] * 3
class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            urllib.request.urlopen("http://store:6000/", timeout=5).read()
        except OSError as error:
            return self.say(500, "application/json", json.dumps({"detail": str(error)}).encode())
        if not asked.get("stream"):
            message = {"role": "assistant", "content": "".join(WORDS)}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            return self.say(200, "application/json", json.dumps({"choices": choices}).encode())
        self.send_response(200); self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close"); self.end_headers()
        for word in [*WORDS, ""]:
            choice = {"index": 0, "delta": {"content": word}, "finish_reason": None if word else "stop"}
            self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\\n\\n")
            time.sleep(0.05)
        self.wfile.write(b"data: [DONE]\\n\\n")
    def say(self, status, kind, body):
        self.send_response(status); self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
ThreadingHTTPServer.request_queue_size = 64
ThreadingHTTPServer(("", 6000), Model).serve_forever()
"""


def started(cleanup, folder, *, is_pinned):
    """A model in a container, and the store that it needs in another, both answering; where pinned, at ports that stay."""
    engine = cleanup.enter_context(connected())
    network = cleanup.enter_context(private_network(engine))
    found = {}
    for name, program in (("store", STORE), ("llm", MODEL)):
        command = ("python3", "-u", "-c", f"{ENDS}\n{program}")
        ports = {6000: free_ports(1)[0]} if is_pinned else {}
        wanted = Wanted(
            name,
            own(engine),
            ports=(6000,),
            network=network,
            aliases=(name,),
            command=command,
            host_ports=ports,
        )
        found[name] = cleanup.enter_context(running(engine, wanted, folder))
        until_it_answers(found[name])
    return found


def until_it_answers(container):
    """Return when it does, or the time is over."""
    seen(partial(_answers, container), limit_s=20)


def _answers(container):
    try:
        with socket.create_connection((HOST, urlsplit(container.url(6000)).port), 1) as line:
            line.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            return line.recv(4) == b"HTTP"
    except OSError:
        return False


@asynccontextmanager
async def stack_in_containers(folder, faults, *, is_pinned=False):
    """A run under way whose LLM is a container."""
    with ExitStack() as cleanup:
        containers = started(cleanup, folder, is_pinned=is_pinned)
        where = Where(nodes={"llm": containers["llm"].url(6000)}, jaeger="none")
        wish = wished("small", ("chaos",), faults=faults, where=where)
        run = Run.create(folder / "runs", planned(wish))
        async with under_way(wish, run, Silent()) as driver:
            stack = driver.session.stack
            stack.containers, stack.hurts = containers, {"store": "llm"}
            yield driver
