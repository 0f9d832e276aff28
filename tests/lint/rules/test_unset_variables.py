"""variable-unset."""

RULE = "variable-unset"
TEXT = """\
    services:
      a:
        image: x:${TAG}
        ports: ["${PORT:-80}:80", "${ADMIN}:81"]
        environment:
          A: ${TAG} ${B:-${C}} $D $$E ${F:?is needed}
          P: ${no_proxy} ${LOGFLAG}
    """


def test_variables_without_value_and_default_are_one_finding_a_file(linted):
    """Each with its first line; those in defaults too."""
    assert linted(RULE, {"c.yaml": TEXT}) == [
        "c.yaml:3 no default, and set by no file that was given: $TAG (line 3), $ADMIN (line 4), $C (line 6), $D (line 6)"
    ]


def test_a_file_that_sets_them_silences_it(linted):
    """An env file, a script, and the `.env` that compose itself reads."""
    given = "TAG=1\nADMIN=2\nC=3\nD=$(date)\n"

    for name in ("my.env", "set_env.sh", ".env"):
        assert linted(RULE, {name: given, "c.yaml": TEXT}) == []


def test_the_env_file_beside_is_read_without_being_named(write):
    """As compose does."""
    from harness.lint.linter import lint
    from harness.lint.sources import read_sources

    _, path = write({".env": "TAG=1\nADMIN=2\nC=3\nD=4\n", "c.yaml": TEXT})

    assert [each for each in lint(read_sources([path])) if each.id == RULE] == []
