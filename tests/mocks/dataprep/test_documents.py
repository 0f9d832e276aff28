"""The dataprep mock keeps OPEA's contract: what is uploaded is cut, kept, listed and taken out."""

import asyncio

import pytest

from harness.comp import Upload
from mocks.dataprep.documents import CHUNK_CHARACTERS, COMP, OF_QDRANT, OVERLAP_CHARACTERS, chunks
from tests.mocks.contract import ask, ask_form, broken, client, examples

REDIS = {"DATAPREP_COMPONENT_NAME": "OPEA_DATAPREP_REDIS"}
INGEST, GET, DELETE, INDICES = (f"/v1/dataprep/{name}" for name in ("ingest", "get", "delete", "indices"))


def session(work, settings=None, *, like_upstream=False):
    """The result of `work(client)` on a mock that is served for it."""

    async def served():
        async with client(COMP, settings, like_upstream=like_upstream) as asking:
            return await work(asking)

    return asyncio.run(served())


async def _upload(asking, name="a.txt", text="Bananas are yellow.", **data):
    return await asking.post(INGEST, files={"files": (name, text)}, data=data)


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP, OF_QDRANT))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_redis_says_of_each_file_in_which_index_it_is():
    """It adds the name, and lists every index for `all`."""

    async def life(asking):
        await _upload(asking, "a.txt")
        await _upload(asking, "b.txt", index_name="other")
        listed = [await asking.post(GET, json={"index_name": name}) for name in ("rag_redis", "other", "all")]
        return [each.json() for each in listed] + [(await asking.post(INDICES)).json()]

    first, second, every, names = session(life, REDIS)

    assert first == [
        {"name": "a.txt", "id": "a.txt", "type": "File", "parent": "", "index_name": "rag_redis"}
    ]
    assert [entry["index_name"] for entry in second] == ["other"]
    assert (every, names) == (first + second, ["rag_redis", "other"])


def test_the_same_file_twice_is_refused_by_redis_alone():
    """Over pgvector it is simply there twice."""

    async def twice(asking):
        return [await _upload(asking), await _upload(asking)]

    assert [each.status_code for each in session(twice)] == [200, 200]
    assert [each.json() for each in session(twice, REDIS)][1] == {
        "detail": "Uploaded file a.txt already exists. Please change file name or index name."
    }


def test_several_files_are_ingested_in_one_request():
    """A field that stands several times is several files."""

    async def both(asking):
        await asking.post(INGEST, files=[("files", ("a.txt", "A.")), ("files", ("b.md", "B."))])
        return await asking.post(GET)

    assert [entry["name"] for entry in session(both).json()] == ["a.txt", "b.md"]


def test_all_takes_everything_out():
    """What is gone is not listed, and can come again."""

    async def emptied(asking):
        await _upload(asking)
        await asking.post(DELETE, json={"file_path": "all"})
        return [(await asking.post(GET)).json(), (await _upload(asking)).status_code]

    assert session(emptied) == [[], 200]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (REDIS, "File not found in db file-keys. Please check file_path."),
        ({}, "File/folder not found. Please check del_path."),
    ],
)
def test_an_unknown_file_is_404_in_the_words_of_the_component(settings, why):
    """The two components differ in their words."""
    answer = ask(COMP, "POST", DELETE, {"file_path": "nothing"}, settings)

    assert (answer.status_code, answer.json()) == (404, {"detail": why})


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"files": None}, "Must provide either a file or a string list."),
        ({"data": {"link_list": "no json"}}, "Invalid JSON format for link_list."),
        ({"data": {"link_list": '"x"'}}, "link_list should be a list."),
        (
            {"files": {"files": ("a.txt", "A")}, "data": {"link_list": "[]"}},
            "Provide either a file or a string list, not both.",
        ),
        ({"files": {"files": ("a.exe", "A")}}, "a.exe: files of type .exe are not read"),
        (
            {"files": {"files": ("a.txt", "A")}, "data": {"index_name": "all"}},
            (
                "'all' cannot be used as an index_name because it is reserved for specific functionality"
                " within the service."
            ),
        ),
    ],
)
def test_what_cannot_be_ingested_is_refused_with_a_reason(form, why):
    """The words are upstream's where it has any."""

    async def post(asking):
        return await asking.post(INGEST, **form)

    answer = session(post, REDIS)

    assert (answer.status_code, answer.json()) == (400, {"detail": why})


def test_a_link_is_kept_by_its_address_and_never_fetched():
    """A mock speaks to nobody; it is listed and removed as a text of that name."""
    name = "https://www.example.org/.txt"

    async def linked(asking):
        replies = [
            await asking.post(INGEST, data={"link_list": '["https://www.example.org/"]'}) for _ in "ab"
        ]
        return [*replies, await asking.post(GET), await asking.post(DELETE, json={"file_path": name})]

    _, _, listed, removed = session(linked, like_upstream=True)
    _, again, *_ = session(linked, REDIS)

    assert (listed.json()[0]["name"], removed.json()) == (name, {"status": True})
    assert (again.status_code, again.json()["detail"]) == (
        400,
        "Uploaded link https://www.example.org/ already exists. Please change another link or index_name.",
    )


@pytest.mark.parametrize(("settings", "statuses"), [(None, [200, 404]), (REDIS, [200, 200])])
def test_like_upstream_a_name_with_other_signs_is_removed_by_redis_alone(settings, statuses):
    """The others keep it as it is and look for it as an address has it."""

    async def life(asking):
        await _upload(asking, "a b.txt")
        return (await asking.post(DELETE, json={"file_path": "a b.txt"})).status_code

    assert [session(life, settings, like_upstream=is_like) for is_like in (False, True)] == statuses


def test_of_a_binary_file_the_printable_runs_are_read():
    """A mock understands no PDF, and does not refuse one either."""

    async def uploaded(asking):
        return await asking.post(INGEST, files={"files": ("a.pdf", b"\x00\x01Bananas are yellow\x02\xff")})

    assert session(uploaded).status_code == 200


def test_a_long_text_is_cut_at_blanks_and_its_pieces_overlap():
    """No piece is too long, no word is cut, and nothing is lost."""
    words = [f"word{number}" for number in range(900)]
    pieces = list(chunks(" ".join(words)))

    assert len(pieces) > 3
    assert all(len(piece) <= CHUNK_CHARACTERS for piece in pieces)
    assert pieces[0][-OVERLAP_CHARACTERS + 10 :].strip() in pieces[1]
    assert {word for piece in pieces for word in piece.split()} >= set(words)


def test_a_text_without_blanks_is_cut_all_the_same():
    """The cutting always comes to its end."""

    assert "".join(piece[OVERLAP_CHARACTERS * bool(at) :] for at, piece in enumerate(chunks("x" * 4000))) == (
        "x" * 4000
    )


def test_a_listing_entry_that_lacks_a_key_breaks_its_law():
    """The law names the entry and what it lacks."""
    (law,) = COMP.endpoint(GET).variants[0].laws

    assert law.broken(None, [{"name": "a", "id": "a", "type": "File"}]) == "[0]: lacks ['parent']"
    assert law.broken(None, []) is None


def test_redis_lets_every_index_go_where_none_is_named():
    """And the one that is named, where one is."""

    async def emptied(asking):
        listed = []
        for removal in ({"file_path": "all", "index_name": "other"}, {"file_path": "all"}):
            await _upload(asking, "a.txt")
            await _upload(asking, "b.txt", index_name="other")
            await asking.post(DELETE, json=removal)
            listed.append(
                [each["name"] for each in (await asking.post(GET, json={"index_name": "all"})).json()]
            )
            await asking.post(DELETE, json={"file_path": "all"})
        return listed

    assert session(emptied, REDIS) == [["a.txt"], []]


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({}, {"files": Upload("a.exe", b"A")}),
        ({"files": "a text"}, {}),
    ],
)
def test_like_upstream_what_is_not_read_is_an_internal_error(fields, files):
    """Promised is a refusal with its reason."""
    replies = [ask_form(COMP, INGEST, fields, files, like_upstream=is_like) for is_like in (False, True)]

    assert [each.status_code for each in replies] == [400, 500]


@pytest.mark.parametrize(
    ("fields", "files"),
    [({}, {"files": Upload(name, b"A")}) for name in ("a.htm", "a.jsonl", "a", "a.TXT")]
    + [({"link_list": "[1]"}, {})],
)
def test_like_upstream_what_is_half_read_is_an_internal_error(fields, files):
    """Promised is that it is ingested."""
    replies = [ask_form(COMP, INGEST, fields, files, like_upstream=is_like) for is_like in (False, True)]

    assert [each.status_code for each in replies] == [200, 500]
    assert (
        ask_form(COMP, INGEST, {}, {"files": Upload("a.yaml", b"A")}, like_upstream=True).status_code == 200
    )


def test_like_upstream_of_several_files_the_last_alone_is_ingested():
    """Upstream reads the form's field once."""

    async def both(asking):
        await asking.post(INGEST, files=[("files", ("a.txt", "A.")), ("files", ("b.md", "B."))])
        return await asking.post(GET)

    assert [entry["name"] for entry in session(both, like_upstream=True).json()] == ["b.md"]


def test_like_upstream_the_folder_itself_is_not_removed():
    """Status false, where promised is 404."""
    replies = [
        ask(COMP, "POST", DELETE, {"file_path": "./"}, like_upstream=is_like) for is_like in (False, True)
    ]

    assert [(each.status_code, each.json().get("status")) for each in replies] == [(404, None), (200, False)]


def test_like_upstream_an_index_may_be_named_to_redis_alone():
    """Over all others it is an internal error, as is asking for their names."""
    asked = [
        (GET, {"index_name": "rag_redis"}),
        (DELETE, {"file_path": "all", "index_name": "x"}),
        (INDICES, None),
    ]

    def statuses(settings):
        return [
            ask(COMP, "POST", path, body, settings, like_upstream=True).status_code for path, body in asked
        ]

    assert statuses(REDIS) == [200, 200, 200]
    assert statuses({}) == [500, 500, 500]


@pytest.mark.parametrize(
    ("path", "body"), [(GET, {}), (DELETE, {"file_path": "all"}), (DELETE, {"file_path": "no"})]
)
def test_like_upstream_qdrant_lists_and_removes_nothing(path, body):
    """And says so to nobody; VDMS and Neo4j do the same."""
    reply = ask(OF_QDRANT, "POST", path, body, like_upstream=True)

    assert (reply.status_code, reply.text) == (200, "null")


@pytest.mark.parametrize("like_upstream", [False, True])
@pytest.mark.parametrize(
    ("path", "body", "lacks"),
    [
        (GET, [], ["index_name"]),
        (GET, "x", ["index_name"]),
        (DELETE, [], ["file_path", "index_name"]),
        (DELETE, None, ["file_path"]),
        (DELETE, {}, ["file_path"]),
        (DELETE, {"file_path": None}, ["file_path"]),
    ],
)
def test_what_is_no_object_lacks_its_fields(path, body, lacks, like_upstream):
    """As FastAPI says it where a handler names its fields one by one; nothing at all lacks what must be there."""
    reply = ask(COMP, "POST", path, body, like_upstream=like_upstream)

    assert (reply.status_code, [(each["loc"], each["input"]) for each in reply.json()["detail"]]) == (
        422,
        [(["body", name], None) for name in lacks],
    )
