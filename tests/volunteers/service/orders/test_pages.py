"""Pages, API, notices and statements of orders and rings."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import Attachment, CompoundProfile, Notice
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import Ring, ServiceOrder
from volunteers.service.orders import notifications, orders, queries, work
from volunteers.service.proxies import notifications as ring_notifications
from volunteers.service.proxies import rings

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast):
    made = orders.order(
        unit=cast.building, item=serve.item(), text="请陪我聊聊天", by=cast.owner, now=NOW
    )
    return orders.offer(serviceorder=made, by=cast.secretary, now=NOW)


def test_over_the_api_from_order_to_rating(api, cast):
    body = {"unit": cast.building.code, "item": "D01", "text": "请陪我聊聊天"}
    answer = api(cast.owner).post("/api/v1/service-orders/", body, format="json")
    assert (answer.status_code, answer.json()["status"]) == (201, "ordered")
    one = f"/api/v1/service-orders/{answer.json()['id']}/"
    assert api(cast.outsider).get(one).status_code == 404
    assert api(cast.member).post(f"{one}take/").status_code == 404
    assert api(cast.owner).post(f"{one}offer/", {}, format="json").status_code == 403
    assert api(cast.secretary).post(f"{one}offer/", {}, format="json").status_code == 200
    listed = api(cast.member).get("/api/v1/service-orders/").json()["results"]
    assert [(found["status"], found["text"]) for found in listed] == [("offered", "")]
    taken = api(cast.member).post(f"{one}take/")
    assert (taken.status_code, taken.json()["text"]) == (200, "请陪我聊聊天")
    assert api(cast.volunteer).post(f"{one}take/").status_code == 404
    wrong = api(cast.member).post(f"{one}resolve/", {"minutes": 30}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "before_taking")
    unknown = {**body, "item": "ZZ"}
    assert (
        api(cast.owner).post("/api/v1/service-orders/", unknown, format="json").status_code == 400
    )


def test_the_picture_of_the_service_is_seen_by_whoever_ordered_it_and_the_desk(page, cast, row):
    photo = Attachment(kind="photo", uploaded_by=cast.member, created_at=NOW)
    photo.file.save("a.jpg", ContentFile(b"jpeg"), save=False)
    photo.thumbnail.save("b.jpg", ContentFile(b"jpeg"), save=False)
    photo.save(force_insert=True)
    taken = work.take(serviceorder=row, by=cast.member, now=NOW)
    later = NOW + timedelta(hours=3)
    work.resolve(serviceorder=taken, minutes=60, attachments=[photo], by=cast.member, now=later)
    answers = {
        who: page(getattr(cast, who)).get(f"/media/{photo.pk}/").status_code
        for who in ("owner", "secretary", "member", "volunteer", "neighbour", "outsider")
    }
    assert answers == {
        "owner": 200, "secretary": 200, "member": 200, "volunteer": 404, "neighbour": 404,
        "outsider": 404,
    }  # fmt: skip
    shown = page(cast.owner).get(reverse("service:order", args=[row.pk])).text
    assert f"/media/{photo.pk}/" in shown


def test_on_a_phone(page, cast):
    client = page(cast.owner)
    assert client.get(reverse("service:orders")).status_code == 200
    assert cast.building.path_name in client.get(reverse("service:order_add")).content.decode()
    given = {"item": serve.item().pk, "unit": cast.building.code, "text": "请陪我聊聊天"}
    answer = client.post(reverse("service:order_add"), given)
    made = ServiceOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("service:order", args=[made.pk]),
    )
    desk = page(cast.secretary)
    assert made.item.name in desk.get(reverse("service:orders")).content.decode()
    offer = reverse("service:order_act", args=[made.pk, "offer"])
    assert desk.get(offer).status_code == 200
    assert desk.post(offer, {}).status_code == 302
    member = page(cast.member)
    shown = member.get(reverse("service:order", args=[made.pk])).content.decode()
    assert "请陪我聊聊天" not in shown
    member.post(reverse("service:order_act", args=[made.pk, "take"]))
    shown = member.get(reverse("service:order", args=[made.pk])).content.decode()
    assert "请陪我聊聊天" in shown
    reveal = reverse("service:order_reveal", args=[made.pk])
    assert "13800005678" in member.post(reveal, {"purpose": "约上门时间"}).content.decode()
    assert member.post(reveal, {"purpose": ""}).status_code == 400
    assert page(cast.outsider).get(reverse("service:order", args=[made.pk])).status_code == 404


def test_who_is_told(cast, row):
    notifications.notify_of_entries(NOW)
    told = lambda kind: set(  # noqa: E731
        Notice.objects.filter(kind=kind).values_list("recipient", flat=True)
    )
    assert told("order-todo") == {cast.secretary.pk, cast.community_worker.pk}
    assert told("order-near") == {cast.member.pk, cast.volunteer.pk}
    work.take(serviceorder=row, by=cast.member, now=NOW)
    assert notifications.notify_of_entries(NOW) == 1
    assert told("order-mine") == {cast.owner.pk}
    assert notifications.notify_of_entries(NOW) == 0


def test_a_ring_on_the_phone_and_over_the_api(page, api, cast):
    client = page(cast.owner)
    assert client.get(reverse("service:rings")).status_code == 200
    given = {"matter": "水管漏水", "unit": cast.building.code}
    answer = client.post(reverse("service:ring_add"), given)
    made = Ring.objects.get()
    assert answer["Location"] == reverse("service:ring", args=[made.pk])
    assert client.get(answer["Location"]).status_code == 200
    assert page(cast.community_worker).get(reverse("service:proxy_desk")).status_code == 200
    assert client.get(reverse("service:proxy_desk")).status_code == 403
    body = {"unit": cast.building.code, "matter": "不会用手机缴费"}
    assert api(cast.owner).post("/api/v1/rings/", body, format="json").status_code == 201
    assert api(cast.outsider).get(f"/api/v1/rings/{made.pk}/").status_code == 404
    assert ring_notifications.notify_of_entries(NOW) >= 0
    assert rings.cancel(ring=made, by=cast.owner, now=NOW).state == "cancelled"


def test_whoever_took_it_finds_the_way(page, cast, row):
    CompoundProfile.objects.create(unit=cast.compound, lon=114.87, lat=30.45)
    address = reverse("service:order", args=[row.pk])
    assert "怎么去" not in page(cast.member).get(address).content.decode()
    work.take(serviceorder=row, by=cast.member, now=NOW)
    assert "怎么去" in page(cast.member).get(address).content.decode()
    assert "怎么去" not in page(cast.owner).get(address).content.decode()


def test_the_place_is_said_once_and_points_are_called_points(page, cast, row):
    home = make.household(cast.building)
    ServiceOrder.objects.filter(pk=row.pk).update(household=home)
    text = page(cast.owner).get(reverse("service:order", args=[row.pk])).text
    facts = text.split('<dl class="facts">')[1].split("</dl>")[0]
    assert f"<dt>地点</dt><dd>{cast.building.path_name} · {home.door}</dd>" in facts
    assert f"{row.item.points} 积分" in facts


@pytest.mark.parametrize("many", ["page", "api"])
def test_statements_do_not_grow(page, api, cast, many):
    def add(number):
        for _row in range(number):
            serve.order(cast, state="offered", offered_by=cast.secretary, offered_at=NOW)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as statements:
            if many == "page":
                client.get(reverse("service:orders"), {"view": "near"})
            else:
                api_client.get("/api/v1/service-orders/")
        return len(statements)

    client, api_client = page(cast.member), api(cast.member)
    add(1)
    asked()
    one = asked()
    add(29)
    assert asked() == one


def test_whoever_offers_an_order_sees_who_has_the_skill(page, cast):
    item = next(one for one in queries.items_to_order() if one.skill)
    row = serve.order(cast, item=item)
    able = serve.participant(cast.compound, cast.volunteer, skills=[item.skill])
    other = serve.participant(cast.compound, cast.member)
    for one in (able, other):
        serve.report_in(cast, one)
    address = reverse("service:order_act", args=[row.pk, "offer"])
    shown = page(cast.secretary).get(address).content.decode()
    assert f"{able.name} · 有所需技能" in shown
    assert other.name in shown
    assert shown.count("有所需技能") == 1
    plain = serve.order(cast)
    address = reverse("service:order_act", args=[plain.pk, "offer"])
    assert "技能" not in page(cast.secretary).get(address).content.decode()
