"""`opea-harness validate` as a process: what it says, what it leaves, what it ends with."""

import json

import pytest

from tests.commands.command import run, sentence, started


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A mock of embeddings."""
    with started("mock", "embeddings", "--json", cwd=tmp_path_factory.mktemp("mock")) as mock:
        yield mock.ready()["embeddings"]


def test_a_good_service_is_examined_and_reported(url, tmp_path):
    """As text, and as files; nothing else is left in the folder."""
    done = run("validate", url, "--comp", "embeddings", "--drawn", "5", "--out", "out", cwd=tmp_path)

    assert done.returncode == 0
    assert f"✓ embeddings at {url}: holds: " in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert "# ✓ embeddings" in (tmp_path / "out" / "report.md").read_text()


def test_json_is_one_document_on_standard_output(url, tmp_path):
    """The same as the file."""
    words = ("--level", "L2", "--json", "--quiet", "--seed", "3", "--out", "out")
    done = run("validate", url, "--comp", "embeddings", *words, cwd=tmp_path)
    said = json.loads(done.stdout)

    assert (said["exit_code"], said["seed"], said["verdict"]) == (0, 3, "holds")
    assert said["command"].startswith("opea-harness validate http://")
    assert said == json.loads((tmp_path / "out" / "report.json").read_text())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--comp", "nope"), 2, "--comp nope: there is no such comp; there are "),
        (("--comp", "rerankings"), 2, "is not rerankings: its title is opea_service@embedding, "),
        (
            ("--comp", "embeddings", "--level", "L77"),
            2,
            "--level L77: there is no such level; levels are L0, ",
        ),
        (("--comp", "embeddings", "--check", "nope"), 5, ""),
    ],
)
def test_what_is_wrong_is_one_sentence(url, tmp_path, words, code, said):
    """With an exit code that tells whose fault it is."""
    done = run("validate", url, *words, "--quiet", cwd=tmp_path)

    assert done.returncode == code
    assert said in sentence(done)
    assert len(done.stderr.splitlines()) <= 1


def test_nobody_at_the_address_proves_nothing(tmp_path):
    """It is said how long it was tried."""
    words = ("http://127.0.0.1:9", "--comp", "embeddings", "--boot-timeout", "0.5", "--quiet")
    done = run("validate", *words, cwd=tmp_path)

    assert done.returncode == 4
    assert "http://127.0.0.1:9: cannot be reached: " in sentence(done)


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "http://", "https:///x"])
def test_an_address_that_cannot_be_asked_is_no_image(target, refused):
    """It is told before anybody is looked for."""
    code, _, told = refused("validate", target, "--comp", "embeddings", "--quiet")

    assert code == 2
    assert told.startswith(
        f"opea-harness: {target}: is no address that can be asked, such as http://127.0.0.1:6000; "
    )


def test_one_target_is_one_comp(refused):
    """None of several is passed over in silence."""
    code, _, told = refused("validate", "x", "--comp", "embeddings", "--comp", "asr", "--quiet")

    assert (code, told.strip()) == (
        2,
        "opea-harness: --comp: is given 2 times, as embeddings, asr; one target is one comp",
    )


def test_without_docker_an_image_is_refused_with_what_can_be_done_instead(tmp_path, monkeypatch):
    """One sentence; nothing was proven, and nothing is left."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    done = run("validate", "opea/embedding:latest", "--comp", "embeddings", "--quiet", cwd=tmp_path)

    assert done.returncode == 4
    assert sentence(done).startswith(
        "opea-harness: opea/embedding:latest: is no URL, and cannot be started as an image: docker: no engine answers at unix://"
    )
    assert sentence(done).endswith("opea-harness validate http://127.0.0.1:PORT --comp embeddings")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--env", "A"), "--env A: is no NAME=VALUE, such as LLM_ENDPOINT=mock:third_parties.vllm"),
        (("--env", "A=mock:nope"), "--env: mock:nope: there is no such comp; there are agent, "),
        (("--level", "L77"), "--level L77: there is no such level"),
    ],
)
def test_what_an_image_cannot_be_told_is_one_sentence(refused, words, said):
    """Before Docker is looked for."""
    code, _, told = refused("validate", "opea/embedding:latest", "--comp", "embeddings", "--quiet", *words)

    assert code == 2
    assert told.startswith(f"opea-harness: {said}")
