"""started-is-not-ready, called-and-not-awaited, healthy-without-check."""

STACK = """\
services:
  retriever:
    image: opea/retriever
    environment:
      TEI_EMBEDDING_ENDPOINT: http://tei:80
    {waits}
  tei:
    image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.7
    {check}
"""
CHECK = "healthcheck: {test: [CMD, curl, -f, 'http://localhost/health']}"


def stack(waits="labels: []", check="labels: []"):
    """Return a stack in which `retriever` calls `tei` (line 5) and waits (line 6) so."""
    return {"c.yaml": STACK.format(waits=waits, check=check)}


def test_started_is_not_ready(linted):
    """In the short form and in the long one, with and without a health check."""
    none = [
        "c.yaml:6 retriever: waits until tei, which has no health check, is started, not until it is ready"
    ]
    some = ["c.yaml:6 retriever: waits until tei is started, not until it is ready"]

    assert linted("started-is-not-ready", stack("depends_on: [tei]")) == none
    assert (
        linted("started-is-not-ready", stack("depends_on: {tei: {condition: service_started}}", CHECK))
        == some
    )
    assert (
        linted("started-is-not-ready", stack("depends_on: {tei: {condition: service_healthy}}", CHECK)) == []
    )


def test_pages_and_collectors_may_start_early(linted):
    """A proxy in front, and Jaeger behind, are no one's readiness."""
    text = """\
        services:
          chat:
            image: opea/chatqna
            depends_on: [jaeger]
          front:
            image: opea/nginx
            depends_on: [chat]
          page:
            image: opea/chatqna-ui
            depends_on: [chat]
          jaeger:
            image: jaegertracing/all-in-one
        """

    assert linted("started-is-not-ready", {"c.yaml": text}) == []


def test_a_service_that_is_called_and_not_awaited_is_found(linted):
    """Where it is called."""
    assert linted("called-and-not-awaited", stack()) == [
        "c.yaml:5 retriever calls tei (TEI_EMBEDDING_ENDPOINT) and waits for it in no depends_on"
    ]
    assert linted("called-and-not-awaited", stack("depends_on: [tei]")) == []


def test_waiting_for_one_that_waits_is_enough(linted):
    """retriever waits for tei through another."""
    text = STACK.format(waits="depends_on: [between]", check="labels: []")
    text += "  between:\n    image: x\n    depends_on: [tei]\n"

    assert linted("called-and-not-awaited", {"c.yaml": text}) == []


def test_healthy_without_a_health_check_is_found(linted):
    """OPEA's images have none, and one may be switched off."""
    waits = "depends_on: {tei: {condition: service_healthy}}"
    found = ["c.yaml:6 retriever waits until tei is healthy, which has no health check"]

    assert linted("healthy-without-check", stack(waits)) == found
    assert linted("healthy-without-check", stack(waits, "healthcheck: {disable: true}")) == found
    assert linted("healthy-without-check", stack(waits, CHECK)) == []


def test_an_image_that_is_not_known_may_bring_its_check(linted):
    """Nothing is said of it."""
    text = "services:\n  a:\n    image: x\n    depends_on: {b: {condition: service_healthy}}\n  b:\n    image: example/b\n"

    assert linted("healthy-without-check", {"c.yaml": text}) == []
