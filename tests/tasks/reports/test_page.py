"""Reporting through the page: what is kept, what is refused with a sentence, who may type in what."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.errors import TooOften
from orgs.models import Attachment, Unit
from orgs.units import units
from tasks.enums import Channel, Status
from tasks.models import Category, Task
from tasks.reports.throttling import count_report
from tests import factories as make
from tests import files
from tests.orgs.attachments.test_attachments import png_of

TEXT = "楼道里有人从窗户拉线充电"


@pytest.fixture
def kind(db) -> Category:
    heading = make.category(code="safety", name="公共安全", is_selectable=False)
    return make.category(
        code="fly-wire-charging", name="飞线充电", keywords="电动车 拉线", parent=heading
    )


@pytest.fixture
def body(cast, kind) -> dict[str, object]:
    return {"category": kind.code, "unit": cast.building.code, "text": TEXT}


def send(client, body, **more):
    return client.post("/report/", body | more)


def shown(response) -> str:
    return unescape(response.content.decode())


def sent_task(response) -> Task:
    assert response.status_code == 302, shown(response)
    return Task.objects.get(number=response["Location"].split("/")[-2])


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# --- What arrives ----------------------------------------------------------------------------------


def test_a_resident_reports_with_photos_at_home(page, cast, body):
    client = page(cast.owner)
    first = client.get("/report/")
    assert f'value="{cast.building.code}" checked' in shown(first)
    photos = [files.upload(files.photo()), files.upload(files.photo("PNG"), "b.png")]
    response = send(client, body, photos=photos)
    task = sent_task(response)
    assert (task.reporter, task.channel, task.text) == (cast.owner, Channel.RESIDENT, TEXT)
    assert task.contact_phone == cast.owner.phone
    assert task.events.get().attached.count() == 2
    answer = shown(client.get(response["Location"]))
    assert task.number in answer
    assert 'data-draft-sent="report"' in answer


@pytest.mark.parametrize(
    ("who", "more", "channel"),
    [
        ("grid_worker", {}, Channel.PATROL),
        ("street_cadre", {}, Channel.CADRE),
        ("member", {}, Channel.RESIDENT),
        (
            "community_worker",
            {"contact_name": "王大妈", "contact_phone": "139 0000 1111"},
            Channel.PHONE,
        ),
        ("community_worker", {"outside_number": "12345-77"}, Channel.HOTLINE),
    ],
)
def test_the_channel_comes_from_who_reports_and_for_whom(page, cast, body, who, more, channel):
    task = sent_task(send(page(getattr(cast, who)), body, **more))
    assert task.channel == channel
    if channel == Channel.PHONE:
        assert (task.reporter, task.entered_by) == (None, cast.community_worker)
        assert task.contact_phone == "13900001111"


def test_a_resident_cannot_type_in_for_somebody_else(page, cast, body):
    more = {"contact_name": "王大妈", "contact_phone": "13900001111", "outside_number": "1"}
    task = sent_task(send(page(cast.owner), body, **more))
    assert (task.contact_name, task.contact_phone) == (cast.owner.name, cast.owner.phone)
    assert task.outside_number == ""


def test_a_ticket_is_entered_once(page, cast, body):
    client = page(cast.community_worker)
    first = sent_task(send(client, body, outside_number="12345-77"))
    again = send(client, body | {"text": "再次录入的"}, outside_number="12345-77", seen=seen(body))
    assert again.status_code == 400
    assert "outside_number" in errors(again)
    assert Task.objects.get() == first


def test_places_of_earlier_reports_are_offered(page, cast, body):
    client = page(cast.owner)
    sent_task(send(client, body, unit=cast.other_compound.code))
    assert cast.other_compound.path_name in shown(client.get("/report/"))


# --- What is refused, and what is kept ---------------------------------------------------------------


BAD_FILES = {
    "renamed program": (b"MZ\x90\x00" + bytes(500), "photo.jpg"),
    "svg with a script": (b"<svg><script>alert(1)</script></svg>", "photo.svg"),
    "bomb": (png_of(60000, 60000), "bomb.png"),
    "zip": (b"PK\x03\x04" + bytes(500), "photo.png"),
    "corrupt heic": (files.photo("HEIF")[:400], "photo.heic"),
    "empty": (b"", "photo.jpg"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_and_the_rest_of_the_form_is_kept(page, cast, body, name):
    good, bad = files.upload(files.photo()), files.upload(*BAD_FILES[name])
    response = send(page(cast.owner), body, photos=[good, bad])
    assert response.status_code == 400
    problems = response.context["photos"].problems
    assert [problem.split(":")[0] for problem in problems] == [BAD_FILES[name][1]]
    text = shown(response)
    assert TEXT in text
    assert f'value="{cast.building.code}" checked' in text
    assert f'value="{body["category"]}" checked' in text
    assert Attachment.objects.count() == 1
    assert f'name="attachment" value="{Attachment.objects.get().pk}"' in text
    assert Task.objects.count() == 0


def test_too_large_a_file_is_refused_and_the_form_is_kept(page, cast, body, settings):
    settings.UPLOAD_MAX_BYTES = 100_000
    response = send(page(cast.owner), body, photos=[files.upload(bytes(300_000))])
    assert response.status_code == 400
    assert len(response.context["photos"].problems) == 1
    assert TEXT in shown(response)


def test_a_kept_photo_is_shown_sent_later_and_can_be_removed(page, cast, body):
    client = page(cast.owner)
    refused = send(client, body | {"text": ""}, photos=[files.upload(files.photo())])
    assert list(errors(refused)) == ["text"]
    key = str(Attachment.objects.get().pk)
    assert client.get(f"/report/photos/{key}/").status_code == 200
    assert page(cast.neighbour).get(f"/report/photos/{key}/").status_code == 404
    removed = send(client, body, attachment=[key], do=f"remove:{key}")
    assert (removed.status_code, removed.context["photos"].kept) == (200, [])
    task = sent_task(send(client, body, attachment=[key]))
    assert task.events.get().attached.get().attachment_id == Attachment.objects.get().pk
    other = body | {"text": "楼道里又有人拉线"}
    again = send(client, other, attachment=[key], seen=seen(body))
    assert (again.status_code, len(again.context["photos"].problems)) == (400, 1)


@pytest.mark.parametrize("key", ["other", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_somebody_elses_photo_is_refused(page, cast, body, key):
    if key == "other":
        page(cast.neighbour).post(
            "/report/", body | {"do": "find", "photos": files.upload(files.photo())}
        )
        key = str(Attachment.objects.get(uploaded_by=cast.neighbour).pk)
    response = send(page(cast.owner), body, attachment=[key])
    assert (response.status_code, len(response.context["photos"].problems)) == (400, 1)
    assert 'name="attachment"' not in shown(response)
    assert TEXT in shown(response)


def test_ten_photos_are_one_too_many(page, cast, body):
    small = files.photo(size=(8, 8))
    response = send(page(cast.owner), body, photos=[files.upload(small) for _one in range(10)])
    assert response.status_code == 400
    assert (len(response.context["photos"].kept), len(response.context["photos"].problems)) == (
        9,
        1,
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "😀🎉👍"}, "text"),
        ({"text": "字" * 10_000}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": ""}, "text"),
        ({"unit": "999"}, "unit"),
        ({"unit": "\0"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"category": "no-such"}, "category"),
        ({"category": "safety"}, "category"),
        ({"category": "a\0"}, "category"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"received_at": "2999-01-01T08:00"}, "received_at"),
        ({"lon": "114.9"}, "lat"),
        ({"lon": "114.9", "lat": "97"}, "lat"),
        ({"lon": "nan", "lat": "inf"}, "lon"),
    ],
)
def test_bad_input_is_a_sentence_beside_its_field(page, cast, body, more, field):
    response = send(page(cast.community_worker), body | more)
    assert response.status_code == 400
    assert field in errors(response)
    assert Task.objects.count() == 0
    text = shown(response)
    if "text" not in more:
        assert TEXT in text
    if "unit" not in more:
        assert f'value="{cast.building.code}" checked' in text


def test_a_passage_in_a_foreign_script_arrives_unharmed(page, cast, body):
    text = "楼道 <b>飞线</b> 😀 ‏"
    assert sent_task(send(page(cast.owner), body | {"text": text})).text == text.strip()


# --- Likely duplicates -------------------------------------------------------------------------------


def seen(body) -> str:
    return f"{body['unit']}:{body['category']}"


def test_a_likely_duplicate_is_shown_once_and_never_refused(page, cast, body):
    other = sent_task(send(page(cast.neighbour), body | {"text": "邻居报的，电话 139"}))
    client = page(cast.owner)
    asked = send(client, body)
    assert asked.status_code == 200
    assert [one["task"] for one in asked.context["alike"]] == [other]
    text = shown(asked)
    assert f'name="seen" value="{seen(body)}"' in text
    for private in (other.number, "邻居报的", cast.neighbour.name):
        assert private not in text
    sent_task(send(client, body, seen=seen(body)))
    assert Task.objects.count() == 2


def test_what_was_seen_for_another_kind_does_not_count(page, cast, body):
    sent_task(send(page(cast.neighbour), body))
    assert send(page(cast.owner), body, seen=f"{body['unit']}:other").status_code == 200


def test_a_duplicate_can_be_followed_by_a_link_that_shows_only_its_state(page, cast, body):
    other = sent_task(send(page(cast.neighbour), body))
    url = send(page(cast.owner), body).context["alike"][0]["url"]
    followed = page().get(url)
    assert followed.status_code == 200
    assert followed.context["task"] == other
    for private in (other.number, TEXT, cast.neighbour.name, cast.building.name):
        assert private not in shown(followed)
    assert page().get("/progress/", {"follow": url.split("=")[-1][:-2]}).status_code == 404
    token = url.split("=")[-1]
    assert other.number not in str(signing.loads(token, salt="tasks.follow"))
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert page().get(url).status_code == 404


def test_visitors_cannot_ask_for_duplicates_without_end(page, cast, monkeypatch):
    monkeypatch.setattr("tasks.reports.throttling.DuplicatesThrottle.rate", "2/hour")
    visitor = page()
    codes = [visitor.get("/report/duplicates/").status_code for _try in range(3)]
    assert codes == [200, 200, 429]
    assert page(cast.owner).get("/report/duplicates/").status_code == 200


@pytest.mark.parametrize("who", ["neighbour", None])
def test_the_page_of_a_place_leads_to_a_report_there(page, cast, who):
    client = page(cast.neighbour if who else None)
    address = "/report/" if who else "/public/report/"
    response = client.get(address, {"unit": cast.compound.code})
    assert response.context["place"].unit == cast.compound
    assert f'value="{cast.compound.code}" checked data-no-draft' in shown(response)
    assert client.get(address, {"unit": "nowhere"}).context["place"] is None


def test_the_page_of_a_place_has_the_link(page, cast):
    link = f'href="/report/?unit={cast.compound.code}"'
    assert link in shown(page(cast.owner).get(f"/units/{cast.compound.code}/"))
    assert "?unit=" not in shown(page(cast.owner).get(f"/units/{cast.street.code}/"))


def test_the_partial_shows_duplicates_for_place_and_kind(page, cast, body):
    sent_task(send(page(cast.neighbour), body))
    query = {"unit": body["unit"], "category": body["category"]}
    for client in (page(cast.owner), page()):
        response = client.get("/report/duplicates/", query)
        assert (response.status_code, len(response.context["alike"])) == (200, 1)
    for nothing in ({}, {"unit": "1", "category": "nothing"}):
        assert page().get("/report/duplicates/", nothing).context["alike"] == []


# --- Searches ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "found"), [("拉线", 1), ("公共 飞线", 1), ("电梯", 0), ("", 1)])
def test_kinds_are_found_by_their_words_and_other_is_always_offered(page, kind, words, found):
    response = page().get("/report/categories/", {"q": words})
    named = [one.code for heading in response.context["kinds"] for one in heading.kinds]
    always = {"other"} if words else {"other", "complaints"}
    assert (always <= set(named), len(named)) == (True, found + len(always))


def test_the_chosen_kind_stays_in_a_search(page, kind):
    response = page().get("/report/categories/", {"q": "电梯", "category": kind.code})
    assert 'value="fly-wire-charging" checked' in shown(response)


def test_places_are_searched_without_an_account(page, cast):
    found = page().get("/report/places/", {"q": "翡翠 5栋"}).context["found"]
    assert [place.unit for place in found] == [cast.building]


def test_without_scripts_a_search_keeps_what_was_typed(page, cast, body):
    more = {"do": "find", "q": "湖畔", "kind_words": "飞线", "unit": ""}
    response = send(page(cast.owner), body, **more)
    assert response.status_code == 200
    text = shown(response)
    assert TEXT in text
    assert cast.other_compound.code in text
    assert response.context["form"].errors == {}


# --- How often, how much -----------------------------------------------------------------------------


def test_twenty_reports_a_minute_and_the_api_counts_with_them(page, api, cast, body):
    client = page(cast.grid_worker)
    for number in range(19):
        sent_task(send(client, body | {"text": f"{TEXT} {number}"}, seen=seen(body)))
    assert api(cast.grid_worker).post("/api/v1/tasks/", body, format="json").status_code == 201
    refused = send(client, body, seen=seen(body))
    assert refused.status_code == 429
    assert TEXT in shown(refused)
    assert api(cast.grid_worker).post("/api/v1/tasks/", body, format="json").status_code == 429
    assert Task.objects.count() == 20


def test_sixty_reports_an_hour(cast, rf):
    """One history answers for the minute and for the hour, and says when to come back."""
    request = rf.post("/report/")
    request.user = cast.owner

    def count() -> str:
        try:
            count_report(request)
        except TooOften as refusal:
            return refusal.message
        return ""

    with time_machine.travel(make.NOW, tick=False) as clock:
        for wait in ("过 2 分", "过 2 分", "过 58 分"):
            assert {count() for _report in range(20)} == {""}
            assert wait in count()
            clock.shift(timedelta(minutes=1, seconds=1))
        assert "过 57 分" in count()
        clock.shift(timedelta(minutes=57))
        assert count() == ""


def test_the_form_costs_the_same_queries_with_many_kinds(page, cast, kind):
    client = page(cast.owner)
    client.get("/report/")
    with CaptureQueriesContext(connection) as few:
        client.get("/report/")
    for _kind in range(30):
        make.category(parent=kind.parent)
        make.task(cast, unit=cast.other_compound)
    with CaptureQueriesContext(connection) as many:
        client.get("/report/")
    assert len(many) == len(few)


def test_the_page_asks_for_an_account(page, cast):
    response = page().get("/report/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_sent_page_is_for_whoever_sent_it(page, cast):
    task = make.task(cast)
    assert page(cast.owner).get(f"/report/sent/{task.number}/").status_code == 200
    assert page(cast.neighbour).get(f"/report/sent/{task.number}/").status_code == 404
    assert page().get(f"/report/sent/{task.number}/").status_code == 404


def test_a_call_keeps_the_time_at_which_it_came(page, cast, body):
    soon = timezone.localtime() - timedelta(hours=1)
    task = sent_task(
        send(
            page(cast.community_worker),
            body,
            contact_phone="13900001111",
            received_at=soon.strftime("%Y-%m-%dT%H:%M"),
        )
    )
    assert (task.status, task.received_at < task.created_at) == (Status.SUBMITTED, True)


def test_a_former_code_of_a_place_is_understood(page, cast, body):
    units.move(unit=cast.compound, parent=cast.sibling, by=None)
    task = sent_task(send(page(cast.owner), body))
    assert task.unit == Unit.objects.get(pk=cast.building.pk)
