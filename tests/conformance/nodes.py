"""Nodes and services for items, with nothing but the standard library and `comps`: both engines' environments have these."""

import http.client
import json
import socket
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIMIT_S = 10.0


class Nodes:
    """Remote services by name, each with a reply: a document, a list of pieces to stream, or a function of the request's JSON."""

    def __init__(self, **replies):
        self.bodies = defaultdict(list)
        self._replies = replies
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LIMIT_S)

    def url(self, name):
        return f"http://127.0.0.1:{self._server.server_port}/v1/{name}"

    def service(self, name, service_type="UNDEFINED"):
        """The node as a megaservice has it."""
        from comps import MicroService, ServiceType

        return MicroService(
            name=name,
            service_type=ServiceType[service_type],
            host="127.0.0.1",
            port=self._server.server_port,
            endpoint=f"/v1/{name}",
            use_remote_service=True,
        )

    def graph(self, **edges):
        """An orchestrator of nodes by name, each with what comes after it."""
        from comps import ServiceOrchestrator

        orchestrator = ServiceOrchestrator()
        services = {name: self.service(name) for name in edges}
        for service in services.values():
            orchestrator.add(service)
        for name, after in edges.items():
            for each in after:
                orchestrator.flow_to(services[name], services[each])
        return orchestrator

    def _handler(nodes):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                name = self.path.rpartition("/")[2]
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                nodes.bodies[name].append(body)
                reply = nodes._replies[name]
                said = reply(body) if callable(reply) else reply
                self.send_response(200)
                if isinstance(said, list):
                    self._stream(said)
                    return
                said = json.dumps(said).encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def _stream(self, pieces):
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in [*pieces, b""]:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

            def log_message(self, *_):
                pass

        return Handler


def appending(words):
    """A reply: the request's text, with words after it."""
    return lambda body: {"text": body["text"] + words}


def free_port():
    """A port that nobody listens at; a service is told one, because not every engine says which one it took."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def serving(*services):
    """Serve these, each in a thread of its own."""
    threads = [threading.Thread(target=service.start, daemon=True) for service in services]
    for thread in threads:
        thread.start()
    try:
        for service in services:
            until(lambda service=service: asked(service.port, "GET", "/health")[0] == 200)
        yield
    finally:
        for service, thread in zip(services, threads, strict=True):
            server = getattr(service, "server", None)
            if server is None:
                service.stop()
            else:
                server.should_exit = True
            thread.join(LIMIT_S)


def asked(port, method, path, body=None):
    """Status and JSON (or bytes) of one request; status 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
    try:
        connection.request(
            method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"}
        )
        reply = connection.getresponse()
        said = reply.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()
    is_json = "json" in (reply.getheader("Content-Type") or "")
    return reply.status, json.loads(said) if is_json else said


def until(true, limit_s=LIMIT_S):
    """Wait for a state."""
    end_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end_s, "the state did not come"
        time.sleep(0.02)


@contextmanager
def refused(kind, words):
    """What is done here must fail so; the engines' environments need not have pytest."""
    try:
        yield
    except kind as error:
        if words not in str(error):
            raise
    else:
        raise AssertionError(f"no {kind.__name__} came that says {words!r}")
