"""A gateway that calls its nodes as a newcomer's megaservice did: it looks at no status, and answers 200 whatever came.

Each node's reply, an error's too, is the next one's request, with the LLM's parameters added at the end, as GenAIComps'
orchestrator does (comps/cores/mega/orchestrator.py, commit 8130a3f) where no align hook is set.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLANNED = {
    "guardrail_in": "/v1/detect_bias",
    "embedding": "/v1/embeddings/multimodal",
    "retriever": "/v1/retrieve",
    "llm": "/v1/chat/completions",
}
RIGHT = PLANNED | {
    "guardrail_in": "/v1/bias",
    "embedding": "/v1/embeddings",
    "retriever": "/v1/retrieval",
}
PARAMETERS = {"max_tokens": 1024, "top_k": 10, "top_p": 0.95, "temperature": 0.01, "stream": True}


@contextmanager
def gateway(nodes: dict[str, str], routes: dict[str, str]) -> Iterator[str]:
    """Its address, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(405, b'{"detail": "Method Not Allowed"}', "application/json")

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            passed: object = {"text": asked["messages"]}
            for node, route in routes.items():
                body = passed | PARAMETERS if node == "llm" and isinstance(passed, dict) else passed
                passed = _post(nodes[node] + route, body)
            self._answer(200, b"", "text/event-stream")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(10)


def _post(url: str, body: object) -> object:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            answer = reply.read()
    except urllib.error.HTTPError as error:
        with error:
            answer = error.read()
    return json.loads(answer)
