"""Who was never started; whom compose waits for is planted in `planted_crashes.py`."""

import pytest

from tests.doctor.stacks import Stack, ago, seed

PG = "retriever-pgvector"
JOB = "service_completed_successfully"


def created(condition, other="pgvector-db", stack=None, age_s=3600):
    """The retriever, created and waiting for another."""
    stack = (stack or seed()).state(PG, Status="created", Running=False)
    stack.inspect[PG]["Config"]["Labels"]["com.docker.compose.depends_on"] = f"{other}:{condition}:false"
    stack.inspect[PG]["Created"] = ago(age_s)
    return stack


def with_job(**state):
    stack = seed()
    stack.inspect |= Stack({"init": ("alpine:3", {"restart": "no"})}).inspect
    stack.logs["init"] = ()
    return stack.state("init", **state)


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        (
            created("service_healthy", stack=seed().check("pgvector-db", "pg_isready", "starting")),
            "is not started yet: compose waits for pgvector-db",
        ),
        (created(JOB, "init", with_job()), "is not started yet: compose waits for init"),
        (created("service_healthy", age_s=3), "is being started"),
    ],
    ids=["health", "job", "young"],
)
def test_a_stack_that_is_on_its_way_is_no_alarm(stack, words):
    """It is a doubt, and goes by itself."""
    found = stack.diagnosis()

    assert found.findings == ()
    assert [(each.service, each.id, each.what) for each in found.doubts] == [(PG, "waiting", words)]


def test_a_job_that_failed_is_mended_first():
    """One that ended well keeps nobody waiting."""
    failed = created(JOB, "init", with_job(Status="exited", Running=False, ExitCode=1)).diagnosis().findings
    (left,) = created(JOB, "init", with_job(Status="exited", Running=False)).diagnosis().findings

    assert [each.service for each in failed] == ["init", PG]
    assert (failed[1].what, failed[1].fix) == ("was never started: compose waits for init", "Mend init first")
    assert left.what == "was created and never started"


def test_health_that_fails_is_mended_first():
    """Whom it waits for is told, and comes first."""
    stack = created("service_healthy", stack=seed().check("pgvector-db", "pg_isready", "unhealthy", "no", 3))
    first, second = stack.diagnosis().findings

    assert (first.service, second.fix) == ("pgvector-db", "Mend pgvector-db first")


def test_who_is_only_to_run_keeps_nobody_waiting_while_it_does():
    """Then somebody interrupted compose."""
    (found,) = created("service_started").diagnosis().findings

    assert found.what == "was created and never started"


def test_who_waits_comes_after_whom_it_waits_for():
    """The root is told first."""
    stack = created("service_healthy").exited("pgvector-db", 1, 'FATAL:  role "x" does not exist')

    first, second = stack.diagnosis().findings

    assert (first.service, first.id) == ("pgvector-db", "ended")
    assert (second.service, second.what) == (PG, "was never started: compose waits for pgvector-db")


def test_who_waits_for_nobody_is_to_be_started():
    """Somebody created it and left it so."""
    (found,) = seed().state(PG, Status="created").diagnosis().findings

    assert (found.what, found.fix) == (
        "was created and never started",
        "Start it: `docker start retriever-pgvector`",
    )
