"""The journal keeps what crossed a hop: bounded, numbered, without secrets, on disk within a moment."""

import asyncio
import time

import orjson

from harness import journal as journals
from harness.history import Exchange, read_lines
from harness.journal import Journal, as_text


def exchange(node="llm", path="/v1/chat/completions"):
    return Exchange(seq=0, node=node, method="POST", path=path)


def test_numbers_count_up_from_one():
    """Each exchange gets the next number, whatever its node."""
    journal = Journal()

    assert [journal.add(exchange()), journal.add(exchange("embedding"))] == [1, 2]
    assert journal.last_seq == 2


def test_since_gives_what_is_newer():
    """`since` gives only exchanges numbered above, oldest first, and of one node if asked."""
    journal = Journal()
    for node in ("a", "b", "a"):
        journal.add(exchange(node))

    assert [each.seq for each in journal.since(0)] == [1, 2, 3]
    assert [each.seq for each in journal.since(1)] == [2, 3]
    assert [each.seq for each in journal.since(0, "a")] == [1, 3]
    assert journal.since(3) == []


def test_memory_is_bounded_by_count(monkeypatch):
    """The oldest exchanges leave memory, and the journal says how many the reader missed."""
    monkeypatch.setattr(journals, "EXCHANGES_MAX", 3)
    journal = Journal()
    for _ in range(5):
        journal.add(exchange())

    assert [each.seq for each in journal.since(0)] == [3, 4, 5]
    assert (journal.forgotten(0), journal.forgotten(1), journal.forgotten(4)) == (2, 1, 0)


def test_memory_is_bounded_by_bytes(monkeypatch):
    """Large bodies push out more, but the newest exchange stays however large it is."""
    monkeypatch.setattr(journals, "MEMORY_BYTES_MAX", 1000)
    journal = Journal(keep_bytes=5000)
    for size in (400, 400, 400, 2000):
        journal.add(exchange(), b"x" * size)

    assert [each.seq for each in journal.since(0)] == [4]


def test_bodies_are_cut_and_no_more():
    """At most `keep_bytes` of each body are kept; the sizes the exchange states are left alone."""
    journal = Journal(keep_bytes=4)
    journal.add(Exchange(0, "llm", "POST", "/", request_bytes=6, reply_bytes=2), b"abcdef", b"gh")
    kept = journal.since(0)[0]

    assert (kept.request, kept.reply, kept.request_bytes, kept.reply_bytes) == ("abcd", "gh", 6, 2)


def test_a_body_that_is_no_text_is_kept_as_far_as_it_is():
    """Invalid UTF-8, and a character cut in two, become replacement marks that JSON can hold."""
    assert as_text(b"a\xff\xe2\x82", 100) == "a��"
    assert as_text("né".encode(), 2) == "n�"


def test_secrets_do_not_reach_memory_or_disk(tmp_path):
    """A key in the path or in either body is redacted before anything is kept."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    secret = "hunter2hunter2hunter2"
    journal.add(
        exchange(path=f"/x?api_key={secret}"),
        f'{{"api_key":"{secret}"}}'.encode(),
        f"Bearer {secret}".encode(),
    )
    journal.close()

    assert secret not in path.read_text()
    assert secret not in repr(journal.since(0))
    assert path.read_text().count("[redacted]") == 3


def test_the_file_reads_back_as_exchanges(tmp_path):
    """What `harness.history` reads from the file is what was added."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.add(
        Exchange(0, "llm", "POST", "/v1", content_ns=[1, 2], status=200, fault="noop"), b"{}", "é".encode()
    )
    journal.close()

    assert list(read_lines(Exchange, path)) == journal.since(0)


def test_the_file_is_appended_to(tmp_path):
    """A second journal on one path adds to what the first left."""
    path = tmp_path / "journal.jsonl"
    for _ in range(2):
        journal = Journal(path)
        journal.add(exchange())
        journal.close()

    assert len(path.read_bytes().splitlines()) == 2


def test_lines_reach_the_file_while_it_is_open(tmp_path):
    """Under a running loop an added exchange is on disk a moment later, without a flush by hand."""
    path = tmp_path / "journal.jsonl"

    async def main():
        journal = Journal(path)
        journal.add(exchange())
        at_once = path.read_bytes()
        began = time.monotonic()
        for _ in range(3000):
            if path.read_bytes():
                break
            await asyncio.sleep(0.01)
        waited = time.monotonic() - began
        journal.close()
        return at_once, waited

    at_once, waited = asyncio.run(main())

    assert at_once == b""
    assert waited < 30
    assert orjson.loads(path.read_bytes())["seq"] == 1


def test_without_a_loop_lines_are_written_at_once(tmp_path):
    """A journal used from plain code needs nobody to flush it."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.add(exchange())

    assert len(path.read_bytes().splitlines()) == 1
    journal.close()


def test_a_closed_journal_still_remembers(tmp_path):
    """What is added after the end is kept in memory and not written."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.close()
    journal.add(exchange())

    assert len(journal.since(0)) == 1
    assert path.read_bytes() == b""
