"""Which service is the megaservice."""

import pytest

from harness.compose.megaservice import candidates

TWO = """\
services:
  llm: {image: opea/vllm, ports: ["80:80"]}
  one: {image: mine/one, environment: {URL: "http://llm:80"}}
  two: {image: mine/two, environment: {URL: "http://llm:80"}}
"""


def test_it_is_the_one_that_is_told_where_the_most_comps_are(read):
    """And not the nginx before it, which is told of one."""
    assert candidates(read()) == ["chatqna-backend-server"]


def test_several_that_look_like_it_are_all_named(read):
    """The user decides."""
    assert read(TWO).megaservices == ("one", "two")
    assert read(TWO).megaservice is None
    assert read(TWO, megaservice="two").megaservice.name == "two"


@pytest.mark.parametrize("text", ["services: {llm: {image: opea/vllm}}", "services: {db: {image: redis}}"])
def test_there_may_be_none(read, text):
    """A file of comps alone can be raised too."""
    assert read(text).megaservices == ()
