"""Pictures of activities: by their difference hash one that was used before is noticed."""

from typing import TYPE_CHECKING

from orgs.enums import AttachmentKind

if TYPE_CHECKING:
    from PIL import Image

    from orgs.models import Attachment

# So many of the 64 bits may differ between two files of the same picture.
SAME_BITS = 6
# Pillow's Image.Resampling.LANCZOS; Pillow is loaded by the processes alone that look at pictures.
_LANCZOS = 1


def hash_of(image: "Image.Image") -> str:
    """16 hexadecimal digits: whether each of 8 × 8 points is brighter than its right neighbour."""
    points = image.convert("L").resize((9, 8), _LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            left = points[row * 9 + column]
            bits = bits << 1 | (left > points[row * 9 + column + 1])
    return f"{bits:016x}"


def difference_hash(attachment: "Attachment") -> str:
    """The hash of a stored picture; "" for what is no picture."""
    if attachment.kind != AttachmentKind.PHOTO:
        return ""
    from PIL import Image

    stored = attachment.thumbnail or attachment.file
    with stored.open("rb") as content, Image.open(content) as image:
        return hash_of(image)


def is_same(one: str, other: str) -> bool:
    """Whether two hashes are of the same picture, whatever it was saved as."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= SAME_BITS
