"""An empty cluster that is kept, so that the next one begins as its copy: initdb takes a second of CPU, a copy a tenth of it.

What runs is always the copy; what is kept is written once, under another name until it is whole, and never started.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from pwd import struct_passwd

from harness.owner import of_folder, this_process

MARK = "PG_VERSION"  # What initdb writes into every cluster.


def begun_from(template: Path, data: Path, user: struct_passwd | None) -> bool:
    """Copy what is kept to `data`, where it belongs to that user (None: us); whether there was anything to copy."""
    if not (template / MARK).is_file():
        return False
    shutil.copytree(template, data, copy_function=partial(_copied, user=user))
    for folder, _, _ in os.walk(data):
        _given(folder, user)
    data.chmod(0o700)  # Else PostgreSQL refuses it.
    return True


def kept_at(template: Path, data: Path) -> None:
    """Keep a copy of a cluster that does not run; where it cannot be kept, the next one takes its second."""
    with suppress(OSError):
        template.parent.mkdir(parents=True, exist_ok=True)
        _tidied(template.parent)
        spare = Path(tempfile.mkdtemp(prefix=this_process().prefix, dir=template.parent))
        try:
            shutil.copytree(data, spare, dirs_exist_ok=True, copy_function=shutil.copyfile)
            spare.rename(template)  # Fails where another run was faster, which is as well.
        finally:
            shutil.rmtree(spare, ignore_errors=True)


def _tidied(folder: Path) -> None:
    """Take away what was left half copied by those who run no more."""
    for each in folder.iterdir():
        owner = of_folder(each.name)
        if owner is not None and owner.is_dead():
            shutil.rmtree(each, ignore_errors=True)


def _copied(source: str, target: str, *, user: struct_passwd | None) -> None:
    shutil.copyfile(source, target)
    _given(target, user)


def _given(path: str, user: struct_passwd | None) -> None:
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
