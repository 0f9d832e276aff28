"""History and journal as JSON lines."""

from dataclasses import replace

from harness.history import Exchange, Op, as_line, read_lines


def test_what_is_written_is_read_back(tmp_path):
    """Op and Exchange survive the file."""
    op = Op("1", "correctness", "q1", "stream", content_ns=[1, 2], text="né", problem={"node": "llm"})
    exchange = Exchange(7, "llm", "POST", "/v1/chat/completions", request="{}", status=200)
    (tmp_path / "ops").write_bytes(as_line(op))
    (tmp_path / "exchanges").write_bytes(as_line(exchange))

    assert list(read_lines(Op, tmp_path / "ops")) == [op]
    assert list(read_lines(Exchange, tmp_path / "exchanges")) == [exchange]


def test_a_line_cut_short_by_a_crash_is_passed_over(tmp_path):
    """What stands before it is kept."""
    op = Op("1", "load", "q1", "json")
    (tmp_path / "ops").write_bytes(as_line(op) + as_line(op)[:20])

    assert list(read_lines(Op, tmp_path / "ops")) == [op]


def test_a_missing_file_is_empty(tmp_path):
    """Nothing was written, nothing is read."""
    assert list(read_lines(Op, tmp_path / "none")) == []


def test_fields_of_later_versions_are_passed_over(tmp_path):
    """An older reader reads a newer file."""
    line = as_line(Op("1", "load", "q1", "json")).replace(b"{", b'{"later":1,', 1)
    (tmp_path / "ops").write_bytes(line)

    assert next(read_lines(Op, tmp_path / "ops")).id == "1"


def test_an_op_is_ok_only_with_a_whole_text():
    """200 alone is not enough."""
    whole = Op("1", "load", "q1", "json", status=200, text="yes")

    assert whole.ok
    assert not Op("1", "load", "q1", "json", status=200).ok
    assert not Op("1", "load", "q1", "json", status=200, text="ye", error="incomplete").ok
    assert not Op("1", "load", "q1", "json", status=502, text="yes").ok


def test_how_an_op_failed_is_said_in_words():
    """With the node where the gateway names one, cut only where one sees it."""
    told = {"node": "llm", "kind": "first_byte_timeout", "detail": "no whole head of a reply within 2.5 s"}
    raw = 'the gateway answered 504: {"type":"about:blank"}'
    named = Op("1", "load", "q", "json", status=504, error="status", detail=raw, problem=told)

    assert Op("1", "load", "q", "json", status=200, text="yes").failure == ""
    assert Op("1", "load", "q", "json", error="reset", detail="gone").failure == "reset gone"
    assert named.failure == "504, node llm failed: first_byte_timeout, no whole head of a reply within 2.5 s"
    assert Op("1", "load", "q", "json", error="reset", detail="x" * 300).failure.endswith("xxx…")
    assert len(Op("1", "load", "q", "json", error="reset", detail="x" * 300).failure) == 200


def test_a_late_node_is_one_whose_limit_passed():
    """As the gateway's problem says; a node that failed otherwise is not late."""
    op = Op("a", "load", "q", "json", problem={"node": "llm", "kind": "first_byte_timeout"})

    assert op.late_node == "llm"
    assert replace(op, problem={"node": "llm", "kind": "upstream_5xx"}).late_node == ""
    assert replace(op, problem=None).late_node == ""
