"""jaeger-unused, telemetry-empty, telemetry-address."""

import pytest

JAEGER = """\
services:
  chat:
    image: opea/chatqna
    environment:
      {}
  jaeger:
    image: jaegertracing/all-in-one:1.67.0
"""


def stack(setting):
    """Return a stack with Jaeger (line 6) in which `chat` has this setting, in line 5."""
    return {"c.yaml": JAEGER.format(setting)}


def test_jaeger_that_nobody_sends_to_is_found(linted):
    """No service is given the address."""
    assert linted("jaeger-unused", stack("A: b")) == [
        "c.yaml:6 jaeger is here, and no service is given TELEMETRY_ENDPOINT"
    ]
    assert linted("jaeger-unused", stack("TELEMETRY_ENDPOINT: http://jaeger:4318/v1/traces")) == []
    assert linted("jaeger-unused", {"c.yaml": "services:\n  a:\n    image: opea/chatqna\n"}) == []


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ('TELEMETRY_ENDPOINT: ""', "as written"),
        ("TELEMETRY_ENDPOINT: ${TELEMETRY_ENDPOINT}", "by `${TELEMETRY_ENDPOINT}`, which nothing sets"),
    ],
)
def test_an_empty_address_is_found(linted, setting, why):
    """It switches the export on."""
    assert linted("telemetry-empty", stack(setting)) == [
        f"c.yaml:5 TELEMETRY_ENDPOINT of chat is empty, {why}"
    ]


def test_an_address_that_is_given_is_silent(linted):
    """By a default, or by an env file; and one that only the shell knows."""
    default = stack("TELEMETRY_ENDPOINT: ${TELEMETRY_ENDPOINT:-http://jaeger:4318/v1/traces}")
    env = {
        ".env": "TELEMETRY_ENDPOINT=http://jaeger:4318/v1/traces\n",
        **stack("TELEMETRY_ENDPOINT: ${TELEMETRY_ENDPOINT}"),
    }
    shell = {
        "set_env.sh": 'export TELEMETRY_ENDPOINT="http://$IP:4318/v1/traces"\n',
        **stack("TELEMETRY_ENDPOINT: ${TELEMETRY_ENDPOINT}"),
    }

    for files in (default, env, shell):
        assert linted("telemetry-empty", files) == []
        assert linted("telemetry-address", files) == []


@pytest.mark.parametrize("url", ["http://jaeger:4318", "grpc://jaeger:4317", "http://jaeger:4318/v1/traces/"])
def test_an_address_that_is_not_the_whole_one_is_found(linted, url):
    """OPEA posts to exactly what it is given."""
    assert linted("telemetry-address", stack(f"TELEMETRY_ENDPOINT: {url}")) == [
        f"c.yaml:5 TELEMETRY_ENDPOINT of chat is {url}, which is no http address that ends in /v1/traces"
    ]
