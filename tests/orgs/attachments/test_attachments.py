"""What people attach: checked by content, made smaller, stripped, shown to few, forgotten in time."""

import struct
import zlib
from datetime import datetime, timedelta
from io import BytesIO

import av
import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from orgs import jobs, registry
from orgs.attachments import attachments
from orgs.attachments.media import BadFile
from orgs.enums import AttachmentState
from orgs.errors import TooLarge
from orgs.models import Attachment, AuditEntry
from tests import files

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=timezone.get_default_timezone())


def store(content: bytes, name: str = "photo.jpg", by=None) -> Attachment:
    return attachments.store(upload=files.upload(content, name), by=by, now=NOW)


def shown(field) -> Image.Image:
    with field.open("rb") as file:
        return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_photos_become_stripped_jpegs(db, format_):
    attachment = store(files.photo(format_, (3000, 1500)), "whatever.bin")
    assert attachment.state == AttachmentState.READY
    assert (shown(attachment.file).format, shown(attachment.file).size) == ("JPEG", (2048, 1024))
    assert shown(attachment.thumbnail).size == (400, 200)
    assert attachment.original.name == ""


def test_a_photo_loses_where_and_by_what_it_was_taken_but_stands_upright(db):
    attachment = store(files.located_photo(orientation=6))
    picture = shown(attachment.file)
    assert picture.size == (480, 640)
    assert dict(picture.getexif()) == {}
    with attachment.file.open("rb") as file:
        assert b"Secret" not in file.read()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large; a few bytes long."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(7050, 7050), (8192, 6144), (5001, 5000)])
def test_a_png_of_more_than_25_million_pixels_is_not_decoded(db, width, height):
    with pytest.raises(BadFile) as refusal:
        store(png_of(width, height), "large.png")
    assert refusal.value.message == _("The photo has too many pixels.")


def jpeg_of(width: int, height: int, **options: object) -> bytes:
    out = BytesIO()
    Image.new("L", (width, height), 128).save(out, "JPEG", quality=30, **options)
    return out.getvalue()


@pytest.mark.parametrize(("width", "height"), [(8192, 6144), (12000, 9000)])
def test_honest_photos_of_50_and_108_million_pixels_come_in(db, width, height):
    made = store(jpeg_of(width, height), "large.jpg")
    with Image.open(made.file) as picture:
        assert max(picture.size) <= 2048


@pytest.mark.parametrize(
    ("width", "height", "options"),
    [(12001, 10000, {}), (8000, 7000, {"progressive": True})],
)
def test_a_jpeg_that_is_too_large_is_not_decoded(db, width, height, options):
    with pytest.raises(BadFile):
        store(jpeg_of(width, height, **options), "large.jpg")


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "HEIF", "PROGRESSIVE"])
def test_other_formats_are_decoded_in_a_process_of_their_own(db, format_):
    out = BytesIO()
    options = {"progressive": True} if format_ == "PROGRESSIVE" else {}
    name = "JPEG" if format_ == "PROGRESSIVE" else format_
    Image.new("RGB", (2000, 1500), "red").save(out, name, **options)
    made = store(out.getvalue(), "photo")
    with Image.open(made.file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (2000, 1500))


def test_what_the_process_cannot_decode_is_refused(db):
    out = BytesIO()
    Image.new("RGB", (2000, 1500), "red").save(out, "PNG")
    with pytest.raises(BadFile):
        store(out.getvalue()[: len(out.getvalue()) // 2], "photo.png")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + bytes(500), "photo.jpg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "photo.svg"),
        (b"PK\x03\x04" + bytes(500), "photo.png"),
        (b"GIF89a" + bytes(500), "photo.gif"),
        (b"", "photo.jpg"),
        (files.photo("HEIF")[:400], "photo.heic"),
        (files.photo("HEIF")[:100] + bytes(900), "photo.heic"),
        (files.photo()[:300], "photo.jpg"),
        (png_of(9000, 9000), "bomb.png"),
        (png_of(60000, 60000), "bomb.png"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(800), "film.mp4"),
        (files.video()[:500], "film.mov"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(db, content, name):
    with pytest.raises(BadFile) as refusal:
        store(content, name)
    assert refusal.value.code == "bad_file"
    assert refusal.value.message.endswith((".", "。"))
    assert Attachment.objects.count() == 0


def test_a_photo_of_more_than_20_mb_is_too_large(db):
    with pytest.raises(TooLarge):
        store(files.photo() + bytes(20 * 1024 * 1024))


def test_a_video_waits_is_prepared_and_loses_where_it_was_taken(db):
    attachment = store(files.video(2, (1280, 960)), "film.mov")
    assert attachment.state == AttachmentState.WAITING
    assert attachments.waiting(NOW) == [attachment.pk]
    original = attachment.original.name
    assert attachments.prepare(attachment_id=attachment.pk, now=NOW) is True
    attachment.refresh_from_db()
    assert (attachment.state, attachment.original.name) == (AttachmentState.READY, "")
    with attachment.file.open("rb") as file:
        content = file.read()
    assert b"+30.45" not in content
    with av.open(BytesIO(content)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 960, 720)
    assert shown(attachment.thumbnail).size == (400, 300)
    assert original
    assert attachments.prepare(attachment_id=attachment.pk, now=NOW) is False


def test_a_video_of_more_than_a_minute_is_refused(db):
    with pytest.raises(BadFile):
        store(files.video(70, rate=2), "film.mp4")


def test_a_video_is_prepared_by_one_worker_and_taken_over_from_a_dead_one(db):
    attachment = store(files.video(), "film.mov")
    Attachment.objects.filter(pk=attachment.pk).update(claimed_at=NOW, tries=1)
    assert attachments.prepare(attachment_id=attachment.pk, now=NOW) is False
    later = NOW + timedelta(minutes=11)
    assert attachments.waiting(later) == [attachment.pk]
    assert attachments.prepare(attachment_id=attachment.pk, now=later) is True


def test_a_video_that_breaks_its_worker_is_given_up_after_three_tries(db):
    attachment = store(files.video(), "film.mov")
    Attachment.objects.filter(pk=attachment.pk).update(tries=3)
    attachments.prepare(attachment_id=attachment.pk, now=NOW)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.original.name) == (AttachmentState.REFUSED, "")
    assert attachment.reason.endswith((".", "。"))


def test_a_video_that_does_not_decode_is_refused_with_its_reason(db):
    attachment = store(files.video(), "film.mov")
    with attachment.original.open("rb") as file:
        content = bytearray(file.read())
    place = content.index(b"mdat") + 4
    content[place : place + 400] = bytes(400)
    with open(attachment.original.path, "wb") as file:
        file.write(content)
    attachments.prepare(attachment_id=attachment.pk, now=NOW)
    attachment.refresh_from_db()
    assert attachment.state == AttachmentState.REFUSED
    assert attachment.reason.endswith((".", "。"))


def test_storing_is_audited_and_broken_audit_stores_nothing(cast, monkeypatch):
    attachment = store(files.photo(), by=cast.owner)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.object_id) == (
        "attachments.store",
        "owner",
        str(attachment.pk),
    )

    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(ZeroDivisionError):
        store(files.photo(), by=cast.owner)
    assert Attachment.objects.count() == 1


def test_unused_uploads_are_forgotten_after_48_hours(db):
    attachment = store(files.photo())
    storage, name = attachment.file.storage, attachment.file.name
    assert storage.exists(name)
    assert attachments.forget_unused(now=NOW + timedelta(hours=47)) == 0
    assert attachments.forget_unused(now=NOW + timedelta(hours=49)) == 1
    assert Attachment.objects.count() == 0
    assert not storage.exists(name)


# --- Showing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "thumbnail/"])
def test_the_uploader_sees_it_and_others_do_not(cast, page, name):
    attachment = store(files.photo(), by=cast.owner)
    address = f"/media/{attachment.pk}/{name}"
    answer = page(cast.owner).get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "private" in answer.headers["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    for other in (cast.neighbour, cast.admin, None):
        assert page(other).get(address).status_code == 404


def test_upper_floors_say_who_else_sees_it(cast, page, monkeypatch):
    attachment = store(files.photo(), by=cast.owner)
    monkeypatch.setitem(
        registry._answerers,
        "may_see_attachment",
        [lambda user, row: user == cast.neighbour and row == attachment],
    )
    assert page(cast.neighbour).get(f"/media/{attachment.pk}/").status_code == 200
    assert page(cast.outsider).get(f"/media/{attachment.pk}/").status_code == 404


def test_the_original_of_a_waiting_video_is_never_shown(cast, page):
    attachment = store(files.video(), "film.mov", by=cast.owner)
    assert page(cast.owner).get(f"/media/{attachment.pk}/").status_code == 404
    assert page(cast.owner).get(f"/media/{attachment.pk}/thumbnail/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, -1),
        ("bytes=-100", -100, -1),
        ("bytes=100-99999999", 100, -1),
    ],
)
def test_a_player_gets_the_part_of_a_film_that_it_asks_for(cast, page, asked, first, last):
    attachment = store(files.video(), "film.mov", by=cast.owner)
    attachments.prepare(attachment_id=attachment.pk, now=NOW)
    address, browser = f"/media/{attachment.pk}/", page(cast.owner)
    whole = browser.get(address).getvalue()
    first, last = first % len(whole), last % len(whole)
    answer = browser.get(address, headers={"Range": asked})
    assert (answer.status_code, answer.getvalue()) == (206, whole[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["", "lines=0-1", "bytes=0-1,4-5", "bytes=99999999-"])
def test_what_is_no_part_of_a_film_answers_the_whole(cast, page, asked):
    attachment = store(files.video(), "film.mov", by=cast.owner)
    attachments.prepare(attachment_id=attachment.pk, now=NOW)
    answer = page(cast.owner).get(f"/media/{attachment.pk}/", headers={"Range": asked})
    attachment.refresh_from_db()
    assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "bytes")
    assert len(answer.getvalue()) == attachment.file.size


# --- API ---------------------------------------------------------------------------------------


def test_the_api_takes_a_photo(cast, api):
    answer = api(cast.owner).post("/api/v1/attachments/", {"file": files.upload(files.photo())})
    attachment = Attachment.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": str(attachment.pk),
            "kind": "photo",
            "state": "ready",
            "thumbnail": f"/media/{attachment.pk}/thumbnail/",
        },
    )
    assert attachment.uploaded_by == cast.owner


def test_the_api_refuses_with_problems(cast, api):
    owner = api(cast.owner)
    assert list(owner.post("/api/v1/attachments/", {}).json()["errors"]) == ["file"]
    answer = owner.post("/api/v1/attachments/", {"file": files.upload(b"MZ" + bytes(99), "a.jpg")})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_file")
    assert api().post("/api/v1/attachments/", {}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_video_is_queued_and_the_job_prepares_it(celery_eagerly):
    attachment = store(files.video(), "film.mov")
    attachment.refresh_from_db()
    assert attachment.state == AttachmentState.READY


def test_the_sweep_queues_what_waits(db, celery_eagerly):
    attachment = store(files.video(), "film.mov")
    jobs.process_waiting_attachments()
    attachment.refresh_from_db()
    assert attachment.state == AttachmentState.READY


@pytest.mark.parametrize("name", ["", "thumbnail/"])
def test_a_proxy_is_told_which_file_to_send_only_for_those_who_may_see(cast, page, settings, name):
    settings.MEDIA_HANDOVER = "/handed-over/"
    attachment = store(files.photo(), by=cast.owner)
    answer = page(cast.owner).get(f"/media/{attachment.pk}/{name}")
    kept = attachment.thumbnail if name else attachment.file
    assert answer.headers["X-Accel-Redirect"] == f"/handed-over/{kept.name}"
    assert (answer.headers["Content-Type"], answer.content) == ("image/jpeg", b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
    refused = page(cast.outsider).get(f"/media/{attachment.pk}/{name}")
    assert (refused.status_code, "X-Accel-Redirect" in refused.headers) == (404, False)
