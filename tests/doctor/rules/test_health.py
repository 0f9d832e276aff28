"""Health checks that fail, and why."""

from tests.doctor.stacks import seed

CLIP = "multimodal-clip-embedding-server"


def test_a_failing_check_is_translated_by_the_log():
    """The check says that, the log says why."""
    stack = seed().check(
        CLIP, "curl -f http://localhost:6990/v1/health_check", "unhealthy", "curl: (22) 500", 4
    )
    stack.said(CLIP, "torch.OutOfMemoryError: CUDA out of memory.")

    (found,) = stack.diagnosis().findings

    assert (found.id, found.cause) == ("unhealthy", "out-of-memory")
    assert found.what == "is unhealthy, 4 times in a row: it runs out of memory"
    assert "said: curl: (22) 500" in found.evidence[0]


def test_a_failing_check_without_a_cause_shows_the_last_words():
    """And says where to read on."""
    stack = seed().check(CLIP, "curl -f http://localhost:6990/v1/health_check", "unhealthy", "", 4)

    (found,) = stack.diagnosis().findings

    assert found.what.endswith("its check fails")
    assert "said: nothing" in found.evidence[0]
    assert "Uvicorn running" in found.evidence[-1]


def test_a_check_that_has_just_begun_says_nothing():
    """Starting is no finding."""
    assert (
        seed().check(CLIP, "curl -f http://localhost:6990/v1/health_check", "starting").diagnosis().findings
        == ()
    )
