"""Pictures and videos as they may be shown: decoded, made smaller, without where and by what."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from orgs.enums import AttachmentKind
from orgs.errors import Refused
from orgs.values.sentences import gettext as _

MAX_PIXELS = 50_000_000
SIDE = 2048
THUMBNAIL_SIDE = 400
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
VIDEO_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"qt  ",
    b"3gp4",
    b"3gp5",
}


class BadFile(Refused):
    """A file that is not what it must be."""

    code = "bad_file"


def sniff(head: bytes) -> tuple[AttachmentKind, str]:
    """The kind and the format (Pillow's or "MP4") that the first bytes show; names are not asked.

    Raises BadFile for everything that is neither a picture nor a video that we take.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return AttachmentKind.PHOTO, "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return AttachmentKind.PHOTO, "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return AttachmentKind.PHOTO, "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return AttachmentKind.PHOTO, "HEIF"
    if head[4:8] == b"ftyp" and head[8:12] in VIDEO_BRANDS:
        return AttachmentKind.VIDEO, "MP4"
    raise BadFile(_("Only photos (JPEG, PNG, WebP, HEIC) and videos (MP4, MOV) can be attached."))


def prepare_photo(file: IO[bytes], format_: str) -> tuple[bytes, bytes]:
    """A photo as JPEG of at most 2048 px, and its thumbnail of 400 px; turned upright, stripped.

    Raises BadFile for what does not decode or would be enormous when decoded.
    """
    if format_ == "HEIF":
        # 3 MB of a process that such a photo alone needs.
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        with Image.open(file, formats=[format_]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadFile(_("The photo has too many pixels."))
            picture.draft("RGB", (SIDE, SIDE))
            upright = _opaque(ImageOps.exif_transpose(picture))
    except BadFile:
        raise
    except Exception as error:
        # Whatever a decoder raises on foreign bytes, the file is what is wrong.
        raise BadFile(_("The photo cannot be read.")) from error
    return _jpeg(upright, SIDE), _jpeg(upright, THUMBNAIL_SIDE)


def _opaque(picture: Image.Image) -> Image.Image:
    """On white, in three colours."""
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, side: int) -> bytes:
    small = picture.copy()
    small.thumbnail((side, side))
    small.info.clear()
    out = BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def thumbnail_of(picture: Image.Image) -> bytes:
    """A thumbnail of a decoded picture."""
    return _jpeg(_opaque(picture), THUMBNAIL_SIDE)
