"""What an import may not do, done."""

import pytest

from tests.tidy.quiet import loud


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import socket; socket.socket().close()", "opens a socket"),
        ("import os; os.environ.get('HOME')", "reads the environment"),
        ("import os; os.getenv('HOME')", "reads the environment"),
        ("import os; os.environ['A'] = 'b'", "sets the environment"),
        ("import threading; threading.Thread(target=int).start()", "starts a thread"),
        ("import subprocess; subprocess.run(['true'])", "starts a process"),
        ("import tempfile; tempfile.mkdtemp()", "makes a folder"),
        ("open('x', 'w').close()", "writes a file"),
    ],
)
def test_an_import_that_does_something_is_reported(lay, line, what):
    """The file, the line and what it did are named."""
    checkout = lay({"harness/__init__.py": "", "harness/a.py": f"'''A.'''\n{line}\n"})

    found, _ = loud(checkout.root, ["harness.a"])

    assert f"harness/a.py:2: {what} when it is imported" in found


def test_an_import_that_does_nothing_is_not_reported(lay):
    """Reading a file beside the module and importing others is no act; what was imported is told."""
    text = "import json, urllib3, pathlib\nTEXT = pathlib.Path(__file__).read_text()\ndef f():\n    open('x', 'w')\n"

    found, imported = loud(lay({"harness/__init__.py": "", "harness/a.py": text}).root, ["harness.a"])

    assert found == []
    assert {"harness.a", "urllib3"} <= imported


def test_a_module_that_cannot_be_imported_is_reported(lay):
    """A broken module is no quiet one."""
    (found,), _ = loud(lay({"harness/__init__.py": "", "harness/a.py": "import nowhere"}).root, ["harness.a"])

    assert found.startswith("harness.a: cannot be imported: ")
    assert "No module named 'nowhere'" in found
