"""The files that the multimodal service keeps."""

from harness.comp import Upload, World
from mocks._store import store_of
from mocks._text import embed
from mocks.dataprep._captions import Told
from mocks.dataprep._library import library_of

FILE = Upload("bear.png", b"bear")
TOLD = Told("The bear sleeps.", "aW1n")


def test_the_same_file_twice_is_kept_under_two_names():
    """And as it was uploaded."""
    library = library_of(World())
    names = [library.keep(FILE, TOLD) for _ in range(2)]

    assert len(set(names)) == 2
    assert all(name.startswith("bear_") and name.endswith(".png") for name in names)
    assert list(library.files) == names
    assert set(library.files.values()) == {b"bear"}


def test_two_worlds_give_the_same_names():
    """Names follow from what was kept before."""
    assert library_of(World()).keep(FILE, TOLD) == library_of(World()).keep(FILE, TOLD)


def test_what_is_kept_is_found_by_a_vector_of_512_numbers_with_its_picture():
    """In the index that the retriever of the same world searches."""
    world = World(settings={"INDEX_NAME": "mm-rag-redis"})
    name = library_of(world).keep(FILE, TOLD)
    (hit,) = store_of(world).index("mm-rag-redis").search(embed("When does the bear sleep?", 512), 4)

    assert (hit.chunk.file, hit.chunk.text) == (name, "From bear. The bear sleeps.")
    assert (hit.chunk.about["b64_img_str"], hit.chunk.about["source_video"]) == ("aW1n", name)


def test_cleared_it_is_empty_and_so_is_its_part_of_the_index():
    """What others put there stays."""
    world = World()
    library = library_of(world)
    library.keep(FILE, TOLD)
    library.clear()

    assert (library.files, library.index.chunks) == ({}, [])
