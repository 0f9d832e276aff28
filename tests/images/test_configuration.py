"""What an image says of itself."""

from dataclasses import replace

import pytest

from harness.discovery import COMP, discover
from harness.images.configuration import JUDGES, ImageFacts, read

COMP_ = discover(COMP)["embeddings"]
LABELS = {
    f"org.opencontainers.image.{name}": "x" for name in ("title", "source", "revision", "version", "licenses")
}
GOOD = ImageFacts(
    "opea/embedding:latest",
    "sha256:abc",
    user="user",
    entrypoint=("python", "service.py"),
    ports=(6000,),
    labels=LABELS,
    environment=("PATH=/bin", "HF_TOKEN="),
    has_healthcheck=True,
    history=("COPY . /home/user",),
)


def verdicts(facts):
    """Kind to verdict."""
    return {judge.kind.name: judge.verdict(facts, COMP_, 6000) for judge in JUDGES}


def test_a_good_image_holds_in_everything():
    """With the id of its comp."""
    found = verdicts(GOOD)

    assert {each.verdict for each in found.values()} == {"holds"}
    assert found["image.user"].id == "embeddings.image.user"


@pytest.mark.parametrize(
    ("change", "kind", "why", "actual"),
    [
        ({"user": ""}, "user", "it runs as root", "USER (none)"),
        ({"user": "0:0"}, "user", "it runs as root", "USER 0:0"),
        ({"user": "root:user"}, "user", "it runs as root", "USER root:user"),
        (
            {"entrypoint": ("/bin/sh", "-c", "python x.py")},
            "entrypoint",
            "a shell's command line is started, which passes no signal on",
            "ENTRYPOINT ['/bin/sh', '-c', 'python x.py'] CMD []",
        ),
        (
            {"entrypoint": (), "command": ("/bin/sh", "-c", "python x.py")},
            "entrypoint",
            "a shell's command line is started, which passes no signal on",
            "ENTRYPOINT [] CMD ['/bin/sh', '-c', 'python x.py']",
        ),
        ({"entrypoint": ()}, "entrypoint", "it does not say what is to be started", "ENTRYPOINT [] CMD []"),
        ({"ports": (7000, 80)}, "port", "it exposes 7000, 80, not 6000", "EXPOSE 7000 80"),
        (
            {"environment": ("OPENAI_API_KEY=sk-something-long",)},
            "secrets",
            "a secret is in its environment",
            "OPENAI_API_KEY=[redacted]",
        ),
        ({"labels": {**LABELS, "api_key": "abcdefgh"}}, "secrets", "a secret is in a label", ""),
        ({"history": ("RUN login --password=abc",)}, "secrets", "a secret is in a command that built it", ""),
    ],
)
def test_each_thing_that_is_wrong_is_told_by_its_own_check(change, kind, why, actual):
    """The others hold, and the secret itself is told nowhere."""
    found = verdicts(replace(GOOD, **change))
    wrong = [name for name, each in found.items() if each.verdict == "violated"]

    assert wrong == [f"image.{kind}"]
    assert (found[wrong[0]].why, found[wrong[0]].actual) == (why, actual)
    assert "sk-something" not in str(found)
    assert "IMAGE" not in found[wrong[0]].repeat


@pytest.mark.parametrize(
    ("change", "kind", "known"),
    [
        ({"ports": ()}, "image.port", "known deviation image-port: it does not say on which port it listens"),
        (
            {"labels": {}},
            "image.labels",
            "known deviation image-labels: it lacks the OCI labels title, source, ",
        ),
        ({"has_healthcheck": False}, "image.healthcheck", "known deviation image-healthcheck: "),
    ],
)
def test_what_all_of_opeas_images_lack_is_known_and_not_green(change, kind, known):
    """It is told with its reason."""
    found = verdicts(replace(GOOD, **change))[kind]

    assert found.verdict == "n/a"
    assert found.why.startswith(known)


def test_an_engines_description_is_read():
    """What is not there is empty."""
    said = {
        "Id": "sha256:abc",
        "RepoDigests": ["opea/embedding@sha256:def"],
        "Size": 5,
        "Config": {
            "User": "user",
            "Entrypoint": ["python"],
            "Cmd": None,
            "Env": ["A=b"],
            "ExposedPorts": {"6000/tcp": {}},
            "Labels": None,
            "Healthcheck": {"Test": ["CMD", "true"]},
        },
        "History": [{"CreatedBy": "COPY"}],
    }

    assert read("x", said) == ImageFacts(
        "x",
        "sha256:abc",
        "sha256:def",
        5,
        "user",
        ("python",),
        (),
        ("A=b",),
        (6000,),
        {},
        has_healthcheck=True,
        history=("COPY",),
    )
    assert read("x", {}) == ImageFacts("x", "")
    assert read("x", said).as_json() == {
        "name": "x",
        "id": "sha256:abc",
        "digest": "sha256:def",
        "bytes": 5,
        "labels": {},
    }
