"""A database that is not the one that is meant: another name, user or password, or two databases for one collection."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from harness.doctor.case import Called, Case
from harness.doctor.finding import Found, Rank, Rule
from harness.doctor.identity import files_of, found_of
from harness.doctor.rules.networks import setting
from harness.doctor.seen import Container

_POSTGRES = ("postgres", "pgvector", "postgis")


class _Login(NamedTuple):
    user: str
    password: str
    database: str


def _differs(case: Case) -> Iterator[Found]:
    for each in case.called:
        if each.callee is None or not _is_postgres(each.callee):
            continue
        asked = _login(each)
        if asked is None:
            continue
        given = _given(each.callee)
        for name, variable, cause in (
            ("database", "POSTGRES_DB", "wrong-database"),
            ("user", "POSTGRES_USER", "wrong-user"),
            ("password", "POSTGRES_PASSWORD", "wrong-password"),
        ):
            wanted, there = getattr(asked, name), getattr(given, name)
            if not wanted or not there or wanted == there:
                continue
            words = "another password" if name == "password" else f"the {name} {wanted}"
            has = "" if name == "password" else f" has {there}"
            yield Found(
                each.caller.label,
                f"{each.call.what} names {words}, {each.callee.label} was given{has or ' one of its own'} ({variable})",
                (setting(each), *_shown(each.callee, variable)),
                f"Give both the same; {each.callee.label} keeps what it was given when its volume was made",
                cause,
            )


def _is_postgres(container: Container) -> bool:
    return any(name in container.image for name in _POSTGRES)


def _login(called: Called) -> _Login | None:
    """What the setting says of who asks for what; None where it is no connection string of PostgreSQL."""
    try:
        parts = urlsplit(called.caller.environment.get(called.call.what, ""))
    except ValueError:
        return None
    if not parts.scheme.startswith("postgres"):
        return None
    return _Login(
        unquote(parts.username or ""), unquote(parts.password or ""), unquote(parts.path.strip("/"))
    )


def _given(container: Container) -> _Login:
    """What the server was given; no password where it trusts everybody."""
    given = container.environment
    user = given.get("POSTGRES_USER") or "postgres"
    trusts = given.get("POSTGRES_HOST_AUTH_METHOD") == "trust"
    password = "" if trusts else given.get("POSTGRES_PASSWORD", "")
    return _Login(user, password, given.get("POSTGRES_DB") or user)


def _shown(container: Container, variable: str) -> tuple[str, ...]:
    value = container.environment.get(variable)
    return (f"environment of {container.name}: {variable}={value}",) if value else ()


def _apart(case: Case) -> Iterator[Found]:
    """A retriever and a dataprep that name their stores in one variable, and do not mean one store."""
    readers = [each for each in case.called if _type(case, each.caller) == "RETRIEVER"]
    writers = [each for each in case.called if _type(case, each.caller) == "DATAPREP"]
    for reader in readers:
        for writer in writers:
            if reader.call.what != writer.call.what or not _is_store(reader.call.what):
                continue
            if None in (reader.callee, writer.callee) or reader.callee is writer.callee:
                continue
            assert reader.callee
            assert writer.callee
            yield Found(
                reader.caller.label,
                f"searches {reader.callee.label}, and {writer.caller.label} writes to {writer.callee.label}",
                (setting(reader), setting(writer)),
                f"Give both the same {reader.call.what}",
            )


def _empty(case: Case) -> Iterator[Found]:
    """A retriever that finds nothing at all, where a dataprep has ingested something."""
    full = [each for each in case.seen.probes if files_of(each)]
    for probe in case.seen.probes:
        if full and found_of(probe) == 0:
            writer = full[0]
            yield Found(
                probe.subject,
                f"finds nothing at all, though {writer.subject} has ingested {files_of(writer)} files",
                (probe.answers["contract"].told, writer.answers["files"].told),
                "Give both the same store, the same collection (`docs/lint.md`, index-name-not-read) and the same embedding model",
            )


def _type(case: Case, container: Container) -> str:
    return next((comp.service_type for comp in case.comps(container)), "")


def _is_store(variable: str) -> bool:
    return not any(word in variable for word in ("TEI", "EMBED", "LLM", "TELEMETRY", "MINIO", "HF_"))


RULES = (
    Rule(
        "database-unlike", Rank.SETTING, "a connection string that names what its database is not", _differs
    ),
    Rule("index-empty", Rank.ANSWER, "a retriever that finds nothing of what was ingested", _empty),
    Rule("stores-apart", Rank.SETTING, "a dataprep and a retriever with two stores", _apart),
)
