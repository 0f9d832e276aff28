"""Which of the machine's containers are meant."""

import pytest

from harness.doctor.choice import choose
from harness.errors import StackError, UsageError

IMAGES = ("opea/",)


def summary(id_, name, image="redis:7", project="", networks=("bridge",)):
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": name} if project else {}
    return {
        "Id": id_,
        "Names": [f"/{project}-{name}-1" if project else f"/{name}"],
        "Image": image,
        "Labels": labels,
        "NetworkSettings": {"Networks": {key: {} for key in networks}},
    }


STACK = [
    summary("1", "retriever", "opea/retriever:1.5", "seed", ("seed_default",)),
    summary("2", "vectors", project="seed", networks=("seed_default",)),
    summary("3", "shared", networks=("seed_default",)),
    summary("4", "blog", project="blog"),
    summary("5", "lonely", "opea/llm-textgen:1.5"),
]


def test_without_names_whatever_has_opeas_images_is_meant():
    """Its whole project; who shares a network with it is a neighbour."""
    found = choose(STACK, (), IMAGES)

    assert (found.chosen, found.neighbours) == (("1", "2", "5"), ("3",))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [(("seed",), ("1", "2")), (("blog-blog-1",), ("4",)), (("retriever", "lonely", "seed"), ("1", "5", "2"))],
)
def test_names_are_those_of_projects_containers_and_services(names, chosen):
    """Each is taken once."""
    assert choose(STACK, names, IMAGES).chosen == chosen


def test_a_name_that_is_none_is_said_with_those_that_there_are():
    """Projects, and containers without one."""
    with pytest.raises(
        UsageError,
        match="nope: is no compose project, container or service here; there are blog, seed, lonely, shared",
    ):
        choose(STACK, ("nope",), IMAGES)


def test_containers_without_opeas_images_are_all_meant_if_they_are_one_project():
    """Several are not guessed at."""
    assert choose(STACK[3:4], (), IMAGES).chosen == ("4",)
    with pytest.raises(
        UsageError, match="doctor: no container here has an image of OPEA's; name the compose project"
    ):
        choose(STACK[2:4], (), IMAGES)


def test_no_container_at_all_proves_nothing():
    """It is the environment that lacks something."""
    with pytest.raises(StackError, match="Docker: there is no container, neither running nor stopped"):
        choose([], (), IMAGES)
