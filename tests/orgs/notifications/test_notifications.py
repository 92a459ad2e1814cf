"""Notices: told once, when they are wanted, sent at least once, given up in the end."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from orgs.enums import NoticeWay
from orgs.jobs import deliver_notices
from orgs.models import Delivery, Notice
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.values.sentences import gettext as _
from tests import factories as make
from tests import outbox
from tests.receiver import receiving

MORNING = datetime.fromisoformat("2026-03-10T10:00:00+08:00")
NIGHT = datetime.fromisoformat("2026-03-10T23:00:00+08:00")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Three kinds of the tests' own."""
    known: dict[str, NoticeKind] = {}
    monkeypatch.setattr(notifications, "_kinds", known)
    for name, urgent in (("plain", False), ("daily", False), ("alarm", True)):
        way = NoticeWay.DIGEST if name == "daily" else NoticeWay.AT_ONCE
        notifications.register(
            NoticeKind(name, name, lambda data: f"消息{data['n']}", way=way, urgent=urgent)
        )


@pytest.fixture
def receiver(settings):
    """A channel that leads to a server of the test's own."""
    with receiving() as found:
        settings.NOTICE_CHANNELS = {"json": f"json://127.0.0.1:{found.port}/{{username}}"}
        yield found


def notify(*people, kind="plain", key="one", now=MORNING, n=1) -> int:
    return notifications.notify(
        [NewNotice(kind, key, person.pk, "/me/", {"n": n}) for person in people], now=now
    )


# --- Making ---


def test_nobody_is_told_the_same_twice(cast, receiver):
    assert notify(cast.owner, cast.member) == 2
    assert notify(cast.owner, cast.volunteer) == 1
    assert Notice.objects.count() == Delivery.objects.count() == 3


def test_the_database_refuses_a_second_notice_and_a_second_delivery(cast, receiver):
    notify(cast.owner)
    notice = Notice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(recipient=cast.owner, kind="plain", key="one", at=MORNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notice=notice, channel="json", due_at=MORNING)


def test_without_a_channel_nothing_goes_out(cast):
    notify(cast.owner)
    assert Delivery.objects.count() == 0


def test_the_statements_do_not_grow(cast, receiver, django_assert_num_queries):
    people = [make.user() for _number in range(20)]
    with django_assert_num_queries(50, exact=False) as one:
        notify(people[0])
    with django_assert_num_queries(len(one.captured_queries)):
        notify(*people)


@pytest.mark.parametrize(
    ("kind", "now", "due"),
    [
        ("plain", MORNING, "2026-03-10T10:00"),
        ("plain", NIGHT, "2026-03-11T07:30"),
        ("plain", NIGHT + timedelta(hours=3), "2026-03-11T07:30"),
        ("daily", MORNING, "2026-03-11T08:30"),
        ("daily", NIGHT, "2026-03-11T08:30"),
        ("alarm", NIGHT, "2026-03-10T23:00"),
    ],
)
def test_when_it_goes_out(cast, receiver, kind, now, due):
    notify(cast.owner, kind=kind, now=now)
    assert Delivery.objects.get().due_at == datetime.fromisoformat(f"{due}:00+08:00")


def test_a_choice_goes_before_the_default_but_not_before_an_alarm(cast, receiver):
    notifications.choose(
        ways={"plain": NoticeWay.PORTAL, "alarm": NoticeWay.PORTAL}, email="", by=cast.owner
    )
    notify(cast.owner, cast.member)
    notify(cast.owner, kind="alarm", key="two")
    found = Delivery.objects.order_by("pk").values_list("notice__recipient", "notice__kind")
    assert list(found) == [(cast.member.pk, "plain"), (cast.owner.pk, "alarm")]


# --- Going out ---


def test_what_is_due_goes_out_once_as_one_message(cast, receiver):
    notify(cast.owner, key="one", n=1)
    notify(cast.owner, key="two", n=2)
    notify(cast.owner, key="later", kind="daily", n=3)
    assert notifications.deliver(now=MORNING) == 2
    assert notifications.deliver(now=MORNING + timedelta(hours=1)) == 0
    (message,) = receiver.messages
    assert message["path"] == f"/{cast.owner.username}"
    assert message["title"] == "邻里共治：2 条通知"
    assert message["message"].splitlines()[:2] == ["消息1", "消息2"]


def test_the_parts_of_each_message_are_known_by_its_moment(cast, receiver, monkeypatch):
    notify(cast.owner, key="one")
    notify(cast.owner, key="two")
    send = notifications._send

    def told_meanwhile(bundle, at):
        count = send(bundle, at)
        notify(cast.owner, key="late")
        return count

    monkeypatch.setattr(notifications, "_send", told_meanwhile)
    assert notifications.deliver(now=MORNING) == 3
    assert len(receiver.messages) == 2
    moments = Counter(Delivery.objects.order_by("pk").values_list("sent_at", flat=True))
    assert moments == {MORNING: 2, MORNING + timedelta(microseconds=1): 1}


def test_what_is_refused_is_tried_again_later_and_given_up_in_the_end(cast, receiver):
    notify(cast.owner)
    receiver.status, now, waits = 500, MORNING, []
    while (delivery := Delivery.objects.get()).failed_at is None:
        waits.append((delivery.due_at - now).seconds // 60)
        now = delivery.due_at
        assert notifications.deliver(now=now) == 0
    assert waits == [0, 1, 5, 15, 60, 240]
    assert len(receiver.messages) == 6
    receiver.status = 200
    assert notifications.deliver(now=now + timedelta(days=1)) == 0
    assert notifications.try_again(deliveries=Delivery.objects.all(), now=now) == 1
    assert notifications.deliver(now=now) == 1


@pytest.fixture
def die_sending(monkeypatch):
    """A worker that dies while it sends."""

    def dies(bundle, now):
        raise KeyboardInterrupt

    def deliver(now):
        with monkeypatch.context() as patched:
            patched.setattr(notifications, "_send", dies)
            with pytest.raises(KeyboardInterrupt):
                notifications.deliver(now=now)

    return deliver


def test_a_worker_that_died_while_sending_is_followed_by_another(cast, receiver, die_sending):
    notify(cast.owner)
    notify(cast.member, now=MORNING + timedelta(seconds=1))
    die_sending(MORNING)
    # Only the message that was under way waits for the end of the lease.
    assert notifications.deliver(now=MORNING + timedelta(minutes=1)) == 1
    assert notifications.deliver(now=MORNING + notifications.LEASE) == 1
    assert [one["path"] for one in receiver.messages] == [
        f"/{cast.member.username}",
        f"/{cast.owner.username}",
    ]


def test_what_takes_the_worker_with_it_each_time_is_given_up(cast, receiver, die_sending):
    notify(cast.owner)
    now = MORNING
    for _try in range(len(notifications.WAITS) + 1):
        die_sending(now)
        now += notifications.LEASE
    assert notifications.deliver(now=now) == 0
    delivery = Delivery.objects.get()
    assert (delivery.failed_at, delivery.error) == (now, "每次外发时处理进程都意外终止")


def test_a_worker_out_of_time_leaves_the_rest_to_the_next(cast, receiver):
    notify(cast.owner, cast.member)
    assert notifications.deliver(now=MORNING, longest=0) == 0
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
    assert notifications.deliver(now=MORNING) == 2


def test_the_job_ends_before_its_claims_do():
    limit = deliver_notices.time_limit
    assert notifications.LONGEST < limit < notifications.LEASE.total_seconds()


@pytest.mark.parametrize("name", ["phone", "email"])
def test_who_lacks_an_address_for_a_channel_is_no_failure_of_it(cast, settings, name):
    settings.NOTICE_CHANNELS = {"lacking": f"json://127.0.0.1/{{{name}}}"}
    notify(cast.member)
    assert Notice.objects.count() == 1
    assert Delivery.objects.count() == 0


def test_an_address_taken_away_meanwhile_is_not_tried_again(cast, settings):
    settings.NOTICE_CHANNELS = {"mail": "json://127.0.0.1/{email}"}
    notifications.choose(ways={}, email="a@example.org", by=cast.member)
    notify(cast.member)
    notifications.choose(ways={}, email="", by=cast.member)
    assert notifications.deliver(now=MORNING) == 0
    delivery = Delivery.objects.get()
    assert (delivery.failed_at, delivery.error) == (MORNING, "没有该渠道的联系方式")


def test_why_it_failed_is_said_in_words(cast, receiver, settings):
    notify(cast.owner, key="one")
    receiver.status = 500
    notifications.deliver(now=MORNING)
    assert Delivery.objects.get().error == "该渠道没有接收"
    settings.NOTICE_CHANNELS = {"strange": "nosuch://127.0.0.1"}
    notify(cast.owner, key="two")
    notifications.deliver(now=MORNING)
    assert Delivery.objects.get(channel="strange").error == "该渠道出错：ValueError"


def test_an_address_cannot_change_where_it_goes(cast, receiver, settings):
    settings.NOTICE_CHANNELS = {"mail": f"json://127.0.0.1:{receiver.port}/to/{{email}}"}
    notifications.choose(ways={}, email="a@b.cn/../../x?y=1", by=cast.owner)
    notify(cast.owner)
    notifications.deliver(now=MORNING)
    assert receiver.messages[0]["path"].startswith("/to/")
    assert "?" not in receiver.messages[0]["path"]


# --- Pages and API ---


def test_the_list_opening_and_the_badge(page, cast):
    notify(cast.owner, key="one", n=1)
    notify(cast.owner, key="two", n=2)
    notify(cast.member, key="three")
    client = page(cast.owner)
    response = client.get("/notices/")
    assert [text for _notice, text in response.context["rows"]] == ["消息2", "消息1"]
    assert response.context["frame"].unread == 2
    first = response.context["rows"][0][0]
    assert client.get(f"/notices/{first.pk}/")["Location"] == "/me/"
    assert client.get("/notices/").context["frame"].unread == 1
    assert client.post("/notices/read/").status_code == 302
    assert client.get("/notices/").context["frame"].unread == 0
    assert Notice.objects.filter(recipient=cast.member, read_at=None).count() == 1


def test_anothers_notice_is_not_there(page, cast):
    notify(cast.member)
    notice = Notice.objects.get()
    assert page(cast.owner).get(f"/notices/{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_residents_choose_among_what_concerns_them(page, cast, settings):
    settings.NOTICE_CHANNELS = {"sms": "sender://{phone}"}
    notifications.register(NoticeKind("own", "own", lambda data: "", for_residents=True))
    names = list(page(cast.owner).get("/notices/choices/").context["form"].fields)
    assert names == ["own"]  # no channel by e-mail, so no address is asked for
    notify(cast.owner)
    assert set(page(cast.owner).get("/notices/choices/").context["form"].fields) == {"own", "plain"}
    staff = page(cast.community_worker).get("/notices/choices/").context["form"]
    assert set(staff.fields) == {"plain", "daily", "own"}


def test_a_channel_may_be_the_sender_of_codes(cast, settings):
    settings.NOTICE_CHANNELS = {"sms": "sender://{phone}"}
    notify(cast.owner)
    assert notifications.deliver(now=MORNING) == 1
    (phone, said) = outbox.sent[-1]
    assert phone == cast.owner.phone
    assert "消息1" in said


def test_choices_are_kept_and_bad_ones_said(page, cast, settings):
    settings.NOTICE_CHANNELS = {"mail": "json://127.0.0.1/{email}"}
    client = page(cast.community_worker)
    data = {"plain": "portal", "daily": "at_once", "email": "shen@example.cn"}
    assert client.post("/notices/choices/", data).status_code == 302
    form = client.get("/notices/choices/").context["form"]
    assert (form["plain"].value(), form["email"].value()) == ("portal", "shen@example.cn")
    response = client.post("/notices/choices/", data | {"email": "nothing"})
    assert response.status_code == 400
    assert response.context["form"]["plain"].value() == "portal"


def test_over_the_api(api, cast):
    notify(cast.owner, key="one", n=1)
    notify(cast.owner, key="two", n=2)
    notify(cast.member, key="three")
    client = api(cast.owner)
    rows = client.get("/api/v1/notices/").data["results"]
    assert [row["text"] for row in rows] == ["消息2", "消息1"]
    others = Notice.objects.get(recipient=cast.member).pk
    body = {"ids": [rows[0]["id"], others]}
    assert client.post("/api/v1/notices/read/", body, format="json").data == {"read": 1}
    assert len(client.get("/api/v1/notices/?unread=1").data["results"]) == 1
    assert client.post("/api/v1/notices/read/", {}, format="json").data == {"read": 1}


def test_an_administrator_sees_who_was_not_reached_and_tries_again(page, cast, receiver):
    notify(cast.owner)
    Delivery.objects.update(failed_at=MORNING, error=_("the channel did not take it"))
    address, client = "/admin/orgs/delivery/", page(cast.admin)
    shown = client.get(f"{address}?failed_at__isempty=0").text
    assert [word in shown for word in (str(cast.owner), "plain", "该渠道没有接收")] == [True] * 3
    assert "消息1" not in shown
    chosen = {"action": "try_again", "_selected_action": [Delivery.objects.get().pk]}
    assert client.post(address, chosen).status_code == 302
    assert Delivery.objects.get().failed_at is None
    cast.district_cadre.is_staff = True
    cast.district_cadre.save()
    assert page(cast.district_cadre).get(address).status_code == 403
