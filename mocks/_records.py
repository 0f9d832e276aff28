"""A small database of records, and the SQL that a question about it means; for the comps that speak to PostgreSQL.

Three tables in SQLite's memory, by rules and without a model: what is asked for, whose, of when, and which of them.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mocks._text import UNKNOWN_ANSWER, stem, tokens, topics

ARTISTS = ("Johann Sebastian Bach", "Clara Schumann", "Wolfgang Amadeus Mozart")
ALBUMS = (
    ("Goldberg Variations", 1, 1741), ("Piano Trio", 2, 1846), ("Three Romances", 2, 1853), ("The Magic Flute", 3, 1791),
)  # fmt: skip
TRACKS = (
    ("Aria", 1, 260), ("Quodlibet", 1, 105), ("Allegro moderato", 2, 690), ("Scherzo", 2, 285), ("Andante", 3, 205),
    ("Overture", 4, 420), ("Der Vogelfänger", 4, 170),
)  # fmt: skip
SCHEMA = """
CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT, artist_id INTEGER REFERENCES artists, year INTEGER);
CREATE TABLE tracks (id INTEGER PRIMARY KEY, title TEXT, album_id INTEGER REFERENCES albums, seconds INTEGER);
"""
TABLES = {
    "artists": {"artist", "composer", "musician"},
    "albums": {"album", "record", "work"},
    "tracks": {"track", "song", "piece", "movement"},
}
TITLE = {"artists": "artists.name", "albums": "albums.title", "tracks": "tracks.title"}
ABOVE = {
    "tracks": ("albums", "albums.id = tracks.album_id"),
    "albums": ("artists", "artists.id = albums.artist_id"),
}
CHAIN = ("tracks", "albums", "artists")
NOTHING = "SELECT NULL"  # What a question about none of the tables means.
# The names that never resolve (RFC 6761); a mock takes all others for a database that is up.
UNREACHABLE = ".invalid"

_YEAR = re.compile(r"\b(before|after|since|in|from)\s+(1[5-9]\d\d|20\d\d)\b", re.IGNORECASE)
_SIGNS = {"before": "<", "after": ">", "since": ">=", "in": "=", "from": "="}
_BEST = {
    "longest": ("tracks.seconds", "DESC"), "shortest": ("tracks.seconds", "ASC"),
    "oldest": ("albums.year", "ASC"), "earliest": ("albums.year", "ASC"), "first": ("albums.year", "ASC"),
    "newest": ("albums.year", "DESC"), "latest": ("albums.year", "DESC"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, the SQL that it means, and what the database says to it."""

    input: str
    output: str
    sql: str


def ask(question: str) -> Answered:
    """The answer to a question; about none of the tables the mock knows nothing."""
    sql = sql_for(question)
    with closing(_made()) as database:
        rows = database.execute(sql).fetchall()
    said = ", ".join(" ".join(map(str, row)) for row in rows)
    return Answered(question, UNKNOWN_ANSWER if sql == NOTHING else said, sql)


def sql_for(question: str) -> str:
    """The SQL that a question means."""
    table = _table(question)
    if table is None:
        return NOTHING
    conditions = _conditions(question)
    best = next((_BEST[word] for word in tokens(question) if word in _BEST), None)
    wanted = _wanted(question, table)
    used = " ".join([wanted, *conditions, best[0] if best else ""])
    sql = f"SELECT {wanted} FROM {_joined(table, used)}"  # noqa: S608 - Every name and value in it is our own.
    sql += f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if best and "(" not in wanted:
        sql += f" ORDER BY {best[0]} {best[1]} LIMIT 1"
    return sql


def is_reachable(host: str | None) -> bool:
    """Whether there is a database at that host."""
    return bool(host) and not str(host).lower().endswith(UNREACHABLE)


def host_of(url: str) -> str | None:
    """The host of a database's URL, or None where it is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme else None


def _table(question: str) -> str | None:
    """The table of the first word that means one."""
    for word in tokens(question):
        for table, words in TABLES.items():
            if stem(word) in {stem(each) for each in words}:
                return table
    return None


def _wanted(question: str, table: str) -> str:
    words = tokens(question)
    if "many" in words or "number" in words or "count" in words:
        return f"COUNT(DISTINCT {table}.id)"
    if table == "tracks" and ("average" in words or "total" in words):
        return f"{'AVG' if 'average' in words else 'SUM'}(tracks.seconds)"
    return f"DISTINCT {TITLE[table]}" if not any(word in _BEST for word in words) else TITLE[table]


def _conditions(question: str) -> list[str]:
    """Whose, which and of when: names that the question holds, and years."""
    about = set(topics(question))
    named = [
        f"{column} = '{name.replace(chr(39), chr(39) * 2)}'"
        for column, names in (
            ("artists.name", ARTISTS),
            ("albums.title", [row[0] for row in ALBUMS]),
            ("tracks.title", [row[0] for row in TRACKS]),
        )
        for name in names
        if _is_named(name, question, about, by_last=column == "artists.name")
    ]
    years = [f"albums.year {_SIGNS[word.lower()]} {year}" for word, year in _YEAR.findall(question)]
    return named + years


def _is_named(name: str, question: str, about: set[str], *, by_last: bool) -> bool:
    """Whether a question names it: in full, or an artist by the last name."""
    words = tokens(name)
    is_whole = f" {' '.join(words)} " in f" {' '.join(tokens(question))} "
    return is_whole or (by_last and stem(words[-1]) in about)


def _joined(table: str, used: str) -> str:
    """The table, and those above or below it whose columns are used."""
    places = sorted({CHAIN.index(name) for name in CHAIN if f"{name}." in used} | {CHAIN.index(table)})
    names = CHAIN[places[0] : places[-1] + 1]
    return names[0] + "".join(f" JOIN {ABOVE[name][0]} ON {ABOVE[name][1]}" for name in names[:-1])


def _made() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA)
    _insert(database, "artists", [(name,) for name in ARTISTS])
    _insert(database, "albums", ALBUMS)
    _insert(database, "tracks", TRACKS)
    return database


def _insert(database: sqlite3.Connection, table: str, rows: Any) -> None:
    marks = ", ".join("?" * len(rows[0]))
    numbered = [(at, *row) for at, row in enumerate(rows, 1)]
    database.executemany(f"INSERT INTO {table} VALUES (?, {marks})", numbered)  # noqa: S608 - Names of our own.
