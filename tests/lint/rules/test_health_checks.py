"""health-check-fake, health-check-through-host, health-check-path."""

import pytest


def stack(test, image="opea/retriever"):
    """Return a service whose health check is this, in line 5."""
    return {"c.yaml": f"services:\n  s:\n    image: {image}\n    healthcheck:\n      test: {test}\n"}


@pytest.mark.parametrize(
    "command",
    [
        "sleep 30 && exit 0",
        "exit 0",
        "true",
        "sleep 8 && echo 'fine' || exit 1",
        "curl -f http://localhost || exit 0",
    ],
)
def test_a_check_that_always_passes_is_found(linted, command):
    """However it is put."""
    assert linted("health-check-fake", stack(f'["CMD-SHELL", "{command}"]')) == [
        f"c.yaml:5 the health check of s passes whatever happens: `{command}`"
    ]


@pytest.mark.parametrize(
    "test",
    [
        '["CMD-SHELL", "curl -f http://localhost:80/health || exit 1"]',
        '["CMD", "redis-cli", "ping"]',
        "echo 'db.runCommand(1)' | mongosh --quiet",
        "sleep 5 && curl -f http://localhost/health",
        '["NONE"]',
    ],
)
def test_a_check_that_asks_is_silent(linted, test):
    """A check that is switched off is no fake one."""
    assert linted("health-check-fake", stack(test)) == []


def test_a_check_through_the_machine_is_found(linted):
    """By any spelling of its variable."""
    assert linted(
        "health-check-through-host", stack('["CMD-SHELL", "curl -f http://$host_ip:8008/health"]')
    ) == [
        "c.yaml:5 the health check of s goes through the machine ($host_ip): `curl -f http://$host_ip:8008/health`"
    ]
    assert linted("health-check-through-host", stack('["CMD", "curl", "http://${HOST_IP}:80/health"]'))
    assert (
        linted("health-check-through-host", stack('["CMD", "curl", "http://localhost:${PORT}/health"]')) == []
    )


def test_a_path_that_the_comp_does_not_serve_is_found(linted):
    """`/v1/health` is no path of OPEA's framework."""
    assert linted("health-check-path", stack('["CMD", "curl", "-f", "http://localhost:7000/v1/health"]')) == [
        "c.yaml:5 the health check of s asks /v1/health, which opea/retriever does not serve"
    ]


def test_paths_that_are_served_or_not_known_are_silent(linted):
    """OPEA's side endpoints, a server's own, and those of an image that is not known."""
    silent = [
        stack('["CMD", "curl", "http://localhost:7000/v1/health_check"]'),
        stack('["CMD", "curl", "http://localhost:80/health"]', "opea/vllm"),
        stack('["CMD", "curl", "http://localhost:80/anything"]', "example/mine"),
        stack('["CMD", "curl", "http://localhost:7000"]'),
    ]

    assert [linted("health-check-path", files) for files in silent] == [[]] * 4
