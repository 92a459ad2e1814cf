"""Simple pictures for the demo's reports."""

from datetime import datetime
from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from orgs.attachments import attachments
from orgs.models import Attachment, User

SIZE = (1280, 960)


def draw(random: Random, by: User, now: datetime) -> Attachment:
    """A drawn house with a charging cable out of a window, taken in like an upload of `by`."""
    upload = SimpleUploadedFile("photo.png", _picture(random))
    return attachments.store(upload=upload, by=by, now=now)


def _picture(random: Random) -> bytes:
    width, height = SIZE
    picture = Image.new("RGB", SIZE, (188, 212, 230))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 3 // 4, width, height), fill=(140, 146, 148))
    wall = random.choice([(226, 214, 196), (214, 220, 214), (220, 205, 190)])
    pen.rectangle((160, 90, width - 160, height * 3 // 4), fill=wall)
    windows = [(x, y) for x in range(240, width - 300, 220) for y in range(150, 620, 160)]
    for x, y in windows:
        pen.rectangle((x, y, x + 120, y + 100), fill=(96, 124, 150), outline=(70, 70, 74), width=5)
    x, y = random.choice(windows[:-2])
    sag = [(x + 60, y + 100), (x + 130, y + 240), (x + 90, 640), (x + 170, 770)]
    pen.line(sag, fill=(200, 60, 40), width=9, joint="curve")
    pen.rounded_rectangle((x + 110, 770, x + 330, 850), 26, fill=(52, 74, 92))
    for wheel in (x + 130, x + 270):
        pen.ellipse((wheel, 820, wheel + 80, 900), outline=(40, 40, 44), width=14)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
