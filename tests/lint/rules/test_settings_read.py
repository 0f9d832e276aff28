"""variable-not-given, variable-not-read."""

from tests.lint.graphs import megaservice, node

COMPOSE = """\
services:
  chat:
    image: example/chat
    environment:
      - LLM_HOST=llm
      - LLM_PORT=80
"""
HOST = 'os.getenv("LLM_HOST", "0.0.0.0")'
PORT = 'int(os.getenv("LLM_PORT", 80))'
LLM = node("llm", "/v1/chat/completions", host=HOST, port=PORT)


def both(rule, linted, *statements, compose=COMPOSE):
    """Lint a megaservice of one LLM node and these statements with its stack."""
    return linted(rule, {"m.py": megaservice(LLM, "mega.add(llm)", *statements), "compose.yaml": compose})


def test_a_variable_that_must_be_there_is_found(linted):
    """With what happens without it, and where it would be given."""
    found = both("variable-not-given", linted, 'A = os.environ["A"]', 'B = os.getenv("B")')

    assert found == [
        "m.py:6 reads A and fails without it; service chat does not give it",
        "m.py:7 reads B and gets None for it; service chat does not give it",
    ]


def test_a_variable_with_something_to_fall_back_on_is_silent(linted):
    """A default, an `or`, a question before; and one that is given."""
    statements = (
        'A = os.getenv("A", None)',
        'B = os.environ.get("B") or "b"',
        'C = os.environ["C"] if "C" in os.environ else 1',
        'D = os.environ["LLM_PORT"]',
    )

    assert both("variable-not-given", linted, *statements) == []


def test_a_host_that_falls_back_on_the_own_container_is_found(linted):
    """0.0.0.0 in the megaservice's container is not where the LLM is."""
    compose = COMPOSE.replace("- LLM_HOST=llm", "- OTHER=1")

    assert both("variable-not-given", linted, compose=compose) == [
        (
            "m.py:4 node llm is looked for at 0.0.0.0, which is the megaservice's own container: service chat does not give "
            "LLM_HOST"
        )
    ]


def test_of_several_graphs_the_one_that_lacks_least_is_meant(linted):
    """A variant with a guardrail lies beside the one that the stack runs."""
    guard = node("guard", "/v1/guardrails", "GUARDRAIL", host='os.getenv("GUARD_HOST", "0.0.0.0")')

    assert (
        both("variable-not-given", linted, "def guarded():", f"    {guard}", "    mega.add(guard).add(llm)")
        == []
    )


def test_a_variable_that_is_given_and_not_read_is_found(linted):
    """Where it is given."""
    compose = COMPOSE + "      - MEGA_SERVICE_HOST_IP=chat\n"

    assert both("variable-not-read", linted, compose=compose) == [
        "compose.yaml:7 service chat is given MEGA_SERVICE_HOST_IP, which m.py does not read"
    ]


def test_what_others_read_is_silent(linted):
    """Libraries, proxies, OPEA itself, and the script that starts the megaservice."""
    compose = COMPOSE + "".join(
        f"      - {name}=1\n"
        for name in ("HF_TOKEN", "http_proxy", "LOGFLAG", "TELEMETRY_ENDPOINT", "CHAT_TYPE")
    )
    files = {"entrypoint.sh": "python m.py $CHAT_TYPE\n", "compose.yaml": compose}

    assert linted("variable-not-read", {"m.py": megaservice(LLM, "mega.add(llm)"), **files}) == []


def test_what_the_image_is_built_of_may_read_it(linted, write):
    """The files beside its Dockerfile, however deep."""
    files = {
        "m.py": megaservice(LLM, "mega.add(llm)"),
        "compose.yaml": COMPOSE + "      - X=1\n    build: {context: ., dockerfile: back/Dockerfile}\n",
    }
    write({"back/Dockerfile": "FROM python"})

    assert len(linted("variable-not-read", files)) == 1

    write({"back/app/x.py": 'os.getenv("X")'})

    assert linted("variable-not-read", files) == []


def test_a_file_that_reads_all_is_silent(linted):
    """It may read this one."""
    compose = COMPOSE + "      - X=1\n"

    assert both("variable-not-read", linted, "settings = dict(os.environ)", compose=compose) == []


def test_a_megaservice_beside_its_stack_is_silent(linted):
    """No service runs it: its environment is the shell's."""
    compose = "services:\n  llm:\n    image: ollama/ollama\n"

    assert both("variable-not-given", linted, 'A = os.environ["A"]', compose=compose) == []
    assert both("variable-not-read", linted, compose=compose) == []
