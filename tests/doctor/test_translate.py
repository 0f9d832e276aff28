"""From the last words of a log to a cause."""

from harness.doctor.translate import LINES_MAX, all_causes, last_words, shown, translated


def test_the_line_that_names_most_is_taken():
    """That a download failed says less than why."""
    log = (
        "401 Client Error: Unauthorized for url: https://huggingface.co/meta-llama/x/resolve",
        "Error: DownloadError",
    )

    assert translated(log).says == "Hugging Face refuses the download of meta-llama/x"


def test_of_two_that_name_something_the_last_is_taken():
    """What went wrong before was got over."""
    log = ("KeyError: 'HF_TOKEN'", "OSError: [Errno 98] address already in use", "KeyError: 'MODEL_ID'")

    assert translated(log).says == "the variable MODEL_ID is not given"


def test_only_the_end_of_a_log_counts():
    """What stands far above belongs to another life."""
    assert translated(("KeyError: 'HF_TOKEN'", *["fine"] * LINES_MAX)) is None


def test_a_log_that_says_nothing_known_has_no_cause():
    """Nor has an empty one."""
    assert (translated(("hello", "")), translated(())) == (None, None)


def test_the_host_that_a_line_names_is_kept():
    """So that its container can be looked at."""
    found = translated(
        ("aiohttp.client_exceptions: Cannot connect to host tei:80 ssl:default [Connect call failed]",)
    )

    assert (found.id, found.host, found.port) == ("connection-refused", "tei", "80")


def test_evidence_is_short_and_without_secrets():
    """One line, cut where nobody reads on."""
    assert shown("url  postgresql://u:pw@db/x") == "url postgresql://u:[redacted]@db/x"
    assert len(shown("word " * 200)) < 310
    assert last_words(("a", "", "b", "c", "  "), 2) == ("b", "c")


def test_every_cause_has_words_that_its_patterns_can_fill():
    """Each placeholder is a group of a pattern, or has words of its own."""
    for cause in all_causes():
        assert cause.says
        assert cause.fix
        assert cause.patterns
