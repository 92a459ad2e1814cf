"""The three rates: exact counts, each with its list; what is outside; who sees what."""

import html
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from orgs.enums import Role
from orgs.errors import DomainError
from orgs.scoping import forget_reach
from tasks.catalogue.catalogue import FIRST_WEIGHTS
from tasks.enums import GAPS, Action, Figure, RateGrouping, Status
from tasks.lists.filters import TaskPageFilter
from tasks.models import DayCount, Exclusion, RateRule, Task
from tasks.rates import day_counts, exclusions, periods, rates, trends
from tasks.rates.periods import Period
from tests import factories as make

DAY = date(2026, 3, 10)
TODAY = Period(DAY, DAY)
LATER = make.NOW + timedelta(minutes=30)


def closed(cast, *, stars=5, resolved=True, late=False, now=make.NOW, **values):
    """A whistle of the cast's, contacted in time or late, rated at once."""
    task = make.task(cast, Status.REPORTED_IN, now, **values)
    at = now + timedelta(days=2) if late else now
    task = make.act(task, Action.CONTACT, cast.urban_officer, at, text="已联系")
    done = {"outcome": "solved", "text": "已办", "reason": "无"}
    task = make.act(task, Action.RESOLVE, cast.urban_officer, now, **done)
    task = make.act(task, Action.CONFIRM, cast.street_cadre, now)
    rating = {"contacted": True, "resolved": resolved, "stars": stars}
    return make.act(task, Action.RATE, cast.owner, now, **rating)


# Beside who was satisfied, and what the rates lack: those follow from the others.
NUMBERS = [figure for figure in Figure if figure not in (*GAPS, Figure.SATISFIED)]


def numbers(found) -> dict[str, int]:
    return {figure.value: number for figure in NUMBERS if (number := getattr(found, figure))}


def counted(user, now=LATER):
    day_counts.count_touched(now)
    return rates.rates_of(user, TODAY)


def test_what_a_day_counts(cast):
    closed(cast, stars=5)
    closed(cast, stars=2, resolved=False, late=True)
    make.task(cast, Status.REPORTED_IN)  # its contact limit still runs
    make.act(make.task(cast, Status.DISPATCHED), Action.REFUSE, cast.urban_officer, reason="不属")
    found = counted(cast.street_cadre)
    assert numbers(found) == {
        "reported": 4, "due": 2, "in_time": 1, "rated": 2, "resolved": 1, "refused": 1
    }  # fmt: skip
    assert (found.response, found.resolution) == (500, 500)
    assert found.satisfaction_rate == (FIRST_WEIGHTS["5"] + FIRST_WEIGHTS["2"]) * 1000 // 200


def test_a_limit_that_passes_without_a_word_counts_against_the_department(cast):
    make.task(cast, Status.REPORTED_IN)
    assert counted(cast.street_cadre).due == 0
    late = make.NOW + timedelta(days=1, minutes=10)
    assert numbers(counted(cast.street_cadre, late)) == {"reported": 1, "due": 1}


def test_what_nobody_rated_is_shown_beside(cast):
    from tasks.workflow.steps import closing

    closed(cast)
    closing.expire(task=make.task(cast, Status.RATING), now=LATER)
    found = counted(cast.street_cadre)
    assert (found.rated, found.unrated, found.unrated_share, found.resolution) == (1, 1, 500, 1000)


def test_merged_ones_are_outside(cast):
    target = make.task(cast, Status.HANDLING)
    make.act(make.task(cast), Action.MERGE, cast.community_worker, into=target)
    assert numbers(counted(cast.street_cadre)) == {"reported": 2}


def test_a_first_bad_rating_counts_beside_the_last(cast):
    task = closed(cast, stars=1, resolved=False)
    assert counted(cast.street_cadre).rated == 1
    task = make.act(task, Action.REOPEN, cast.owner, reason="又坏了")
    assert numbers(counted(cast.street_cadre)) == {
        "reported": 1,
        "due": 1,
        "in_time": 1,
        "rated": 1,
    }
    done = {"outcome": "solved", "text": "社区自己办好了"}
    task = make.act(task, Action.RESOLVE, cast.community_worker, **done)
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    make.act(task, Action.RATE, cast.owner, contacted=True, resolved=True, stars=5)
    found = counted(cast.street_cadre)
    assert (found.rated, found.resolved, found.satisfaction) == (2, 1, FIRST_WEIGHTS["5"])
    # The second was the community's work, the first stays the department's.
    assert numbers(rates.rates_of(cast.urban_officer, TODAY)) == {
        "due": 1,
        "in_time": 1,
        "rated": 1,
    }


def test_counting_twice_changes_nothing_and_the_night_says_the_same(cast):
    closed(cast)
    day_counts.count_touched(LATER)
    first = list(
        DayCount.objects.order_by("unit", "department").values_list("unit", "due", "rated")
    )
    day_counts.count_touched(LATER)
    day_counts.count_recent(LATER)
    again = DayCount.objects.order_by("unit", "department").values_list("unit", "due", "rated")
    assert list(again) == first


def test_the_database_keeps_one_count_a_day_and_place(cast):
    closed(cast)
    day_counts.count_touched(LATER)
    for row in DayCount.objects.all():
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_new_weights_begin_with_the_next_day(cast):
    closed(cast, stars=2)
    assert counted(cast.street_cadre).satisfaction == FIRST_WEIGHTS["2"]
    RateRule.objects.create(
        version=2, weights=dict.fromkeys("12345", 100), exclusions=[], source="新版"
    )
    closed(cast, stars=2)
    day_counts.count_recent(LATER)
    assert rates.rates_of(cast.street_cadre, TODAY).satisfaction == 2 * FIRST_WEIGHTS["2"]
    closed(cast, stars=2, now=make.NOW + timedelta(days=1))
    day_counts.count_recent(LATER + timedelta(days=1))
    assert set(DayCount.objects.values_list("day", "rule__version")) == {
        (DAY, 1), (DAY + timedelta(days=1), 2)
    }  # fmt: skip


def test_what_a_department_refused_earlier_is_not_of_this_period(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属")
    later = make.NOW + timedelta(days=3)
    task = make.act(task, Action.DISPATCH, cast.street_cadre, later, lead=cast.housing)
    make.act(task, Action.REFUSE, cast.housing_officer, later, reason="不属")
    period = Period(later.date(), later.date())
    refused = partial(rates.tasks_behind, Task.objects.all(), Figure.REFUSED, period, later)
    assert refused(lead=cast.housing).count() == 1
    assert refused(lead=cast.urban).count() == 0


@pytest.mark.parametrize(("days", "parts", "last"), [(31, 31, 1), (32, 5, 4), (366, 53, 2)])
def test_a_long_period_is_drawn_by_the_week(days, parts, last):
    period = Period(DAY, DAY + timedelta(days=days - 1))
    assert (len(period.parts), period.parts[-1].days) == (parts, last)
    assert sum(part.days for part in period.parts) == period.days == days


def test_the_trend_counts_each_day_of_each_kind(cast):
    parking = make.category(name="停车")
    make.task(cast, category=parking)
    make.task(cast, category=parking, now=make.NOW - timedelta(days=2))
    make.task(cast, category=make.category(name="噪声"))
    day_counts.count_touched(LATER)
    week = periods.last_week(DAY)
    assert [(line.name, line.counts) for line in trends.trend(cast.street_cadre, week)] == [
        ("停车", [0, 0, 0, 0, 1, 0, 1]),
        ("噪声", [0, 0, 0, 0, 0, 0, 1]),
    ]


@pytest.mark.parametrize(
    ("who", "shown"),
    [("street_cadre", 3), ("district_cadre", 3), ("urban_officer", 3), ("grid_worker", 0)],
)
def test_the_desk_shows_the_rates_of_seven_days(page, cast, who, shown):
    with time_machine.travel(LATER, tick=False):
        closed(cast)
        day_counts.count_touched(LATER)
        found = page(getattr(cast, who)).get("/").context["rates"]
    assert [(rate.value, rate.before) for rate in found] == [(1000, None)] * shown


# --- Who sees what, and the lists behind ---


def fill(cast):
    closed(cast)
    closed(cast, stars=1, resolved=False)
    make.act(make.task(cast, Status.DISPATCHED), Action.REFUSE, cast.urban_officer, reason="不属")
    make.task(cast, by=cast.other_worker, unit=cast.other_community)
    make.task(cast, by=cast.street_cadre, unit=cast.street)
    with_member = make.act(
        make.task(cast, Status.TAKEN), Action.RESOLVE, cast.member, outcome="solved", text="好"
    )
    with_member = make.act(with_member, Action.CONFIRM, cast.community_worker)
    make.act(with_member, Action.RATE, cast.owner, contacted=True, resolved=True, stars=4)


@pytest.mark.parametrize(
    ("who", "reported", "rated"),
    [
        ("district_cadre", 6, 3),
        ("street_cadre", 5, 3),
        ("community_worker", 4, 3),
        ("sibling_worker", 0, 0),
        ("sibling_cadre", 1, 0),
        ("urban_officer", 0, 2),
        ("housing_officer", 0, 0),
    ],
)
def test_everybody_sees_the_own_area(cast, who, reported, rated):
    fill(cast)
    found = counted(getattr(cast, who))
    assert (found.reported, found.rated) == (reported, rated)


def links(context):
    yield from (("", label, count, url) for label, count, url in context["whole"])
    for group, figures in context["groups"]:
        yield from ((group.name, label, count, url) for label, count, url in figures)
    for card in context["cards"]:
        # A sum by weight opens no list.
        yield from ((card["rate"].name, "", count, url) for count, url in card["now"] if url)
        yield from (
            (card["rate"].name, "before", count, url) for count, url in card["before"] if url
        )
        yield card["rate"].name, *card["gap"]
    yield from ((unit.name, "spot", count, url) for unit, count, url in context["spots"])
    for line, numbers_ in context["lines"]:
        yield from ((line.name, "trend", count, url) for count, url in numbers_)


def opened(person, url) -> int:
    """How many tasks the list under an address holds, without its page: there are hundreds of them."""
    request = RequestFactory().get(url)
    request.user = person
    seen = Task.objects.visible_to(person)
    found = TaskPageFilter(request.GET, queryset=seen, request=request, departments=[])
    assert found.is_valid(), found.form.errors
    return found.qs.count()


@pytest.mark.parametrize("by", list(RateGrouping))
@pytest.mark.parametrize("who", ["district_cadre", "street_cadre", "admin"])
def test_each_figure_opens_the_list_it_was_counted_from(page, cast, who, by):
    fill(cast)
    person = getattr(cast, who)
    client = page(person)
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        context = client.get(f"/rates/?by={by}").context
        seen = 0
        for _group, _label, count, url in links(context):
            assert opened(person, url) == count, urlsplit(url).query
            seen += count
        _group, _label, count, url = next(links(context))
        assert len(client.get(url).context["rows"]) == count
    assert seen > 10
    assert context["spots"][0][:2] == (cast.compound, 4)


@pytest.mark.parametrize("by", list(RateGrouping))
@pytest.mark.parametrize("who", ["community_worker", "sibling_worker", "urban_officer"])
def test_a_figure_of_a_part_opens_the_list_of_that_part(page, cast, who, by):
    """Who reads a task for another reason (passed on, assisting, own report) finds it not among them."""
    fill(cast)
    make.act(make.task(cast), Action.TRANSFER, cast.community_worker, unit=cast.sibling)
    make.task(cast, by=cast.community_worker, unit=cast.other_community)
    helped = make.act(
        make.task(cast, Status.WHISTLED),
        Action.DISPATCH,
        cast.street_cadre,
        lead=cast.housing,
        assist=[cast.urban],
    )
    helped = make.act(helped, Action.REPORT_IN, cast.housing_officer)
    make.act(helped, Action.CONTACT, cast.housing_officer, text="已联系")
    person = getattr(cast, who)
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        for _group, _label, count, url in links(page(person).get(f"/rates/?by={by}").context):
            assert opened(person, url) == count, urlsplit(url).query


def test_the_list_behind_a_figure_says_so(page, cast):
    fill(cast)
    client = page(cast.street_cadre)
    address = "/tasks/?counted={}&first=2026-03-01&last=2026-03-10&lead=urban-management"
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        due = html.unescape(client.get(address.format("due")).content.decode())
        refused = client.get(address.format("refused")).content.decode()
    assert "计入三率：应联系 · " in due
    assert "3月1日 周日</time>" in due
    assert "· 城管局</span>" in due
    assert "共计 2 次" in due
    assert "计数不止一次的任务只列一次" in refused


def test_a_task_refused_twice_is_counted_twice_and_listed_once(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    make.act(task, Action.REFUSE, cast.urban_officer, reason="不属")
    task = make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.housing)
    make.act(task, Action.REFUSE, cast.housing_officer, reason="不属")
    address = f"/tasks/?counted=refused&first={DAY}&last={DAY}"
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        context = page(cast.street_cadre).get(address).context
        counted = rates.rates_of(cast.street_cadre, TODAY).refused
    assert (counted, context["behind"]["times"]) == (2, 2)
    assert [row.task for row in context["rows"]] == [task]


@pytest.mark.parametrize("query", ["counted=nothing", "counted=due&first=yesterday"])
def test_an_address_that_is_not_understood_says_so(page, cast, query):
    text = page(cast.street_cadre).get(f"/tasks/?{query}").text
    assert 'class="errorlist"' in text


def test_a_department_finds_its_own_lists(page, cast):
    fill(cast)
    client = page(cast.urban_officer)
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        context = client.get("/rates/").context
        for _group, _label, count, url in links(context):
            if "counted=reported" not in url:
                assert len(client.get(url).context["rows"]) == count, url
    assert [group.name for group, _figures in context["groups"]] == ["城管局"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("street_cadre", 200),
        ("community_worker", 200),
        ("urban_officer", 200),
        ("secretary", 200),
        ("grid_worker", 403),
        ("owner", 403),
        ("auditor", 403),
    ],
)
def test_who_has_the_page(page, cast, who, status):
    assert page(getattr(cast, who)).get("/rates/").status_code == status


def test_a_bad_period_says_so_and_shows_this_month(page, cast):
    response = page(cast.street_cadre).get("/rates/?first=2026-03-10&last=2026-03-01")
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert response.context["period"].first.day == 1


def test_the_number_of_queries_does_not_grow(page, cast, django_assert_num_queries):
    client = page(cast.street_cadre)
    with time_machine.travel(LATER, tick=False):
        closed(cast)
        day_counts.count_touched(LATER)
        client.get("/rates/")
        cache.clear()
        with django_assert_num_queries(60, exact=False) as one:
            client.get("/rates/")
        for number in range(12):
            closed(cast, unit=[cast.compound, cast.other_compound, cast.community][number % 3])
        day_counts.count_touched(LATER)
        cache.clear()
        with django_assert_num_queries(len(one.captured_queries)):
            client.get("/rates/")


def test_figures_are_remembered_and_another_position_has_its_own(cast):
    fill(cast)
    day_counts.count_touched(LATER)
    ask = (RateGrouping.CATEGORY, TODAY, LATER)
    before = trends.overview(cast.street_cadre, *ask)
    DayCount.objects.all().delete()
    assert trends.overview(cast.street_cadre, *ask) == before
    assert trends.overview(cast.district_cadre, *ask).whole.reported == 0
    make.position(cast.street_cadre, Role.COMMUNITY_WORKER, cast.sibling)
    forget_reach(cast.street_cadre)
    assert trends.overview(cast.street_cadre, *ask).whole.reported == 0


# --- Left out for a reviewed reason ---


def test_the_district_leaves_a_task_out_and_it_counts_no_more(page, cast):
    task = closed(cast, stars=1, resolved=False)
    assert counted(cast.street_cadre).rated == 1
    with time_machine.travel(LATER, tick=False):
        body = {"reason_code": "beyond_duties", "reason": "属于物业合同纠纷"}
        answer = page(cast.urban_officer).post(f"/tasks/{task.number}/exclusion/", body)
        assert answer.status_code == 302
        asked = Exclusion.objects.get()
        assert counted(cast.street_cadre).rated == 1
        address = f"/rates/exclusions/{asked.pk}/"
        assert (
            page(cast.street_cadre).post(address, {"granted": "1", "reason": "同"}).status_code
            == 403
        )
        assert (
            page(cast.sibling_cadre).post(address, {"granted": "1", "reason": "同"}).status_code
            == 404
        )
        client = page(cast.district_cadre)
        assert client.get("/rates/exclusions/?open=1").context["rows"] == [(asked, True)]
        assert client.post(address, {"granted": "1", "reason": "同意"}).status_code == 302
        assert client.post(address, {"granted": "0", "reason": "再想"}).status_code == 409
    found = rates.rates_of(cast.street_cadre, TODAY)
    assert (found.rated, found.due, found.reported) == (0, 0, 1)


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("owner", Status.CLOSED, "permission_denied"),
        ("sibling_cadre", Status.CLOSED, "permission_denied"),
        ("urban_officer", Status.RATING, "not_closed"),
    ],
)
def test_who_asks_and_when(cast, who, status, code):
    task = make.task(cast, status)
    with pytest.raises(DomainError) as refused:
        exclusions.ask(
            task=Task.objects.get(pk=task.pk), reason_code="secret", reason="涉密",
            by=getattr(cast, who), now=LATER,
        )  # fmt: skip
    assert refused.value.code == code


def test_the_page_of_the_task_says_what_became_of_it(page, cast):
    task = closed(cast)
    client = page(cast.street_cadre)
    assert f"/tasks/{task.number}/exclusion/" in client.get(f"/tasks/{task.number}/").text
    asked = exclusions.ask(
        task=task, reason_code="secret", reason="涉密", now=LATER, by=cast.street_cadre
    )
    text = client.get(f"/tasks/{task.number}/").text
    assert "已申请不计入，待审定" in text
    assert f"/tasks/{task.number}/exclusion/" not in text
    exclusions.decide(
        exclusion=asked, granted=False, reason="应计入", by=cast.district_cadre, now=LATER
    )
    counted_again = '<a href="/rates/exclusions/">计入</a>'
    assert counted_again in client.get(f"/tasks/{task.number}/").text
    assert counted_again not in page(cast.owner).get(f"/tasks/{task.number}/").text


def test_only_the_reasons_in_force_can_be_chosen(page, cast):
    RateRule.objects.create(
        version=2, weights=FIRST_WEIGHTS, exclusions=["unlawful"], source="新版"
    )
    form = page(cast.street_cadre).get(f"/tasks/{closed(cast).number}/exclusion/").context["form"]
    assert [code for code, _label in form.fields["reason_code"].choices] == ["unlawful"]


def test_who_asks_again_is_led_back_to_the_task(page, cast):
    task = closed(cast)
    exclusions.ask(task=task, reason_code="secret", reason="涉密", now=LATER, by=cast.street_cadre)
    client, address = page(cast.street_cadre), f"/tasks/{task.number}/exclusion/"
    for again in (client.get(address), client.post(address, {"reason_code": "secret"})):
        assert (again.status_code, again["Location"]) == (302, f"/tasks/{task.number}/")


def test_it_is_asked_once(cast):
    task = closed(cast)
    ask = {"task": task, "reason_code": "secret", "reason": "涉密", "now": LATER}
    exclusions.ask(**ask, by=cast.street_cadre)
    with pytest.raises(DomainError) as refused:
        exclusions.ask(**ask, by=cast.urban_officer)
    assert refused.value.code == "asked_already"
