"""A megaservice whose one node may run in a container: a program of this machine's own Python that says what an embedding service says."""

import sys
from dataclasses import replace

from harness.megaservice import Megaservice
from harness.service import Composition, Probe, Service
from scenarios.rag import GUARDRAIL, RAG

IMAGE = f"opea-harness.local/own:python-{sys.version.split()[0]}"
PROGRAM = """
import os, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def _say(self, body):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/end":
            print("told to end", flush=True)
            os._exit(7)
        self._say(b'{"here": true}')

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self._say(b'{"text": "as it was", "downstream_black_list": []}')

HTTPServer(("", 6000), Answer).serve_forever()
"""


def _service(name: str, **how) -> Service:
    return Service(
        name,
        "example/guardrail:1",
        ports=(6000,),
        command=("python3", "-u", "-c", PROGRAM),
        probe=Probe(holds="here"),
        **how,
    )


PAIR = Composition(
    "pair",
    (_service("second", after=("first",)), _service("first")),
    nodes={"guardrail_in": "second"},
)
CONTAINED = replace(
    RAG,
    name="contained",
    megaservice=Megaservice("contained", "/v1/chatqna", nodes=(GUARDRAIL,)),
    documents=(),
    retriever="",
    composition=PAIR,
    real_of="uncontained",
)

SCENARIOS = (CONTAINED, replace(CONTAINED, name="uncontained", composition=None, real_of=""))
