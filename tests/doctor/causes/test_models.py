"""Lines that speak of models."""

import pytest

from tests.doctor.causes.lines import said

HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    ("line", "id_", "words"),
    [
        (
            f"Cannot access gated repo for url {HUB}/api/models/meta-llama/L-8B/tree/main.",
            "model-download-refused",
            "of meta-llama/L-8B",
        ),
        (
            f"Error: Could not download: HTTP status client error (401 Unauthorized) for url ({HUB}/BAAI/bge/resolve/x)",
            "model-download-refused",
            "of BAAI/bge",
        ),
        (
            "huggingface_hub.errors.GatedRepoError: 401 Client Error.",
            "model-download-refused",
            "of the model",
        ),
        (
            "OSError: nope/nothing is not a local folder and is not a valid model identifier listed on 'hub'",
            "model-unknown",
            "no model nope/nothing",
        ),
        (
            f"requests.exceptions.HTTPError: 404 Client Error: Not Found for url: {HUB}/api/models/a/b",
            "model-unknown",
            "no model a/b",
        ),
        (
            "HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded huggingface.co",
            "model-unreachable",
            "cannot be reached",
        ),
        ("huggingface_hub.errors.LocalEntryNotFoundError: x", "model-unreachable", "cannot be reached"),
        (
            '{"error":"model \'llama3.2\' not found, try pulling it first"}',
            "model-not-pulled",
            "no model llama3.2",
        ),
        ("Error: DownloadError", "model-download-failed", "could not be downloaded"),
        (
            "Error: model requires more system memory (5.6 GiB) than is available (3.1 GiB)",
            "out-of-memory",
            "5.6 GiB",
        ),
    ],
)
def test_a_model_s_trouble_is_named(line, id_, words):
    """Refused, unknown and out of reach are three things."""
    found = said(line)

    assert found[0] == id_
    assert words in found[1]


@pytest.mark.parametrize("line", ["Downloading shards: 100%", f"Loading {HUB}/BAAI/bge", "Model loaded"])
def test_a_model_that_loads_says_nothing(line):
    """Its address alone is no trouble."""
    assert said(line) is None
