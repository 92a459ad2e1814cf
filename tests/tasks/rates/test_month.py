"""Periods by name against the true ones before; a place's and a department's figures; the bulletin."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from openpyxl import load_workbook

from orgs.models import AuditEntry
from tasks.enums import Action, Figure, PeriodName, PeriodSpan, RateGrouping, Status
from tasks.rates import bulletin, day_counts, export, rates, scopes, trends
from tasks.rates.periods import Period
from tasks.rates.scopes import Scope
from tests import factories as make
from tests.tasks.rates.test_rates import LATER, closed, fill, links, opened

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("name", "days", "before", "label"),
    [
        ("week", ("2026-03-09", "2026-03-10"), ("2026-03-02", "2026-03-08"), "3月9日–3月10日"),
        ("month", ("2026-03-01", "2026-03-10"), ("2026-02-01", "2026-02-28"), "2026年3月"),
        ("last_month", ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31"), "2026年2月"),
        ("quarter", ("2026-01-01", "2026-03-10"), ("2025-10-01", "2025-12-31"), "2026年第1季度"),
        ("last_quarter", ("2025-10-01", "2025-12-31"), ("2025-07-01", "2025-09-30"), "2025年第4季度"),
    ],
)  # fmt: skip
def test_a_named_period_is_compared_with_the_whole_one_before(name, days, before, label):
    period = Period.named(PeriodName(name), TODAY)
    assert (str(period.first), str(period.last)) == days
    assert (str(period.before.first), str(period.before.last)) == before
    assert period.label == label
    assert period.before.span == period.span


@pytest.mark.parametrize(
    ("first", "last", "span", "before"),
    [
        ("2026-02-01", "2026-02-28", PeriodSpan.MONTH, "2026-01-01"),
        ("2024-02-01", "2024-02-29", PeriodSpan.MONTH, "2024-01-01"),
        ("2026-03-02", "2026-03-08", PeriodSpan.WEEK, "2026-02-23"),
        ("2026-07-01", "2026-09-30", PeriodSpan.QUARTER, "2026-04-01"),
        ("2026-02-01", "2026-03-31", None, "2025-12-04"),
        ("2026-02-02", "2026-02-28", None, "2026-01-06"),
    ],
)
def test_days_that_are_a_whole_month_are_known_as_one(first, last, span, before):
    period = Period.of(date.fromisoformat(first), date.fromisoformat(last))
    assert (period.span, str(period.before.first)) == (span, before)
    assert period.before.last == period.first - timedelta(days=1)


def test_what_is_missing_opens_its_list_and_a_rate_stands_beside_its_own_fraction(page, cast):
    fill(cast)
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        response = page(cast.street_cadre).get("/rates/?period=month")
        cards = {card["rate"].code: card for card in response.context["cards"]}
        gaps = {code: card["gap"][1] for code, card in cards.items()}
        for card in cards.values():
            assert opened(cast.street_cadre, card["gap"][2]) == card["gap"][1]
    assert gaps == {"response": 0, "resolution": 1, "satisfaction": 1}
    # Five, one and four stars: 100 + 0 + 80 of 300.
    assert [count for count, _url in cards["satisfaction"]["now"]] == ["1.80", 3]
    assert "60%" in response.text
    assert "前一个数是按星级折算之和" in response.text
    assert "5星100%" in response.text


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("street_cadre", "compound", 200),
        ("street_cadre", "other_street", 403),
        ("community_worker", "compound", 200),
        ("community_worker", "sibling", 403),
        ("community_worker", "street", 403),
        ("secretary", "compound", 200),
        ("secretary", "other_compound", 403),
        ("secretary", "community", 403),
        ("urban_officer", "community", 403),
        ("district_cadre", "other_community", 200),
        ("admin", "sibling", 200),
        ("owner", "compound", 403),
    ],
)
@pytest.mark.parametrize("address", ["/rates/", "/api/v1/rates/"])
def test_who_reads_the_figures_of_a_place(page, api, cast, address, who, unit, status):
    client = (api if "api" in address else page)(getattr(cast, who))
    assert client.get(address, {"unit": getattr(cast, unit).code}).status_code == status
    assert client.get(address, {"unit": "421199"}).status_code == (403 if who == "owner" else 404)


def test_a_department_reads_its_own_only(page, cast):
    own, other = (page(cast.urban_officer).get("/rates/", {"department": code}).status_code
                  for code in ("urban-management", "housing"))  # fmt: skip
    assert (own, other) == (200, 403)


@pytest.mark.parametrize("by", list(RateGrouping))
def test_a_secretary_reads_the_compound_of_the_branch(page, cast, by):
    fill(cast)
    closed(cast, unit=cast.other_compound)
    person = cast.secretary
    with time_machine.travel(LATER, tick=False):
        context = page(person).get(f"/rates/?by={by}").context
        assert context["scope"].unit == cast.compound
        for _group, _label, count, url in links(context):
            assert opened(person, url) == count, url
        home = page(person).get("/").context["rates"]
    whole = {label: count for label, count, _url in context["whole"]}
    assert whole["上报"] == 4
    assert [rate.value for rate in home] == [1000, 667, 600]


def test_a_compound_counts_as_the_days_do(cast):
    """All of the community's tasks lie in one compound: both ways give the same."""
    fill(cast)
    day_counts.count_touched(LATER)
    period = Period(LATER.date(), LATER.date())
    kept = trends.with_before(cast.community_worker, period, LATER, Scope(cast.community))
    live = trends.with_before(cast.community_worker, period, LATER, Scope(cast.compound))
    assert live == kept
    assert live[0].rated == 3
    for grouping in (RateGrouping.DEPARTMENT, RateGrouping.CATEGORY):
        asked = [
            trends.groups(cast.community_worker, grouping, period, LATER, Scope(unit))
            for unit in (cast.community, cast.compound)
        ]
        assert asked[0] == asked[1] != []


def test_a_scope_narrows_to_a_department_in_a_place(cast):
    fill(cast)
    day_counts.count_touched(LATER)
    period = Period(LATER.date(), LATER.date())
    whole, _before = trends.with_before(
        cast.street_cadre, period, LATER, Scope(cast.community, cast.urban)
    )
    assert (whole.rated, whole.reported) == (2, 0)
    housing = Scope(cast.community, cast.housing)
    assert trends.with_before(cast.street_cadre, period, LATER, housing)[0].rated == 0


@pytest.mark.parametrize(
    ("who", "scope", "missing"),
    [
        ("street_cadre", {}, {Figure.UNRESOLVED: 1, Figure.UNSATISFIED: 1}),
        ("secretary", {"unit": "compound"}, {Figure.UNRESOLVED: 1, Figure.UNSATISFIED: 1}),
        ("urban_officer", {"department": "urban"}, {Figure.UNRESOLVED: 1, Figure.UNSATISFIED: 1}),
        ("street_cadre", {"department": "housing"}, {}),
    ],
)
def test_the_bulletin_lists_what_is_missing(cast, who, scope, missing):
    fill(cast)
    day_counts.count_touched(LATER)
    person = getattr(cast, who)
    chosen = scopes.chosen(person, **{name: getattr(cast, key).code for name, key in scope.items()})
    shown = bulletin.bulletin(
        scope=chosen, period=Period.named(PeriodName.MONTH, TODAY), by=person, now=LATER
    )
    counts = {figure: [row.figure for row in shown.missing].count(figure) for figure in Figure}
    assert {figure: count for figure, count in counts.items() if count} == missing
    assert [counts[rate.gap] for rate in shown.rates] == [
        getattr(shown.whole, rate.gap) for rate in shown.rates
    ]


@pytest.mark.parametrize("address", ["/rates/", "/api/v1/rates/"])
def test_the_bulletin_is_fetched_as_pdf_and_workbook_and_audited(page, api, cast, address):
    fill(cast)
    client = (api if "api" in address else page)(cast.street_cadre)
    query = {"period": "month", "unit": cast.community.code}
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        printed = client.get(f"{address}bulletin/", query)
        sheet = client.get(f"{address}export/", query)
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    book = load_workbook(io.BytesIO(sheet.content))
    assert book.sheetnames == ["三率", "数量", "部门", "问题类别", "未达项"]
    rows = list(book["三率"].values)
    assert rows[0][:2] == ("指标", "2026年3月（3月1日–3月10日）")
    assert [row[:2] for row in rows[1:]] == [
        ("响应率", "100%"),
        ("解决率", "66.7%"),
        ("满意率", "60%"),
    ]
    assert rows[3][4:7] == (1.8, 3, 1)
    assert rows[1][4] == 2
    assert [row[0] for row in list(book["未达项"].values)[1:]] == ["评为未解决", "评为不满意"]
    kept = AuditEntry.objects.filter(action__endswith="-bulletin").order_by("pk")
    assert [entry.action for entry in kept] == ["tasks.print-bulletin", "tasks.export-bulletin"]
    assert kept[0].detail["unit"] == cast.community.code


def test_the_api_says_what_each_rate_is_and_lacks(api, cast):
    fill(cast)
    with time_machine.travel(LATER, tick=False):
        day_counts.count_touched(LATER)
        client = api(cast.street_cadre)
        answer = client.get("/api/v1/rates/", {"period": "month", "by": "department"}).json()
        lists = {
            rate["gap"]: len(client.get("/api/v1/tasks/", {
                "counted": rate["gap"], "first": "2026-03-01", "last": "2026-03-10",
            }).json()["results"])
            for rate in answer["rates"]
        }  # fmt: skip
    assert answer["period"] == {"first": "2026-03-01", "last": "2026-03-10", "span": "month"}
    assert answer["before"] == {"first": "2026-02-01", "last": "2026-02-28", "span": "month"}
    assert [(rate["code"], rate["value"], rate["numerator"]) for rate in answer["rates"]] == [
        ("response", 1000, 200), ("resolution", 667, 200), ("satisfaction", 600, 180)
    ]  # fmt: skip
    assert lists == {gap: answer["figures"][gap] for gap in lists}
    assert [group["key"] for group in answer["groups"]] == ["urban-management"]
    bad = client.get("/api/v1/rates/", {"period": "year"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["period"])


def test_a_bulletin_costs_the_same_whatever_stands_in_it(page, cast, django_assert_num_queries):
    with time_machine.travel(LATER, tick=False):
        for number in range(30):
            if number in (1, 29):
                day_counts.count_touched(LATER)
                cache.clear()
                address = reverse("tasks:rates_export") + f"?unit={cast.compound.code}"
                client = page(cast.secretary)
                if number == 1:
                    with django_assert_num_queries(200, exact=False) as few:
                        client.get(address)
                else:
                    with django_assert_num_queries(len(few.captured_queries)):
                        client.get(address)
            make.task(cast, Status.REPORTED_IN)
        assert rates.rates_of(cast.street_cadre, Period(TODAY, TODAY)).reported > 0


def test_a_late_contact_is_missing(cast):
    closed(cast, late=True)
    make.act(make.task(cast, Status.REPORTED_IN), Action.CONTACT, cast.urban_officer, text="好")
    later = LATER + timedelta(days=3)
    day_counts.count_recent(later)
    found = rates.rates_of(cast.street_cadre, Period(TODAY, TODAY))
    assert (found.due, found.in_time, found.missed) == (2, 1, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [(5, "+0.5"), (-5, "-0.5"), (15, "+1.5"), (0, "0"), (None, "–")],
)
def test_a_change_is_said_with_its_sign(change, words):
    (rate, *_others) = rates.against(rates.Rates("", ""), rates.Rates("", ""))
    before = None if change is None else 500
    assert export.change(replace(rate, value=500 + (change or 0), before=before)) == words


def test_a_change_is_a_number_in_the_workbook(cast):
    fill(cast)
    shown = bulletin.bulletin(
        scope=scopes.chosen(cast.street_cadre),
        period=Period.named(PeriodName.MONTH, TODAY), by=cast.street_cadre, now=LATER,
    )  # fmt: skip
    rate = replace(shown.rates[0], value=1000, before=995)
    book = load_workbook(io.BytesIO(export.workbook(replace(shown, rates=[rate]))))
    assert list(book["三率"].values)[1][3] == 0.5
