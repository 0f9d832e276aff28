"""Which image stands for which: a map of real images' names to those that are started in their place, as data in a file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UsageError

LOCAL = "opea-harness.local/"  # What is built here and stands in for an image of a registry.


@dataclass(frozen=True, slots=True)
class ImageMap:
    """Real images' names to their stand-ins'; whatever it does not name is started as it is."""

    stand_ins: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "ImageMap":
        """The map of a JSON file, one object of names; raises UsageError for a file that is none."""
        right = '{"opea/retriever:latest": "opea-harness.local/retriever:1"}'
        try:
            document = json.loads(path.read_bytes())
        except OSError as error:
            raise UsageError(f"--image-map {path}: cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise UsageError(f"--image-map {path}: is no JSON: {error}; right would be {right}") from error
        if not isinstance(document, dict) or not all(
            isinstance(each, str) and each for each in document.values()
        ):
            raise UsageError(f"--image-map {path}: is no object of images' names, such as {right}")
        return cls({tagged(image): stand_in for image, stand_in in document.items()})

    def started(self, image: str) -> str:
        """The image that is started for the one that is asked for."""
        return self.stand_ins.get(tagged(image), image)

    def is_genuine(self, image: str) -> bool:
        """Is it started itself, and no local one that stands in for another?"""
        return self.started(image) == image and not image.startswith(LOCAL)


def tagged(image: str) -> str:
    """The name with its tag, which is `latest` where none is said."""
    name = image.rpartition("/")[2]
    return image if ":" in name or "@" in name else f"{image}:latest"


def genuine_share(images: Iterable[str], image_map: ImageMap) -> str:
    """How many of the images are started themselves: `2 of 7`."""
    each = [image_map.is_genuine(image) for image in images]
    return f"{sum(each)} of {len(each)}"
