"""Is there a gateway at that address?"""

import asyncio
import http.server
import threading

import pytest

from harness.client import Client
from harness.errors import StackError
from harness.stack.attach import preflight


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every GET with the server's type and a status of 405."""

    def do_GET(self):
        self.send_response(405)
        self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def answering():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def look(server):
    async def scenario():
        client = Client()
        try:
            await preflight(client, f"http://127.0.0.1:{server.server_address[1]}/v1/chatqna")
        finally:
            await client.close()

    asyncio.run(scenario())


def test_an_api_that_says_405_will_do(answering):
    """That is what OPEA's own says to GET."""
    answering.kind = "application/json"

    assert look(answering) is None


def test_a_web_page_is_no_gateway(answering):
    """The sentence says what came and what would be right."""
    answering.kind = "text/html; charset=utf-8"

    with pytest.raises(
        StackError,
        match="answers 405 with text/html; charset=utf-8, which is a web page; a gateway's address is",
    ):
        look(answering)
