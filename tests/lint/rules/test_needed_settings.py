"""setting-missing."""

import pytest

from harness.lint.rules.needed_settings import COMPONENTS, NEEDS

RULE = "setting-missing"


def stack(image, **settings):
    """Return one service with these settings."""
    lines = [f"      {name}: {value}" for name, value in {"A": "b", **settings}.items()]
    return {
        "c.yaml": "\n".join(["services:", "  s:", f"    image: {image}:latest", "    environment:", *lines])
    }


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: f"{need.image}-{need.component}-{need.variables[0]}")
def test_what_a_component_needs_is_asked_for(linted, need):
    """Without it a finding, with any one of the alternatives none."""
    chosen = {COMPONENTS[need.image][0]: need.component} if need.component else {}
    names = " or ".join(need.variables)
    given = {
        variable: "x"
        for other in NEEDS
        if not set(other.variables) & set(need.variables)
        for variable in other.variables
    }

    (found,) = [each for each in linted(RULE, stack(need.image, **chosen)) if f" {names}," in each]

    assert found.startswith(f"c.yaml:2 s is not given {names}, which ")
    assert linted(RULE, stack(need.image, **chosen, **given, **{need.variables[-1]: "x"})) == []


def test_the_default_component_counts(linted):
    """opea/embedding is TEI's unless it is told otherwise; a multimodal one is neither."""
    assert linted(RULE, stack("opea/embedding")) == [
        "c.yaml:2 s is not given TEI_EMBEDDING_ENDPOINT, which component OPEA_TEI_EMBEDDING of opea/embedding needs"
    ]
    assert linted(RULE, stack("opea/embedding", MULTIMODAL_EMBEDDING='"true"')) == []


def test_images_that_need_nothing_are_silent(linted):
    """As those that are not known."""
    assert linted(RULE, stack("example/mine")) == []


def test_an_env_file_that_is_not_there_may_give_it(linted):
    """What cannot be read is not held against the service."""
    files = stack("opea/asr")
    files["c.yaml"] += "\n    env_file: settings.env\n"

    assert linted(RULE, files) == []
    assert linted(RULE, {**files, "settings.env": "OTHER=1\n"})
    assert linted(RULE, {**files, "settings.env": "ASR_ENDPOINT=http://whisper:7066\n"}) == []
