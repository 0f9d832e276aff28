"""Which form each part of a compose file has."""

import pytest

from harness.errors import UsageError
from harness.lint.shape import check_shape
from harness.lint.yaml_merge import merge
from harness.lint.yaml_tree import read

RIGHT = """
name: mine
x-common: &common {restart: always, whatever: [1, {a: b}]}
services:
  llm:
    <<: *common
    image: opea/vllm:latest
    build: {context: ., args: [A=1]}
    ports: ["8008:80", {target: 80, published: 8009}]
    environment: [A=1, B]
    env_file: [a.env, {path: b.env, required: false}]
    depends_on: {redis: {condition: service_healthy}}
    healthcheck: {test: [CMD, "true"], interval: 5s, retries: 3}
    networks: {default: {aliases: [model]}, other: null}
    volumes: ["./a:/a", {type: volume, source: data, target: /data}]
    ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}
    extra_hosts: {somewhere: [10.0.0.1, "::1"]}
    deploy: {resources: {reservations: {devices: [{count: 1}]}}}
    command: --port 80
  redis:
    image: redis
    build: .
    environment: {A: 1, B: null}
    depends_on: [other]
    ports: !reset null
    networks: [default]
    command: [a, b]
  other: {image: other}
volumes: {data: null, more: {driver: local}}
networks: {default: {external: true}}
"""


def check(tmp_path, text):
    """Look at a file that says so."""
    path = tmp_path / "compose.yaml"
    path.write_text(text)
    check_shape(read(path))


def test_what_compose_takes_passes(tmp_path):
    """Each part in each of its forms, parts that only others read, and null."""
    check(tmp_path, RIGHT)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "depends_on: 5",
            "services.a.depends_on: is one value, '5'; compose takes a list or a mapping there",
        ),
        (
            "depends_on: {b: yes}",
            "services.a.depends_on.b: is one value, 'yes'; compose takes a mapping there",
        ),
        ("depends_on: [{b: 1}]", "services.a.depends_on[0]: is a mapping; compose takes one value there"),
        ("ports: 8008:80", "services.a.ports: is one value, '8008:80'; compose takes a list there"),
        ("ports: [[80]]", "services.a.ports[0]: is a list; compose takes one value or a mapping there"),
        (
            "environment: A=1",
            "services.a.environment: is one value, 'A=1'; compose takes a list or a mapping",
        ),
        ("environment: {A: [1]}", "services.a.environment.A: is a list; compose takes one value there"),
        ("image: [redis]", "services.a.image: is a list; compose takes one value there"),
        ("healthcheck: curl", "services.a.healthcheck: is one value, 'curl'; compose takes a mapping there"),
        (
            "healthcheck: {test: {a: b}}",
            "services.a.healthcheck.test: is a mapping; compose takes one value or",
        ),
        ("build: [.]", "services.a.build: is a list; compose takes one value or a mapping there"),
        ("volumes: ./a:/a", "services.a.volumes: is one value, './a:/a'; compose takes a list there"),
    ],
)
def test_another_form_is_told_with_its_place(tmp_path, written, said):
    """And with the line, what it is, and what it should be."""
    with pytest.raises(UsageError) as told:
        check(tmp_path, f"services:\n  a:\n    {written}\n")

    assert str(told.value).startswith(f"{tmp_path / 'compose.yaml'}:3: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [a]", ":1: services: is a list; compose takes a mapping there"),
        ("services:\n  a: redis", ":2: services.a: is one value, 'redis'; compose takes a mapping there"),
        ("services: {}\nvolumes: [data]", ":2: volumes: is a list; compose takes a mapping there"),
    ],
)
def test_so_are_the_files_own_parts(tmp_path, text, said):
    """Services, volumes and networks are mappings."""
    with pytest.raises(UsageError) as told:
        check(tmp_path, text)

    assert said in str(told.value)


def test_files_that_others_name_are_looked_at_too(tmp_path):
    """Those that are included, and those that are extended."""
    (tmp_path / "other.yaml").write_text("services: {base: {image: x, ports: 80}}")
    (tmp_path / "includes.yaml").write_text("include: [other.yaml]\nservices: {}")
    (tmp_path / "extends.yaml").write_text("services: {a: {extends: {file: other.yaml, service: base}}}")

    for name in ("includes.yaml", "extends.yaml"):
        with pytest.raises(UsageError, match=r"other\.yaml:1: services\.base\.ports: is one value, '80'"):
            merge([tmp_path / name])
