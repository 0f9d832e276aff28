"""The files that the multimodal service keeps, and their pieces in the index that the retriever searches."""

from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from harness.comp import Upload, World
from mocks._store import Chunk, Index, index_name, store_of
from mocks.dataprep._captions import Told, stem, suffix

DIMENSION = 512  # BridgeTower's and CLIP's, which embed what is searched for.


@dataclass(slots=True)
class Library:
    """Files by the name that they are kept under, in the order they came."""

    index: Index
    files: dict[str, bytes] = field(default_factory=dict)
    kept: int = 0

    def keep(self, file: Upload, told: Told) -> str:
        """Keep a file and what is said of it; gives the name that it is kept under, which is new each time."""
        self.kept += 1
        digest = blake2b(f"{self.kept} {file.name}".encode() + file.content, digest_size=16).digest()
        name = f"{stem(file)}_{UUID(bytes=digest)}{suffix(file)}"
        self.files[name] = file.content
        about = {
            "content": told.text,
            "b64_img_str": told.picture,
            "video_id": str(UUID(bytes=digest)),
            "source_video": name,
            "time_of_frame_ms": 0.0,
            "embedding_type": "pair" if told.picture else "text",
            "title": stem(file),
            "transcript_for_inference": told.text,
        }
        if suffix(file) == ".mp4":  # What a reranking over videos reads.
            about |= {"video": name, "timestamp": 0.0}
        self.index.add([Chunk(name, f"From {stem(file)}. {told.text}", about)])
        return name

    def clear(self) -> None:
        """Let everything go."""
        for name in self.files:
            self.index.remove(name)
        self.files.clear()


def library_of(world: World) -> Library:
    """The library of a world, over the index that its retriever searches."""
    name = index_name(world)
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    return world.store(f"library {name}", lambda: Library(store_of(world).index(name, dimension)))
