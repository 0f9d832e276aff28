"""setting-malformed."""

import pytest

RULE = "setting-malformed"


def stack(*settings):
    """Return one service with these lines of settings, as a list."""
    lines = [f"      - {line}" for line in settings]
    return {"c.yaml": "\n".join(["services:", "  s:", "    image: example/mine", "    environment:", *lines])}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            'MY_URL="http://a:80"',
            "s (MY_URL) has quotes around it, which are a part of the value",
        ),
        ("HF_TOKEN='hf_x'", "s (HF_TOKEN) has quotes around it, which are a part of the value"),
        ('"MY_URL=http://a:80 "', "s (MY_URL) ends with a blank, which is a part of the value"),
        (r'"MODEL_ID=a\r"', "s (MODEL_ID) ends with a blank, which is a part of the value"),
        ("MY_URL=http://:80/v1", "s (MY_URL) is an address without a host"),
        ("MY_URL=http:///v1", "s (MY_URL) is an address without a host"),
        ("MY_URL=postgresql://u:p@:5432/db", "s (MY_URL) is an address without a host"),
        ("MY_URL=http://a:/v1", "s (MY_URL) is an address without the port after its colon"),
        ("MY_URL=http://$${A}:80", "s (MY_URL) holds ${A}, which nobody has filled in"),
        (
            "TEI_EMBEDDING_ENDPOINT=tei:80",
            "s (TEI_EMBEDDING_ENDPOINT) is tei:80, an address without http:// before it",
        ),
    ],
)
def test_what_no_program_can_use_is_found(linted, line, words):
    """Each by what is wrong with it."""
    assert linted(RULE, stack(line)) == [f"c.yaml:5 {words}"]


@pytest.mark.parametrize(
    "line",
    [
        "MY_URL=http://a:80/v1",
        "MY_URL=http://${host_ip}:${PORT}/v1",
        "MY_URL=redis://:1234@a:6379",
        "MY_URL=file:///data",
        "MY_URL=http://[::1]:80",
        "MINIO_ENDPOINT=a:9000",
        "LLM_MODEL_ID=a/b",
        "PROMPT='Be brief.'",
        "'HF_TOKEN=hf_x'",
        "EMPTY_URL=",
    ],
)
def test_what_a_program_can_use_is_not(linted, line):
    """Variables that nothing gives are another rule's, and quotes around the whole line are YAML's."""
    assert linted(RULE, stack(line)) == []
