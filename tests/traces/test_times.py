"""Times pass in and out to the nanosecond."""

import pytest

from harness.traces.times import go_duration_ns, rfc3339, rfc3339_ns


@pytest.mark.parametrize(
    ("text", "duration_ns"),
    [
        ("1.2ms", 1_200_000),
        ("850us", 850_000),
        ("850µs", 850_000),
        ("1m30s", 90 * 10**9),
        ("0s", 0),
        (".5h", 18 * 10**11),
    ],
)
def test_gos_durations_are_read(text, duration_ns):
    """Units, decimals and sequences are as Go writes them."""
    assert go_duration_ns(text) == duration_ns


@pytest.mark.parametrize("text", ["", "12", "ms", "1.2.3s", "1 ms", "-1s"])
def test_what_is_no_duration_is_refused(text):
    """The message shows what was given and what would be right."""
    with pytest.raises(ValueError, match=r"is not like 1\.2ms, 850us or 1m30s"):
        go_duration_ns(text)


def test_a_moment_survives_its_own_writing():
    """No nanosecond is lost on the way out and back."""
    at_ns = 1_795_376_268_688_903_902

    assert rfc3339(at_ns) == "2026-11-22T19:37:48.688903902Z"
    assert rfc3339_ns(rfc3339(at_ns)) == at_ns


def test_offsets_and_short_fractions_are_read():
    """A moment may be written in another zone and with fewer decimals."""
    assert rfc3339_ns("2026-11-22T20:37:48.5+01:00") == rfc3339_ns("2026-11-22T19:37:48.500000000Z")


@pytest.mark.parametrize("text", ["", "now", "2026-11-22", "2026-11-22T19:37:48"])
def test_what_is_no_moment_is_refused(text):
    """A moment without a zone could be anywhere."""
    with pytest.raises(ValueError, match="is not like 2026"):
        rfc3339_ns(text)
