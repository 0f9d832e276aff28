"""`opea-harness comps`: what is known of each comp."""

import json

from tests.commands.command import run


def test_all_comps_are_listed_with_their_endpoints(tmp_path):
    """One JSON document: ids, routes, evidence, variants and laws."""
    done = run("comps", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    comps = {comp["id"]: comp for comp in said["comps"]}
    (endpoint,) = [each for each in comps["embeddings"]["endpoints"] if each["path"] == "/v1/embeddings"]

    assert (done.returncode, done.stderr) == (0, "")
    assert {
        "guardrails.bias_detection",
        "retrievers",
        "rerankings",
        "llms.text_generation",
        "dataprep",
    } <= set(comps)
    assert comps["embeddings"]["port"] == 6000
    assert comps["embeddings"]["needs"] == {"TEI_EMBEDDING_ENDPOINT": "third_parties.tei"}
    assert endpoint["evidence"] in {"recorded", "executed", "source-only"}
    assert "unit-vectors" in [law["id"] for law in endpoint["variants"][0]["laws"]]
    assert sum(said["evidence"].values()) == sum(len(comp["endpoints"]) for comp in comps.values())


def test_one_comp_shows_its_contract(tmp_path):
    """Laws, known deviations and notes stand below the table, for a person."""
    done = run("comps", "guardrails.bias_detection", cwd=tmp_path)

    assert done.returncode == 0
    assert "POST /v1/bias" in done.stdout
    assert "law passes-or-blocks: a text goes on unaltered" in done.stdout
    assert "1 comp, 1 endpoint: 1 recorded" in done.stdout


def test_a_comp_that_is_none_is_said(refused):
    """With those that there are."""
    code, _, said = refused("comps", "nope")

    assert code == 2
    assert "nope: there is no such comp; there are" in said


def test_two_files_that_claim_one_id_are_both_named(refused, tmp_path):
    """A comp of one's own cannot take a bundled one's place in silence."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "twice.py").write_text("from mocks.embeddings import COMPS")

    code, _, said = refused("comps", "--path", "mine")

    assert code == 2
    assert "embeddings: defined twice, in " in said
    assert "mine/twice.py and in " in said
    assert "mocks/embeddings.py; ids must differ" in said
