"""Carries out items on one engine, in a process of its own: an item's name a line comes in, what came of it goes out.

    PYTHON -P tests/conformance/carry_out.py reference|opea

Whatever `comps` is in that process is what is tested. The process ends with its standard input.
"""

import importlib
import json
import os
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LACKING = "the reference engine has no"


class Collector(BaseHTTPRequestHandler):
    """Takes spans and forgets them: opea-comps records none unless it is told where to send them."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def carried_out(module, item):
    """What came of one item: `holds`, `lacking` where the engine has not what it is about, or `fails`, and the words."""
    try:
        getattr(importlib.import_module(f"tests.conformance.{module}"), item)()
    except ImportError as error:
        if LACKING in str(error) or error.name == "mcp":  # It is nobody's but tools', and heavy.
            return "lacking", str(error)
        return "fails", traceback.format_exc()
    except BaseException:  # noqa: BLE001 - whatever an item raises is what came of it
        return "fails", traceback.format_exc()
    return "holds", ""


def main(engine):
    sys.path.append(str(ROOT))
    collector = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    os.environ["TELEMETRY_ENDPOINT"] = f"http://127.0.0.1:{collector.server_port}/v1/traces"
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "50"
    if engine == "reference":
        from harness.opea import install

        install()
    out = os.dup(1)
    os.dup2(2, 1)  # What libraries print is not what came of an item.
    for line in sys.stdin:
        outcome, words = carried_out(*line.split())
        os.write(out, json.dumps({"outcome": outcome, "words": words}).encode() + b"\n")
    sys.stdout.flush()
    os._exit(0)  # Threads of engines that wait for somebody would keep it.


if __name__ == "__main__":
    main(sys.argv[1])
