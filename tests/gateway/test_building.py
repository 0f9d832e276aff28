"""Building the environment, with a package of our own in opea-comps' place: what is tested is not the index."""

import subprocess
import zipfile

import pytest

from harness.errors import StackError, UsageError
from harness.gateway.building import build
from harness.gateway.environment import environment

METADATA = "Metadata-Version: 2.1\nName: opea-comps\nVersion: 1.5\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(folder, source):
    """A wheel that holds `comps` and says that it is opea-comps."""
    path = folder / "opea_comps-1.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("comps/__init__.py", source)
        for name, text in (("METADATA", METADATA), ("WHEEL", WHEEL), ("RECORD", "")):
            made.writestr(f"opea_comps-1.5.dist-info/{name}", text)
    return str(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An environment that was built, and what was said meanwhile."""
    folder, said = tmp_path_factory.mktemp("cache"), []
    env = environment(folder / "below" / "it")
    built = build(env, said.append, requirement=wheel(folder, "VALUE = 1"))
    return env, built, said


def test_what_was_built_is_told(made):
    """Its version, its packages, and each step as it was taken."""
    env, built, said = made

    assert env.is_built
    assert (built.opea_comps, built.packages["opea-comps"]) == ("1.5", "1.5")
    assert [line for line in said if not line.startswith(" ")][-1] == "its first import"


def test_it_imports_and_shares_nothing_of_ours(made):
    """What we have installed is not to be had there."""
    env, _, _ = made
    argv = [str(env.python), "-c", "import comps; print(comps.VALUE); import orjson"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout == "1\n"
    assert "No module named 'orjson'" in done.stderr


def test_it_is_built_once(made):
    """A second time only reads what the first has written."""
    env, built, _ = made
    said = []

    assert build(env, said.append, requirement="no-such-package==1") == built
    assert said == []


def test_what_cannot_be_imported_is_not_taken_for_built(tmp_path):
    """The step that failed is named, with its last words."""
    env = environment(tmp_path)

    with pytest.raises(StackError) as told:
        build(env, lambda _: None, requirement=wheel(tmp_path, "raise SystemExit(3)"))

    assert str(told.value) == (
        "setup opea: its first import failed with code 3; nothing was built; its last words: none"
    )
    assert not env.is_built


def test_a_package_that_is_not_to_be_had_is_told(tmp_path):
    """With what pip said."""
    absent = str(tmp_path / "absent-1.0-py3-none-any.whl")

    with pytest.raises(
        StackError, match=r"absent.* failed with code 1; nothing was built; its last words:"
    ) as told:
        build(environment(tmp_path), lambda _: None, requirement=absent)

    assert "ERROR:" in str(told.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file stands where the cache would be."""
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError) as told:
        build(environment(tmp_path / "file"), lambda _: None)

    assert str(told.value).endswith("--cache names a folder that can be")
