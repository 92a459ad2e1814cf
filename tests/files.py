"""Pictures and videos made for tests."""

from io import BytesIO
from typing import Any

import av
import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

pillow_heif.register_heif_opener()
GPS = 0x8825


def photo(format_: str = "JPEG", size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    """A picture, red on its left half and white on its right."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()


def located_photo(orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken, by what, and how the phone was held."""
    exif = Image.Exif()
    exif[0x0110] = "Secret phone"
    exif[0x0112] = orientation
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 27.0, 0.0), 3: "E", 4: (114.0, 52.0, 0.0)})
    return photo(exif=exif)


def video(
    seconds: int = 1, size: tuple[int, int] = (128, 96), format_: str = "mov", rate: int = 10
) -> bytes:
    """A grey film that says where it was taken."""
    out = BytesIO()
    with av.open(out, "w", format=format_) as film:
        film.metadata["location"] = "+30.4500+114.8700/"
        stream = film.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", size, "grey"))
        for number in range(seconds * rate):
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """The content as it arrives with a form."""
    return SimpleUploadedFile(name, content)
