"""The member's page, the secretary's desk, letters, publicity, rewards: what they show, in how many statements."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from orgs.attachments.sheets import Sheets
from orgs.enums import Role
from tests import factories as make
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.duty.test_months import REPORTED, at, serve_hours
from tests.volunteers.service.rewards.test_rewards import earn
from volunteers.service.desk.views import months as months_page
from volunteers.service.duty import months
from volunteers.service.duty.certificates import certify
from volunteers.service.enums import MinutesKind
from volunteers.service.models import (
    Appeal,
    Certificate,
    Credit,
    MonthLetter,
    Redemption,
    ServiceMonth,
)

pytestmark = pytest.mark.django_db


def text_of(client, name, *args, **query):
    answer = client.get(reverse(f"service:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@time_machine.travel(at(1, 20), tick=False)
def test_the_members_month_in_a_sentence(page, cast, member):
    serve_hours(cast, member, 1, 5, 200, planned_minutes=200)
    activity = serve.activity(cast, state="held", starts_at=at(1, 10), title="清雪")
    serve.attendance(activity, member, state="no_show", minutes=0)
    shown = text_of(page(cast.member), "mine")
    assert "当月：活动 1 次（要求 1 次），时长 3 小时 20 分（要求 4 小时）" in shown
    assert "清雪" in shown
    assert '<dd class="number">3 小时 20 分</dd>' in shown  # in all
    client = page(cast.member)
    sent = client.post(
        reverse("service:appeal"), {"entry": f"attendance-{member.attendances.get().pk}"}
    )
    assert sent.status_code == 302
    assert Appeal.objects.get().participant == member
    assert "已申诉" in text_of(page(cast.member), "mine")


@time_machine.travel(at(1, 20), tick=False)
def test_the_members_page_costs_the_same_at_one_and_at_five_hundred_entries(page, cast, member):
    def count():
        client = page(cast.member)
        client.get(reverse("service:mine"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("service:mine"))
        return len(queries), [one["sql"] for one in queries]

    serve_hours(cast, member, 1, 5)
    first, _sqls = count()
    Credit.objects.bulk_create(
        [
            Credit(
                participant=member, unit=cast.compound, task_number=f"N{number}", month=at(1, 1).date(),
                minutes_kind="duty", minutes=10, planned_minutes=10, counts_activity=True,
                approved_at=at(1, 6),
            )
            for number in range(499)
        ]
    )  # fmt: skip
    last, sqls = count()
    assert first == last
    assert last <= 12, "\n".join(sqls)
    # In time too: the newest are shown, and the sums are of all.
    shown = text_of(page(cast.member), "mine")
    assert shown.count('class="row-item"') == months_page.SHOWN
    assert "活动 501 次" not in shown
    assert "500 / 1" in shown
    every = reverse("service:mine_entries") + "?month=2026-01"
    assert every in shown
    seen, address = 0, every
    while address:
        found = page(cast.member).get(address)
        seen += found.text.count('class="row-item"')
        address = (
            found.context["page"].next
            and reverse("service:mine_entries") + found.context["page"].next
        )
    assert seen == 500
    assert text_of(page(cast.outsider), "mine_entries").count('class="row-item"') == 0


@time_machine.travel(at(1, 20), tick=False)
def test_the_entries_of_somebody_at_the_desk_are_paged_too(page, cast):
    old_hand = serve.participant(cast.compound, name="老周")
    for number in range(months_page.SHOWN + 1):
        serve.credit(old_hand, month=at(1, 1).date(), task_number=f"N{number}")
    desk = page(cast.secretary)
    here = reverse("service:participant", args=[old_hand.pk])
    every = reverse("service:participant_entries", args=[old_hand.pk])
    shown = desk.get(here).text
    assert (shown.count('class="row-item"'), every in shown) == (months_page.SHOWN, True)
    assert desk.get(every).text.count('class="row-item"') == months_page.SHOWN + 1
    for stranger in (cast.outsider, cast.member, cast.sibling_worker):
        assert page(stranger).get(every).status_code in (403, 404)


def test_the_secretary_finishes_a_month_in_a_few_clicks(page, cast, member, monkeypatch):
    other = serve.participant(cast.compound, cast.volunteer)
    serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
    serve_hours(cast, member, 1, 5, 240)
    months.advance(at(2, 2))
    month = ServiceMonth.objects.get()
    client = page(cast.secretary)
    assert reverse("service:month", args=[month.pk]) in text_of(client, "desk")
    assert other.name in text_of(client, "month", month.pk)
    assert client.post(reverse("service:month_rate_clean", args=[month.pk])).status_code == 302
    result = month.results.get(participant=other)
    rated = {"rating": "needs_call", "text": "出差"}
    assert client.post(reverse("service:result_rate", args=[result.pk]), rated).status_code == 302
    assert client.post(reverse("service:month_close", args=[month.pk])).status_code == 302
    month.refresh_from_db()
    assert month.state == "closed"
    assert set(month.results.values_list("rating", flat=True)) == {"good", "needs_call"}
    letter = MonthLetter.objects.get(employer__name="市水务局")
    assert "市水务局" in text_of(client, "letter", letter.pk)
    lines = []
    write = Sheets.line
    monkeypatch.setattr(
        Sheets, "line", lambda one, text, *more: lines.append(text) or write(one, text, *more)
    )
    paper = client.get(reverse("service:letter_paper", args=[letter.pk]))
    assert paper.content.startswith(b"%PDF")
    issued = date_format(timezone.localdate(letter.certificate.issued_at))
    assert "年" in issued
    assert f"签发日期：{issued}" in lines
    assert issued in text_of(client, "letter", letter.pk)
    assert page(cast.outsider).get(reverse("service:letter", args=[letter.pk])).status_code == 404
    assert page(cast.member).get(reverse("service:desk")).status_code == 403


def test_an_organisation_reads_and_acknowledges_its_letter(page, cast, member):
    months.advance(at(2, 20))
    letter = MonthLetter.objects.get()
    boss = make.user("boss")
    make.position(boss, Role.EMPLOYER, letter.employer)
    client = page(boss)
    assert "市水务局" in text_of(client, "letters")
    assert client.post(reverse("service:letter_receive", args=[letter.pk])).status_code == 302
    letter.refresh_from_db()
    assert letter.received_by == boss


def test_a_certificate_counts_voluntary_service_alone(page, cast, member):
    serve_hours(cast, member, 1, 5, 240)
    client = page(cast.member)
    assert client.post(reverse("service:certificate_new")).status_code == 302
    assert Certificate.objects.filter(kind="service").count() == 0
    serve_hours(cast, member, 1, 6, 90, minutes_kind=MinutesKind.VOLUNTARY)
    made = certify(by=cast.member, now=at(1, 20))
    assert (made.payload["minutes"], made.payload["times"]) == (90, 1)
    paper = client.get(reverse("service:service_certificate", args=[made.pk]))
    assert paper.content.startswith(b"%PDF")
    verified = page().get(reverse("service:certificate", args=[made.number])).content.decode()
    assert "1 小时 30 分" in verified
    assert member.name not in verified
    other = page(cast.volunteer).get(reverse("service:service_certificate", args=[made.pk]))
    assert other.status_code == 404


def test_publicity_names_only_who_agreed(page, cast, member):
    other = serve.participant(cast.compound, cast.volunteer)
    serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
    agreed = page(cast.volunteer).post(reverse("service:naming"), {"named": "1"})
    assert agreed.status_code == 302
    serve_hours(cast, member, 1, 5, 240)
    serve_hours(cast, other, 1, 5, 60, task_number="Z")
    months.advance(at(2, 20))
    shown = text_of(page(cast.secretary), "publicity", year="2026")
    assert "5 小时" in shown
    assert other.name in shown
    assert member.name not in shown


@pytest.mark.parametrize("asked", ["", "minutes", "-duty_minutes", "points", "-points", "-pk"])
def test_nobody_is_ranked_whatever_is_asked_for(page, cast, member, asked):
    """Lists of people stand in order of name, and nothing that an address asks for turns them."""
    people = {"赵": 300, "安": 60, "钱": 480}
    for number, (name, minutes) in enumerate(people.items()):
        other = serve.participant(cast.compound, name=name, name_key=name)
        serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
        serve_hours(cast, other, 1, 5, minutes, task_number=f"R{number}", points=minutes)
        other.shows_name_since = REPORTED
        other.save(update_fields=["shows_name_since"])
    months.advance(at(2, 2))
    month = ServiceMonth.objects.get()
    order = dict.fromkeys(("order", "ordering", "sort", "o"), asked) if asked else {}
    by_name = sorted(people)

    def places(text):
        return sorted(people, key=lambda name: text.index(f"<li>{name} "))

    shown = page(cast.secretary).get(reverse("service:month", args=[month.pk]), order).context
    clean = [row.participant.name for row in shown["rows"]]
    assert clean == [name for name in by_name if people[name] >= 240]
    months.advance(at(2, 20))
    text = text_of(page(cast.secretary), "publicity", year="2026", **order)
    assert places(text) == by_name


def test_a_download_is_ones_own(page, cast, member):
    serve_hours(cast, member, 1, 5, 60, points=3)
    client = page(cast.member)
    document = client.get(reverse("service:account_download", args=["points"])).json()
    assert (document["balance"], len(document["entries"])) == (3, 1)
    assert (
        page(cast.volunteer).get(reverse("service:account_download", args=["points"])).status_code
        == 404
    )


def test_from_the_shelf_to_the_counter(page, cast, member):
    earn(member, 50)
    towel = serve.reward(cast)
    shop = make.user("shop")
    make.position(shop, Role.SHOP_STAFF, cast.community)
    client = page(cast.member)
    assert towel.name in text_of(client, "rewards")
    assert client.post(reverse("service:redeem", args=[towel.pk])).status_code == 302
    held = Redemption.objects.get()
    assert held.code in text_of(client, "rewards")
    counter = page(shop)
    assert held.code not in text_of(counter, "counter")
    assert counter.post(reverse("service:counter"), {"code": "0"}).status_code == 400
    assert counter.post(reverse("service:counter"), {"code": held.code}).status_code == 302
    held.refresh_from_db()
    assert held.state == "handed_over"
    assert page(cast.member).get(reverse("service:counter")).status_code == 403


def test_lists_cost_the_same_at_one_and_at_thirty_rows(page, cast, member):
    earn(member, 50)

    def counts():
        found = []
        for who, name, args in (
            (cast.member, "rewards", []),
            (cast.secretary, "desk", []),
            (cast.secretary, "month", [ServiceMonth.objects.get().pk]),
        ):
            client = page(who)
            client.get(reverse(f"service:{name}", args=args))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(f"service:{name}", args=args))
            found.append(len(queries))
        return found

    serve.reward(cast)
    serve_hours(cast, member, 1, 5, 240)
    months.advance(at(2, 2))
    first = counts()
    for number in range(30):
        serve.reward(cast)
        other = serve.participant(cast.compound)
        serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
        if number % 2:
            serve_hours(cast, other, 1, 5, 240, task_number=f"N{number}")
    months.counting.count([ServiceMonth.objects.get()], at(2, 2))
    assert counts() == first


def test_closing_a_month_says_who_is_not_rated(page, cast, member):
    serve_hours(cast, member, 1, 5, 240)
    months.advance(at(2, 2))
    shown = page(cast.secretary).get(reverse("service:month", args=[ServiceMonth.objects.get().pk]))
    assert "还有 1 名党员未评价，结账后仍是未评价。确定结账？" in shown.text


def test_grid_workers_find_what_they_order_and_ring_for_residents_with(page, cast):
    menu = page(cast.grid_worker).get(reverse("home"), follow=True).text
    for name in ("orders", "rings", "activities"):
        assert f'href="{reverse(f"service:{name}")}"' in menu
    for name in ("mine", "rewards", "report"):
        assert f'href="{reverse(f"service:{name}")}"' not in menu
