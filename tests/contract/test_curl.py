"""A request as a line of shell, which a real shell reads back to the same bytes."""

import subprocess

import pytest

from harness.contract.curl import Asked

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
    ],
    ids=["quotes", "no-utf8", "controls", "one-byte-often", "letters", "at", "quote"],
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
    done = subprocess.run(["sh", "-c", fake + shown], capture_output=True, timeout=10, check=True)

    assert done.stdout == body


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"a": "b\nc"}', '--data-binary \'{"a": "b\nc"}\''),
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
    [(0x1F, False), (0x20, True), (0x7E, True), (0x7F, False), (0x0A, True), (0x0D, False)],
)
def test_only_printable_letters_and_newlines_stand_in_the_line(letter, is_shown):
    """The others are piped in."""
    line = Asked("POST", URL, {}, b"a" + bytes([letter])).curl

    assert ("--data-binary @-" not in line) == is_shown


def test_headers_and_the_limit_stand_before_the_body():
    """In their order."""
    asked = Asked("PUT", URL, {"a": "1", "b": "2"}, b"x y")

    assert asked.curl == f"curl -sS -i --max-time 30 -X PUT {URL} -H 'a: 1' -H 'b: 2' --data-binary 'x y'"
