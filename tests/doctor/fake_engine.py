"""A Docker engine on a socket of its own, which knows the containers of a test's stack; what it is asked it keeps."""

import json
import shutil
import struct
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

from tests.doctor.stacks import ago


class FakeEngine(ThreadingUnixStreamServer):
    """Answers what the doctor reads; anything but GET is refused, and kept with the rest in `asked`."""

    daemon_threads = True

    def __init__(self, path, stack):
        self.stack = stack
        self.asked = []
        self.refuses_logs = False
        self.is_new = False
        self.after_first_log = None
        super().__init__(str(path), _Handler)
        self.address = f"unix://{path}"

    def answer(self, path):
        """Status and body."""
        place = path.partition("?")[0]
        if place == "/_ping":
            return 200, b"OK"
        if place == "/info":
            return 200, {"SystemTime": ago(0), "DockerRootDir": "/"}
        if place == "/containers/json":
            return 200, [self._summary(said) for said in self.stack.inspect.values()]
        _, _, id_, what = place.split("/")
        name = next((name for name, said in self.stack.inspect.items() if id_ in (said["Id"], name)), None)
        if name is None:
            return 404, {"message": f"No such container: {id_}"}
        if what == "json":
            return 200, self.stack.inspect[name]
        if self.refuses_logs:
            return 501, {"message": "no"}
        if self.is_new and "&until=" in path:
            return 200, b""
        lines = self.stack.logs[name]
        self.stack.logs[name] = self.after_first_log or lines
        return 200, framed(lines)

    @staticmethod
    def _summary(said):
        return {
            "Id": said["Id"],
            "Names": [said["Name"]],
            "Image": said["Config"]["Image"],
            "Labels": said["Config"]["Labels"],
            "NetworkSettings": {"Networks": said["NetworkSettings"]["Networks"]},
        }


def framed(lines):
    """Lines as Docker sends a log: every second one of the other stream, each in a frame."""
    data = [f"{line}\n".encode() for line in lines]
    return b"".join(struct.pack(">BxxxL", 1 + at % 2, len(each)) + each for at, each in enumerate(data))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self):
        self.client_address = ("docker", 0)
        super().handle_one_request()

    def do_GET(self):
        self.server.asked.append(f"{self.command} {self.path}")
        status, body = self.server.answer(self.path)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def engine_of(stack):
    """The engine while the context stands; its folder is short, because a socket's path may not be long."""
    folder = tempfile.mkdtemp(prefix="doctor-")
    server = FakeEngine(Path(folder) / "docker.sock", stack)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
        shutil.rmtree(folder)
