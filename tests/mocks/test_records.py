"""Questions about records become SQL that SQLite carries out."""

import pytest

from mocks._records import NOTHING, Answered, ask, host_of, is_reachable, sql_for
from mocks._text import UNKNOWN_ANSWER


@pytest.mark.parametrize(
    ("question", "output"),
    [
        ("Find the total number of Albums.", "4"),
        ("How many tracks are on The Magic Flute?", "2"),
        ("List all albums by Bach.", "Goldberg Variations"),
        ("Which songs did Clara Schumann write?", "Allegro moderato, Scherzo, Andante"),
        ("Which is the longest track?", "Allegro moderato"),
        ("Which is the newest album?", "Three Romances"),
        ("Who is the composer of the Piano Trio?", "Clara Schumann"),
        ("How many albums are there since 1791 by Clara Schumann?", "2"),
        ("Which albums are from 1741?", "Goldberg Variations"),
        ("Artists of albums before 1750", "Johann Sebastian Bach"),
        ("What is the average length of tracks by Mozart?", "295.0"),
        ("What is the total length of all tracks?", "2135"),
        ("How is the weather?", UNKNOWN_ANSWER),
    ],
)
def test_a_question_is_answered_out_of_the_tables(question, output):
    """Counts, names, years, and which of them is the longest or oldest."""

    assert ask(question).output == output


def test_the_sql_joins_what_it_needs_and_no_more():
    """From the tracks up to the artists, or one table alone."""

    assert sql_for("How many tracks are there?") == "SELECT COUNT(DISTINCT tracks.id) FROM tracks"
    assert sql_for("Tracks by Bach") == (
        "SELECT DISTINCT tracks.title FROM tracks JOIN albums ON albums.id = tracks.album_id"
        " JOIN artists ON artists.id = albums.artist_id WHERE artists.name = 'Johann Sebastian Bach'"
    )


def test_a_name_within_a_word_is_no_name():
    """Variations hold no aria."""

    assert "Aria" not in sql_for("Which album is the Goldberg Variations?")


def test_a_question_about_nothing_there_selects_nothing():
    """The SQL is one that every database takes."""

    assert ask("?") == Answered("?", UNKNOWN_ANSWER, NOTHING)


@pytest.mark.parametrize(
    ("url", "host", "reachable"),
    [
        ("postgresql://a:b@db:5432/x", "db", True),
        ("postgresql://a:b@db.invalid/x", "db.invalid", False),
        ("db", None, False),
        ("postgresql://[", None, False),
        ("", None, False),
    ],
)
def test_a_host_of_invalid_is_never_there(url, host, reachable):
    """What is no URL has no host."""

    assert (host_of(url), is_reachable(host_of(url))) == (host, reachable)
