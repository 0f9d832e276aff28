"""Stands in for testcontainers' reaper, and speaks as it does: it is told by lines of text what to remove once nobody holds the line any more.

Each line is a filter, `label=NAME=VALUE`, and is answered with ACK. When the last who called has been gone for RYUK_RECONNECTION_TIMEOUT,
what the filters find is removed, and it ends. It stands alone: the standard library, and the engine's socket.
"""

import http.client
import json
import os
import socket
import socketserver
import sys
import threading
import time
from urllib.parse import quote

ENGINE = "/var/run/docker.sock"
PORT = 8080
LIMIT_S = 60
FIRST_S = 60  # So long it waits for anybody at all.


class Engine(http.client.HTTPConnection):
    """One connection to the engine at its socket."""

    def __init__(self):
        super().__init__("localhost", timeout=LIMIT_S)

    def connect(self):
        """Over the file, not the network."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(ENGINE)


def asked(method, path):
    """What the engine answers to one request."""
    engine = Engine()
    try:
        engine.request(method, path)
        text = engine.getresponse().read()
        return json.loads(text) if text.strip() else None
    finally:
        engine.close()


class Line(socketserver.StreamRequestHandler):
    """Somebody who is there for as long as the connection."""

    def handle(self):
        """Take filters until the line is gone."""
        with self.server.held:
            self.server.callers += 1
            self.server.held.notify()
        try:
            for line in self.rfile:
                self.server.filters.add(line.decode().strip())
                self.wfile.write(b"ACK\n")
        except OSError:
            pass  # Killed callers do not say goodbye.
        with self.server.held:
            self.server.callers -= 1
            self.server.held.notify()


def removed(filters):
    """Remove what each filter finds: containers, then the networks and volumes that they held."""
    for each in sorted(filters):
        kind, _, wanted = each.partition("=")
        query = "filters=" + quote(json.dumps({kind: [wanted]}))
        for one in asked("GET", f"/containers/json?all=1&{query}"):
            asked("DELETE", f"/containers/{one['Id']}?force=1&v=1")
        for one in asked("GET", f"/networks?{query}"):
            asked("DELETE", f"/networks/{one['Id']}")
        for one in asked("GET", f"/volumes?{query}")["Volumes"] or []:
            asked("DELETE", f"/volumes/{quote(one['Name'])}")


def main():
    """Serve until nobody calls any more, and then do what it is for."""
    patience_s = float(os.environ.get("RYUK_RECONNECTION_TIMEOUT", "10s").rstrip("s"))
    server = socketserver.ThreadingTCPServer(("", PORT), Line)
    server.daemon_threads = True
    server.held, server.callers, server.filters = threading.Condition(), 0, set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{time.strftime('%Y/%m/%d %H:%M:%S')} Started!\n")
    with server.held:
        server.held.wait_for(lambda: server.callers, FIRST_S)
        while True:
            server.held.wait_for(lambda: not server.callers)
            if not server.held.wait_for(lambda: server.callers, patience_s):
                break
    removed(server.filters)


main()
