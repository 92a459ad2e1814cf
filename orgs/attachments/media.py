"""Pictures and videos as they may be shown: decoded, made smaller, without where and by what."""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

import structlog
from django.conf import settings
from PIL import Image, ImageOps

from orgs.attachments import decoder
from orgs.attachments.decoder import SIDE, THUMBNAIL_SIDE, jpeg, opaque
from orgs.enums import AttachmentKind
from orgs.errors import NotNow, Refused
from orgs.values.sentences import gettext as _

# Pixels are counted below, by format.
Image.MAX_IMAGE_PIXELS = None
logger = structlog.get_logger(__name__)

# What is opened at all, by format: phones take photos of 50 million pixels (HEIC) and 108 (JPEG), which
# a usual JPEG gives away piece by piece; a progressive one is held in memory, as are the others.
MOST_PIXELS = {
    "JPEG": 120_000_000,
    "PROGRESSIVE": 55_000_000,
    "HEIF": 55_000_000,
    "PNG": 25_000_000,
    "WEBP": 25_000_000,
}
# So few take no more memory than a usual photo, and no process of their own.
FEW_PIXELS = 2_000_000
# Seconds that one photo waits for those before it.
WAITS = 30.0
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

    A usual JPEG is made small while it is decoded; everything else is decoded by a process of its
    own, one at a time. Raises BadFile for what does not decode or has too many pixels, NotNow where
    too many others wait.
    """
    if format_ == "HEIF":
        # 3 MB of a process that such a photo alone needs.
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        with Image.open(file, formats=[format_]) as picture:
            shrinks = format_ == "JPEG" and not picture.info.get("progressive")
            most = MOST_PIXELS["JPEG" if shrinks else "PROGRESSIVE"] if format_ == "JPEG" else 0
            if picture.width * picture.height > (most or MOST_PIXELS[format_]):
                raise BadFile(_("The photo has too many pixels."))
            small = picture.width * picture.height <= FEW_PIXELS
            if shrinks or small:
                picture.draft("RGB", (SIDE, SIDE))
                upright = opaque(ImageOps.exif_transpose(picture))
                return jpeg(upright, SIDE), jpeg(upright, THUMBNAIL_SIDE)
    except BadFile:
        raise
    except Exception as error:
        # Whatever a decoder raises on foreign bytes, the file is what is wrong.
        raise _unreadable() from error
    return _decoded_apart(file, format_)


def _unreadable() -> BadFile:
    return BadFile(_("The photo cannot be read."))


def _decoded_apart(file: IO[bytes], format_: str) -> tuple[bytes, bytes]:
    """The same by a process that has a memory limit and is killed when it takes too long."""
    with tempfile.TemporaryDirectory() as folder, _alone():
        photo = Path(folder) / "photo"
        file.seek(0)
        with photo.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        command = [sys.executable, "-m", "orgs.attachments.decoder", str(photo), format_, folder]
        try:
            done = subprocess.run(  # noqa: S603  our own module
                command, cwd=settings.BASE_DIR, timeout=decoder.SECONDS, capture_output=True
            )
        except subprocess.TimeoutExpired as error:
            raise _unreadable() from error
        if done.returncode:
            logger.warning("photo_not_decoded", why=done.stderr.decode(errors="replace")[-200:])
            raise _unreadable()
        return (Path(folder) / "photo.jpg").read_bytes(), (Path(folder) / "small.jpg").read_bytes()


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time on this machine, whichever process asks. Raises NotNow after WAITS seconds."""
    with (Path(settings.DATA_DIR) / "decoding.lock").open("wb") as lock:
        ends = monotonic() + WAITS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > ends:
                    message = _("Many photos are being prepared. Try again in a minute.")
                    raise NotNow(message, code="busy") from None
                sleep(0.05)
        yield


def thumbnail_of(picture: Image.Image) -> bytes:
    """A thumbnail of a decoded picture."""
    return jpeg(opaque(picture), THUMBNAIL_SIDE)
