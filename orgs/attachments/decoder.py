"""Makes a photo small in a process of its own, which has a memory limit and can be killed.

Some formats are decoded whole before anything can be made smaller. Run as a program:
`python -m orgs.attachments.decoder PHOTO FORMAT FOLDER` writes photo.jpg and small.jpg into the folder.
It imports nothing of the portal, so that it starts in a fraction of a second.
"""

import resource
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

SIDE = 2048
THUMBNAIL_SIDE = 400
# Of the largest picture that is taken: 55 million pixels in four colours, twice, and the libraries.
MEMORY = 900 * 1024 * 1024
SECONDS = 20


def main(photo: str, format_: str, folder: str) -> int:
    """0 when both pictures are written, 1 for what does not decode."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if format_ == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # they were counted before
    try:
        with Image.open(photo, formats=[format_]) as picture:
            picture.draft("RGB", (SIDE, SIDE))
            picture.thumbnail((SIDE * 2, SIDE * 2))
            upright = opaque(ImageOps.exif_transpose(picture))
        for name, side in (("photo.jpg", SIDE), ("small.jpg", THUMBNAIL_SIDE)):
            (Path(folder) / name).write_bytes(jpeg(upright, side))
    except Exception as error:
        # Whatever a decoder raises on foreign bytes, the file is what is wrong.
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


def opaque(picture: Image.Image) -> Image.Image:
    """On white, in three colours."""
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def jpeg(picture: Image.Image, side: int) -> bytes:
    """A JPEG of at most so many pixels a side, without what the camera wrote down."""
    small = picture.copy()
    small.thumbnail((side, side))
    small.info.clear()
    out = BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
