"""Lines that speak of the machine and the image."""

import pytest

from tests.doctor.causes.lines import said


@pytest.mark.parametrize(
    ("line", "id_", "words"),
    [
        ("Error: listen tcp 0.0.0.0:11434: bind: address already in use", "port-taken", "port 11434"),
        ("OSError: [Errno 98] Address already in use", "port-taken", "its port"),
        ("Bind for 0.0.0.0:5432 failed: port is already allocated", "port-taken", "port 5432"),
        ("numpy.core._exceptions._ArrayMemoryError: MemoryError", "out-of-memory", "out of memory"),
        ("fork: Cannot allocate memory", "out-of-memory", "out of memory"),
        ("write /data/x: no space left on device", "disk-full", "the disk is full"),
        ("mkdir: cannot create directory '/data/x': Permission denied", "permission-denied", "/data/x"),
        ("ImportError: cannot import name 'PGVector' from 'langchain'", "package-missing", "PGVector"),
        (
            'OCI runtime create failed: exec: "serve": executable file not found in $PATH',
            "program-missing",
            "no program serve",
        ),
        ("python: can't open file '/home/user/x.py': [Errno 2]", "program-missing", "/home/user/x.py"),
        ('could not select device driver "" with capabilities: [[gpu]]', "no-gpu", "a GPU"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "no-gpu", "a GPU"),
        ("Bus error (core dumped)", "shared-memory-short", "shared memory"),
        (
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]",
            "certificate-refused",
            "certificate",
        ),
        (
            "invalid mount config: bind source path does not exist: /srv/init.sql",
            "mount-missing",
            "/srv/init.sql",
        ),
    ],
)
def test_what_the_machine_lacks_is_named(line, id_, words):
    """With the port, the path or the name that the line holds."""
    found = said(line)

    assert found[0] == id_
    assert words in found[1]


@pytest.mark.parametrize(
    "line", ["Uvicorn running on http://0.0.0.0:6000", "using device cpu", "memory: 3 GiB free"]
)
def test_a_program_that_is_well_says_nothing(line):
    """No word of these is a cause."""
    assert said(line) is None
