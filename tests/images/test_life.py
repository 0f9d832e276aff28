"""The life of a container, as far as it can be seen without one; what is started is in test_trial.py."""

from harness.discovery import COMP, discover
from harness.images.examination import Finding, Target
from harness.images.life import again, last_asked
from harness.verdict import holds, unknown, violated


def test_what_is_not_examined_any_more_is_not_told():
    """What came after the service was gone met with nobody."""
    findings = [
        Finding("L4", "example", holds("a", "x")),
        Finding("L4", "bad-input.null", violated("b", "x", "no whole answer came: reset")),
        Finding("L4", "bad-input.list", violated("c", "x", "no whole answer came: reset")),
        Finding("L4", "drawn.valid", unknown("d", "x", "cannot be reached")),
    ]

    assert last_asked(findings) == "b"
    assert [each.verdict.id for each in findings] == ["a", "b"]


def test_a_verdict_of_an_image_is_come_to_again_by_the_command():
    """With all that was said of it, but no secret."""
    said = ("--port", "7", "--env", "A=b c", "--env", "OPENAI_API_KEY=sk-not-a-real-key-at-all")
    target = Target("", discover(COMP)["embeddings"], 3, image="x:1", options=said)

    assert again(target, "embeddings.alive") == (
        "opea-harness validate x:1 --comp embeddings --seed 3 --port 7 --env 'A=b c' "
        "--env OPENAI_API_KEY=[redacted] --check embeddings.alive"
    )
