"""A request as a line of shell, which a real shell reads back to the same bytes."""

import asyncio
import shutil
import subprocess

import pytest

from harness.client import Client
from harness.comp import Upload
from harness.contract.curl import Asked, in_turn, together
from harness.contract.talk import BOUNDARY, JSON_TYPE, Talk, multipart
from tests.mocking.greeter import GREETER
from tests.raw_server import OK, serve

URL = "http://127.0.0.1:9/x"


def test_a_request_without_a_body_is_one_short_line():
    """With its method and its headers."""
    asked = Asked("GET", URL, {"accept": "text/plain"})

    assert asked.curl == f"curl -sS -i --max-time 30 -X GET {URL} -H 'accept: text/plain'"


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "it\'s"}',
        b'{"text": "\xff\xfe"}',
        b"a\r\nb\x00c%d\\n",
        b"[" * 5000,
        '{"text": "\u00fc\U0001f600"}'.encode(),
        b"@file",
        b"'",
        b"--x\r\n--",
        b"\xff\xff\xff",
        b"''",
        b"abc" * 60_000,
    ],
    ids=[
        "quotes",
        "no-utf8",
        "controls",
        "one-byte-often",
        "letters",
        "at",
        "quote",
        "dashes",
        "one-sign-often",
        "one-quote-often",
        "long",
    ],
)
def test_the_line_sends_the_very_same_bytes(body):
    """Whatever they are: what curl would have sent is read back through a shell."""
    line = Asked("POST", URL, {}, body).curl
    shown = (
        line.replace("curl ", "fake_curl ", 1)
        if line.startswith("curl")
        else line.replace("| curl ", "| fake_curl ")
    )
    fake = (
        'fake_curl() { for last; do :; done; if [ "$last" = @- ]; then cat; else printf %s "$last"; fi; }\n'
    )
    done = subprocess.run(["sh"], input=(fake + shown).encode(), capture_output=True, timeout=10, check=True)

    assert done.stdout == body


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"a": "b\nc"}', """printf '{"a": "b\\012c"}' | """),
        (b"a\tz", "printf 'a\\011z' | "),
        (b"\xffaz{|}~AZ09", "printf '\\377az{|}~AZ09' | "),
        (b"%'\\", "--data-binary '%'\"'\"'\\'"),
        (b"zz", "head -c 2 /dev/zero | tr '\\0' z | "),
        (b"z", "--data-binary z"),
    ],
    ids=["newline", "tab", "no-utf8", "signs", "twice", "once"],
)
def test_what_a_person_can_read_stays_readable(body, line):
    """Only what a shell cannot hold is written in octal digits."""

    assert line in Asked("POST", URL, {}, body).curl


def test_every_byte_is_written_so_that_printf_gives_it_back():
    """As itself where it is a plain letter, else as three octal digits."""
    plain = {byte for byte in range(0x20, 0x7F) if chr(byte) not in "%'\\"}
    shown = {byte: chr(byte) if byte in plain else f"\\{byte:03o}" for byte in range(255)}
    lines = {byte: Asked("POST", URL, {}, bytes([0xFF, byte])).curl for byte in shown}

    assert [byte for byte in shown if not lines[byte].startswith(f"printf '\\377{shown[byte]}' | ")] == []


@pytest.mark.parametrize(
    ("letter", "is_shown"),
    [(0x1F, False), (0x20, True), (0x7E, True), (0x7F, False), (0x0A, False), (0x0D, False)],
)
def test_only_printable_letters_stand_in_the_line(letter, is_shown):
    """The others are piped in, so that it stays one line wherever it is shown."""
    line = Asked("POST", URL, {}, b"a" + bytes([letter])).curl

    assert ("--data-binary @-" not in line) == is_shown


def test_headers_and_the_limit_stand_before_the_body():
    """In their order."""
    asked = Asked("PUT", URL, {"a": "1", "b": "2"}, b"x y")

    assert (
        asked.curl
        == f"curl -sS -i --max-time 30 -X PUT {URL} -H 'a: 1' -H 'b: 2' -H content-type: --data-binary 'x y'"
    )


FORM = multipart({"a": "1"}, {"file": Upload("a.bin", bytes(range(256)), "application/octet-stream")})
SENT = {
    "json": ("POST", "/x", b'{"text": "it\'s"}', JSON_TYPE),
    "no-utf8": ("POST", "/x", b'{"text": "\xff\xfe"}', JSON_TYPE),
    "multipart": ("POST", "/x", FORM, {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}),
    "text": ("PUT", "/x", b"a\nb", {"content-type": "text/plain"}),
    "without-type": ("POST", "/x", b"a=b", {}),
    "query": ("GET", "/x?a=[1-3]&b=%7Bc%7D&d=%C3%BC", b"", {}),
    "letters": ("GET", "/{x} |<ü>", b"", {}),
    "dots": ("GET", "/a/../b", b"", {}),
    "empty": ("POST", "/x", b"", JSON_TYPE),
    "empty-without-type": ("POST", "/x", b"", {}),
    "empty-header": ("DELETE", "/x", b"", {"x-empty": ""}),
}
OWN = ("host", "user-agent", "accept")  # What each client says of itself.


def told(request):
    """A request's first line, its headers, and its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return first, {name: value for name, value in headers.items() if name not in OWN}, body


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize("name", SENT)
def test_curl_sends_what_was_sent(name):
    """Its first line, its headers and its body, byte for byte."""
    method, path, body, headers = SENT[name]

    async def both():
        client = Client()
        async with serve(OK) as server:
            talk = Talk(client, server.url(""), GREETER)
            answer = await talk.send(method, path, body, headers)
            line = answer.asked.curl
            run = await asyncio.create_subprocess_exec("sh", "-c", line, stdout=-1, stderr=-1)
            said, wrong = await asyncio.wait_for(run.communicate(), 20)
            await client.close()
            return server.requests, said, wrong

    (first, second), said, wrong = asyncio.run(both())

    assert told(second) == told(first)
    assert said.endswith(b"ok")
    assert wrong == b""


def test_what_an_earlier_answer_gave_is_a_variable():
    """Where it stands by itself, and not within another word."""
    asked = Asked("POST", "http://127.0.0.1:9/x/id-1?a=id-1", JSON_TYPE, b'{"id": "id-1", "not": "id-10"}')
    line = asked.line(("-i",), {"id-1": "ID0"})

    assert "'http://127.0.0.1:9/x/'\"$ID0\"'?a='\"$ID0\"''" in line
    assert """'{"id": "'"$ID0"'", "not": "id-10"}'""" in line
    assert asked.line(("-i",), {"1": "ID0"}) == asked.curl


def test_requests_in_turn_are_a_line_each():
    """Those that were sent."""
    one, two = (Asked("GET", f"http://127.0.0.1:9/{name}", {}) for name in "ab")

    assert in_turn((one, None, two)) == f"{one.curl}\n{two.curl}"


def test_requests_at_once_are_begun_without_waiting():
    """Each as often as it takes to be so many; one alone is its own line."""
    one, two = (Asked("GET", f"http://127.0.0.1:9/{name}", {}) for name in "ab")

    assert together((one, two), 1) == one.curl
    assert together((one, two), 2) == f"({one.curl} & {two.curl} & wait)"
    assert together((one, two), 5) == f"(for i in $(seq 3); do {one.curl} & {two.curl} & done; wait)"
    assert together((one,), 1, "date") == f"({one.curl} & date; wait)"
    assert together((None,), 8) == ""
