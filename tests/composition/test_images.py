"""Which image is started for which, and how many are genuine."""

import pytest

from harness.composition.images import ImageMap, genuine_share, tagged
from harness.errors import UsageError


def test_a_map_is_read_and_names_without_a_tag_are_latest(tmp_path):
    """What it does not name is started as it is."""
    (tmp_path / "map.json").write_text('{"ollama/ollama": "opea-harness.local/ollama:1"}')
    read = ImageMap.read(tmp_path / "map.json")

    assert read.started("ollama/ollama") == "opea-harness.local/ollama:1"
    assert read.started("ollama/ollama:latest") == "opea-harness.local/ollama:1"
    assert read.started("ollama/ollama:0.9.6") == "ollama/ollama:0.9.6"


def test_a_stand_in_is_never_called_genuine():
    """Neither one that the map names, nor one that is named itself."""
    stand_ins = ImageMap({"opea/retriever:latest": "mine/retriever:2"})

    assert not stand_ins.is_genuine("opea/retriever")
    assert not ImageMap().is_genuine("opea-harness.local/retriever:1")
    assert ImageMap().is_genuine("opea/retriever:new")


def test_it_is_told_how_many_are_genuine():
    """Of all that are started."""
    stand_ins = ImageMap({"a/b:latest": "c/d:1"})

    assert genuine_share(["a/b", "e/f:1", "opea-harness.local/g:1"], stand_ins) == "1 of 3"


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("opea/retriever", "opea/retriever:latest"),
        ("localhost:5000/opea/retriever", "localhost:5000/opea/retriever:latest"),
        ("a:1", "a:1"),
        ("a@sha256:0", "a@sha256:0"),
    ],
)
def test_an_image_without_a_tag_is_the_latest(image, name):
    """The port of a registry is no tag."""
    assert tagged(image) == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is no JSON: "),
        ("[]", "is no object of images' names, such as "),
        ('{"a": 1}', "is no object of images' names, such as "),
        ('{"a": ""}', "is no object of images' names, such as "),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path, text, says):
    """With its name, and what would be right."""
    path = tmp_path / "map.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(UsageError) as refused:
        ImageMap.read(path)

    assert str(refused.value).startswith(f"--image-map {path}: {says}")
