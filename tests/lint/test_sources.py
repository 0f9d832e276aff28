"""What is linted together."""

import pytest

from harness.errors import UsageError
from harness.lint.sources import read_sources


def test_files_are_told_apart_by_their_kind(write):
    """Megaservices, one stack of all compose files, and variables."""
    sources = read_sources(
        write(
            {
                "m.py": "",
                "a.yaml": "services:\n  a:\n    image: x:$TAG\n",
                "b.yml": "services:\n  b:\n    image: y\n",
                "set_env.sh": "export TAG=1\n",
            }
        )
    )

    assert [each.program.path.name for each in sources.megaservices] == ["m.py"]
    assert sorted(sources.compose.services) == ["a", "b"]
    assert sources.compose.services["a"].text("image") == "x:1"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"m.py": "MicroService(name='a')\n"}, False),
        ({"m.py": "import comps\ncomps.ServiceOrchestrator()\n"}, False),
        ({"m.py": "def flow(mega):\n    mega.flow_to(a, b)\n"}, False),
        ({"m.py": "from x import ServiceOrchestrator as S\nS.align_inputs = f\n"}, False),
        ({"m.py": "", "c.yaml": "services:\n  a:\n    image: x\n"}, False),
        ({"m.py": "from comps import MicroService\n", ".env": "A=1\n", "c.yaml": "services: {}\n"}, True),
    ],
    ids=["node", "orchestrator", "flow", "hook", "service", "nothing"],
)
def test_whether_there_is_anything_to_look_at_is_told(write, files, expected):
    """Something built, told how to flow or given a hook, or a service of a compose file; an import alone builds nothing."""
    assert read_sources(write(files)).are_empty is expected


def test_comps_of_ones_own_count(write, tmp_path):
    """As with every command."""
    folder = write(
        {
            "comps/mine.py": """\
            from harness.comp import Comp
            COMPS = (Comp("mine", "opea_service@mine", 1, (), service_type="MINE"),)
            """
        }
    )[0].parent

    assert [comp.id for comp in read_sources([], (folder,)).contracts.of_type("MINE")] == ["mine"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nope.py", "nope.py: is no file; lint takes megaservices (.py) and compose files (.yaml, .yml)"),
        (
            "a.txt",
            "a.txt: is of a kind that lint does not know; it takes .py, .yaml, .yml, and .env and .sh for variables",
        ),
    ],
)
def test_a_file_that_is_none_of_these_is_said(write, tmp_path, name, words):
    """With what would be right."""
    write({"a.txt": "x"})

    with pytest.raises(UsageError) as raised:
        read_sources([tmp_path / name])

    assert str(raised.value).endswith(words)


def test_a_file_that_may_not_be_read_is_said(write, monkeypatch):
    """By its name, with the machine's reason."""
    (path,) = write({"c.yaml": "services: {}"})

    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.read_text", refuse)

    with pytest.raises(UsageError, match=r"c\.yaml: cannot be read: Permission denied"):
        read_sources([path])
