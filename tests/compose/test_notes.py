"""Nothing is lost in silence."""

from harness.compose.notes import notes
from harness.lint.compose import read_compose


def test_every_key_that_is_not_carried_over_has_one_line_with_its_place_and_its_services(tmp_path):
    """And what is carried over has none."""
    path = tmp_path / "compose.yaml"
    path.write_text(
        "services:\n  a:\n    image: x\n    ipc: host\n    logging: {driver: none}\n    networks: [one, two]\n"
        "  b:\n    image: x\n    ipc: host\n    networks: [one]\n    container_name: c\n    shm_size: 1g\n"
    )

    assert list(notes(read_compose([path], {}).services.values())) == [
        f"{path}:4: `ipc` is left out: the service keeps its own memory (a, b)",
        f"{path}:5: `logging` is not carried over (a)",
        f"{path}:6: `networks` are one private network here (a)",
        f"{path}:11: `container_name` is only a name on the network, because two stacks would want the same container (b)",
    ]


def test_a_port_that_is_none_is_told_and_a_range_too(tmp_path):
    """Each with its place; a single one is not."""
    path = tmp_path / "compose.yaml"
    path.write_text(
        "services:\n  a:\n    image: x\n    ports:\n      - abc\n      - 80:8080\n      - 8000-8001:80-81\n"
    )

    assert list(notes(read_compose([path], {}).services.values())) == [
        f"{path}:5: a: port 'abc' is passed over: it is no single port such as 8080:80",
        f"{path}:7: a: port '8000-8001:80-81' is passed over: it is no single port such as 8080:80",
    ]
